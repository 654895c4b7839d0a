using System.Globalization;
using Summit.Ops.Errors;

namespace Summit.Ops.Probing.Redirecting;

/// <summary>Reads a Location header against the URI it answers (RFC 3986, section 5.2), as the address of a WebSocket.</summary>
internal static class Location
{
    /// <summary>Finds where it leads; user information in it is dropped, for nobody here gave it.</summary>
    /// <param name="from">The URI that was asked.</param>
    /// <param name="location">The header's value.</param>
    /// <param name="problem">Why it leads nowhere, to stand after a colon; null where it does lead somewhere.</param>
    public static ProbeUri? Resolve(ProbeUri from, string location, out string? problem)
    {
        problem = null;
        location = location.Split('#')[0].Trim().Replace(" ", "%20", StringComparison.Ordinal);
        if (location.Length == 0) return Nowhere("there is no Location header that says where to", out problem);
        var scheme = Scheme(location);
        if (scheme is not null && WebSocketScheme(scheme) is null)
        {
            return Nowhere($"a WebSocket has wss or ws (https or http in a redirect), not '{scheme}'", out problem);
        }

        var absolute = scheme is not null ? WebSocketScheme(scheme) + location[scheme.Length..] : location switch
        {
            ['/', '/', ..] => $"{(from.Tls ? "wss" : "ws")}:{location}",
            ['/', ..] => Origin(from) + location,
            ['?', ..] => Origin(from) + from.Target.Split('?')[0] + location,
            _ => Origin(from) + Folder(from.Target.Split('?')[0]) + location,
        };
        try
        {
            var to = ProbeUri.Parse(absolute);
            return to.WithTarget(WithoutDots(to.Target)).WithUserInfo("");
        }
        catch (SummitArgumentException error)
        {
            return Nowhere("no WebSocket can be opened there. " + error.Message.TrimEnd('.'), out problem);
        }
    }

    /// <summary>Scheme, host and port: what a credential belongs to (RFC 6454).</summary>
    public static string Origin(ProbeUri uri)
    {
        var host = uri.AsciiHost.Contains(':', StringComparison.Ordinal)
            ? $"[{uri.AsciiHost.Replace("%", "%25", StringComparison.Ordinal)}]"
            : uri.AsciiHost;
        return $"{(uri.Tls ? "wss" : "ws")}://{host}"
            + $"{(uri.Port == (uri.Tls ? 443 : 80) ? "" : ":" + uri.Port.ToString(CultureInfo.InvariantCulture))}";
    }

    private static ProbeUri? Nowhere(string why, out string? problem)
    {
        problem = why;
        return null;
    }

    private static string? Scheme(string location)
    {
        var end = location.AsSpan().IndexOfAny(":/?");
        if (end <= 0 || location[end] != ':' || !char.IsAsciiLetter(location[0])) return null;
        foreach (var character in location.AsSpan(0, end))
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('+' or '-' or '.')) return null;
        }

        return location[..end];
    }

    private static string? WebSocketScheme(string scheme) => scheme.ToLowerInvariant() switch
    {
        "https" or "wss" => "wss",
        "http" or "ws" => "ws",
        _ => null,
    };

    private static string Folder(string path) => path[..(path.LastIndexOf('/') + 1)];

    // RFC 3986, section 5.2.4; empty segments (//) stay, for nginx may be told to keep them
    private static string WithoutDots(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        if (!path.Contains("/.", StringComparison.Ordinal)) return target;
        var kept = new List<string>();
        var segments = path[1..].Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var last = i == segments.Length - 1;
            if (segments[i] is not ("." or ".."))
            {
                kept.Add(segments[i]);
                continue;
            }

            if (segments[i] == ".." && kept.Count > 0) kept.RemoveAt(kept.Count - 1);
            if (last) kept.Add("");
        }

        return "/" + string.Join('/', kept) + (query < 0 ? "" : target[query..]);
    }
}
