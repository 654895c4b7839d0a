using Summit.Ops.Checks.Backend;
using Summit.Ops.Checks.Host;
using Summit.Ops.Checks.Network;
using Summit.Ops.Checks.Tls;
using Summit.Ops.Checks.WebSocket;
using Summit.Ops.Evidence;
using Summit.Ops.Nginx;

namespace Summit.Ops.Checks;

/// <summary>Every check of a diagnosis, in the order it is shown: the guide's nine first, in the guide's order.</summary>
public static class CheckList
{
    private static readonly ICheck[] AfterTheGuide =
    [
        new NginxRunning(), new BackendWebSocketLog(), new NginxConfigDeployed(), new BackendUpgrade(), new NginxErrorLog(), new TlsLoaded(), new HostBoot(), ClientView.Loopback, ClientView.Public,
    ];

    /// <summary>The ids of the checks that only show symptoms: what they say is a cause only where nothing else explains it.</summary>
    public static IReadOnlySet<string> Symptoms { get; } = new HashSet<string>(StringComparer.Ordinal) { "WebSocket.NginxLoopback", "WebSocket.Public" };

    /// <summary>The ids of the checks that read files and ask nothing of what runs.</summary>
    public static IReadOnlySet<string> OfFiles { get; } = new HashSet<string>(NginxRules.All.Select(rule => rule.Id).Append("Nginx.Syntax").Append("Nginx.ConfigDeployed"), StringComparer.Ordinal);

    /// <summary>For each check that only says again what another one says of the same fault, that other one: counted once.</summary>
    public static IReadOnlyDictionary<string, string> Restated { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Nginx.TrailingSlash"] = "Nginx.Redirect",
        ["Nginx.Redirect"] = "Nginx.AccessControl",
        ["Nginx.HeaderInheritance"] = "Nginx.UpgradeHeaders",
        ["Nginx.ServerCertificate"] = "Nginx.ServerBlock",
        ["Tls.Certificate"] = "Nginx.ServerBlock",
        ["Nginx.Enabled"] = "Nginx.ConfigDeployed",
        ["Nginx.Syntax"] = "Nginx.ConfigDeployed",
        ["Backend.Upgrade"] = "Backend.Running",
        ["Nginx.ConfigRead"] = "Nginx.Syntax",
        ["Nginx.ErrorLog"] = "Nginx.AccessControl",
    };

    /// <summary>Whether a check tells what a client outside sees, and not what was seen on the host itself.</summary>
    public static bool IsFromOutside(string id) => id == "WebSocket.Public" || id.StartsWith("Network.", StringComparison.Ordinal);

    /// <summary>The backend's checks alone.</summary>
    public static IReadOnlyList<SummitCheck> Backend(SiteEvidence evidence) =>
        [new BackendRunning().Evaluate(evidence), new BackendUpgrade().Evaluate(evidence), new BackendWebSocketLog().Evaluate(evidence)];

    /// <summary>Judges all of it.</summary>
    public static IReadOnlyList<SummitCheck> Evaluate(SiteEvidence evidence)
    {
        var rules = evidence.Rules.ToDictionary(rule => rule.Id, StringComparer.Ordinal);
        List<SummitCheck> checks =
        [
            new BackendRunning().Evaluate(evidence),
            Rule("Nginx.WebSocketLocation", $"Nginx config has `{evidence.Site.WebSocketPath}` location", SummitSeverity.Error),
            Rule("Nginx.UpgradeHeaders", "WebSocket upgrade headers present", SummitSeverity.Error),
            Rule("Nginx.ProxyBuffering", "`proxy_buffering off;` set", SummitSeverity.Advice),
            Rule("Nginx.LocationOrder", $"`{evidence.Site.WebSocketPath}` location comes before `{evidence.Site.ApiPath}`", SummitSeverity.Advice),
            new NginxSyntax().Evaluate(evidence),
            new NginxReloaded().Evaluate(evidence),
            new Port443().Evaluate(evidence),
            new TlsCertificate().Evaluate(evidence),
            .. AfterTheGuide.Select(check => check.Evaluate(evidence)),
            .. evidence.Way?.Address is { } address ? [address] : Array.Empty<SummitCheck>(),
            .. evidence.Way?.Checks ?? [],
            .. evidence.HostRules.Checks,
        ];
        var shown = checks.Select(check => check.Id).ToHashSet(StringComparer.Ordinal);
        checks.AddRange(evidence.Rules.Where(rule => !shown.Contains(rule.Id)));
        return NginxInContainer.Over(SiteDescription.Over(ReplayedChecks.Over(checks, evidence), evidence), evidence);

        SummitCheck Rule(string id, string title, SummitSeverity severity) => rules.TryGetValue(id, out var rule)
            ? rule
            : new Finding(id, title, severity, evidence.Site.ConfigPath).Unknown(
                evidence.Host is null ? evidence.HostMissing : !evidence.Host.NginxInstalled ? "There is no nginx, so there is no configuration." : "nginx does not dump a configuration that it refuses, and the site's file could not be read; see Nginx.Syntax.",
                Command.Nginx(evidence.Site, "-T"));
    }
}
