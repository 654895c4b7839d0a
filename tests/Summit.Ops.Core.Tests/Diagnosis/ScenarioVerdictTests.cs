using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>Every fault that the lab can have, made for real, gathered for real, and judged: the right cause first, no false alarm.</summary>
public sealed class ScenarioVerdictTests
{
    public static TheoryData<string> Scenarios => [.. ScenarioCatalogue.All.Where(scenario => !scenario.OverSystemsManager).Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task The_injected_fault_is_the_root_cause(string name)
    {
        var scenario = ScenarioCatalogue.Find(name)!;
        var cancellation = TestContext.Current.CancellationToken;
        if (await LabRequirement.NginxMissingAsync(cancellation) is { } reason) Assert.Skip(reason);

        await using var lab = await LabInstance.StartAsync(new LabOptions { Scenario = scenario, Backend = scenario.Backend ?? LabBackendKind.InProcess }, cancellation);
        var evidence = await new SiteGatherer(TimeProvider.System).GatherAsync(new LocalHost(), lab.Site, token: null, cancellation);
        var verdict = Verdict.Over(evidence, TimeSpan.Zero);

        var told = string.Join('\n', verdict.Checks.Where(check => check.Status != SummitCheckStatus.Pass).Select(check => $"{check} {check.Severity} {check.Cause}: {check.Evidence}"));
        Assert.True(verdict.RootCause == scenario.Expected || scenario.AlsoTrue.Contains(verdict.RootCause), $"expected {scenario.Expected}, found {verdict.RootCause}\n{told}\n{string.Join('\n', verdict.WebSocket.Select(hop => $"{hop.Hop}: {hop} {hop.Explanation}"))}");
        Assert.Equal(scenario.Expected == SummitCause.None, verdict.Healthy);
        Assert.All(verdict.Checks, check => Assert.NotEmpty(check.Evidence));
        Assert.All(
            verdict.Checks.Where(check => check is { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error }),
            check => Assert.True(verdict.Causes.Any(cause => cause.Checks.Contains(check.Id)) || check.ExplainedBy != SummitCause.None, $"{check.Id} is neither spoken of nor explained"));
        Assert.Equal(
            ["Backend.Running", "Nginx.WebSocketLocation", "Nginx.UpgradeHeaders", "Nginx.ProxyBuffering", "Nginx.LocationOrder", "Nginx.Syntax", "Nginx.Reloaded", "Network.Port443", "Tls.Certificate"],
            verdict.Checks.Take(9).Select(check => check.Id));
    }
}
