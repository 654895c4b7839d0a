using System.Text;

namespace Summit.Ops.Text;

/// <summary>The secret values of one piece of work, and how any text is rid of them before it leaves.</summary>
/// <remarks>
/// A server echoes what it was sent: in a redirect's Location, in an error page, in a Close reason. So it is not enough to redact the URI;
/// each text that leaves passes through <see cref="Redact"/>, which knows the value as given and as it travels (percent-encoded, Base64).
/// </remarks>
public sealed class Secrets
{
    /// <summary>What stands where a secret was.</summary>
    public const string Mask = "***";

    // shorter values are masked at their place in a URI, but not searched for in other text: they would blank out ordinary words
    private const int ShortestSearched = 4;

    private readonly List<string> _values = [];

    /// <summary>Remembers a value, and the forms in which it travels.</summary>
    /// <param name="secret">The value; null and empty say nothing.</param>
    public void Add(string? secret)
    {
        if (string.IsNullOrEmpty(secret)) return;
        Remember(secret);
        Remember(Uri.EscapeDataString(secret));
        Remember(Uri.EscapeDataString(secret).Replace("%20", "+", StringComparison.Ordinal));
        Remember(System.Net.WebUtility.HtmlEncode(secret));
        Remember(Unescaped(secret));
        Remember(Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('='));
    }

    /// <summary>Remembers several values.</summary>
    internal void AddRange(IEnumerable<string> secrets)
    {
        foreach (var secret in secrets) Add(secret);
    }

    /// <summary>Remembers what is secret in a URI: its user information and the values of query parameters whose names say so.</summary>
    /// <param name="uri">A URI, well-formed or not.</param>
    public void AddFromUri(string? uri)
    {
        foreach (var (start, length) in UriRedaction.Find(uri ?? ""))
        {
            var value = uri!.Substring(start, length);
            Add(value);
            var colon = value.IndexOf(':', StringComparison.Ordinal);
            if (colon >= 0) Add(value[(colon + 1)..]);
        }
    }

    /// <summary>Masks every remembered value in a text.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text with <see cref="Mask"/> in place of each secret; null for null.</returns>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public string? Redact(string? text)
    {
        if (string.IsNullOrEmpty(text)) return text;
        foreach (var value in _values) text = text.Replace(value, Mask, StringComparison.OrdinalIgnoreCase);
        return text;
    }

    /// <summary>
    /// Masks user information, and the values of query parameters whose names say that they are secret (token, password, key …).
    /// </summary>
    /// <param name="uri">A URI, well-formed or not: an error about a bad one shows it too.</param>
    /// <returns>The URI with <see cref="Mask"/> in place of each secret.</returns>
    public static string RedactUri(string? uri)
    {
        if (string.IsNullOrEmpty(uri)) return "";
        var redacted = new StringBuilder(uri.Length);
        var copied = 0;
        foreach (var (start, length) in UriRedaction.Find(uri))
        {
            redacted.Append(uri, copied, start - copied).Append(Mask);
            copied = start + length;
        }

        return redacted.Append(uri, copied, uri.Length - copied).ToString();
    }

    private static string Unescaped(string text)
    {
        try
        {
            return Uri.UnescapeDataString(text);
        }
        catch (FormatException)
        {
            return text;
        }
    }

    private void Remember(string value)
    {
        if (value.Length < ShortestSearched || _values.Contains(value)) return;

        // longest first, so that a value which contains another is masked whole
        var at = _values.FindIndex(other => other.Length < value.Length);
        _values.Insert(at < 0 ? _values.Count : at, value);
    }
}
