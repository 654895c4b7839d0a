using Summit.Ops.Diagnosis;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Peers;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>
/// A real nginx before a strict backend: the replays name what the backend refuses, and contradict what is only read in a file.
/// </summary>
[Trait("Category", "Lab")]
public sealed class ReplayedHandshakeTests
{
    private const string Upgrade = "proxy_set_header Upgrade $http_upgrade;", Version = "proxy_http_version 1.1;";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Missing_upgrade_headers_are_proven_by_both_requests()
    {
        var (verdict, _) = await DiagnoseAsync(
            request => StrictLab.Asks(request) ? null : "426 Upgrade Required", text => text.Swap(Upgrade, ""));

        Assert.True(
            verdict is { RootCause: SummitCause.NginxUpgradeHeadersMissing, Confidence: SummitConfidence.High, Causes.Count: 1 },
            Told(verdict));
        Assert.Equal(SummitProofOutcome.Proven, verdict.Proof!.Outcome);
        Assert.Equal((426, 101), (verdict.Proof.AsSent!.Answer!.HttpStatus, verdict.Proof.AfterChange!.Answer!.HttpStatus));
        Assert.Equal(SummitReplayForm.AfterChange, verdict.Proof.AfterChange.Form);
        Assert.Contains("+ Upgrade: websocket", verdict.Proof.Differences);
    }

    [Fact]
    public async Task An_Origin_that_the_backend_refuses_is_named_and_nothing_is_changed()
    {
        var (verdict, host) = await DiagnoseAsync(request => request.Header("Origin").Length > 0 ? "403 Forbidden" : null, text => text);

        Assert.True(verdict is { RootCause: SummitCause.BackendRejectsOrigin, Confidence: SummitConfidence.High, Causes.Count: 1,
            ProposedFix: null }, Told(verdict));
        Assert.Contains(verdict.Proof!.Differences, line => line.StartsWith("- Origin: https://", StringComparison.Ordinal));
        Assert.Equal(2, host.Runs);
    }

    [Fact]
    public async Task A_Host_that_the_backend_refuses_is_named_and_the_repair_opens()
    {
        var (verdict, _) = await DiagnoseAsync(
            request => request.Header("Host").StartsWith("localhost", StringComparison.Ordinal) ? null : "403 Forbidden",
            text => text.Swap("proxy_set_header Host $host;", ""));

        Assert.True(verdict is { RootCause: SummitCause.BackendRejectsHost, Confidence: SummitConfidence.High, Causes.Count: 1,
            ProposedFix: not null }, Told(verdict));
        Assert.Equal(SummitProofOutcome.Proven, verdict.Proof!.Outcome);
    }

    [Fact]
    public async Task Headers_that_change_nothing_are_no_cause()
    {
        // the application has no WebSocket at all, and nginx does not ask for one
        var (verdict, _) = await DiagnoseAsync(_ => "404 Not Found", text => text.Swap(Upgrade, ""));

        Assert.True(verdict is { RootCause: SummitCause.BackendRejectsUpgrade, Causes.Count: 1, ProposedFix: null }, Told(verdict));
        Assert.Equal(SummitProofOutcome.BackendRefuses, verdict.Proof!.Outcome);
        Assert.Contains(verdict.Checks, check => check is { Id: "Nginx.UpgradeHeaders", Severity: SummitSeverity.Warning }
            && check.Evidence.Contains("answers 404 as well", StringComparison.Ordinal));
    }

    // many applications answer a request without Upgrade like that for any page
    [Theory]
    [InlineData("400 Bad Request")]
    [InlineData("200 OK")]
    public async Task A_running_nginx_with_an_older_configuration_is_proven_by_the_disk_s_own_request(string answer)
    {
        var (verdict, _) = await DiagnoseAsync(
            request => StrictLab.Asks(request) ? null : answer, text => text.Swap(Upgrade, ""), text => text);

        Assert.True(
            verdict is { RootCause: SummitCause.NginxNotReloaded, Confidence: SummitConfidence.High, Causes.Count: 1 }, Told(verdict));
        Assert.True(verdict.Proof is { Outcome: SummitProofOutcome.Proven, AsSent: null, AfterChange.Opens: true }, Told(verdict));
    }

