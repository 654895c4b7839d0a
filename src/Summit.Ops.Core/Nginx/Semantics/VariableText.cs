using System.Text;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>Works out texts with variables as nginx's script engine does.</summary>
internal static class VariableText
{
    /// <summary>Whether the text has a variable.</summary>
    public static bool HasVariables(string text) => text.Contains('$', StringComparison.Ordinal);

    /// <summary>The text with every variable in its place, or what it depends on.</summary>
    /// <param name="text">As in the configuration.</param>
    /// <param name="state">The request.</param>
    /// <param name="escapeCaptures">Whether numbered captures are escaped, as in a redirect's target or in arguments.</param>
    public static TextValue Evaluate(string text, RequestState state, bool escapeCaptures = false)
    {
        var dollar = text.IndexOf('$', StringComparison.Ordinal);
        if (dollar < 0) return text;
        if (dollar == 0 && NameEnd(text, 0, out var whole) == text.Length) return One(whole, state, escapeCaptures);
        var result = new StringBuilder(text.Length + 16);
        var at = 0;
        while (dollar >= 0)
        {
            result.Append(text, at, dollar - at);
            var end = NameEnd(text, dollar, out var name);
            if (name.Length == 0)
            {
                result.Append('$');
                end = dollar + 1;
            }
            else
            {
                var value = One(name, state, escapeCaptures);
                if (!value.IsKnown) return value;
                result.Append(value.Text);
            }

            at = end;
            dollar = text.IndexOf('$', at);
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>The variables that a text names.</summary>
    public static IEnumerable<string> Names(string text)
    {
        for (var dollar = text.IndexOf('$', StringComparison.Ordinal); dollar >= 0; dollar = text.IndexOf('$', dollar + 1))
        {
            _ = NameEnd(text, dollar, out var name);
            if (name.Length > 0) yield return name;
        }
    }

    private static TextValue One(string name, RequestState state, bool escapeCaptures)
    {
        var value = Variables.Get(name, state);
        if (!escapeCaptures || !value.IsKnown || name.Length != 1 || !char.IsAsciiDigit(name[0])) return value;
        return state.Original.EscapesCaptures ? UriEscape.Args(value.Text!) : value;
    }

    /// <summary>Where a variable's name ends; the name is empty where the dollar sign stands for itself.</summary>
    private static int NameEnd(string text, int dollar, out string name)
    {
        name = "";
        var start = dollar + 1;
        if (start >= text.Length) return start;
        if (text[start] is >= '1' and <= '9')
        {
            name = text.Substring(start, 1);
            return start + 1;
        }

        var braces = text[start] == '{';
        if (braces) start++;
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
        if (end == start || (braces && (end == text.Length || text[end] != '}'))) return dollar + 1;
        name = text[start..end];
        return braces ? end + 1 : end;
    }
}

/// <summary>Percent-encoding in nginx's own ways (<c>ngx_escape_uri</c>).</summary>
internal static class UriEscape
{
    /// <summary>For a path: control characters, space, <c>" # % ? &lt; &gt; \ ^ ` { | }</c> and bytes above 127.</summary>
    public static string Path(string text) => Escape(
        text, static c => c is <= ' ' or '"' or '#' or '%' or '?' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}' or >= '\x7f');

    /// <summary>For arguments: the same and <c>&amp;</c>, <c>+</c>, <c>;</c>.</summary>
    public static string Args(string text) => Escape(text, static c => c is <= ' ' or '"' or '#' or '%' or '&' or '+' or ';' or '?' or '<'
        or '>' or '\\' or '^' or '`' or '{' or '|' or '}' or >= '\x7f');

    /// <summary>
    /// What nginx does to a rewrite's redirect before it sends it: printable characters are decoded again, up to a question mark.
    /// </summary>
    public static string DecodeRedirect(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '?') return result.Append(text, i, text.Length - i).ToString();
            if (text[i] != '%')
            {
                result.Append(text[i]);
                continue;
            }

            // a broken escape loses its percent sign, and one of two digits is lost as a whole
            if (++i >= text.Length) break;
            if (!char.IsAsciiHexDigit(text[i]))
            {
                result.Append(text[i]);
                continue;
            }

            if (++i >= text.Length) break;
            if (!char.IsAsciiHexDigit(text[i])) continue;
            var c = (char)Convert.ToInt32(text.Substring(i - 1, 2), 16);
            if (c == '?') return result.Append(c).Append(text, i + 1, text.Length - i - 1).ToString();
            if (c is > '%' and < '\x7f') result.Append(c);
            else result.Append(text, i - 2, 3);
        }

        return result.ToString();
    }

    private static string Escape(string text, Func<char, bool> needs)
    {
        if (!text.Any(needs)) return text;
        var result = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (needs(c)) result.Append('%').Append(((int)c).ToString("X2"));
            else result.Append(c);
        }

        return result.ToString();
    }
}
