using System.Text.RegularExpressions;
using Summit.Ops.Diagnosis;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Aws.Tests.Diagnosis;

/// <summary>Every fault of the lab, diagnosed over Systems Manager and on the machine itself: the same verdict, by one command.</summary>
[Trait("Category", "Lab")]
public sealed partial class SameVerdictTests
{
    public static TheoryData<string> Scenarios =>
        [.. ScenarioCatalogue.Sample(4).Where(scenario => !scenario.OverSystemsManager).Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Over_Systems_Manager_the_verdict_is_that_of_the_machine_itself(string name)
    {
        var scenario = ScenarioCatalogue.Find(name)!;
        if (await LabRequirement.NginxMissingAsync(Account.Stop) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = scenario, Backend = scenario.Backend ?? LabBackendKind.InProcess }, Account.Stop);

        var local = await VerdictAsync(new LocalHost(), lab.Site);
        var ssm = await VerdictAsync(Host(lab), lab.Site);

        Assert.True(ssm.RootCause == scenario.Expected || scenario.AlsoTrue.Contains(ssm.RootCause), $"{ssm.RootCause}: {Told(ssm)}");
        Assert.Equal((local.RootCause, local.Healthy), (ssm.RootCause, ssm.Healthy));
        Assert.Equal(local.Causes.Select(cause => cause.Cause), ssm.Causes.Select(cause => cause.Cause));
        // the network in front is EC2's to say, and this machine has none
        Assert.Equal(local.Checks.Where(OnHost).Select(Shown), ssm.Checks.Where(OnHost).Select(Shown));
        Assert.Equal(local.WebSocket.Select(Shown), ssm.WebSocket.Select(Shown));
        Assert.Empty(Unaimed(ssm));
        // one round trip, and where something is broken a second one that replays the handshake
        Assert.InRange(lab.Aws.Calls.Count(call => call.Action == "ssm:SendCommand"), 1, ssm.Healthy ? 1 : 2);
        Assert.Empty(lab.Aws.Faults);
    }

    [Fact]
    public async Task A_token_never_travels_to_the_host()
    {
        if (await LabRequirement.NginxMissingAsync(Account.Stop) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Healthy, Backend = LabBackendKind.InProcess }, Account.Stop);
        await new SiteGatherer(TimeProvider.System).GatherAsync(Host(lab), lab.Site, "tok-4711-secret", Account.Stop);
        Assert.All(lab.Aws.Calls, call => Assert.DoesNotContain("tok-4711", call.Request.Json.ToJsonString()));
    }

    [Fact]
    public async Task An_instance_that_cannot_be_asked_is_diagnosed_as_far_as_a_client_sees_it()
    {
        if (await LabRequirement.NginxMissingAsync(Account.Stop) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Healthy, Backend = LabBackendKind.InProcess }, Account.Stop);
        lab.Aws.Knobs.Denied["ssm:SendCommand"] = true;
        var verdict = await VerdictAsync(Host(lab), lab.Site);
        var running = verdict.Checks.Single(check => check.Id == "Backend.Running");
        Assert.Equal(SummitCheckStatus.Unknown, running.Status);
        Assert.Contains("ssm:SendCommand", verdict.NotReached);
        Assert.Contains(verdict.Checks, check => check is { Id: "WebSocket.Public", Status: SummitCheckStatus.Pass });
    }

    private static IHost Host(LabInstance lab) => new AwsServices().Host(
        lab.Target, new AwsConnection { Region = lab.Region, EndpointUrl = lab.AwsEndpoint, Key = new AwsKey(
            lab.Aws.AccessKeyId, lab.Aws.SecretAccessKey, null) }, null);

    private static async Task<SummitDiagnosis> VerdictAsync(IHost host, SummitSite site) =>
        Verdict.Over(await new Experiment(host, TimeProvider.System).RunAsync(
            await new SiteGatherer(TimeProvider.System) { WithNetwork = true }.GatherAsync(host, site, token: null, Account.Stop),
            token: null, Account.Stop), TimeSpan.Zero);

    /// <summary>What is to be run next and would look at, or change, another machine than the one that was diagnosed.</summary>
    private static IEnumerable<string> Unaimed(SummitDiagnosis verdict) =>
        verdict.Checks.Select(check => check.Fix).Concat(verdict.Causes.Select(cause => cause.Fix))
            .Where(fix => OnHostCmdlet().IsMatch(fix) && !fix.Contains($"-InstanceId {verdict.Target.InstanceId}", StringComparison.Ordinal)
                || fix.Contains("-Region ''", StringComparison.Ordinal));

    [GeneratedRegex(
        "(Invoke-SummitDiagnostic|(Get|Deploy|Test|Restore)-SummitNginx(Config|Backup)|Resolve-SummitNginxLocation|Restart-Summit(Nginx|"
            + "Backend)|(Get|Test|Deploy)-SummitBackend|Test-SummitFirewall|Repair-SummitWebSocket)",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OnHostCmdlet();

    // what the first look's probes met stands in the error log that the second one reads
    private static bool OnHost(SummitCheck check) =>
        !check.Id.StartsWith("Network.", StringComparison.Ordinal) && check.Id != "Nginx.ErrorLog";

    private static (string Id, SummitCheckStatus Status, SummitCause Cause) Shown(SummitCheck check) =>
        (check.Id, check.Status, check.Cause);

    // how a TLS handshake was cut each TLS library says in its own words
    // the closing handshake after a success is the live probe's own: the host ends the connection
    private static (string Hop, SummitProbeStage Stage, SummitCause Cause, string Explanation, int? Status, string? Message,
        int? CloseCode) Shown(SummitWebSocketResult hop) =>
        (
            hop.Hop, hop.FailedStage, hop.Cause, hop.Success || hop.FailedStage is SummitProbeStage.Tls ? "" : hop.Explanation,
            hop.HttpStatus, hop.FirstMessage?[..Math.Min(40, hop.FirstMessage.Length)], hop.Success ? null : hop.CloseCode);

    private static string Told(SummitDiagnosis verdict) => string.Join(
        '\n',
        verdict.Checks.Where(check => check.Status != SummitCheckStatus.Pass).Select(check => $"{check} {check.Cause}: {check.Evidence}"));
}
