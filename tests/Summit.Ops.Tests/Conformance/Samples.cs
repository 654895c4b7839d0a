using System.Reflection;

namespace Summit.Ops.Tests.Conformance;

/// <summary>
/// One instance of each public type that a cmdlet may emit, filled as a real one would be: long values where they are long in the field.
/// </summary>
public static class Samples
{
    private static readonly SummitTarget Target = new()
    {
        Name = "summit-api-production-web-1", Kind = SummitTargetKind.Ssm, InstanceId = "i-0123456789abcdef0",
        Region = "eu-central-1", PingStatus = "ConnectionLost", Platform = "Ubuntu",
    };

    private static readonly SummitNginxLocation Location = new()
    {
        Modifier = "^~",
        Path = "/ws",
        Directives =
        [
            new SummitNginxDirective("proxy_pass", ["http://localhost:4000"], "/etc/nginx/sites-available/summit-api", 21),
            new SummitNginxDirective("proxy_buffering", ["off"], "/etc/nginx/sites-available/summit-api", 22),
        ],
        File = "/etc/nginx/sites-available/summit-api",
        Line = 20,
    };

    private static readonly SummitNginxServer Server = new()
    {
        Listen = ["443 ssl http2", "[::]:443 ssl http2"],
        ServerNames = ["summit-api.codingeverest.com", "www.summit-api.codingeverest.com"],
        Locations = [Location], File = Location.File, Line = 1,
    };

    private static readonly SummitCertificate Certificate = new()
    {
        Subject = "CN=summit-api.codingeverest.com",
        Issuer = "CN=R11, O=Let's Encrypt, C=US",
        Names = ["summit-api.codingeverest.com", "www.summit-api.codingeverest.com"],
        NotBefore = new DateTimeOffset(2026, 8, 1, 0, 0, 0, TimeSpan.Zero),
        NotAfter = new DateTimeOffset(2026, 10, 30, 0, 0, 0, TimeSpan.Zero),
        Sha256 = new string('A', 64),
        SerialNumber = "04A1",
        Key = "RSA 2048",
        SignatureAlgorithm = "sha256RSA",
        Problems = [new SummitCertificateProblem(SummitCause.CertificateExpired, "It ended on 2026-10-30 00:00Z, 25 days ago.")],
    };

    private static readonly SummitCheck[] Checks =
    [
        Check("Backend.Running", "Backend running on port 4000", SummitCheckStatus.Pass, SummitSeverity.Error, SummitCause.None,
            "summit (pid 4242) listens on 127.0.0.1:4000."),
        Check(
            "Nginx.WebSocketLocation", "Nginx config has `/ws` location", SummitCheckStatus.Fail, SummitSeverity.Error,
            SummitCause.NginxLocationMissing,
            "No location of the server block answers for /ws: 'location /' at /etc/nginx/sites-available/summit-api:12 takes it."),
        Check("Nginx.ProxyBuffering", "`proxy_buffering off;` set", SummitCheckStatus.Fail, SummitSeverity.Advice, SummitCause.None,
            "proxy_buffering is on, which has no effect on an upgraded connection."),
        Check("Nginx.UpgradeHeaders", "WebSocket upgrade headers present", SummitCheckStatus.Skipped, SummitSeverity.Error,
            SummitCause.None, "There is no location for /ws to look into."),
        Check("Network.Port443", "Port 443 open in security group", SummitCheckStatus.Unknown, SummitSeverity.Error, SummitCause.None,
            "ec2:DescribeSecurityGroups is not allowed."),
    ];

    private static readonly SummitWebSocketResult WebSocket = new()
    {
        Uri = "wss://summit-api.codingeverest.com/ws?token=***",
        Hop = "PrivateAddress",
        FailedStage = SummitProbeStage.Upgrade,
        Cause = SummitCause.NginxUpgradeHeadersMissing,
        Explanation = "nginx passed the request on without the Upgrade header, and the backend answered 426.",
        Fix = "Test-SummitNginxConfig",
        Redirects = [new SummitRedirect(
            "ws://summit-api.codingeverest.com/ws", 301, "wss://summit-api.codingeverest.com/ws", ["token"], TimeSpan.FromMilliseconds(7))],
        Address = "10.0.0.12",
        RemotePort = 443,
        TlsProtocol = "TLS 1.3",
        Certificate = Certificate,
        HttpStatus = 426,
        HttpReason = "Upgrade Required",
        ResponseHeaders = [new SummitHeader("Content-Type", "text/plain"), new SummitHeader("Connection", "close")],
        Attempts =
        [
            new SummitConnectionAttempt("2001:db8:0:85a3:1319:8a2e:370:7344", "unreachable", TimeSpan.FromMilliseconds(2)),
            new SummitConnectionAttempt("10.0.0.12", "connected", TimeSpan.FromMilliseconds(11)),
        ],
        Timings = new SummitProbeTimings
        {
            Dns = TimeSpan.FromMilliseconds(3.25),
            Tcp = TimeSpan.FromMilliseconds(11),
            Total = TimeSpan.FromSeconds(1.5),
        },
    };

