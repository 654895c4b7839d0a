namespace Summit.Ops.Probing.Upgrading;

/// <summary>Whether a 101 opens a WebSocket (RFC 6455, section 4.1, the client's checks; as strict as a browser).</summary>
internal static class HandshakeJudge
{
    /// <summary>What is wrong with the 101, or null.</summary>
    public static string? Violation(UpgradeResponse response, UpgradeRequest request, IReadOnlyList<string> offered)
    {
        if (response.Version != "1.1") return $"the 101 came as HTTP/{response.Version}, and only HTTP/1.1 can upgrade";
        if (Several("Upgrade") is { } upgrades) return upgrades;
        if (Several("Sec-WebSocket-Accept") is { } accepts) return accepts;
        if (Several("Sec-WebSocket-Protocol") is { } protocols) return protocols;
        if (!response.Value("Upgrade").Equals("websocket", StringComparison.OrdinalIgnoreCase))
        {
            return response.Value("Upgrade").Length == 0
                ? "the 101 has no Upgrade header"
                : $"the 101 upgrades to '{response.Value("Upgrade")}', not to websocket";
        }

        if (!response.Lists("Connection", "upgrade")) return "the 101 has no 'Connection: Upgrade'";
        var accept = response.Value("Sec-WebSocket-Accept");
        if (accept.Length == 0) return "the 101 has no Sec-WebSocket-Accept";
        if (accept != request.Accept)
        {
            return "its Sec-WebSocket-Accept does not answer the key that was sent (a cache or a server that does not know WebSockets)";
        }

        if (response.Value("Sec-WebSocket-Extensions").Length > 0)
        {
            return $"it uses an extension that was not asked for: {response.Value("Sec-WebSocket-Extensions")}";
        }

        var protocol = response.Value("Sec-WebSocket-Protocol");
        if (protocol.Length > 0 && !offered.Contains(protocol, StringComparer.Ordinal))
        {
            return $"it chose the subprotocol '{protocol}', which was not offered";
        }

        return null;

        string? Several(string name) => response.Values(name).Skip(1).Any() ? $"the 101 has the {name} header more than once" : null;
    }
}
