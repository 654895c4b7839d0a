namespace Summit.Ops.Nginx.Semantics;

/// <summary>What came of a request: the route as the engine knows it, for the router and for the rules.</summary>
internal sealed class RouteTrace
{
    public required SummitNginxRouteKind Kind { get; set; }

    /// <summary>What the route depends on, where it is not known.</summary>
    public List<string> Why { get; } = [];

    public required IReadOnlyList<string> Steps { get; init; }

    public ListenSocket? Socket { get; init; }

    public ServerScope? Server { get; init; }

    public LocationScope? Location { get; init; }

    /// <summary>The level whose directives hold.</summary>
    public Scope? Level { get; init; }

    public ProxyTarget? Proxy { get; init; }

    public int? Status { get; init; }

    public string RedirectTo { get; init; } = "";

    /// <summary>The directive that answers, where nginx answers itself.</summary>
    public string AnsweredBy { get; init; } = "";

    /// <summary>What the request looked like when its route was found.</summary>
    public RequestState? State { get; init; }

    /// <summary>The request headers as the backend gets them, where it is a proxy.</summary>
    public TextValue UpgradeHeader { get; init; }

    public TextValue ConnectionHeader { get; init; }

    /// <summary>The HTTP version towards the backend.</summary>
    public string HttpVersion { get; init; } = "";

    /// <summary>Whether the upgrade gets through; null where it is not known.</summary>
    public bool? Upgrades { get; init; }

    /// <summary>Whether two walks, which differ in what is not known, came to the same end.</summary>
    public bool SameEndAs(RouteTrace other) =>
        Kind == other.Kind && Status == other.Status && Location == other.Location && Server == other.Server && Upgrades == other.Upgrades
        && RedirectTo == other.RedirectTo && Proxy?.HostHeader == other.Proxy?.HostHeader && Proxy?.UpstreamUri == other.Proxy?.UpstreamUri;
}
