using Summit.Ops.Evidence.Replaying;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Nginx;

/// <summary>What every rule looks at: the configuration, the site, and the way of the site's WebSocket request.</summary>
internal sealed class RuleContext
{
    /// <summary>More proxies in a row than anybody has are a circle.</summary>
    internal const int MostProxies = 4;

    /// <summary>The WebSocket path as nginx compares it: decoded.</summary>
    private readonly string _path;

    /// <summary>Whether the proxies in a row lead to one more, however many are followed.</summary>
    private readonly bool _isEndless;

    public RuleContext(
        SummitNginxConfig config, SummitSite site, string? nginxVersion, bool passes = false, string? localAddress = null,
        bool hasToken = false)
        : this(
            config, site, nginxVersion, passes,
            new NginxRequest(
                UpstreamReplay.HostHeader(site), site.Port, Tls: true, site.WithQuery(site.WebSocketPath), localAddress, nginxVersion)
            {
                HasToken = hasToken,
            },
            MostProxies)
    {
    }

    private RuleContext(SummitNginxConfig config, SummitSite site, string? nginxVersion, bool passes, NginxRequest request, int proxies)
    {
        Passes = passes;
        Config = config;
        Site = site;
        Version = nginxVersion;
        Request = request;
        Route = NginxRouter.Trace(config, request);
        _path = RequestUri.Read(NginxText.Take(site.WebSocketPath), mergeSlashes: true)?.Path ?? NginxText.Take(site.WebSocketPath);
        Candidate = Route.Server is null ? null : FindCandidate(Route.Server.Locations, _path);
        Inner = proxies > 1 && NextProxy.Request(config.Model, Route) is { } next
            ? new RuleContext(config, site, nginxVersion, passes, next, proxies - 1) { Outer = this }
            : null;
        _isEndless = Inner?._isEndless ?? (proxies == 1 && NextProxy.Request(config.Model, Route) is not null);
        if (!_isEndless || !Inners().Any(inner => inner.Route.Level == Route.Level)) return;
        // one that comes back to itself has no last nginx before the backend
        Inner = null;
        GoesRound = true;
    }

    public SummitNginxConfig Config { get; }

    public SummitSite Site { get; }

    public string? Version { get; }

    /// <summary>Whether <c>nginx -t</c> took this configuration on the host that it is from.</summary>
    public bool Passes { get; }

    public NginxRequest Request { get; }

    /// <summary>What the WebSocket handshake meets.</summary>
    public RouteTrace Route { get; }

    /// <summary>
    /// The location that is written for the WebSocket path in the server that answers, whether or not the request gets there.
    /// </summary>
    public LocationScope? Candidate { get; }

    /// <summary>
    /// The same request at the next server block, where <c>proxy_pass</c> leads to a port that this nginx listens on itself;
    /// null where it leads out of it.
    /// </summary>
    public RuleContext? Inner { get; }

    /// <summary>Whether <c>proxy_pass</c> leads back to this very place, over others or at once: the request never gets out.</summary>
    public bool GoesRound { get; }

    /// <summary>Whether the handshake ends in such a circle.</summary>
    public bool EndsInCircle => Innermost.GoesRound;

    /// <summary>The last nginx before the backend.</summary>
    public RuleContext Innermost => Inner?.Innermost ?? this;

    /// <summary>Whether the request is passed to the site's backend in the end, by whatever location.</summary>
    public bool ReachesBackend =>
        Innermost.Route.Proxy is { Why: "" } proxy && proxy.Servers.Any(server => UpstreamRule.IsBackend(server, Site));

    /// <summary>
    /// What the backend gets for Connection where a client sends <c>keep-alive, Upgrade</c>, as Firefox does, and that is no upgrade; null
    /// where it is one, or is none for any client.
    /// </summary>
    public string? LostKeepAlive => field ??= Route.Upgrades == true
        && WithKeepAlive?.Route is { Proxy: not null, Upgrades: false, ConnectionHeader.Text: { } connection } ? connection : null;

    /// <summary>
    /// Where a client ends that sends <c>keep-alive, Upgrade</c>, and not at the backend as others do; null where it gets there.
    /// </summary>
    public RouteTrace? KeepAliveEnd => Route is { Upgrades: true }
        && WithKeepAlive?.Route is { Proxy: null, Kind: SummitNginxRouteKind.Return or SummitNginxRouteKind.Static } end ? end : null;

    /// <summary>
    /// Whether the backend gets another request from a client that sends <c>keep-alive, Upgrade</c>: then that one has to be tried as well.
    /// </summary>
    public bool TellsClientsApart
    {
        get
        {
            if (Route.Upgrades != true || WithKeepAlive is not { } other) return false;
            var isSame = Route.SameEndAs(other.Route) && Route.ConnectionHeader.Text == other.Route.ConnectionHeader.Text;
            return !isSame || Inner?.TellsClientsApart == true;
        }
    }

    /// <summary>The proxy in front of this one in the same nginx; null for the first.</summary>
    private RuleContext? Outer { get; init; }

    /// <summary>The same for a client that sends <c>Connection: keep-alive, Upgrade</c>; null where it does not get here.</summary>
    private RuleContext? WithKeepAlive => Outer is not null
        ? Outer.WithKeepAlive?.Inner
        : Request.Forwarded is not null ? null : field ??= new RuleContext(Config, Site, Version, Passes, Request with
        {
            Forwarded = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Connection"] = NginxRequest.KeepAliveUpgrade },
        }, MostProxies);

