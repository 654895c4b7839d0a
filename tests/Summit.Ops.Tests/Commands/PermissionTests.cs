using System.Management.Automation;
using System.Security;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Aws;
using Summit.Ops.Lab.Engine;
using Summit.Ops.Network;

namespace Summit.Ops.Tests.Commands;

/// <summary>about_Summit_Permissions gives for each cmdlet the policy that it needs: all of it, and nothing more.</summary>
public sealed class PermissionTests
{
    private const string OnHosts = "every cmdlet that works on a host";
    private const string Account = "-Region eu-west-1 -EndpointUrl $url -Credential $key";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_the_policy_of_the_page_each_cmdlet_does_all_it_can_and_every_action_in_it_is_used()
    {
        if (await LabRequirement.NginxMissingAsync(Stop) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Scenario = ScenarioCatalogue.Find("location-missing"), Backend = LabBackendKind.InProcess }, Stop);
        using var session = EngineSession.Create();
        session.SetVariable("site", lab.Site);
        session.SetVariable("url", lab.AwsEndpoint);
        session.SetVariable("key", Key(lab.Aws));
        lab.Aws.Fleet.Put(lab.Aws.Fleet.Machines.First() with { InstanceId = "i-0aaaaaaaaaaaaaaa1" });
        foreach (var (cmdlets, actions) in Policies())
        {
            lab.Aws.Knobs.Allowed = actions;
            var before = lab.Aws.Calls.Count;
            foreach (var cmdlet in cmdlets is [OnHosts] ? ["Invoke-SummitDiagnostic", "Deploy-SummitNginxConfig", "Restart-SummitNginx", "Get-SummitNginxBackup", "Test-SummitFirewall"] : cmdlets) await UseAsync(cmdlet, session, lab);
            var calls = lab.Aws.Calls.Skip(before).ToList();
            Assert.DoesNotContain(calls, call => call.Outcome is "AccessDeniedException" or "UnauthorizedOperation");
            Assert.Equal(actions.Order(StringComparer.Ordinal), calls.Select(call => call.Action).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Each_cmdlet_that_reaches_an_instance_has_a_policy()
    {
        var named = Policies().SelectMany(policy => policy.Cmdlets).ToHashSet(StringComparer.Ordinal);
        var reaching = Conformance.ModuleCatalog.Cmdlets.Where(cmdlet => cmdlet.Parameters.ContainsKey("EndpointUrl"))
            .Select(cmdlet => cmdlet.Parameters.ContainsKey("DocumentName") ? OnHosts : cmdlet.Name).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(reaching.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    private static async Task UseAsync(string cmdlet, EngineSession session, LabInstance lab)
    {
        if (cmdlet == "Get-SummitTarget")
        {
            await SucceedAsync(session, $"Get-SummitTarget {Account}");
            return;
        }

        if (cmdlet == "Test-SummitSecurityGroup")
        {
            lab.Aws.Ec2.Network.PrefixLists["pl-1"] = [];
            lab.Aws.Ec2.Network.Groups[0] = lab.Aws.Ec2.Network.Groups[0] with { Ingress = [new SecurityGroupRule { Protocol = "-1", PrefixListId = "pl-1" }] };
            await SucceedAsync(session, $"{cmdlet} -InstanceId {lab.InstanceId} {Account}");
            Assert.NotEmpty((await session.InvokeAsync($"{cmdlet} -InstanceId i-0ffffffffffffffff {Account}", Stop)).Errors);
            return;
        }

        var changes = cmdlet is not "Invoke-SummitDiagnostic";
        await SucceedAsync(session, $"{cmdlet} -Site $site -InstanceId {lab.InstanceId} {Account}");
        if (changes) return;

        // several at once, by tag; one that is not there; a lost answer; Ctrl+C
        await SucceedAsync(session, $"{cmdlet} -Site $site -Tag @{{ Name = 'summit-lab' }} {Account}");
        Assert.NotEmpty((await session.InvokeAsync($"{cmdlet} -Site $site -InstanceId i-0ffffffffffffffff {Account}", Stop)).Errors);
        (lab.Aws.Knobs.Seed, lab.Aws.Knobs.Resets) = (2, 0.5);
        for (var i = 0; i < 10 && !lab.Aws.Calls.Any(call => call.Action == "ssm:ListCommands"); i++) await SucceedAsync(session, $"{cmdlet} -Site $site -InstanceId {lab.InstanceId} {Account}");
        lab.Aws.Knobs.Resets = 0;
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
        foreach (Match match in Regex.Matches(page, @"^### Policy: (?<names>[^\n]+)\n.*?^```json\n(?<json>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline))
        {
            var statements = JsonNode.Parse(match.Groups["json"].Value)!["Statement"]!.AsArray();
            var actions = statements.SelectMany(statement => statement!["Action"] is JsonArray many ? many.Select(action => (string)action!) : [(string)statement["Action"]!]);
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
