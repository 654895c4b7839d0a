using System.Text.Json.Nodes;
using Summit.Ops.Aws.Tests.Endpoint;
using Summit.Ops.Aws.Tests.Networking;
using Summit.Ops.Lab;
using Summit.Ops.Probing;
using Summit.Ops.Runbooks;

namespace Summit.Ops.Aws.Tests.Runbooks;

/// <summary>The runbooks as a person uses them: files in a folder, and the real AWS CLI.</summary>
[Trait("Category", "Lab")]
public sealed class SentRunbookTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("summit-runbooks-");

    public async ValueTask InitializeAsync()
    {
        if (await AwsCli.MissingAsync() is { } reason) Assert.Skip(reason);
        if (await LabRequirement.NginxMissingAsync(Account.Stop) is { } noNginx) Assert.Skip(noNginx);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_guides_files_find_the_missing_configuration_deploy_it_and_find_it_well()
    {
        await using var lab = await StartAsync("nginx-config-missing", LabBackendKind.InProcess);
        await WriteAsync(lab.Site, SummitRunbookKind.RunCommandParameters);

        var found = await SendFileAsync(lab, "diagnose-websocket-issues");
        Assert.Equal(("Failed", 1), (found.Status, found.Code));
        Assert.StartsWith(
            "SUMMIT diagnose-websocket-issues FAIL: 3. Nginx config has WebSocket, 8. WebSocket opens through nginx\n",
            found.Output, StringComparison.Ordinal);
        // what a list of invocations shows of it, 2,500 characters, has every item
        var (_, listed, _) = await AwsCli.RunAsync(lab.Aws, "ssm", "list-command-invocations", "--command-id", found.Id, "--details");
        Assert.Contains(
            "Next: deploy the configuration: deploy-nginx-config.json",
            (string)listed!["CommandInvocations"]![0]!["CommandPlugins"]![0]!["Output"]!,
            StringComparison.Ordinal);

        var deployed = await SendFileAsync(lab, "deploy-nginx-config");
        Assert.True(deployed is { Status: "Success", Code: 0 }, deployed.Output + deployed.Error);
        Assert.StartsWith("SUMMIT deploy-nginx-config OK: deployed, and a WebSocket opens\n", deployed.Output, StringComparison.Ordinal);
        Assert.True((await ProbeAsync(lab)).Success);

        var well = await SendFileAsync(lab, "diagnose-websocket-issues");
        Assert.True(well is { Status: "Success", Code: 0, Error: "" }, well.Output + well.Error);
        Assert.StartsWith("SUMMIT diagnose-websocket-issues OK\n", well.Output, StringComparison.Ordinal);
        Assert.Empty(lab.Aws.Faults);
    }

    [Fact]
    public async Task The_backends_file_starts_what_is_stopped_in_pm2_and_leaves_alone_what_answers()
    {
        if (await LabRequirement.Pm2MissingAsync(Account.Stop) is { } reason) Assert.Skip(reason);
        await using var lab = await StartAsync("backend-down", LabBackendKind.Pm2);
        await WriteAsync(lab.Site, SummitRunbookKind.RunCommandParameters);

        var found = await SendFileAsync(lab, "diagnose-websocket-issues");
        Assert.StartsWith(
            $"SUMMIT diagnose-websocket-issues FAIL: 1. Backend running, 2. Port {lab.BackendPort} listening, 7. ",
            found.Output, StringComparison.Ordinal);
        Assert.Contains("pm2: summit is stopped", found.Output, StringComparison.Ordinal);
        Assert.Contains("Next: deploy-summit-backend.json, which restarts it in the pm2 of ", found.Output, StringComparison.Ordinal);

        var restarted = await SendFileAsync(lab, "deploy-summit-backend");
        Assert.True(restarted is { Status: "Success" }, restarted.Output + restarted.Error);
        Assert.StartsWith(
            "SUMMIT deploy-summit-backend OK: restarted, and a WebSocket opens at the backend\n",
            restarted.Output, StringComparison.Ordinal);
        Assert.True((await ProbeAsync(lab)).Success);

        var process = lab.Backend.ProcessId;
        var again = await SendFileAsync(lab, "deploy-summit-backend");
        Assert.StartsWith("SUMMIT deploy-summit-backend OK: unchanged", again.Output, StringComparison.Ordinal);
        Assert.Equal(process, lab.Backend.ProcessId);
    }

    [Fact]
    public async Task The_documents_are_stored_and_run_by_their_names()
    {
        await using var lab = await StartAsync("location-missing", LabBackendKind.InProcess);
        await StoreAsync(lab.Aws.Environment(lab.Region), lab.Site);

        var other = await SendAsync(
            lab, "summit-api-diagnose-websocket",
            """{"ConfigPath":["/nowhere/other"],"EnabledPath":[""],"ServerName":["other.example.com"]}""");
        Assert.StartsWith("SUMMIT summit-api-diagnose-websocket FAIL: 3. ", other.Output, StringComparison.Ordinal);
        Assert.Contains("/nowhere/other does not exist", other.Output, StringComparison.Ordinal);
        var deployed = await SendAsync(lab, "summit-api-deploy-nginx-config", "{}");
        Assert.True(deployed is { Status: "Success" }, deployed.Output + deployed.Error);
        var backend = await SendAsync(lab, "summit-api-restart-backend", "{}");
        Assert.StartsWith("SUMMIT summit-api-restart-backend OK: unchanged", backend.Output, StringComparison.Ordinal);

        var (code, _, error) = await AwsCli.RunAsync(
            lab.Aws, "ssm", "send-command", "--instance-ids", lab.InstanceId, "--document-name", "summit-api-verify-websocket",
            "--parameters", """{"ConfigPath":["/etc/x'; touch /tmp/summit-never; '"]}""");
        Assert.NotEqual(0, code);
        Assert.Contains("(InvalidParameters)", error, StringComparison.Ordinal);
        Assert.Empty(lab.Aws.Faults);
    }

    [Theory]
    [InlineData("verify-websocket", "Port", "99999")]
    [InlineData("verify-websocket", "Port", "0")]
    [InlineData("verify-websocket", "BackendPort", "04000")]
    [InlineData("diagnose-websocket", "WebSocketPath", "ws")]
    [InlineData("diagnose-websocket", "ServerName", "api.example.com/ws")]
    [InlineData("restart-backend", "ProcessName", "-rf")]
    [InlineData("deploy-nginx-config", "Force", "maybe")]
    public async Task A_value_out_of_range_is_refused_before_anything_is_sent(string document, string parameter, string value)
    {
        await using var account = new Account();
        var environment = account.Aws.Environment(Account.Region);
        var stored = (await WriteAsync(new SummitSite(), SummitRunbookKind.CommandDocument))
            .Single(path => path.EndsWith($"{document}.json", StringComparison.Ordinal));
        await CreateAsync(environment, stored, "Command");

        var (code, _, error) = await AwsCli.RunAsync(
            environment, ["ssm", "send-command", "--instance-ids", Account.Id, "--document-name",
                Path.GetFileNameWithoutExtension(stored),
                "--parameters", new JsonObject { [parameter] = new JsonArray(value) }.ToJsonString()]);

        Assert.NotEqual(0, code);
        Assert.Contains("(InvalidParameters)", error, StringComparison.Ordinal);
        var declared = JsonNode.Parse(await File.ReadAllTextAsync(stored, Account.Stop))!["parameters"]![parameter]!;
        Assert.Contains($"\"{parameter}\" has value \"{value}\"", error, StringComparison.Ordinal);
        Assert.Contains((string)declared["allowedPattern"]!, error, StringComparison.Ordinal);
        var (_, listed, _) = await AwsCli.RunAsync(account.Aws, "ssm", "list-commands");
        Assert.Empty(listed!["Commands"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"type":"String","maxChars":3,"minChars":2}""", "abcd", "ab")]
    [InlineData("""{"type":"String","allowedValues":["no","yes"]}""", "maybe", "yes")]
    [InlineData("""{"type":"StringList","maxItems":1,"allowedPattern":"^[a-z]$"}""", "a,b", "a")]
    [InlineData("""{"type":"StringList","minItems":1,"allowedPattern":"^[a-z]$"}""", "A", "a,b")]
    [InlineData("""{"type":"String","allowedPattern":"[0-9]"}""", "12", "1")]
    public async Task A_document_of_another_author_is_held_to_what_it_declares(string declaration, string wrong, string right)
    {
        await using var account = new Account();
        var environment = account.Aws.Environment(Account.Region);
        var path = Path.Combine(_folder.FullName, "own.json");
        var lines = new JsonArray("echo {{ Given }}");
        await File.WriteAllTextAsync(path, new JsonObject
        {
            ["schemaVersion"] = "2.2",
            ["parameters"] = new JsonObject { ["Given"] = JsonNode.Parse(declaration) },
            ["mainSteps"] = new JsonArray(new JsonObject
            {
                ["action"] = "aws:runShellScript", ["name"] = "run", ["inputs"] = new JsonObject { ["runCommand"] = lines },
            }),
        }.ToJsonString(), Account.Stop);
        await CreateAsync(environment, path, "Command");

        var (refused, _, error) = await SendOwnAsync(wrong);
        var (taken, _, _) = await SendOwnAsync(right);

        Assert.NotEqual(0, refused);
        Assert.Contains("(InvalidParameters)", error, StringComparison.Ordinal);
        Assert.Contains("\"Given\"", error, StringComparison.Ordinal);
        Assert.Equal(0, taken);

        Task<(int, string, string)> SendOwnAsync(string values) => AwsCli.RunAsync(
            environment, ["ssm", "send-command", "--instance-ids", Account.Id, "--document-name", "own",
                "--parameters", new JsonObject
                {
                    ["Given"] = new JsonArray([.. values.Split(',').Select(value => JsonValue.Create(value))]),
                }.ToJsonString()]);
    }

    [Fact]
    public async Task An_agent_that_puts_parameters_in_as_text_runs_the_same()
    {
        await using var lab = await StartAsync("healthy", LabBackendKind.InProcess);
        lab.Aws.Knobs.OldAgent = true;
        var verify = (await WriteAsync(lab.Site, SummitRunbookKind.CommandDocument))[^1];
        await CreateAsync(lab.Aws.Environment(lab.Region), verify, "Command");

        var verified = await SendAsync(lab, "summit-api-verify-websocket", "{}");

        Assert.True(verified is { Status: "Success", Error: "" }, verified.Output + verified.Error);
        Assert.Contains("8. OK      WebSocket opens through nginx: 101", verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_hand_s_Systems_Manager_stores_the_documents_as_they_are()
    {
        await using var moto = await MotoServer.StartAsync();
        foreach (var file in (await StoreAsync(moto.Environment, new SummitSite())).Skip(3))
        {
            var (code, output, error) = await AwsCli.RunAsync(
                moto.Environment, ["ssm", "get-document", "--name", Path.GetFileNameWithoutExtension(file)]);
            Assert.True(code == 0, error);
            Assert.True(JsonNode.DeepEquals(
                JsonNode.Parse(await File.ReadAllTextAsync(file, Account.Stop)),
                JsonNode.Parse((string)JsonNode.Parse(output)!["Content"]!)), file);
        }
    }

    private static Task<SummitWebSocketResult> ProbeAsync(LabInstance lab) => new WebSocketProbe(TimeProvider.System).RunAsync(
        ProbeRequest.Create(lab.Site.Uri, new ProbeRequest { CertificateAuthority = lab.CaPath }), Account.Stop);

    private static Task<LabInstance> StartAsync(string scenario, LabBackendKind backend) =>
        LabInstance.StartAsync(new LabOptions { Scenario = ScenarioCatalogue.Find(scenario)!, Backend = backend }, Account.Stop);

    private async Task<IReadOnlyList<string>> WriteAsync(SummitSite site, SummitRunbookKind kind)
    {
        var paths = new List<string>();
        foreach (var file in RunbookFile.For(site, kind))
        {
            paths.Add(Path.Combine(_folder.FullName, file.Name));
            await File.WriteAllTextAsync(paths[^1], file.Text, Account.Stop);
        }

        return paths;
    }

    /// <summary>create-document, as the help says it.</summary>
    private async Task<IReadOnlyList<string>> StoreAsync(IReadOnlyDictionary<string, string> environment, SummitSite site)
    {
        var (commands, automation) = (
            await WriteAsync(site, SummitRunbookKind.CommandDocument), await WriteAsync(site, SummitRunbookKind.AutomationDocument));
        await Task.WhenAll(commands.Select(path => CreateAsync(environment, path, "Command"))
            .Concat(automation.Select(path => CreateAsync(environment, path, "Automation"))));
        return [.. commands, .. automation];
    }

    private static async Task CreateAsync(IReadOnlyDictionary<string, string> environment, string path, string type)
    {
        var (code, _, error) = await AwsCli.RunAsync(environment, ["ssm", "create-document", "--name",
            Path.GetFileNameWithoutExtension(path), "--document-type", type, "--content", $"file://{path}"]);
        Assert.True(code == 0, error);
    }

    private Task<Answer> SendFileAsync(LabInstance lab, string name) =>
        SendAsync(lab, "AWS-RunShellScript", $"file://{Path.Combine(_folder.FullName, name)}.json");

    private static async Task<Answer> SendAsync(LabInstance lab, string document, string parameters)
    {
        var (code, sent, error) = await AwsCli.RunAsync(
            lab.Aws, "ssm", "send-command", "--instance-ids", lab.InstanceId, "--document-name", document,
            "--parameters", parameters, "--region", lab.Region);
        Assert.True(code == 0, error);
        var id = (string)sent!["Command"]!["CommandId"]!;
        while (true)
        {
            var (_, invocation, _) = await AwsCli.RunAsync(
                lab.Aws, "ssm", "get-command-invocation", "--command-id", id, "--instance-id", lab.InstanceId);
            if ((string?)invocation?["Status"] is not (null or "Pending" or "InProgress"))
            {
                return new Answer(
                    id, (string)invocation!["Status"]!, (int)invocation["ResponseCode"]!,
                    (string)invocation["StandardOutputContent"]!, (string)invocation["StandardErrorContent"]!);
            }

            await Task.Delay(500, Account.Stop);
        }
    }

    private sealed record Answer(string Id, string Status, int Code, string Output, string Error);
}
