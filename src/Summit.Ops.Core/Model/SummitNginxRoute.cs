namespace Summit.Ops;

/// <summary>What happens to a request in the end.</summary>
public enum SummitNginxRouteKind
{
    /// <summary>It depends on something that the configuration does not say; the steps say on what.</summary>
    Unknown,

    /// <summary>Passed to a backend.</summary>
    Proxy,

    /// <summary>Answered by <c>return</c>, or by a redirect that nginx makes itself.</summary>
    Return,

    /// <summary>Rewritten until nginx gives up.</summary>
    Rewrite,

    /// <summary>Answered from files.</summary>
    Static,

    /// <summary>No server block listens there.</summary>
    NoMatch,
}

/// <summary>The way of one request through a configuration.</summary>
public sealed record SummitNginxRoute
{
    /// <summary>The request, as asked.</summary>
    public required string Uri { get; init; }

    /// <summary>The server block that answers; null where none does.</summary>
    public SummitNginxServer? Server { get; init; }

    /// <summary>The location that answers; null where none does.</summary>
    public SummitNginxLocation? Location { get; init; }

    /// <summary>What happens.</summary>
    public required SummitNginxRouteKind Kind { get; init; }

    /// <summary>The <c>proxy_pass</c> that is used, as written; empty where none is.</summary>
    public string ProxyPass { get; init; } = "";

    /// <summary>
    /// Host and port that nginx connects to, with every server of an upstream group; empty where it is not a proxy or not known.
    /// </summary>
    public IReadOnlyList<string> Upstreams { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>
    /// The path and query that the backend is asked for; empty where nothing is passed on, or where it depends on what is not known.
    /// </summary>
    public string UpstreamUri { get; init; } = "";

    /// <summary>The status that nginx answers with itself, or null.</summary>
    public int? Status { get; init; }

    /// <summary>Where a redirect leads; empty for none.</summary>
    public string RedirectTo { get; init; } = "";

    /// <summary>Whether a WebSocket upgrade gets through to the backend.</summary>
    public required bool Upgrades { get; init; }

    /// <summary>Whether a file that only the host can see is taken as missing on this route (<c>try_files</c>).</summary>
    internal bool TakesFilesAsMissing { get; init; }

    /// <summary>The directives that hold for this request, and those that seem to and do not.</summary>
    public IReadOnlyList<SummitNginxEffectiveDirective> Effective
    {
        get;
        init => field = ItemList.Of(value);
    } = ItemList<SummitNginxEffectiveDirective>.None;

    /// <summary>Why this server, why this location, one sentence each.</summary>
    public IReadOnlyList<string> Steps { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>The request and what happens to it.</summary>
    public override string ToString() =>
        $"{Uri}: {Kind}{(ProxyPass.Length > 0 ? $" to {ProxyPass}" : RedirectTo.Length > 0 ? $" to {RedirectTo}" : "")}"
            + $"{(Upgrades ? ", upgrades" : "")}";
}

/// <summary>A directive as it holds, or does not, for one request.</summary>
/// <param name="Name">Its name; for <c>proxy_set_header</c> with the header's, as in <c>proxy_set_header Upgrade</c>.</param>
/// <param name="Value">Its arguments (without the header's name), as written.</param>
/// <param name="File">Where it stands; empty for nginx's default.</param>
/// <param name="Line">Its line, from 1; 0 for nginx's default.</param>
/// <param name="InheritedFrom">
/// The level it is inherited from (http, server, location …); empty where it stands on the level itself.
/// </param>
/// <param name="LostBecause">Why it does not hold; empty where it does.</param>
public sealed record SummitNginxEffectiveDirective(
    string Name, string Value, string File, int Line, string InheritedFrom, string LostBecause)
{
    /// <summary>Whether it holds.</summary>
    public bool Holds => LostBecause.Length == 0;

    /// <summary>As it would stand in the file.</summary>
    public override string ToString() => $"{Name} {Value}";
}
