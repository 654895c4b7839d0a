namespace Summit.Ops.Nginx;

/// <summary>A request to ask a configuration about: a WebSocket handshake unless headers are given.</summary>
/// <param name="Host">The Host header (and the name in the TLS hello), with or without a port.</param>
/// <param name="Port">The port the client connects to.</param>
/// <param name="Tls">Whether the client speaks TLS.</param>
/// <param name="Uri">Path and query as the client sends them: not decoded, not normalised, no fragment.</param>
/// <param name="LocalAddress">
/// The server's address the connection comes to, where nginx listens on several; null where it is not known.
/// </param>
/// <param name="NginxVersion">nginx's version, for defaults that changed (<c>1.22.1</c>); null for an nginx before 1.29.7.</param>
public sealed record NginxRequest(string Host, int Port, bool Tls, string Uri, string? LocalAddress = null, string? NginxVersion = null)
{
    /// <summary>
    /// The Connection header of Firefox: a configuration that knows Chrome's <c>Upgrade</c> alone takes it for another request.
    /// </summary>
    internal const string KeepAliveUpgrade = "keep-alive, Upgrade";

    /// <summary>
    /// The handshake's headers that every WebSocket client sends (RFC 6455 section 4.1); what else a client may send is not known.
    /// </summary>
    private static readonly Dictionary<string, string> Handshake = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Upgrade"] = "websocket",
        ["Connection"] = "Upgrade",
        ["Sec-WebSocket-Version"] = "13",
    };

    /// <summary>The request headers, Host left out; null for a WebSocket handshake of which nothing more is known.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The client's address as nginx sees it; null where it is not known.</summary>
    public string? RemoteAddress { get; init; }

    /// <summary>The method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>
    /// Values for variables that are known only while nginx runs (<c>$request_id</c>), by name in lower case; null where such a
    /// variable leaves its text unknown.
    /// </summary>
    /// <remarks>A replay needs some value, and any will do; a route must not be decided by one.</remarks>
    internal IReadOnlyDictionary<string, string>? Samples { get; init; }

    /// <summary>
    /// Whether the client adds a token to the arguments that is not known here: what an if or a map makes of them is not known either.
    /// </summary>
    internal bool HasToken { get; init; }

    /// <summary>Headers that are known beside those of the handshake: what a proxy in front has made of them.</summary>
    internal IReadOnlyDictionary<string, string>? Forwarded { get; init; }

    /// <summary>A header's value; empty where the request has none, null where nobody knows.</summary>
    internal string? Header(string name)
    {
        if (name.Equals("Host", StringComparison.OrdinalIgnoreCase)) return Host;
        if (Forwarded is not null && Forwarded.TryGetValue(name, out var forwarded)) return forwarded;
        if (Headers is null)
        {
            if (Handshake.TryGetValue(name, out var known)) return known;
            // a handshake is a GET without a body, and these belong to other requests
            return name.ToUpperInvariant() is "CONTENT-LENGTH" or "CONTENT-TYPE" or "TRANSFER-ENCODING" or "HTTP2-SETTINGS" ? "" : null;
        }

        foreach (var (key, value) in Headers)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase)) return value;
        }

        return "";
    }
}
