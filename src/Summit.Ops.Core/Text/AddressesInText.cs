using System.Buffers;
using System.Text;

namespace Summit.Ops.Text;

/// <summary>Finds the URIs in a text, and the paths with a query, and masks what is secret in them.</summary>
/// <remarks>
/// They are what this expression finds: <c>\b[a-z][a-z0-9+.-]{1,15}://[^\s"'&lt;&gt;]+|/[^\s"'&lt;&gt;?]*\?[^\s"'&lt;&gt;]+</c>. By hand it
/// takes time in proportion to the text; the regex engine that promises as much takes some 40 ms of a cold process before its first match.
/// </remarks>
internal static class AddressesInText
{
    private const int LongestScheme = 16;
    private const string Authority = "://";

    // what white space does not end, these do
    private static readonly SearchValues<char> Quotes = SearchValues.Create("\"'<>");

    // no part of an address is secret without one of these
    private static readonly SearchValues<char> Telling = SearchValues.Create("?#@");

    /// <summary>The text with the secrets of its addresses masked.</summary>
    public static string Redact(string text)
    {
        if (text.AsSpan().IndexOfAny(Telling) < 0) return text;
        var redacted = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && !EndsAddress(text[end])) end++;
            var start = at + Start(text.AsSpan(at, end - at));
            redacted.Append(text, at, start - at);
            if (start < end) redacted.Append(Secrets.RedactUri(text[start..end]));
            if (end < text.Length) redacted.Append(text[end]);
            at = end + 1;
        }

        return redacted.ToString();
    }

    private static bool EndsAddress(char character) => char.IsWhiteSpace(character) || Quotes.Contains(character);

    // where in the word the address begins; the word's length where there is none
    private static int Start(ReadOnlySpan<char> word) => Math.Min(OfUri(word), OfPath(word));

    private static int OfUri(ReadOnlySpan<char> word)
    {
        for (var from = 0; word[from..].IndexOf(Authority) is var found and >= 0;)
        {
            var colon = from + found;
            from = colon + Authority.Length;
            if (from == word.Length) break;
            var first = colon;
            while (first > 0 && colon - first < LongestScheme && IsOfScheme(word[first - 1])) first--;
            for (; first <= colon - 2; first++)
            {
                if (char.IsAsciiLetter(word[first]) && (first == 0 || !IsOfWord(word[first - 1]))) return first;
            }
        }

        return word.Length;
    }

    // the first slash with a question mark behind it, and something behind that
    private static int OfPath(ReadOnlySpan<char> word)
    {
        var slash = word.IndexOf('/');
        var query = slash < 0 ? -1 : word[slash..].IndexOf('?');
        return query >= 0 && slash + query < word.Length - 1 ? slash : word.Length;
    }

    private static bool IsOfScheme(char character) => char.IsAsciiLetterOrDigit(character) || character is '+' or '.' or '-';

    private static bool IsOfWord(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';
}
