namespace Summit.Ops;

/// <summary>How likely a location passes WebSockets on.</summary>
public enum SummitWebSocketLikelihood
{
    /// <summary>Nothing in the configuration speaks for a WebSocket.</summary>
    Unlikely,

    /// <summary>One weak sign, such as a timeout of some minutes or a name such as <c>/live</c>.</summary>
    Possible,

    /// <summary>
    /// The upgrade headers, a <c>map</c> of <c>$http_upgrade</c>, a timeout of an hour, or a path such as <c>/ws</c> or <c>/socket.io</c>.
    /// </summary>
    Likely,

    /// <summary>The backend answered a real handshake with 101.</summary>
    Confirmed,
}

/// <summary>
/// A site that was found in an nginx configuration: every cmdlet takes it as a site, and it knows where it was found
/// and what speaks for a WebSocket.
/// </summary>
/// <remarks>A site file holds the site alone: what was said of the search is not written.</remarks>
public sealed record SummitFoundSite : SummitSite
{
    /// <summary>The host that it was found on; null for a file or a text.</summary>
    public SummitTarget? Target { get; init; }

    /// <summary>How likely it is a WebSocket.</summary>
    public SummitWebSocketLikelihood Likelihood { get; init; }

    /// <summary>What speaks for a WebSocket, with file and line.</summary>
    public IReadOnlyList<string> SeenBy { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>What the configuration leaves open, such as a backend that depends on a variable.</summary>
    public IReadOnlyList<string> Notes { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>The location that passes the request on: <c>location /ws</c>.</summary>
    public string Location { get; init; } = "";

    /// <summary>The line of that location in its file.</summary>
    public int Line { get; init; }

    /// <summary>Every name of the server block, as written.</summary>
    public IReadOnlyList<string> ServerNames { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>The servers that nginx may connect to, as host:port or unix:/path; empty where that is not known.</summary>
    public IReadOnlyList<string> Upstreams { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>Whether nginx speaks TLS on the port.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>Whether a WebSocket upgrade gets through to the backend.</summary>
    public bool Upgrades { get; init; }

    /// <summary>What the backend answered to a handshake; empty where it was not asked.</summary>
    public string Answer { get; init; } = "";
}
