using System.Text.RegularExpressions;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Aws.Tests.Diagnosis;

/// <summary>Every fault of the lab, diagnosed over Systems Manager and on the machine itself: the same verdict, by one command.</summary>
/// <typeparam name="TShare">Which of the faults.</typeparam>
[Trait("Category", "Lab")]
public abstract partial class SameVerdictTests<TShare>
    where TShare : IShare
{
    public static TheoryData<string> Scenarios =>
        [.. ScenarioCatalogue.Sample(4).Where(scenario => !scenario.OverSystemsManager).Where(Share.Has<TShare, Scenario>)
            .Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Over_Systems_Manager_the_verdict_is_that_of_the_machine_itself(string name)
    {
        var scenario = ScenarioCatalogue.Find(name)!;
        if (await LabRequirement.NginxMissingAsync(Account.Stop) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = scenario, Backend = scenario.Backend ?? LabBackendKind.InProcess }, Account.Stop);

        var local = await Judged.VerdictAsync(new LocalHost(), lab.Site);
        var ssm = await Judged.VerdictAsync(LabHost.Of(lab), lab.Site);

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

// a class for each share, which run beside each other

[Trait("Category", "Lab")]
public sealed class SameVerdictFirstTests : SameVerdictTests<First>;

[Trait("Category", "Lab")]
public sealed class SameVerdictSecondTests : SameVerdictTests<Second>;

[Trait("Category", "Lab")]
public sealed class SameVerdictThirdTests : SameVerdictTests<Third>;

[Trait("Category", "Lab")]
public sealed class SameVerdictFourthTests : SameVerdictTests<Fourth>;