    private static readonly SummitLatency Latency = new()
    {
        Count = 1200, Min = TimeSpan.FromMilliseconds(0.4), P50 = TimeSpan.FromMilliseconds(1.2),
        P90 = TimeSpan.FromMilliseconds(3), P99 = TimeSpan.FromMilliseconds(11.5),
        P999 = TimeSpan.FromMilliseconds(120.7), Max = TimeSpan.FromMilliseconds(1234.5),
        Steps = [new SummitLatencyStep(TimeSpan.FromMilliseconds(0.256), TimeSpan.FromMilliseconds(0.512), 1200)],
        Histogram = "<     0.512 ms ######################################## 1000\n<     1.024 ms ######## 200",
    };

    private static readonly SummitWebSocketMeasurement Measurement = new()
    {
        Uri = "wss://summit-api.codingeverest.com/ws?token=***", Connections = 1000, Opened = 990, Failed = 10,
        Dropped = 3, Open = Latency, RoundTrip = Latency, Sent = 1210, Answered = 1200,
        Failures =
        [
            new SummitProbeFailureCount(SummitProbeStage.Upgrade, SummitCause.NginxRejectsHandshake, 10,
                "nginx/1.22.1 itself answered 503 Service Temporarily Unavailable instead of 101: nginx refuses by itself: "
                    + "limit_req, limit_conn, or a 'return 503' for maintenance."),
        ],
        Drops = [new SummitDrop(60, SummitCause.NginxIdleTimeout, 1006, 3)], IdleCutOff = TimeSpan.FromSeconds(60),
        Explanation = "990 of 1000 WebSockets opened, and 3 ended before their time. Idle connections were cut after 60.0 s.",
        Fix = "Test-SummitNginxConfig",
        Limits = ["Sending was up to 80 ms late on this machine; the round trips include that."],
        Duration = TimeSpan.FromSeconds(75),
    };

    private static readonly SummitDiagnosedCause Cause = new()
    {
        Cause = SummitCause.NginxLocationMissing,
        Explanation = "The server block has no location for /ws, so the request for the WebSocket goes to 'location /', "
            + "which does not proxy it to the backend.",
        Evidence = "/etc/nginx/sites-available/summit-api:12: location / { try_files $uri =404; }",
        Fix = "Deploy-SummitNginxConfig -InstanceId i-0123456789abcdef0 -Region eu-central-1 -WhatIf",
        Checks = ["Nginx.WebSocketLocation"],
        Explains = ["Nginx.UpgradeHeaders"],
    };

    private static readonly SummitBaseline Baseline = new()
    {
        Path = "/var/lib/jenkins/workspace/summit-api/baseline.json", Made = DateTimeOffset.UnixEpoch, Changes = [new SummitBaselineChange(
            SummitBaselineState.NotLookedAt, "summit-api on summit-api-production-web-1 (i-0123456789abcdef0)", Checks[1])],
    };

    private static readonly SummitDiagnosis Diagnosis = new() { Site = new SummitSite(), Target = Target, Healthy = false, RootCause =
        SummitCause.NginxLocationMissing, Causes = [Cause], Checks = Checks, WebSocket = [WebSocket], Baseline = Baseline };

    private static readonly SummitDeployment Deployment = new()
    {
        Target = Target, Path = "/etc/nginx/sites-available/summit-api", Action = "Deploy", Changed = true, Tested = true, Reloaded = true,
        Verified = true, Diff = "--- a\n+++ b\n", Duration = TimeSpan.FromSeconds(2),
    };

    private static readonly SummitRepairStep Step = new()
    {
        Action = SummitRepairAction.DeployConfig,
        Causes = [SummitCause.NginxUpgradeHeadersMissing, SummitCause.NginxHttpVersion],
        Description = "repair /etc/nginx/sites-available/summit-api",
        Details = ["back up /etc/nginx/sites-available/summit-api", "replace /etc/nginx/sites-available/summit-api in one step"],
        Diff = "--- a\n+++ b\n",
        Command = "Deploy-SummitNginxConfig -InstanceId i-0123456789abcdef0",
        Status = SummitRepairStepStatus.Done,
        Result = "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
            + "nginx: configuration file /etc/nginx/nginx.conf test is successful",
    };

