using Summit.Ops.Checks.Backend;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Evidence;
using Summit.Ops.Nginx.Semantics;

namespace Summit.Ops.Checks;

/// <summary>
/// Tells a host that is wrong from a site description that is: what a handshake shows stands above what the description says.
/// </summary>
/// <remarks>
/// Where a WebSocket really opens through nginx, no check can be right that says nginx does not reach the backend: the description names
/// another backend. Where the backend itself knows no WebSocket at the path, a location for it in nginx would help nobody.
/// </remarks>
internal static class SiteDescription
{
    private const string Upstream = "Nginx.Upstream";

    /// <summary>The rules that foretell from the files how a handshake ends.</summary>
    private static readonly HashSet<string> RouteRules =
    [
        "Nginx.WebSocketLocation", "Nginx.UpgradeHeaders", "Nginx.LocationOrder", "Nginx.ServerBlock",
        "Nginx.HttpVersion", "Nginx.Redirect", "Nginx.HeaderInheritance",
        "Nginx.IfInLocation", "Nginx.TrailingSlash", "Nginx.AccessControl", "Nginx.Http2", "Nginx.DuplicateServer",
    ];

    /// <summary>The checks, with those that the evidence contradicts made warnings that ask about the description.</summary>
    public static IReadOnlyList<SummitCheck> Over(IReadOnlyList<SummitCheck> checks, SiteEvidence evidence)
    {
        if (evidence.Host is not { } host) return checks;
        var upstreams = evidence.Route?.Upstreams ?? [];
        if (Opens(evidence, host, upstreams))
        {
            var disproved = RunsTheDisk(evidence, host);
            return [.. checks.Select(check => Opening(check, checks, upstreams, evidence))
                .Select(check => disproved ? Disproved(check) : check)];
        }

        return BackendKnowsNoPath(checks) ? [.. checks.Select(check => Unserved(check, evidence))] : checks;
    }

    /// <summary>Whether the backend itself, asked past nginx, knows nothing at the site's path.</summary>
    public static bool BackendKnowsNoPath(IReadOnlyList<SummitCheck> checks) =>
        checks.Any(check => check is { Id: "Backend.Upgrade", Status: SummitCheckStatus.Fail, Cause: SummitCause.BackendRejectsUpgrade }
            && check.Actual.StartsWith("404", StringComparison.Ordinal));

    /// <summary>Whether nginx on the host really gets through, and goes on to do so with what is on the disk.</summary>
    /// <remarks>
    /// Without a handshake on the host a client's counts where nginx's upstream is alive: another host may have answered it.
    /// </remarks>
    private static bool Opens(SiteEvidence evidence, HostEvidence host, IReadOnlyList<string> upstreams)
    {
        var listening = upstreams.Select(upstream => Listens(upstream, host)).ToList();
        // the running nginx may still use another upstream than the disk's dead one; else something answers in its place
        if (NoneListens(upstreams, host) && !RunsTheDisk(evidence, host)) return false;
        return evidence.Hop(SiteEvidence.LoopbackHop) is { } hop
            ? hop.Success
            : evidence.Hop(SiteEvidence.PublicHop) is { Success: true } && listening.Exists(one => one == true);
    }

    /// <summary>
    /// Whether what a client sees is what the disk's configuration does: the host and the client both get through, and no file is seen
    /// to be younger than the workers.
    /// </summary>
    private static bool RunsTheDisk(SiteEvidence evidence, HostEvidence host) =>
        evidence.Hop(SiteEvidence.PublicHop) is { Success: true } && evidence.Hop(SiteEvidence.LoopbackHop) is null or { Success: true }
            && Host.NginxReloaded.NoneYounger(evidence, host);

    /// <summary>
    /// A rule that says no handshake gets through where one does: a backend may ask for less than the protocol does, and a configuration
    /// may do more than is read here.
    /// </summary>
    private static SummitCheck Disproved(SummitCheck check) =>
        check is { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error } && RouteRules.Contains(check.Id)
            ? check with { Severity = SummitSeverity.Warning, Evidence = $"A WebSocket opens all the same. {check.Evidence}" }
            : check;

    private static bool NoneListens(IReadOnlyList<string> upstreams, HostEvidence host) =>
        upstreams.Count > 0 && upstreams.All(upstream => Listens(upstream, host) == false);

