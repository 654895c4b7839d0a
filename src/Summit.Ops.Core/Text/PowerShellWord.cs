using System.Globalization;
using System.Text;

namespace Summit.Ops.Text;

/// <summary>A value inside a PowerShell command that somebody may paste: one argument, and exactly this value.</summary>
internal static class PowerShellWord
{
    // PowerShell ends a string in single quotes at any of these: ' and its four typographic forms
    private const string SingleQuotes = "'\u2018\u2019\u201a\u201b";
    private const string DoubleQuotes = "\"\u201c\u201d\u201e";

    /// <summary>The value as it is where an argument needs no quotes, else quoted.</summary>
    public static string Of(string value) => value.Length > 0 && value.All(IsPlain) && value[0] != '-' ? value : Quote(value);

    /// <summary>The value as a literal: in single quotes, or, where it has a character that a terminal obeys or hides, in double quotes
    /// with that character escaped.</summary>
    public static string Quote(string value)
    {
        var visible = ForeignText.Visible(value) == value;
        var word = new StringBuilder(value.Length + 2).Append(visible ? '\'' : '"');
        for (var i = 0; i < value.Length; i++)
        {
            if (visible) Literal(word, value[i]);
            else i += Expandable(word, value, i);
        }

        return word.Append(visible ? '\'' : '"').ToString();
    }

    /// <summary>Whether PowerShell takes it for the end of a string in single quotes.</summary>
    public static bool IsSingleQuote(char character) => SingleQuotes.Contains(character, StringComparison.Ordinal);

    /// <summary>Whether a place of a command line lies in a string.</summary>
    public static bool IsQuoted(string text, int at)
    {
        var open = '\0';
        for (var i = 0; i < at; i++)
        {
            var character = text[i];
            // a doubled quote ends a string and begins it again, which comes to the same
            if (open == '\0') open = Opens(text, i);
            else if (open == '\'' && IsSingleQuote(character)) open = '\0';
            else if (open == '"' && character == '`') i++;
            else if (open == '"' && DoubleQuotes.Contains(character, StringComparison.Ordinal)) open = '\0';
        }

        return open is '\'' or '"';
    }

    private static char Opens(string text, int at) =>
        IsSingleQuote(text[at]) ? '\''
        : DoubleQuotes.Contains(text[at], StringComparison.Ordinal) ? '"'
        : text[at] == '#' && at > 0 && text[at - 1] == ' ' ? '#'
        : '\0';

    private static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is '/' or '.' or '_' or ':' or '-';

    private static void Literal(StringBuilder word, char character)
    {
        if (IsSingleQuote(character)) word.Append(character);
        word.Append(character);
    }

    /// <summary>Writes one character so that nothing in it is expanded.</summary>
    /// <returns>How many more were taken with it.</returns>
    private static int Expandable(StringBuilder word, string value, int at)
    {
        if (char.IsSurrogatePair(value, at) || (at + 1 < value.Length && char.IsSurrogatePair(value[at], value[at + 1])))
        {
            word.Append(value, at, 2);
            return 1;
        }

        var character = value[at];
        if (character is '`' or '$' || DoubleQuotes.Contains(character, StringComparison.Ordinal))
        {
            word.Append('`').Append(character);
        }
        else if (ForeignText.Visible(value.Substring(at, 1)).Length > 1)
        {
            word.Append(CultureInfo.InvariantCulture, $"`u{{{(int)character:x}}}");
        }
        else
        {
            word.Append(character);
        }

        return 0;
    }
}