    public bool Modern => NginxVersion.SpeaksHttp11(Version);

    /// <summary>
    /// The proxying level to judge: where the request ends, else the location that was written for it; null where there is neither.
    /// </summary>
    public Scope? Level => Route.Proxy is not null ? Route.Level : Candidate;

    /// <summary>The command that puts things right with the smallest edit.</summary>
    public string RepairCommand(string? file = null)
    {
        var site = SiteExpression.For(Site);
        // a file that came from a host is mended there; one that came from nowhere in particular is written back
        var path = PowerShellWord.Of(file ?? Config.Path);
        return Config.Target switch
        {
            { Kind: not SummitTargetKind.Local } target => $"Deploy-SummitNginxConfig -Site {site}{Command.Instance(target)}",
            { } => $"Deploy-SummitNginxConfig -Site {site}",
            null => $"[IO.File]::WriteAllBytes({PowerShellWord.Quote(file ?? Config.Path)}, (Repair-SummitNginxConfig -Path "
                + $"{path} -Site {site}).ToBytes())",
        };
    }

    /// <summary>The command that shows the request's way.</summary>
    public string ResolveCommand() =>
        $"Get-SummitNginxConfig -Path {PowerShellWord.Of(Config.Path)} | Resolve-SummitNginxLocation -Uri {PowerShellWord.Of(Site.Uri)}";

    /// <summary>Includes that the request's way leads past and that were not read, files of certificate options left out.</summary>
    public static DirectiveRef? UnreadInclude(Scope? scope)
    {
        if (scope is null) return null;
        foreach (var level in EffectiveDirectives.Levels(scope))
        {
            foreach (var include in level.Unread)
            {
                if (!IsHarmless(NginxText.Utf8(include.Argument(0)))) return include;
            }
        }

        return null;
    }

    /// <summary>Whether the location is written for the WebSocket path, and not for everything or for the API.</summary>
    public bool IsForWebSocket(LocationScope location)
    {
        if (location.MatchKind == LocationKind.Named) return false;
        var path = _path;
        if (!location.IsRegex)
        {
            return location.Path.Length > 1 && location.Path != Site.ApiPath
                && (path.StartsWith(location.Path, StringComparison.Ordinal) || location.Path == path + "/");
        }

        // a pattern that takes just any path was not written for this one
        return location.Regex.Match(path).Success && !location.Regex.Match("/summit-ops-no-such-path").Success;
    }

    /// <summary>Whether a location is there to refuse: it denies, or it keeps hidden files from being served.</summary>
    public static bool Refuses(LocationScope location) =>
        location.Directives.Any(directive => directive.Id == DirectiveName.Deny && directive.Argument(0) == "all"
            || directive.Id == DirectiveName.Return && directive.Argument(0) is "403" or "444")
        || location.IsRegex && location.Path.Contains(@"/\.", StringComparison.Ordinal) && location.Find(DirectiveName.Return) is not null;

    /// <summary>Whether a location, or one around it, decides who gets in: a request that is led past it would get in unasked.</summary>
    public static bool KeepsOut(LocationScope location) =>
        Refuses(location)
        || location.Directives.Any(directive => directive.Id == DirectiveName.Deny
            || (AccessRules.Questions.Contains(directive.Id) && directive.Argument(0) != "off"))
        || (location.Parent is LocationScope around && KeepsOut(around));

    /// <summary>Whether a server block has a location for the WebSocket path, written as a prefix or exactly.</summary>
    public bool HasLocation(ServerScope server) => server.Public.Locations.Any(
        location => location.Modifier is "" or "=" or "^~" && location.Path.TrimEnd('/') == Site.WebSocketPath.TrimEnd('/'));

    private IEnumerable<RuleContext> Inners()
    {
        for (var inner = Inner; inner is not null; inner = inner.Inner) yield return inner;
    }

    /// <summary>What certbot and the packages ship for TLS, types and mime maps: no location and no proxy setting is in them.</summary>
    private static bool IsHarmless(string path) =>
        path.EndsWith("options-ssl-nginx.conf", StringComparison.Ordinal) || path.EndsWith("mime.types", StringComparison.Ordinal)
            || path.EndsWith("snakeoil.conf", StringComparison.Ordinal)
        || path.Contains("ssl-dhparams", StringComparison.Ordinal) || path.Contains("ssl-params", StringComparison.Ordinal)
            || path.EndsWith("fastcgi_params", StringComparison.Ordinal)
        || path.EndsWith("fastcgi-php.conf", StringComparison.Ordinal);

    /// <summary>
    /// The closest location, one that proxies before one that does not: exact, then the longest prefix, then the first regex.
    /// </summary>
    private LocationScope? FindCandidate(IReadOnlyList<LocationScope> locations, string path)
    {
        LocationScope? best = null;
        foreach (var location in locations)
        {
            var inner = location.Locations is null ? null : FindCandidate(location.Locations, path);
            var found = inner ?? (IsForWebSocket(location) ? location : null);
            if (found is not null && (best is null || Closeness(found, path) > Closeness(best, path))) best = found;
        }

        return best;
    }

    private static int Closeness(LocationScope location, string path) =>
        (EffectiveDirectives.Find(location, DirectiveName.ProxyPass).Directives.Count > 0 ? 100_000 : 0) + location switch
        {
            { MatchKind: LocationKind.Exact } when location.Path == path => 10_000,
            { IsRegex: true } => 0,
            _ => location.Path.Length > path.Length ? 1 : 1 + location.Path.Length,
        };
}
