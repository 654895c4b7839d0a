namespace Summit.Ops.Nginx.Semantics;

/// <summary>What a backend needs to see for a WebSocket handshake (RFC 6455 section 4.2.1).</summary>
internal static class Upgrade
{
    /// <summary>Whether the handshake survives; null where it is not known.</summary>
    public static bool? GetsThrough(TextValue upgrade, TextValue connection, string httpVersion)
    {
        if (httpVersion != "1.1") return false;
        if (upgrade.IsKnown && !HasToken(upgrade.Text!, "websocket")) return false;
        if (connection.IsKnown && !HasToken(connection.Text!, "upgrade")) return false;
        return upgrade.IsKnown && connection.IsKnown ? true : null;
    }

    /// <summary>Whether a comma-separated header has the token, upper and lower case alike.</summary>
    public static bool HasToken(string header, string token)
    {
        foreach (var part in header.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Equals(token, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
