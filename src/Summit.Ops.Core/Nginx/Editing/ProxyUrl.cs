using System.Text.RegularExpressions;

namespace Summit.Ops.Nginx.Editing;

/// <summary>The URL of a <c>proxy_pass</c> in its parts.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Authority">Host and port, or a UNIX socket.</param>
/// <param name="Uri">What stands behind it; null where nothing does, and nginx passes the request's own URI on.</param>
internal sealed partial record ProxyUrl(string Scheme, string Authority, string? Uri)
{
    /// <summary>Reads one; null where it is made of variables.</summary>
    public static ProxyUrl? Read(string written)
    {
        var start = written.IndexOf("://", StringComparison.Ordinal);
        if (start < 0 || written.Contains('$', StringComparison.Ordinal)) return null;
        var rest = written[(start + 3)..];
        // a socket's path has slashes of its own, and a colon ends it
        var end = rest.StartsWith("unix:", StringComparison.OrdinalIgnoreCase)
            ? rest.IndexOf(':', 5) is > 0 and var colon ? colon : rest.Length
            : rest.AsSpan().IndexOfAny('/', '?') is >= 0 and var slash ? slash : rest.Length;
        var uri = rest[end..].TrimStart(':');
        return new ProxyUrl(written[..start], rest[..end], uri.Length == 0 ? null : uri);
    }

    /// <summary>
    /// Scheme, host and port of a URL that may have variables, also where the path is one of them; null where the
    /// whole is a variable, or a socket.
    /// </summary>
    public static string? Server(string written)
    {
        var start = written.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3 || written.AsSpan(start).StartsWith("unix:", StringComparison.OrdinalIgnoreCase)) return null;
        return UriStart().Match(written, start) is { Success: true } found ? written[..found.Index] : written;
    }

    /// <summary>The same with the part by which a location passes the path on as wanted; null where no such part does that.</summary>
    /// <param name="location">What the location takes away: its prefix; null for a regex.</param>
    /// <param name="path">The path that is asked for.</param>
    /// <param name="wanted">The path that the backend should get.</param>
    public ProxyUrl? Passing(string? location, string path, string wanted)
    {
        if (wanted == path) return this with { Uri = null };
        if (location is null || !path.StartsWith(location, StringComparison.Ordinal)) return null;
        var rest = path[location.Length..];
        return wanted.EndsWith(rest, StringComparison.Ordinal) && wanted[..^rest.Length] is { Length: > 0 } uri
            ? this with { Uri = uri }
            : null;
    }

    public override string ToString() =>
        $"{Scheme}://{Authority}{(Uri is not null && Authority.StartsWith("unix:", StringComparison.OrdinalIgnoreCase) ? ":" : "")}{Uri}";

    [GeneratedRegex(@"[/?]|\$\{?(?:request_uri|uri|document_uri)\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UriStart();
}
