using System.Buffers;
using System.Globalization;
using System.Text;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>A translated pattern, or why it has none.</summary>
internal sealed record TranslatedPattern(string Pattern, IReadOnlyDictionary<string, int> Names, int Groups, string Problem);

/// <summary>Turns a PCRE pattern (no UTF mode, as nginx compiles it) into one that .NET reads the same way, or says that it cannot.</summary>
/// <remarks>
/// Bytes above 127 are moved to the private use area, in pattern and subject alike: there they are no letters, digits or spaces and have no other case,
/// as in PCRE's C locale. Groups get explicit numbers, because .NET numbers named groups last.
/// </remarks>
internal ref struct PcreTranslator
{
    private static readonly SearchValues<char> CountChars = SearchValues.Create("0123456789,");
    private const int HighBytes = 0xE000;
    private readonly ReadOnlySpan<char> _pattern;
    private readonly StringBuilder _out = new();
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private int _groups;
    private int _position;
    private string _problem = "";

    private PcreTranslator(string pattern) => _pattern = pattern;

    public static TranslatedPattern Translate(string pattern)
    {
        var translator = new PcreTranslator(pattern);
        while (translator._position < pattern.Length && translator._problem.Length == 0) translator.Next();
        return new TranslatedPattern(translator._out.ToString(), translator._names, translator._groups, translator._problem);
    }

    /// <summary>A subject text for a translated pattern; positions stay the same.</summary>
    public static string Subject(string text)
    {
        if (Ascii.IsValid(text)) return text;
        return string.Create(text.Length, text, static (into, from) =>
        {
            for (var i = 0; i < from.Length; i++) into[i] = High(from[i]);
        });
    }

    private static char High(char c) => c is >= '\x80' and <= '\xFF' ? (char)(HighBytes + c) : c;

    private void Next()
    {
        var c = _pattern[_position];
        switch (c)
        {
            case '\\':
                Escape(inClass: false);
                break;
            case '[':
                Class();
                break;
            case '(':
                Group();
                break;
            case '*' or '+' or '?' or '}' when _position + 1 < _pattern.Length && _pattern[_position + 1] == '+' && (c != '}' || ClosesCount()):
                _problem = "possessive quantifiers (\"++\") are not evaluated here";
                break;
            default:
                _out.Append(High(c));
                _position++;
                break;
        }
    }

    private readonly bool ClosesCount()
    {
        var open = _pattern[.._position].LastIndexOf('{');
        return open > 0 && _pattern[(open + 1).._position].IndexOfAnyExcept(CountChars) < 0 && open + 1 < _position;
    }

    private void Escape(bool inClass)
    {
        if (_position + 1 >= _pattern.Length)
        {
            _problem = "the pattern ends with a backslash";
            return;
        }

        var c = _pattern[_position + 1];
        _position += 2;
        switch (c)
        {
            case 'x':
                Hex();
                return;
            case 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 't' or 'n' or 'r' or 'f' or 'e' or 'a':
            case 'b' or 'B' or 'A' or 'z' or 'Z' or 'G' when !inClass || c == 'b':
                _out.Append('\\').Append(c);
                return;
            case >= '1' and <= '9' when !inClass:
                // \k<n> cannot be mistaken for an octal escape or run into a digit that follows
                _out.Append("\\k<").Append(c).Append('>');
                if (_position < _pattern.Length && char.IsAsciiDigit(_pattern[_position])) _problem = "back references above 9 and octal escapes are not evaluated here";
                return;
            case '0':
                _problem = "octal escapes are not evaluated here";
                return;
        }

        if (char.IsAsciiLetterOrDigit(c)) _problem = $"\"\\{c}\" is not evaluated here";
        else Literal(c);
    }

    private readonly void Literal(char c)
    {
        var high = High(c);
        if (c < 0x80 && !char.IsAsciiLetterOrDigit(c) && c != '_') _out.Append('\\');
        _out.Append(high);
    }

    private void Hex()
    {
        var digits = 0;
        while (digits < 2 && _position + digits < _pattern.Length && char.IsAsciiHexDigit(_pattern[_position + digits])) digits++;
        if (digits == 0)
        {
            _problem = "\"\\x{…}\" is not evaluated here";
            return;
        }

        var value = int.Parse(_pattern.Slice(_position, digits), NumberStyles.HexNumber);
        _position += digits;
        _out.Append(CultureInfo.InvariantCulture, $"\\u{(int)High((char)value):X4}");
    }

    private void Class()
    {
        _out.Append('[');
        _position++;
        if (_position < _pattern.Length && _pattern[_position] == '^')
        {
            _out.Append('^');
            _position++;
        }

        for (var first = true; _position < _pattern.Length && _problem.Length == 0; first = false)
        {
            var c = _pattern[_position];
            if (c == ']' && !first)
            {
                _out.Append(']');
                _position++;
                return;
            }

            if (c == '\\')
            {
                Escape(inClass: true);
            }
            else if (c == '[' && _position + 1 < _pattern.Length && _pattern[_position + 1] is ':' or '.' or '=')
            {
                Posix();
            }
            else
            {
                // a bracket in a class is a character for PCRE and a subtraction for .NET
                if (c is '[' or ']') _out.Append('\\');
                _out.Append(High(c));
                _position++;
            }
        }

        if (_problem.Length == 0) _problem = "a character class is not closed";
    }

    private void Posix()
    {
        var end = _pattern[_position..].IndexOf(":]");
        var name = end > 0 ? _pattern.Slice(_position + 2, end - 2).ToString() : "";
        var set = name switch
        {
            "alpha" => "a-zA-Z",
            "digit" => "0-9",
            "alnum" => "a-zA-Z0-9",
            "upper" => "A-Z",
            "lower" => "a-z",
            "xdigit" => "0-9a-fA-F",
            "space" => "\\s",
            "word" => "\\w",
            "punct" => "!-/:-@\\[-`{-~",
            "blank" => " \\t",
            _ => "",
        };
        if (set.Length == 0)
        {
            _problem = $"the class \"{name}\" is not evaluated here";
            return;
        }

        _out.Append(set);
        _position += end + 2;
    }

    private void Group()
    {
        var rest = _pattern[_position..];
        if (!rest.StartsWith("(?") && !rest.StartsWith("(*"))
        {
            _out.Append("(?<").Append(++_groups).Append('>');
            _position++;
            return;
        }

        foreach (var opening in (ReadOnlySpan<string>)["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i)", "(?s)", "(?m)", "(?-i)", "(?i:", "(?-i:", "(?s:"])
        {
            if (!rest.StartsWith(opening)) continue;
            _out.Append(opening);
            _position += opening.Length;
            return;
        }

        var start = rest.StartsWith("(?P<") ? 4 : rest.StartsWith("(?<") || rest.StartsWith("(?'") ? 3 : 0;
        var close = start == 0 ? -1 : rest.IndexOf(rest[start - 1] == '\'' && start == 3 ? '\'' : '>');
        if (start == 3 && rest[2] == '\'') close = rest[3..].IndexOf('\'') + 3;
        if (close <= start)
        {
            _problem = $"\"{rest[..Math.Min(4, rest.Length)]}\" is not evaluated here";
            return;
        }

        _names[rest[start..close].ToString()] = ++_groups;
        _out.Append("(?<").Append(_groups).Append('>');
        _position += close + 1;
    }
}