    [Fact]
    public async Task A_refusal_that_is_the_backend_s_own_is_no_missing_reload()
    {
        // the disk changed after the start, in nothing that matters: the backend refuses a header that nginx adds
        var (verdict, _) = await DiagnoseAsync(
            request => request.Header("X-Forwarded-For").Length > 0 ? "400 Bad Request" : null,
            text => text, text => text + "\n# touched\n");

        Assert.True(
            verdict is { RootCause: SummitCause.BackendRejectsProxyHeaders, Confidence: SummitConfidence.High, Causes.Count: 1 },
            Told(verdict));
    }

    [Fact]
    public async Task A_site_that_works_costs_one_round_trip()
    {
        var (verdict, host) = await DiagnoseAsync(request => StrictLab.Asks(request) ? null : "400 Bad Request", text => text);

        Assert.True(verdict is { Healthy: true, Proof: null }, Told(verdict));
        Assert.Equal(1, host.Runs);
    }

    [Fact]
    public async Task A_request_that_is_not_known_is_not_replayed_and_proves_nothing()
    {
        var (verdict, _) = await DiagnoseAsync(
            _ => "404 Not Found",
            text => text.Swap(Version, Version + "\n        proxy_set_header X-Time $upstream_response_time;").Swap(Upgrade, ""));

        Assert.True(verdict.Confidence < SummitConfidence.High, Told(verdict));
        Assert.Contains("$upstream_response_time", verdict.Proof!.AsSent!.NotTried);
        Assert.False(verdict.Proof.AsSent.Tried);
        Assert.NotEmpty(verdict.NotLookedAt);
    }

    /// <summary>A lab whose backend refuses by the request's head, with a site file that runs and perhaps another on the disk.</summary>
    /// <param name="refuses">The status line of a refusal; null where the WebSocket opens.</param>
    /// <param name="running">The file that nginx runs.</param>
    /// <param name="disk">The file on the disk afterwards; null for the one that runs.</param>
    private static async Task<(SummitDiagnosis Verdict, CountingHost Host)> DiagnoseAsync(
        Func<PeerConnection, string?> refuses, Func<string, string> running, Func<string, string>? disk = null)
    {
        var right = "";
        await using var lab = await StrictLab.StartAsync(refuses, text => running(right = text));
        if (disk is not null) lab.WriteSite(disk(right));
        var host = new CountingHost();
        var evidence = await new SiteGatherer(TimeProvider.System).GatherAsync(host, lab.Site, token: null, Cancellation);
        return (
            Verdict.Over(await new Experiment(host, TimeProvider.System).RunAsync(evidence, token: null, Cancellation), TimeSpan.Zero),
            host);
    }

    private static string Told(SummitDiagnosis verdict) =>
        $"{verdict} {verdict.Confidence} {verdict.Proof}\n"
        + string.Join('\n', verdict.Checks.Where(check => check.Status == SummitCheckStatus.Fail)
            .Select(check => $"{check} {check.Severity} {check.Cause}: {check.Evidence}"))
        + "\n"
        + string.Join('\n', verdict.Proof is { } proof ? new[] { proof.AsSent, proof.AfterChange }.Concat(proof.Variations)
            .Select(replay => $"{replay}\n  {string.Join("\n  ", replay?.Request ?? [])}") : []);

    /// <summary>This machine, and how many scripts it ran.</summary>
    private sealed class CountingHost : IHost
    {
        private readonly LocalHost _host = new();

        public int Runs { get; private set; }

        public SummitTarget Target => _host.Target;

        public Task<HostResult> RunAsync(HostScript script, CancellationToken cancellation)
        {
            Runs++;
            return _host.RunAsync(script, cancellation);
        }
    }
}
