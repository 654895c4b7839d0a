using System.Text;

namespace Summit.Ops.Text;

/// <summary>A value inside a command that somebody may paste into a shell: one word of POSIX sh, and exactly this value.</summary>
/// <remarks>
/// The same line may be pasted into PowerShell by mistake, where the typographic quotes end a string as well, so a quote stands
/// in quotes of the other kind. A terminal obeys control characters when they are pasted, and a line end would end a comment:
/// printf makes them in their place.
/// </remarks>
internal static class ShellWord
{
    /// <summary>The value as it is where it needs no quotes, else in quotes.</summary>
    public static string Quote(string value) => value.Length > 0 && value.All(IsPlain) ? value : Quoted(value);

    private static string Quoted(string value)
    {
        var word = new StringBuilder(value.Length + 2).Append('\'');
        for (var i = 0; i < value.Length; i++)
        {
            if (PowerShellWord.IsSingleQuote(value[i])) word.Append("'\"").Append(value[i]).Append("\"'");
            else if (IsControl(value[i])) i += Made(word, value.AsSpan(i)) - 1;
            else word.Append(value[i]);
        }

        return word.Append('\'').ToString();
    }

    /// <summary>
    /// A run of control characters. A shell takes line ends away from the end of what printf says, so the
    /// character after them comes with them.
    /// </summary>
    /// <returns>How many characters were taken.</returns>
    private static int Made(StringBuilder word, ReadOnlySpan<char> rest)
    {
        var length = 1;
        while (length < rest.Length && IsControl(rest[length])) length++;
        if (rest[length - 1] == '\n' && length < rest.Length)
        {
            length += length + 1 < rest.Length && char.IsSurrogatePair(rest[length], rest[length + 1]) ? 2 : 1;
        }

        word.Append("'\"$(printf '");
        foreach (var octet in Encoding.UTF8.GetBytes(rest[..length].ToArray()))
        {
            word.Append('\\').Append(Convert.ToString(octet, 8).PadLeft(3, '0'));
        }

        word.Append("')\"'");
        return length;
    }

    private static bool IsPlain(char character) =>
        char.IsAsciiLetterOrDigit(character) || character is '/' or '.' or '-' or '_' or ':' or '@' or '+' or ',';

    private static bool IsControl(char character) => character is < ' ' or (>= '\x7f' and <= '\x9f');
}
