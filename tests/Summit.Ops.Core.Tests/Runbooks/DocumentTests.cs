using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Summit.Ops.Errors;
using Summit.Ops.Runbooks;

namespace Summit.Ops.Core.Tests.Runbooks;

/// <summary>The documents hold together: what a step names is there, and no parameter can become a command.</summary>
public sealed class DocumentTests
{
    public static TheoryData<string> Commands =>
        [.. RunbookFile.For(new SummitSite(), SummitRunbookKind.CommandDocument).Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_document_refers_to_what_it_declares_and_uses_all_of_it(string name)
    {
        var document = Document(SummitRunbookKind.CommandDocument, name);
        Assert.Equal("2.2", (string)document["schemaVersion"]!);
        var step = Assert.Single(document["mainSteps"]!.AsArray())!;
        Assert.Equal("aws:runShellScript", (string)step["action"]!);
        var lines = step["inputs"]!["runCommand"]!.AsArray().Select(line => (string)line!).ToList();
        var parameters = document["parameters"]!.AsObject();

        var referring = lines.Where(line => line.Contains("{{", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            parameters.Select(parameter => $"[ -n \"${{SSM_{parameter.Key}+x}}\" ] || SSM_{parameter.Key}='{{{{ {parameter.Key} }}}}'"),
            referring);
        Assert.All(
            parameters, parameter => Assert.Contains(lines, line => line.EndsWith($"=$SSM_{parameter.Key}", StringComparison.Ordinal)));
        Assert.All(parameters, parameter => Assert.Equal("ENV_VAR", (string)parameter.Value!["interpolationType"]!));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void No_value_that_a_parameter_takes_leaves_its_quotes(string name) =>
        Assert.All(Document(SummitRunbookKind.CommandDocument, name)["parameters"]!.AsObject(), parameter =>
        {
            var pattern = new Regex(
                ((string)parameter.Value!["allowedPattern"]!).Replace("$", @"\z", StringComparison.Ordinal),
                RegexOptions.None, TimeSpan.FromSeconds(1));
            var initial = (string)parameter.Value["default"]!;
            Assert.Matches(pattern, initial);
            foreach (var hostile in "'\"`$;&|<>(){}\\\n\r\0*?! #")
            {
                Assert.DoesNotMatch(pattern, initial + hostile);
                Assert.DoesNotMatch(pattern, hostile + initial);
                Assert.DoesNotMatch(pattern, $"/a{hostile}b");
            }
        });

    [Theory]
    [InlineData("InstanceIds", "i-06bc5b2218c041802", "i-06bc5b2218c041802;reboot")]
    [InlineData("InstanceIds", "mi-06bc5b2218c041802", "web-1")]
    [InlineData("Approvers", "arn:aws:iam::123456789012:role/Ops", "everybody please")]
    [InlineData("AutomationAssumeRole", "arn:aws-cn:iam::123456789012:role/Ops", "Ops")]
    public void The_automation_takes_no_value_that_its_steps_would_refuse(string name, string taken, string refused)
    {
        var parameter = Document(SummitRunbookKind.AutomationDocument, "summit-api-repair-websocket.json")["parameters"]![name]!;
        var pattern = new Regex((string)parameter["allowedPattern"]!, RegexOptions.None, TimeSpan.FromSeconds(1));
        Assert.Matches(pattern, taken);
        Assert.DoesNotMatch(pattern, refused);
        // aws:runCommand takes fifty ids and aws:approve ten approvers
        Assert.Equal(name switch { "InstanceIds" => 50, "Approvers" => 10, _ => null }, (int?)parameter["maxItems"]);
    }

    [Theory]
    [InlineData(SummitRunbookKind.CommandDocument)]
    [InlineData(SummitRunbookKind.AutomationDocument)]
    public void A_choice_is_declared_with_its_values(SummitRunbookKind kind) =>
        Assert.All(
            RunbookFile.For(new SummitSite(), kind).SelectMany(file => JsonNode.Parse(file.Text)!["parameters"]!.AsObject())
                .Where(parameter => parameter.Value!["default"]?.ToString() == "no"),
            parameter => Assert.Equal(["no", "yes"], parameter.Value!["allowedValues"]!.AsArray().Select(value => (string)value!)));

    [Theory]
    [InlineData("/etc/nginx/it's")]
    [InlineData("/etc/nginx/a b")]
    [InlineData("/etc/{{ssm:x}}")]
    public void A_site_that_no_parameter_can_hold_is_refused(string path)
    {
        var error = Assert.Throws<SummitArgumentException>(
            () => RunbookFile.For(new SummitSite { ConfigPath = path }, SummitRunbookKind.CommandDocument));
        Assert.Equal(("SiteValueNotForDocument", "ConfigPath"), (error.ErrorId, error.Subject));
    }

    [Fact]
    public void A_step_of_the_automation_leads_to_a_step_and_runs_a_document_that_there_is()
    {
        var document = Document(SummitRunbookKind.AutomationDocument, "summit-api-repair-websocket.json");
        Assert.Equal("0.3", (string)document["schemaVersion"]!);
        var steps = document["mainSteps"]!.AsArray().Select(step => step!.AsObject()).ToList();
        var names = steps.Select(step => (string)step["name"]!).ToList();
        Assert.Equal(["diagnose", "choose", "approve", "deploy", "backend", "verify"], names);
        var parameters = document["parameters"]!.AsObject();

        var next = steps
            .SelectMany(step => new[]
            {
                (string?)step["nextStep"], (string?)step["inputs"]!["Default"],
                ((string?)step["onFailure"])?.Split("step:").ElementAtOrDefault(1),
            }.Concat((step["inputs"]!["Choices"]?.AsArray() ?? []).Select(choice => (string?)choice!["NextStep"])))
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(names.Skip(1).Order(StringComparer.Ordinal), next.Order(StringComparer.Ordinal));
        Assert.Equal(["verify"], steps.Where(step => (bool?)step["isEnd"] == true).Select(step => (string)step["name"]!));
        var references = Regex.Matches(document.ToJsonString(), @"(?<=\{\{ )\w+(?= \}\})", RegexOptions.None, TimeSpan.FromSeconds(1))
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(parameters.Select(parameter => parameter.Key).Order(StringComparer.Ordinal), references.Order(StringComparer.Ordinal));
        Assert.All(document["outputs"]!.AsArray(), output => Assert.Contains(((string)output!).Split('.')[0], names));

        var commands = RunbookFile.For(new SummitSite(), SummitRunbookKind.CommandDocument)
            .ToDictionary(file => file.Name[..^5], file => JsonNode.Parse(file.Text)!.AsObject(), StringComparer.Ordinal);
        var run = steps.Where(step => (string)step["action"]! == "aws:runCommand").ToList();
        Assert.Equal(
            commands.Keys.Order(StringComparer.Ordinal),
            run.Select(step => (string)step["inputs"]!["DocumentName"]!).Order(StringComparer.Ordinal));
        // what changes a host goes to one after the other, and what could not be looked at leads to no change
        Assert.Equal(["deploy", "backend"], run
            .Where(step => ((string?)step["inputs"]!["MaxConcurrency"], (string?)step["inputs"]!["MaxErrors"]) == ("1", "0"))
            .Select(step => (string)step["name"]!));
        Assert.Equal(("verify", "2"), steps[1]["inputs"]!["Choices"]!.AsArray()
            .Where(choice => (string)choice!["Variable"]! == "{{ diagnose.ResponseCode }}")
            .Select(choice => ((string)choice!["NextStep"]!, (string)choice["StringEquals"]!)).Single());
        Assert.All(run, step => Assert.All(
            step["inputs"]!["Parameters"]?.AsObject() ?? [],
            given => Assert.True(commands[(string)step["inputs"]!["DocumentName"]!]["parameters"]!.AsObject().ContainsKey(given.Key))));
    }

    [Theory]
    [InlineData("summit-api", "summit-api")]
    [InlineData("my site", "my-site")]
    [InlineData("AWS-thing", "summit-AWS-thing")]
    [InlineData("9", "summit-9")]
    [InlineData("ä", "summit")]
    public void A_document_has_a_name_that_Systems_Manager_takes(string site, string prefix) => Assert.All(
        RunbookFile.For(new SummitSite { Name = site }, SummitRunbookKind.CommandDocument), file =>
        {
            Assert.StartsWith(prefix + "-", file.Name, StringComparison.Ordinal);
            Assert.Matches(@"^[a-zA-Z0-9_\-.]{3,128}\z", file.Name[..^5]);
        });

    private static JsonObject Document(SummitRunbookKind kind, string name) =>
        JsonNode.Parse(RunbookFile.For(new SummitSite(), kind).Single(file => file.Name == name).Text)!.AsObject();
}