    /// <summary>
    /// The instances, by type. A configuration cannot be made by hand: the engine's own comes from New-SummitNginxConfig.
    /// </summary>
    public static IReadOnlyDictionary<Type, object> All { get; } = new object[]
    {
        new SummitSite(),
        new SummitFoundSite
        {
            Name = "summit-api.codingeverest.com-ws", Target = Target, Likelihood = SummitWebSocketLikelihood.Confirmed,
            Location = "location ^~ /ws", Line = 20, Upgrades = true,
            SeenBy = ["the upgrade reaches the backend: proxy_set_header Upgrade (/etc/nginx/sites-available/summit-api:23)"],
            Notes = ["upstream app has 2 servers: the site names the first"],
            ServerNames = Server.ServerNames, Upstreams = ["127.0.0.1:4000", "127.0.0.1:4001"], Answer = "101 Switching Protocols",
        },
        new SummitSuppression
        {
            Id = "Nginx.ProxyBuffering",
            Owner = "platform team",
            Reason = "Measured: no effect on an upgraded connection.",
            Expires = new DateOnly(2027, 1, 31),
        },
        Target,
        Checks[1],
        WebSocket,
        WebSocket.Timings,
        WebSocket.ResponseHeaders[0],
        WebSocket.Attempts[0],
        WebSocket.Redirects[0],
        new SummitWebSocketTransition
        {
            Uri = WebSocket.Uri, Site = new SummitSite(), State = SummitWatchState.Down,
            Previous = SummitWatchState.Degraded, Reason = SummitWatchReason.Failed,
            Cause = SummitCause.NginxUpgradeHeadersMissing,
            Explanation =
                "The connection that was held for 3.4 h was cut: the stream ended without a Close frame (1006). No new one opens.",
            Fix = "Invoke-SummitDiagnostic", Time = DateTimeOffset.UnixEpoch, Since = DateTimeOffset.UnixEpoch,
            Outage = TimeSpan.FromSeconds(3723), Attempts = 720,
            CloseCode = 1006, Held = TimeSpan.FromHours(3.4), WebSocket = WebSocket, Diagnosis = Diagnosis,
        },
        new SummitWatchSample
        {
            Uri = WebSocket.Uri, Site = "summit-api", From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UnixEpoch.AddSeconds(59),
            State = SummitWatchState.Degraded, Probes = 60, Failed = 2, Median = TimeSpan.FromMilliseconds(41.5),
            Slowest = TimeSpan.FromMilliseconds(912),
        },
        new SummitWatchSummary
        {
            Uri = WebSocket.Uri, Site = "summit-api", State = SummitWatchState.Degraded,
            Started = DateTimeOffset.UnixEpoch, Duration = TimeSpan.FromDays(1), Probes = 86400, Failed = 312,
            Availability = 0.99638, Outages = 4, Downtime = TimeSpan.FromSeconds(312),
            LongestOutage = TimeSpan.FromSeconds(120), NotWatched = TimeSpan.FromHours(1), Cuts = 2, Latency = Latency,
        },
        Measurement,
        Latency,
        Latency.Steps[0],
        Measurement.Failures[0],
        Measurement.Drops[0],
        Certificate,
        Certificate.Problems[0],
        new SummitCloseCode
        {
            Code = 1006, Name = "AbnormalClosure", Meaning = "The connection ended without a Close frame.",
            UsualCause = "Usually nginx is not configured for WebSocket.", Run = "Invoke-SummitDiagnostic", OnTheWire = false,
            Source = "RFC 6455, section 7.4.1",
        },
        new SummitRule
        {
            Id = "Nginx.UpgradeHeaders", Title = "WebSocket upgrade headers present", Severity = SummitSeverity.Error,
            Sees = SummitRuleScope.Files,
            Causes = [SummitCause.NginxUpgradeHeadersMissing], Restates = "Nginx.WebSocketLocation",
            Description = "nginx passes the request on as a plain one.",
            BadExample = "server { }\n", GoodExample = "server { listen 443 ssl; }\n", HelpUri = "docs/rules/Nginx.UpgradeHeaders.md",
        },
        new SummitNginxFile("/etc/nginx/sites-available/summit-api", "server {}", new string('a', 64)),
        Server,
        Location,
        Location.Directives[0],
        new SummitNginxDiagnostic(SummitSeverity.Error, "unknown directive \"proxy_pas\"", "/etc/nginx/sites-available/summit-api", 12, 5),
        new SummitNginxRoute
        {
            Uri = "wss://summit-api.codingeverest.com/ws", Server = Server, Location = Location, Kind = SummitNginxRouteKind.Proxy,
            ProxyPass = "http://localhost:4000", Upstreams = ["localhost:4000"], Upgrades = true,
            Steps = ["Listens on 443: one server block.", "'^~ /ws' is the longest prefix."],
        },
        new SummitNginxEffectiveDirective("proxy_set_header Upgrade", "$http_upgrade", "/etc/nginx/sites-available/summit-api", 8, "server",
            "The location has a proxy_set_header of its own."),
        new SummitNginxDifference
        {
            Kind = SummitNginxDifferenceKind.Directive, ChangesMeaning = true, Server = "server summit-api.codingeverest.com",
            Location = "location ^~ /ws", Name = "proxy_set_header Upgrade", Reference = "$http_upgrade", Actual = "",
            File = Location.File, Line = 20, Diff = "--- a\n+++ b\n",
        },
        new SummitNginxBackup
        {
            Target = Target, Path = "/etc/nginx/sites-available/.summit-ops/backups/summit-api.20261124T063132Z.6810177b",
            Original = "/etc/nginx/sites-available/summit-api", Created = DateTimeOffset.UnixEpoch, Size = 1270,
            Sha256 = new string('a', 64), IsCurrent = false,
        },
        Deployment,
        Diagnosis,
        new SummitRepair
        {
            Site = new SummitSite(), Target = Target, Outcome = SummitRepairOutcome.NotRepairable, Before = Diagnosis,
            After = Diagnosis, Plan = [Step], Deployments = [Deployment],
            Reason = "CertificateExpired cannot be repaired from here: a certificate comes from its authority, "
                + "and nothing on the host can stand in for one.",
            NextCommand = "sudo certbot renew --cert-name summit-api.codingeverest.com --deploy-hook 'nginx -s reload'",
        },
        Step,
        new SummitPermission
        {
            Command = "Invoke-SummitDiagnostic",
            Action = "ec2:GetManagedPrefixListEntries",
            Resource = ["arn:aws:ssm:eu-central-1::document/AWS-RunShellScript", "arn:aws:ec2:eu-central-1:*:instance/*"],
            Purpose = "the addresses of the prefix lists that rules and routes name",
            Status = SummitCheckStatus.Unknown,
            Evidence = "Not tried: it would change something.",
        },
        Baseline,
        Baseline.Changes[0],
        new SummitProposedFix { Path = Location.File, Command = "Deploy-SummitNginxConfig", Diff = "--- a\n+++ b\n", Steps =
        [
            "back up /etc/nginx/sites-available/summit-api",
        ] },
        Cause,
        new SummitReplay
        {
            Form = SummitReplayForm.AsSent,
            Upstream = "http://127.0.0.1:4000",
            Request = ["GET /ws HTTP/1.0", "Host: 127.0.0.1:4000"],
            NotTried = "the host did not send it",
        },
        new SummitProof
        {
            Outcome = SummitProofOutcome.Proven, Cause = SummitCause.NginxHttpVersion,
            Summary = "The backend answers nginx's own request with: 426 Upgrade Required. After the change it opens.",
            AsSent = new SummitReplay { Form = SummitReplayForm.AsSent, Upstream = "http://127.0.0.1:4000", Request =
            [
                "GET /ws HTTP/1.0",
            ], NotTried = "the host did not send it" },
            AfterChange = new SummitReplay { Form = SummitReplayForm.AfterChange, Upstream = "http://127.0.0.1:4000", Request =
            [
                "GET /ws HTTP/1.1",
            ], NotTried = "the host did not send it" },
        },
        new SummitLogLine
        {
            Target = Target, Name = "summit", Time = DateTimeOffset.UnixEpoch, Stream = SummitLogStream.Error,
            Source = "/home/deploy/.pm2/logs/summit-error.log",
            Text = "1970-01-01T00:00:00Z Error: listen EADDRINUSE: address already in use 127.0.0.1:4000",
        },
        new SummitBackend
        {
            Target = Target, Name = "summit", Manager = SummitBackendManager.Pm2, ProcessId = 4242, Status = "online", Restarts = 3,
            Uptime = TimeSpan.FromHours(5), Memory = 84_000_000, Cpu = 0.3, Port = 4000, Listening = true,
            ListenAddress = ["127.0.0.1:4000"],
        },
    }.ToDictionary(sample => sample.GetType());

    /// <summary>Every public type of Core's root namespace that holds data.</summary>
    public static IEnumerable<Type> ModelTypes => typeof(SummitSite).Assembly.GetExportedTypes()
        .Where(type => type is { Namespace: "Summit.Ops", IsEnum: false, IsAbstract: false, IsInterface: false }
            && type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Length > 0);

    private static SummitCheck Check(
        string id, string title, SummitCheckStatus status, SummitSeverity severity, SummitCause cause, string evidence) => new()
        {
            Id = id, Title = title, Status = status, Severity = severity, Cause = cause, Target = Target.ToString(),
            Evidence = evidence,
            Fix = status == SummitCheckStatus.Pass ? "" : "Test-SummitNginxConfig",
        };
}
