using System.Management.Automation;
using System.Security;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Aws;
using Summit.Ops.Tests.Engine;
using Summit.Ops.Network;

namespace Summit.Ops.Tests.Commands;

/// <summary>about_Summit_Permissions gives for each cmdlet the policy that it needs: all of it, and nothing more.</summary>
[Trait("Category", "Lab")]
public sealed class PermissionTests
{
    private const string OnHosts = "every other cmdlet that works on a host";
    private const string Account = "-Region eu-west-1 -EndpointUrl $url -Credential $key";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_policy_of_the_page_each_cmdlet_does_all_it_can_and_every_action_in_it_is_used()
    {
        if (await LabRequirement.NginxMissingAsync(Stop) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find("location-missing"), Backend = LabBackendKind.InProcess }, Stop);
        using var session = EngineSession.Create();
        session.SetVariable("site", lab.Site);
        session.SetVariable("url", lab.AwsEndpoint);
        session.SetVariable("key", Key(lab.Aws));
        lab.Aws.Fleet.Put(lab.Aws.Fleet.Machines.First() with { InstanceId = "i-0aaaaaaaaaaaaaaa1" });
        foreach (var (cmdlets, actions) in Policies())
        {
            lab.Aws.Knobs.Allowed = actions;
            var before = lab.Aws.Calls.Count;
            foreach (var cmdlet in cmdlets is [OnHosts]
                ? ["Test-SummitBackend", "Deploy-SummitNginxConfig", "Restart-SummitNginx", "Get-SummitNginxBackup", "Test-SummitFirewall"]
                : cmdlets)
            {
                await UseAsync(cmdlet, session, lab);
            }

            var calls = lab.Aws.Calls.Skip(before).ToList();
            Assert.DoesNotContain(calls, call => call.Outcome is "AccessDeniedException" or "UnauthorizedOperation");
            Assert.Equal(
                actions.Order(StringComparer.Ordinal),
                calls.Select(call => call.Action).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Each_cmdlet_that_reaches_an_instance_has_a_policy()
    {
        var named = Policies().SelectMany(policy => policy.Cmdlets).ToHashSet(StringComparer.Ordinal);
        var reaching = Reaching()
            .Select(cmdlet => cmdlet.Parameters.ContainsKey("DocumentName") && !named.Contains(cmdlet.Name) ? OnHosts : cmdlet.Name)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(reaching.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Get_SummitPermission_gives_the_policies_of_the_page()
    {
        using var session = EngineSession.Create();
        var page = Policies().ToList();
        var all = (await session.InvokeAsync("Get-SummitPermission", Stop)).Output.Select(item => (SummitPermission)item.BaseObject)
            .ToLookup(permission => permission.Command, StringComparer.Ordinal);
        Assert.Equal(Reaching().Select(cmdlet => cmdlet.Name).Order(StringComparer.Ordinal), all.Select(some => some.Key));
        foreach (var some in all)
        {
            var policy = page.Find(each => each.Cmdlets.Contains(some.Key));
            if (policy.Actions is null) policy = page.Single(each => each.Cmdlets is [OnHosts]);
            Assert.Equal(
                policy.Actions.Order(StringComparer.Ordinal), some.Select(permission => permission.Action).Order(StringComparer.Ordinal));
        }

        var json = (string)(await session.InvokeAsync(
            "Get-SummitPermission Invoke-SummitDiagnostic, Get-SummitTarget -AsPolicy -Region eu-west-1 -DocumentName my-shell",
            Stop)).Output[0].BaseObject;
        var statements = JsonNode.Parse(json)!["Statement"]!.AsArray();
        Assert.Equal(2, statements.Count);
        Assert.Equal(
            [
                "arn:aws:ssm:eu-west-1:*:document/my-shell", "arn:aws:ec2:eu-west-1:*:instance/*",
                "arn:aws:ssm:eu-west-1:*:managed-instance/*",
            ], statements[0]!["Resource"]!.AsArray().Select(resource => (string)resource!));
        Assert.Equal("*", (string)statements[1]!["Resource"]!);
        Assert.Equal(
            page.Single(each => each.Cmdlets.Contains("Invoke-SummitDiagnostic")).Actions.Count,
            statements.Sum(statement => statement!["Action"]!.AsArray().Count));
    }

    [Theory]
    [InlineData("eu-west-1", "aws")]
    [InlineData("cn-north-1", "aws-cn")]
    [InlineData("us-gov-west-1", "aws-us-gov")]
    [InlineData("eusc-de-east-1", "aws-eusc")]
    public async Task A_policy_has_the_partition_of_the_region_and_the_tags_as_a_condition_on_instances(string region, string partition)
    {
        using var session = EngineSession.Create();
        var json = (string)(await session.InvokeAsync(
            $"Get-SummitPermission Invoke-SummitDiagnostic -AsPolicy -Region {region} -Tag @{{ Role = 'proxy', 'web*' }}",
            Stop)).Output[0].BaseObject;
        var statements = JsonNode.Parse(json)!["Statement"]!.AsArray();
        Assert.Equal(3, statements.Count);
        Assert.Equal(
            [$"arn:{partition}:ssm:{region}::document/AWS-RunShellScript"],
            statements[0]!["Resource"]!.AsArray().Select(resource => (string)resource!));
        Assert.Null(statements[0]!["Condition"]);
        Assert.Equal(
            [$"arn:{partition}:ec2:{region}:*:instance/*", $"arn:{partition}:ssm:{region}:*:managed-instance/*"],
            statements[1]!["Resource"]!.AsArray().Select(resource => (string)resource!));
        Assert.Equal("ssm:SendCommand", (string)statements[1]!["Action"]![0]!);
        Assert.Equal("""{"StringLike":{"ssm:resourceTag/Role":["proxy","web*"]}}""", statements[1]!["Condition"]!.ToJsonString());
        Assert.Equal("*", (string)statements[2]!["Resource"]!);
    }

    [Fact]
    public async Task A_preflight_tries_what_reads_and_does_nothing()
    {
        await using var aws = AwsEndpoint.Start();
        using var session = EngineSession.Create();
        session.SetVariable("url", aws.Url);
        session.SetVariable("key", Key(aws));
        aws.Knobs.Denied["ec2:DescribeNetworkAcls"] = true;
        aws.Knobs.Denied["ssm:GetCommandInvocation"] = true;
        var result = await session.InvokeAsync($"Get-SummitPermission Invoke-SummitDiagnostic -Test {Account}", Stop);
        Assert.Empty(result.Errors);
        var tried = result.Output.Select(item => (SummitPermission)item.BaseObject).ToList();
        Assert.Equal(["ec2:DescribeNetworkAcls", "ssm:GetCommandInvocation"], tried
            .Where(permission => permission.Status == SummitCheckStatus.Fail)
            .Select(permission => permission.Action)
            .Order(StringComparer.Ordinal));
        Assert.Equal(["ssm:CancelCommand", "ssm:SendCommand"], tried.Where(permission => permission.Status == SummitCheckStatus.Unknown)
            .Select(permission => permission.Action).Order(StringComparer.Ordinal));
        Assert.Equal(9, tried.Count(permission => permission.Status == SummitCheckStatus.Pass));
        Assert.All(tried, permission => Assert.NotEmpty(permission.Evidence));
        Assert.All(
            aws.Calls.Where(call => call.Action.StartsWith("ec2:", StringComparison.Ordinal)),
            call => Assert.Equal("true", call.Request.Form["DryRun"]));
        Assert.DoesNotContain(aws.Calls, call => call.Action is "ssm:SendCommand" or "ssm:CancelCommand");
        Assert.Empty(aws.Faults);

        var refused = await session.InvokeAsync("Get-SummitPermission New-SummitSite", Stop);
        Assert.StartsWith("CommandAsksNoAws,", Assert.Single(refused.Errors).FullyQualifiedErrorId);
    }

    // the one that tells what the others need asks for that only
    private static IEnumerable<CmdletInfo> Reaching() => Conformance.ModuleCatalog.Cmdlets.Where(
        cmdlet => cmdlet.Parameters.ContainsKey("EndpointUrl") && cmdlet.Name != "Get-SummitPermission");

    private static async Task UseAsync(string cmdlet, EngineSession session, LabInstance lab)
    {
        if (cmdlet == "Get-SummitTarget")
        {
            await SucceedAsync(session, $"Get-SummitTarget {Account}");
            return;
        }

        if (cmdlet == "Test-SummitSecurityGroup")
        {
            var open = lab.Aws.Ec2.Network.Groups[0];
            lab.Aws.Ec2.Network.PrefixLists["pl-1"] = [];
            lab.Aws.Ec2.Network.Groups[0] = open with { Ingress = [new SecurityGroupRule { Protocol = "-1", PrefixListId = "pl-1" }] };
            await SucceedAsync(session, $"{cmdlet} -InstanceId {lab.InstanceId} {Account}");
            Assert.NotEmpty((await session.InvokeAsync($"{cmdlet} -InstanceId i-0ffffffffffffffff {Account}", Stop)).Errors);
            // what is closed for this one is in nobody else's way
            lab.Aws.Ec2.Network.Groups[0] = open;
            return;
        }

        if (cmdlet is "Invoke-SummitDiagnostic" or "Repair-SummitWebSocket")
        {
            // prefix lists are looked into where a rule names one
            lab.Aws.Ec2.Network.PrefixLists["pl-1"] = [];
            lab.Aws.Ec2.Network.Groups[0] = lab.Aws.Ec2.Network.Groups[0] with
            {
                Ingress = [.. lab.Aws.Ec2.Network.Groups[0].Ingress, new SecurityGroupRule { Protocol = "-1", PrefixListId = "pl-1" }],
            };
        }

        var changes = cmdlet is not ("Invoke-SummitDiagnostic" or "Test-SummitBackend");
        await SucceedAsync(session, $"{cmdlet} -Site $site -InstanceId {lab.InstanceId} {Account}");
        if (changes) return;

        // several at once, by tag; one that is not there; a lost answer; Ctrl+C
        await SucceedAsync(session, $"{cmdlet} -Site $site -Tag @{{ Name = 'summit-lab' }} {Account}");
        Assert.NotEmpty((await session.InvokeAsync($"{cmdlet} -Site $site -InstanceId i-0ffffffffffffffff {Account}", Stop)).Errors);
        lab.Aws.Knobs.LostAnswers["ssm:SendCommand"] = 1;
        await SucceedAsync(session, $"{cmdlet} -Site $site -InstanceId {lab.InstanceId} {Account}");
        lab.Aws.Knobs.AgentDelay = TimeSpan.FromSeconds(30);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var sent = lab.Aws.Calls.Count(call => call.Action == "ssm:SendCommand");
        var running = session.InvokeAsync($"{cmdlet} -Site $site -InstanceId {lab.InstanceId} {Account}", stop.Token);
        while (lab.Aws.Calls.Count(call => call.Action == "ssm:SendCommand") == sent) await Task.Delay(50, Stop);
        await stop.CancelAsync();
        var stopped = await running;
        Assert.Matches("Command [0-9a-f-]{36} \\(gather evidence\\) was cancelled", Assert.Single(stopped.HostWarnings));
        lab.Aws.Knobs.AgentDelay = TimeSpan.Zero;
    }

    private static async Task SucceedAsync(EngineSession session, string script)
    {
        var result = await session.InvokeAsync(script, Stop);
        Assert.True(result.Errors.Count == 0 && result.Output.Count > 0, $"{script}\n{string.Join('\n', result.Errors)}");
    }

    private static IEnumerable<(string[] Cmdlets, HashSet<string> Actions)> Policies()
    {
        var page = File.ReadAllText(Path.Combine(BuiltModule.Root, "src", "Summit.Ops", "Help", "about_Summit_Permissions.md"));
        foreach (Match match in Regex.Matches(
            page, @"^### Policy: (?<names>[^\n]+)\n.*?^```json\n(?<json>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline))
        {
            var statements = JsonNode.Parse(match.Groups["json"].Value)!["Statement"]!.AsArray();
            var actions = statements.SelectMany(statement => statement!["Action"] is JsonArray many
                ? many.Select(action => (string)action!)
                : [(string)statement["Action"]!]);
            yield return (match.Groups["names"].Value.Split(", "), actions.ToHashSet(StringComparer.Ordinal));
        }
    }

    private static PSCredential Key(AwsEndpoint aws)
    {
        var secret = new SecureString();
        foreach (var c in aws.SecretAccessKey) secret.AppendChar(c);
        return new PSCredential(aws.AccessKeyId, secret);
    }
}
