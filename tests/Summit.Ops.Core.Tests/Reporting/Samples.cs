using Summit.Ops.Reporting;

namespace Summit.Ops.Core.Tests.Reporting;

/// <summary>Objects to report on, filled as real ones are.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Time = new(2026, 11, 24, 9, 30, 0, TimeSpan.Zero);

    public static readonly SummitTarget Host =
        new() { Name = "web-1", Kind = SummitTargetKind.Ssm, InstanceId = "i-0123456789abcdef0", Region = "eu-west-1" };

    private static readonly SummitLatency Latency = new()
    {
        Count = 1200, Min = Milliseconds(0.4), P50 = Milliseconds(1.2), P90 = Milliseconds(3), P99 = Milliseconds(11.5),
        P999 = Milliseconds(120.7), Max = Milliseconds(234.5),
        Steps =
        [
            new(Milliseconds(0.256), Milliseconds(0.512), 12), new(Milliseconds(0.512), Milliseconds(1.024), 480),
            new(Milliseconds(1.024), Milliseconds(2.048), 590), new(Milliseconds(2.048), Milliseconds(4.096), 100),
            new(Milliseconds(4.096), Milliseconds(8.192), 0), new(Milliseconds(8.192), Milliseconds(16.384), 18),
        ],
    };

    public static readonly SummitWebSocketMeasurement Measurement = new()
    {
        Uri = "wss://api.example.com/ws?token=***", Connections = 1000, Opened = 990, Failed = 10, Dropped = 3,
        Open = Latency, RoundTrip = Latency, Sent = 1210, Answered = 1200, Started = Time,
        Duration = TimeSpan.FromSeconds(75),
        Failures = [new SummitProbeFailureCount(SummitProbeStage.Upgrade, SummitCause.NginxRejectsHandshake, 10, "nginx answered 503.")],
        Drops = [new SummitDrop(60, SummitCause.NginxIdleTimeout, 1006, 3)],
        IdleCutOff = TimeSpan.FromSeconds(60),
        Explanation = "990 of 1000 WebSockets opened, and 3 ended before their time.",
        Fix = "Test-SummitNginxConfig",
        Limits = ["Sending was up to 80 ms late on this machine."],
    };

    public static readonly SummitWebSocketResult Probe = new()
    {
        Uri = "wss://api.example.com/ws", FailedStage = SummitProbeStage.Upgrade,
        Cause = SummitCause.NginxUpgradeHeadersMissing, Explanation = "The backend answered 426.",
        Fix = "Test-SummitNginxConfig", HttpStatus = 426, HttpReason = "Upgrade Required",
        ResponseHeaders = [new SummitHeader("Set-Cookie", "sid=verysecretcookie"), new SummitHeader("Server", "nginx")],
        Timings = new SummitProbeTimings
        {
            Dns = Milliseconds(3), Tcp = Milliseconds(11), Tls = Milliseconds(30), Upgrade = Milliseconds(4), Total = Milliseconds(50),
        },
        Started = Time,
    };

    public static readonly SummitDeployment Deployment = new()
    {
        Target = Host, Path = "/etc/nginx/sites-available/summit-api", Action = "Deploy", Changed = true, Tested = true,
        Reloaded = true, Verified = true,
        BackupPath = "/etc/nginx/sites-available/.summit-ops/backups/summit-api.1",
        Sha256 = new string('a', 64),
        Diff = "--- a\n+++ a\n@@ -1,2 +1,2 @@\n server {\n-    listen 80;\n+    listen 443 ssl;\n",
        Output = "nginx: configuration file test is successful",
        WebSocket = Probe with { FailedStage = SummitProbeStage.None, Cause = SummitCause.None, Hop = "Public" },
        Duration = TimeSpan.FromSeconds(2),
    };

    public static SummitCheck Check(
        string id, SummitCheckStatus status = SummitCheckStatus.Fail, SummitSeverity severity = SummitSeverity.Error,
        SummitCause cause = SummitCause.None) => new()
        {
            Id = id, Title = $"`{id}` is as it should be", Status = status, Severity = severity,
            Cause = status == SummitCheckStatus.Fail ? cause : SummitCause.None,
            Target = "web-1", Evidence = $"what was seen of {id}", HelpUri = $"docs/rules/{id}.md",
            File = status == SummitCheckStatus.Fail ? "/etc/nginx/sites-available/summit api" : null,
            Line = status == SummitCheckStatus.Fail ? 12 : null,
            Fix = status == SummitCheckStatus.Fail ? "Deploy-SummitNginxConfig" : "",
        };

    /// <summary>A diagnosis with a failure, a symptom, advice, an accepted failure, something unknown and something that passed.</summary>
    public static SummitDiagnosis Diagnosis(params SummitCheck[] more) => new()
    {
        Site = new SummitSite { PingInterval = TimeSpan.FromSeconds(30), Suppressions = [Suppression] },
        Target = Host,
        Healthy = false,
        RootCause = SummitCause.NginxUpgradeHeadersMissing,
        Causes = [new SummitDiagnosedCause
        {
            Cause = SummitCause.NginxUpgradeHeadersMissing, Explanation = "nginx does not pass Upgrade on.",
            Evidence = "the location sets neither header", Fix = "Deploy-SummitNginxConfig", Checks = ["Nginx.UpgradeHeaders"],
            Explains = ["WebSocket.Public"],
        }],
        Checks =
        [
            Check("Backend.Running", SummitCheckStatus.Pass),
            Check("Nginx.UpgradeHeaders", cause: SummitCause.NginxUpgradeHeadersMissing),
            Check("Nginx.ProxyBuffering", severity: SummitSeverity.Advice),
            Check("Network.Port443", SummitCheckStatus.Unknown),
            Check("Nginx.LocationOrder", SummitCheckStatus.Skipped),
            Check("Nginx.HostHeader", severity: SummitSeverity.Warning),
            Check("Nginx.ReadTimeout", severity: SummitSeverity.Warning) with { Suppression = Suppression },
            Check(
                "WebSocket.Public",
                cause: SummitCause.NginxUpgradeHeadersMissing) with { ExplainedBy = SummitCause.NginxUpgradeHeadersMissing, File = null },
            .. more,
        ],
        WebSocket = [Probe with { Hop = "Public" }],
        ProposedFix = new SummitProposedFix
        {
            Path = "/etc/nginx/sites-available/summit-api",
            Command = "Deploy-SummitNginxConfig",
            Diff = "--- a\n+++ a\n+    proxy_set_header Authorization \"Basic c2VjcmV0OnNlY3JldA==\";\n",
            Steps = ["back up"],
        },
        Route = new SummitNginxRoute
        {
            Uri = "/ws", Kind = SummitNginxRouteKind.Proxy, Upgrades = false,
            ProxyPass = "http://user:hunter22@localhost:4000", Steps = ["server api"],
            Server = new SummitNginxServer
            {
                File = "/etc/nginx/nginx.conf",
                Line = 3,
                Directives = [new SummitNginxDirective("proxy_set_header", ["X-Api-Key", "topsecretkey"], "/etc/nginx/nginx.conf", 4)],
            },
            Effective =
            [
                new SummitNginxEffectiveDirective(
                    "proxy_set_header Authorization", "Bearer topsecretkey", "/etc/nginx/nginx.conf", 5, "server", ""),
                new SummitNginxEffectiveDirective("proxy_set_header Upgrade", "$http_upgrade", "/etc/nginx/nginx.conf", 6, "server",
                    "the location has a proxy_set_header of its own"),
            ],
        },
        Started = Time,
        Duration = TimeSpan.FromSeconds(1.25),
    };

    public static SummitRepair Repair => new()
    {
        Site = new SummitSite(), Target = Host, Outcome = SummitRepairOutcome.NotRepaired,
        Reason = "All steps were carried out, and it is broken all the same.",
        NextCommand = "Invoke-SummitDiagnostic", Before = Diagnosis(), After = Diagnosis(), Deployments = [Deployment],
        Duration = TimeSpan.FromSeconds(3),
        Plan = [new SummitRepairStep
        {
            Action = SummitRepairAction.DeployConfig, Causes = [SummitCause.NginxUpgradeHeadersMissing],
            Description = "repair /etc/nginx/sites-available/summit-api", Diff = Deployment.Diff, Command = "Deploy-SummitNginxConfig",
            Status = SummitRepairStepStatus.Done, Result = "nginx -t passed",
        },
            new SummitRepairStep { Action = SummitRepairAction.RestartBackend, Causes =
            [
                SummitCause.BackendNotRunning,
            ], Description = "restart summit", Command = "Restart-SummitBackend", Status = SummitRepairStepStatus.NotBegun }],
    };

    /// <summary>What a watch of two hours wrote: an outage, a slow time, a held connection that was cut.</summary>
    public static object[] Watch
    {
        get
        {
            SummitWebSocketTransition To(SummitWatchState state, SummitWatchState previous, int minute, string why) => new()
            {
                Uri = "wss://api/ws", State = state, Previous = previous, Explanation = why, Time = Time.AddMinutes(minute),
                Since = Time.AddMinutes(minute),
                Cause = state == SummitWatchState.Down ? SummitCause.BackendNotListening : SummitCause.None,
            };
            return
            [
                To(SummitWatchState.Up, SummitWatchState.Unknown, 0, "A WebSocket opens."),
                To(SummitWatchState.Down, SummitWatchState.Up, 30, "Nothing listens at localhost:4000."),
                To(SummitWatchState.Up, SummitWatchState.Down, 42, "A WebSocket opens again."),
                To(SummitWatchState.Degraded, SummitWatchState.Up, 90, "Opening a WebSocket takes 900 ms."),
                .. Enumerable.Range(0, 120).Select(minute => new SummitWatchSample
                {
                    Uri = "wss://api/ws", From = Time.AddMinutes(minute), To = Time.AddMinutes(minute + 0.9), Probes = 12,
                    State = SummitWatchState.Up, Median = minute is >= 30 and < 42 ? null : Milliseconds(minute < 90 ? 40 : 900),
                    Slowest = minute is >= 30 and < 42 ? null : Milliseconds(minute < 90 ? 90 + minute : 1400),
                }),
            ];
        }
    }

    public static SummitSuppression Suppression =>
        new() { Id = "Nginx.ReadTimeout", Owner = "platform team", Reason = "the application pings", Expires = new DateOnly(2027, 1, 31) };

    public static Report Report(params object[] values) => new() { Made = Time, Subjects = ReportSubjects.Of(values) };

    private static TimeSpan Milliseconds(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
