using System.Text;
using System.Text.RegularExpressions;
using Summit.Ops.Text;

namespace Summit.Ops.Reporting;

/// <summary>Foreign text in Markdown: shown as it is, and never obeyed.</summary>
/// <remarks>
/// A configuration or an answer may hold backticks, tables, links, images, HTML, or the name of somebody whom a
/// ticket system would then notify.
/// </remarks>
internal static partial class MarkdownText
{
    private const string Special = "\\`*_{}[]<>()#+-.!|~&$:";

    /// <summary>Words, for a paragraph or a cell of a table: on one line, every mark of Markdown escaped.</summary>
    /// <remarks>What a ticket system would make a link, a mention or a reference of is put in a code span, where it does not.</remarks>
    public static string Words(string text)
    {
        var line = ForeignText.Visible(ForeignText.VisibleLines(text).Replace('\n', ' ').Replace('\t', ' ')).Trim();
        if (line.Length == 0) return "";
        var words = new StringBuilder();
        var at = 0;
        foreach (Match found in Autolinked().Matches(line))
        {
            Escape(words, line.AsSpan(at, found.Index - at));
            words.Append(Code(found.Value));
            at = found.Index + found.Length;
        }

        Escape(words, line.AsSpan(at));
        return words.ToString();
    }

    /// <summary>A code span on one line, good in a table too: its fence is longer than any run of backticks in it.</summary>
    public static string Code(string text)
    {
        var line = ForeignText.Visible(text).Replace("|", "\\|", StringComparison.Ordinal);
        if (line.Length == 0) return "";
        var fence = new string('`', LongestRun(line) + 1);
        var pad = line[0] == '`' || line[^1] == '`' || (line[0] == ' ' && line[^1] == ' ') ? " " : "";
        return $"{fence}{pad}{line}{pad}{fence}";
    }

    /// <summary>A code block over several lines.</summary>
    public static string Block(string text, string language = "")
    {
        var lines = ForeignText.VisibleLines(text).TrimEnd('\n');
        var fence = new string('`', Math.Max(3, LongestRun(lines) + 1));
        return $"{fence}{language}\n{lines}\n{fence}\n";
    }

    private static void Escape(StringBuilder words, ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (character is '<')
            {
                words.Append("&lt;");
            }
            else if (character is '>')
            {
                words.Append("&gt;");
            }
            else if (character is '&')
            {
                words.Append("&amp;");
            }
            else if (Special.Contains(character, StringComparison.Ordinal) && character is not ('.' or ':' or '-' or '(' or ')' or '+'))
            {
                words.Append('\\').Append(character);
            }
            else
            {
                words.Append(character);
            }
        }

        // what would begin a list, a heading or a rule at the start of a line
        if (words.Length > 0 && words[0] is '-' or '+' or '=') words.Insert(0, '\\');
    }

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var character in text)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    [GeneratedRegex(
        @"[^\s`]*(?:@\w|://|\bwww\.|#\d|\b[0-9a-f]{40}\b)[^\s`]*",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 2000)]
    private static partial Regex Autolinked();
}
