using System.Buffers;
using System.Text;

namespace Summit.Ops.Text;

/// <summary>Text that a host, a server or a configuration file sent: safe to show on a console.</summary>
/// <remarks>
/// A terminal obeys what it prints: an escape sequence in an HTTP header can clear the screen, a lone carriage return can overwrite a
/// verdict, and a bidirectional override can show a path that is not there. None of these reaches an output string.
/// </remarks>
public static class ForeignText
{
    private static readonly SearchValues<char> Suspects = SearchValues.Create(SuspectCharacters());

    /// <summary>Makes every control character visible, line ends too: for text that belongs on one line.</summary>
    /// <param name="text">The foreign text.</param>
    /// <returns>
    /// The text itself where nothing had to change; else with <c>\n</c>, <c>\x1b</c>, <c>\u202e</c> and the like written out.
    /// </returns>
    public static string Visible(string text) => Visible(text, keepLines: false);

    /// <summary>
    /// Makes control characters visible and keeps lines and tabs: for a body, a log or a message. A CRLF becomes a line feed.
    /// </summary>
    /// <param name="text">The foreign text.</param>
    /// <returns>The text, safe to print over several lines.</returns>
    public static string VisibleLines(string text) => Visible(text, keepLines: true);

    private static string Visible(string text, bool keepLines)
    {
        ArgumentNullException.ThrowIfNull(text);
        var first = text.AsSpan().IndexOfAny(Suspects);
        if (first < 0) return text;

        var visible = new StringBuilder(text.Length + 16).Append(text, 0, first);
        for (var i = first; i < text.Length; i++)
        {
            var character = text[i];
            if (keepLines && (character == '\n' || character == '\t'))
            {
                visible.Append(character);
            }
            else if (keepLines && character == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
            {
                // the line feed follows
            }
            else if (char.IsHighSurrogate(character) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                visible.Append(character).Append(text[++i]);
            }
            else
            {
                Append(visible, character);
            }
        }

        return visible.ToString();
    }

    private static void Append(StringBuilder visible, char character)
    {
        switch (character)
        {
            case '\n': visible.Append("\\n"); break;
            case '\r': visible.Append("\\r"); break;
            case '\t': visible.Append("\\t"); break;
            case < ' ' or (>= '\x7f' and <= '\x9f'): visible.Append("\\x").Append(((int)character).ToString("x2")); break;
            default:
                if (Suspects.Contains(character)) visible.Append("\\u").Append(((int)character).ToString("x4"));
                else visible.Append(character);
                break;
        }
    }

    // C0, DEL, C1; zero-width and bidirectional marks; line and paragraph separators; the byte order mark; surrogates (only
    // unpaired ones are written out)
    private static string SuspectCharacters()
    {
        var suspects = new StringBuilder();
        Range('\0', '\x1f');
        Range('\x7f', '\x9f');
        Range('\u200b', '\u200f');
        Range('\u2028', '\u202e');
        Range('\u2060', '\u2069');
        Range('\ud800', '\udfff');
        suspects.Append('\u061c').Append('\ufeff');
        return suspects.ToString();

        void Range(char from, char to)
        {
            for (var character = (int)from; character <= to; character++) suspects.Append((char)character);
        }
    }
}