    private static bool? Listens(string upstream, HostEvidence host) =>
        host.Listeners is { } listeners && HostPort.Split(upstream) is var (name, port) && BackendRunning.IsOnHost(name)
            ? listeners.Any(listener => listener.Port == port)
            : null;

    private static SummitCheck Opening(
        SummitCheck check, IReadOnlyList<SummitCheck> checks, IReadOnlyList<string> upstreams, SiteEvidence evidence)
    {
        if (check is not { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error }) return check;
        var site = evidence.Site;
        var differs = checks.Any(other => other is { Id: Upstream, Status: SummitCheckStatus.Fail });
        return check switch
        {
            { Id: Upstream } when NoneListens(upstreams, evidence.Host!) => check with
            {
                Severity = SummitSeverity.Warning,
                Evidence = $"A WebSocket opens all the same: nothing listens at {string.Join(", ", upstreams)}, and what nginx does where "
                    + $"an upstream fails (error_page) answers in its place. {check.Evidence}",
            },
            { Id: Upstream } => check with
            {
                Severity = SummitSeverity.Warning,
                Evidence = $"A WebSocket opens, and the site's description differs: it says {site.BackendHost}:{site.BackendPort}"
                    + $"{(Listens($"{site.BackendHost}:{site.BackendPort}", evidence.Host!) == false ? ", where nothing listens" : "")}, "
                    + $"and nginx uses {string.Join(", ", upstreams)}: is the site's BackendPort wrong?",
                Fix = Corrected(site, upstreams) ?? check.Fix,
            },
            { Id: "Backend.Running", Cause: SummitCause.BackendNotRunning or SummitCause.BackendNotListening
                or SummitCause.BackendWrongAddress }
                or { Id: "Backend.Upgrade", Cause: not SummitCause.AuthenticationFailed } => check with
                {
                    Severity = SummitSeverity.Warning,
                    Evidence =
                        $"{check.Evidence.TrimEnd('.')}. A WebSocket opens through nginx all the same: is the site's BackendPort right?",
                    ExplainedBy = differs ? SummitCause.NginxUpstreamMismatch : SummitCause.None,
                },
            _ => check,
        };
    }

    /// <summary>The site with the backend that nginx uses, as a command; null where nginx has several or none that can be named.</summary>
    private static string? Corrected(SummitSite site, IReadOnlyList<string> upstreams) =>
        upstreams is [var only] && HostPort.Split(only) is var (host, port)
            ? SiteExpression.Corrected(site, site with
            {
                BackendHost = BackendRunning.IsOnHost(host) && BackendRunning.IsOnHost(site.BackendHost) ? site.BackendHost : host,
                BackendPort = port,
            })
            : null;

    /// <summary>A location that is missing for a path that the backend does not know either.</summary>
    private static SummitCheck Unserved(SummitCheck check, SiteEvidence evidence)
    {
        if (check is not { Status: SummitCheckStatus.Fail, Cause: SummitCause.NginxLocationMissing }) return check;
        var site = evidence.Site;
        var other = Served(evidence);
        var known = other is null ? "" : $" nginx passes WebSockets on at {other}.";
        return check with
        {
            Evidence = $"{check.Evidence.TrimEnd('.')}. The backend itself, asked past nginx, answers 404 there as well, "
                + $"so a location alone would help nobody: is the site's WebSocketPath wrong?{known}",
            Fix = other is null
                ? Command.For("Get-SummitBackendLog", evidence)
                : SiteExpression.Corrected(site, site with { WebSocketPath = other }),
        };
    }

    /// <summary>
    /// The path of the one location that passes an upgrade on in the server block that answers; null where there is none, or more.
    /// </summary>
    private static string? Served(SiteEvidence evidence)
    {
        var paths = evidence.Route?.Server?.Locations
            .Where(location => location.Modifier is "" or "=" or "^~"
                && location.Directives.Any(directive => directive.Name == "proxy_set_header" && directive.Arguments is [var name, ..]
                    && name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase)))
            .Select(location => location.Path).Distinct(StringComparer.Ordinal).ToList();
        return paths is [var only] ? only : null;
    }
}
