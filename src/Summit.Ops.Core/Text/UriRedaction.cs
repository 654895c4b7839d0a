namespace Summit.Ops.Text;

/// <summary>Finds the secret parts of a URI by its text alone, so that a URI that no parser accepts is redacted as well.</summary>
internal static class UriRedaction
{
    private static readonly string[] SecretWords =
    [
        "token", "secret", "passw", "passphrase", "pwd", "auth", "apikey", "api_key", "api-key", "jwt", "signature", "credential",
        "session", "ticket", "bearer",
    ];

    private static readonly string[] SecretNames =
    [
        "key", "sig", "sid", "code", "pass", "otp", "pin", "t", "tk", "tok", "pw", "bindpw", "hmac",
    ];

    /// <summary>Start and length of each secret part, in order.</summary>
    public static IEnumerable<(int Start, int Length)> Find(string uri)
    {
        // a password with a slash in it may reach into what looks like the query
        var taken = 0;
        if (UserInfo(uri) is var (user, length))
        {
            yield return (user, length);
            taken = user + length;
        }

        var query = uri.AsSpan().IndexOfAny('?', '#');
        if (query < 0) yield break;
        for (var start = query + 1; start < uri.Length;)
        {
            var end = uri.AsSpan(start).IndexOfAny("&;?#");
            end = end < 0 ? uri.Length : start + end;
            var equals = uri.AsSpan(start, end - start).IndexOf('=');
            var value = Math.Max(start + equals + 1, taken);
            if (equals >= 0 && IsSecret(uri.Substring(start, equals)) && value < end) yield return (value, end - value);

            start = end + 1;
        }
    }

    /// <summary>Whether a parameter's or a header's name says that its value is secret.</summary>
    public static bool IsSecret(string name)
    {
        string plain;
        try
        {
            plain = Uri.UnescapeDataString(name);
        }
        catch (FormatException)
        {
            plain = name;
        }

        return Array.Exists(SecretWords, word => plain.Contains(word, StringComparison.OrdinalIgnoreCase))
            || Array.Exists(SecretNames, word => plain.Equals(word, StringComparison.OrdinalIgnoreCase));
    }

    private static (int Start, int Length)? UserInfo(string uri)
    {
        var scheme = uri.IndexOf("://", StringComparison.Ordinal);
        var query = uri.AsSpan().IndexOfAny('?', '#');
        var start = scheme < 0 || (query >= 0 && query < scheme) ? 0 : scheme + 3;
        var end = uri.AsSpan(start).IndexOfAny("/?#");
        end = end < 0 ? uri.Length : start + end;
        var at = uri.AsSpan(start, end - start).LastIndexOf('@');
        if (at > 0) return (start, at);
        if (at == 0) return null;

        // a password with a slash in it: what stands before the slash is then no host and port
        var colon = uri.AsSpan(start, end - start).LastIndexOf(':');
        if (colon < 0 || uri[start] == '[' || uri.AsSpan(start + colon + 1, end - start - colon - 1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return null;
        }

        at = uri.AsSpan(start).LastIndexOf('@');
        return at > 0 ? (start, at) : null;
    }
}
