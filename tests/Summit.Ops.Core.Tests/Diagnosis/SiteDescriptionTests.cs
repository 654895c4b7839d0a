using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Repair;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>A healthy host and a description of it that is wrong: nothing on the host is blamed or changed.</summary>
[Trait("Category", "Lab")]
public sealed class SiteDescriptionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_backend_port_than_the_one_that_opens_is_a_question_about_the_description()
    {
        await using var lab = await StartAsync();
        var verdict = await DiagnoseAsync(lab.Site with { BackendPort = 1 });

        Assert.True(verdict.Healthy, Told(verdict));
        var failure = Assert.Single(verdict.Failures);
        Assert.Equal(("Nginx.Upstream", SummitSeverity.Warning), (failure.Id, failure.Severity));
        Assert.Contains(
            $":1, where nothing listens, and nginx uses 127.0.0.1:{lab.BackendPort}: is the site's BackendPort wrong?", failure.Evidence);
        Assert.Equal($"$site = $site | New-SummitSite -BackendPort {lab.BackendPort}", failure.Fix);
        Assert.Empty(RepairPlan.For(verdict).Steps);
        Assert.Null(verdict.ProposedFix);
    }

    [Fact]
    public async Task A_path_that_the_backend_does_not_know_gets_no_location()
    {
        await using var lab = await StartAsync();
        var verdict = await DiagnoseAsync(lab.Site with { WebSocketPath = "/socket" });

        Assert.False(verdict.Healthy);
        Assert.Equal([SummitCause.NginxLocationMissing, SummitCause.BackendRejectsUpgrade], verdict.Causes.Select(cause => cause.Cause));
        Assert.Contains("The backend itself, asked past nginx, answers 404 there as well", verdict.Causes[0].Evidence);
        Assert.Equal("$site = $site | New-SummitSite -WebSocketPath /ws", verdict.Causes[0].Fix);
        Assert.Empty(RepairPlan.For(verdict).Steps);
        Assert.Null(verdict.ProposedFix);
    }

    [Fact]
    public async Task A_port_on_which_a_running_nginx_does_not_listen_is_no_nginx_that_must_be_started()
    {
        await using var lab = await StartAsync();
        var verdict = await DiagnoseAsync(lab.Site with { Port = 1 });

        Assert.True(verdict.Causes.Select(cause => cause.Cause).SequenceEqual([SummitCause.NginxWrongServer]), Told(verdict));
        Assert.Contains($"listens on 127.0.0.1:{lab.Port}", verdict.Causes[0].Evidence);
        Assert.Equal($"$site = $site | New-SummitSite -Port {lab.Port}", verdict.Causes[0].Fix);
        Assert.Empty(RepairPlan.For(verdict).Steps);
        Assert.Single(verdict.Failures, check => check.Severity == SummitSeverity.Error);
    }

    private static async Task<LabInstance> StartAsync()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static async Task<SummitDiagnosis> DiagnoseAsync(SummitSite site) =>
        Verdict.Over(
            await new SiteGatherer(TimeProvider.System).GatherAsync(new LocalHost(), site, token: null, Cancellation), TimeSpan.Zero);

    private static string Told(SummitDiagnosis verdict) =>
        $"{verdict}\n" + string.Join('\n', verdict.Checks.Where(check => check.Status == SummitCheckStatus.Fail)
            .Select(check => $"{check} {check.Severity} {check.Cause} {check.ExplainedBy}: {check.Evidence}"));
}
