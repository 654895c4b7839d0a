using System.Text.RegularExpressions;

namespace Summit.Ops.Text;

/// <summary>Masks what is secret in text that somebody else wrote: a log, a command's output.</summary>
/// <remarks>
/// Nobody told us the values, so they are found by their places: the user information and the query of each URI, also of one without a host
/// (<c>/ws?token=…</c>), an Authorization header, and what stands behind a name that says it is a token, a password or a key.
/// </remarks>
internal static partial class LineRedaction
{
    private const int LooksGenerated = 16;

    /// <summary>The text with each secret masked.</summary>
    public static string Of(string text)
    {
        if (text.Contains('/', StringComparison.Ordinal)) text = Address().Replace(text, match => Secrets.RedactUri(match.Value));
        text = Scheme().Replace(text, "${scheme}" + Secrets.Mask);
        return Named().Replace(text, match => IsValue(match) ? match.Groups["before"].Value + Secrets.Mask : match.Value);
    }

    /// <summary>"token: expired" is prose, "token: 7f3a91c04d" is none.</summary>
    private static bool IsValue(Match match) => match.Groups["before"].Value.AsSpan().IndexOfAny('=', '"', '\'') >= 0
        || match.Groups["value"].Length >= LooksGenerated || match.Groups["value"].ValueSpan.IndexOfAnyInRange('0', '9') >= 0;

    /// <summary>A URI, or a path with a query.</summary>
    [GeneratedRegex(@"[a-z][a-z0-9+.-]*://[^\s""'<>]+|/[^\s""'<>?]*\?[^\s""'<>]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    /// <summary>The credentials of an Authorization header.</summary>
    [GeneratedRegex(@"\b(?<scheme>(bearer|basic)\s+)(?!\*\*\*)[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Scheme();

    /// <summary>token=value, password: value, "apiKey": "value".</summary>
    [GeneratedRegex(@"(?<before>(?:token|secret|passw(?:or)?d|passphrase|pwd|api[_-]?key|jwt|credentials?)\w*[""']?\s{0,2}[=:]\s{0,2}[""']?)(?!\*\*\*|bearer\b|basic\b)(?<value>[^\s""'&,;\\]{4,})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Named();
}
