using System.Buffers;
using System.Globalization;
using System.Text;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>A translated pattern, or why it has none.</summary>
internal sealed record TranslatedPattern(string Pattern, IReadOnlyDictionary<string, int> Names, int Groups, string Problem);

/// <summary>
/// Turns a PCRE pattern (no UTF mode, as nginx compiles it) into one that .NET reads the same way, or says that it cannot.
/// </summary>
/// <remarks>
/// Bytes above 127 are moved to the private use area, in pattern and subject alike: there they are no letters, digits or spaces and have no
/// other case, as in PCRE's C locale. Groups get explicit numbers, because .NET numbers named groups last.
/// </remarks>
internal ref struct PcreTranslator
{
    private static readonly SearchValues<char> CountChars = SearchValues.Create("0123456789,");
    private const int HighBytes = 0xE000;
    private readonly ReadOnlySpan<char> _pattern;
    private readonly StringBuilder _out = new();
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly Stack<int> _open = [];
    private int _groups;

    /// <summary>Where the piece begins, in what is written, that a quantifier would hold for.</summary>
    private int _atom;
    private bool _quoted;
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
        var begins = _out.Length;
        switch (c)
        {
            case '\\':
                Escape(inClass: false);
                break;
            case '[':
                Class();
                break;
            case '(':
                if (Group()) _open.Push(begins);
                return;
            case ')':
                if (_open.TryPop(out var opened)) begins = opened;
                _out.Append(')');
                _position++;
                break;
            case '*' or '+' or '?':
            case '{' when CountLength() > 0:
                Quantifier(c == '{' ? CountLength() : 1);
                return;
            default:
                _out.Append(High(c));
                _position++;
                break;
        }

        // a quoted text is as many pieces as it has characters
        if (_quoted) _quoted = false;
        else _atom = begins;
    }

    /// <summary>The length of <c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c> here; 0 where the brace is a character.</summary>
    private readonly int CountLength()
    {
        var rest = _pattern[_position..];
        var close = rest.IndexOf('}');
        if (close < 2 || !char.IsAsciiDigit(rest[1]) || rest[1..close].IndexOfAnyExcept(CountChars) >= 0 || rest[1..close].Count(',') > 1)
        {
            return 0;
        }

        return close + 1;
    }

    /// <summary>.NET has no possessive quantifiers; <c>(?&gt;a+)</c> is what <c>a++</c> stands for.</summary>
    private void Quantifier(int length)
    {
        var quantifier = _pattern.Slice(_position, length);
        _position += length;
        var possessive = _position < _pattern.Length && _pattern[_position] == '+';
        if (possessive)
        {
            _out.Insert(_atom, "(?>").Append(quantifier).Append(')');
            _position++;
            return;
        }

        _out.Append(quantifier);
        if (_position >= _pattern.Length || _pattern[_position] != '?') return;
        _out.Append('?');
        _position++;
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
            case 'Q':
                Quoted();
                return;
            case 'E':
                // an end without a beginning is nothing
                _quoted = true;
                return;
            case 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 't' or 'n' or 'r' or 'f' or 'e' or 'a':
            case 'b' or 'B' or 'A' or 'z' or 'Z' or 'G' when !inClass || c == 'b':
                _out.Append('\\').Append(c);
                return;
            case 'h' or 'v':
                _out.Append(inClass ? Spaces(c) : $"[{Spaces(c)}]");
                return;
            case 'H' or 'V' when !inClass:
                _out.Append("[^").Append(Spaces(char.ToLowerInvariant(c))).Append(']');
                return;
            case 'N' when !inClass && !_pattern[_position..].StartsWith("{"):
                _out.Append("[^\\n]");
                return;
            case 'R' when !inClass:
                _out.Append("(?>\\r\\n|[").Append(Spaces('v')).Append("])");
                return;
            case 'k' or 'g' when !inClass:
                Reference(c);
                return;
            case >= '0' and <= '9':
                Digits(inClass);
                return;
        }

        if (char.IsAsciiLetterOrDigit(c)) _problem = $"\"\\{c}\" is not evaluated here";
        else Literal(c);
    }

    /// <summary>PCRE's horizontal and vertical white space, of one byte each.</summary>
    private static string Spaces(char kind) => kind == 'h' ? "\\t \\uE0A0" : "\\n\\x0B\\f\\r\\uE085";

    /// <summary><c>\Q…\E</c>: each character stands for itself, and a quantifier behind holds for the last.</summary>
    private void Quoted()
    {
        var end = _pattern[_position..].IndexOf("\\E");
        var text = end < 0 ? _pattern[_position..] : _pattern.Slice(_position, end);
        _position += text.Length + (end < 0 ? 0 : 2);
        foreach (var c in text)
        {
            _atom = _out.Length;
            Literal(c);
        }

        _quoted = true;
    }

    /// <summary>A back reference, or an octal escape: PCRE decides by the number and the groups before it.</summary>
    private void Digits(bool inClass)
    {
        var rest = _pattern[(_position - 1)..];
        var length = 1;
        while (length < rest.Length && length < 4 && char.IsAsciiDigit(rest[length])) length++;
        var number = int.Parse(rest[..length]);
        if (!inClass && rest[0] != '0' && (number < 10 || rest[0] >= '8' || number <= _groups))
        {
            // \k<n> cannot be mistaken for an octal escape or run into a digit that follows
            _out.Append("\\k<").Append(number).Append('>');
            _position += length - 1;
            return;
        }

        if (rest[0] >= '8')
        {
            Literal(rest[0]);
            return;
        }

        length = 0;
        while (length < rest.Length && length < 3 && rest[length] is >= '0' and <= '7') length++;
        Byte(Convert.ToInt32(rest[..length].ToString(), 8));
        _position += length - 1;
    }

    /// <summary><c>\g1</c>, <c>\g{-1}</c>, <c>\k&lt;name&gt;</c>, <c>\k{name}</c>, <c>\k'name'</c>.</summary>
    private void Reference(char kind)
    {
        var rest = _pattern[_position..];
        var close = rest.Length == 0 ? -1 : rest[0] switch { '{' => rest.IndexOf('}'), '<'
            when kind == 'k' => rest.IndexOf('>'), '\'' when kind == 'k' => rest[1..].IndexOf('\'') + 1, _ => -1 };
        var name = close > 0
            ? rest[1..close].ToString()
            : kind == 'g' && rest.Length > 0 && char.IsAsciiDigit(rest[0]) && (rest.Length == 1 || !char.IsAsciiDigit(rest[1]))
                ? rest[..1].ToString()
                : "";
        if (!_names.TryGetValue(name, out var number) && int.TryParse(name, out number) && number < 0) number += _groups + 1;
        if (number <= 0)
        {
            _problem = $"\"\\{kind}\" is not evaluated here";
            return;
        }

        _out.Append("\\k<").Append(number).Append('>');
        _position += close > 0 ? close + 1 : 1;
    }

    private readonly void Byte(int value) => _out.Append(CultureInfo.InvariantCulture, $"\\u{(int)High((char)(value & 0xFF)):X4}");

    private readonly void Literal(char c)
    {
        var high = High(c);
        if (c < 0x80 && !char.IsAsciiLetterOrDigit(c) && c != '_') _out.Append('\\');
        _out.Append(high);
    }

    private void Hex()
    {
        var digits = 0;
        if (_position < _pattern.Length && _pattern[_position] == '{')
        {
            var close = _pattern[_position..].IndexOf('}');
            if (close is 2 or 3
                && byte.TryParse(
                    _pattern.Slice(_position + 1, close - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var braced))
            {
                Byte(braced);
                _position += close + 1;
                return;
            }

            _problem = "\"\\x{…}\" is not evaluated here";
            return;
        }

        while (digits < 2 && _position + digits < _pattern.Length && char.IsAsciiHexDigit(_pattern[_position + digits])) digits++;
        Byte(digits == 0 ? 0 : int.Parse(_pattern.Slice(_position, digits), NumberStyles.HexNumber));
        _position += digits;
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
                _quoted = false;
                return;
            }

            if (c == '\\')
            {
                var set = _position + 1 < _pattern.Length
                    && _pattern[_position + 1] is 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'h' or 'v';
                Escape(inClass: true);
                if (set) Hyphen();
            }
            else if (c == '[' && _position + 1 < _pattern.Length && _pattern[_position + 1] is ':' or '.' or '=')
            {
                Posix();
                Hyphen();
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

    /// <summary>A hyphen behind a set of characters is one for PCRE and an error for .NET.</summary>
    private void Hyphen()
    {
        if (_position + 1 >= _pattern.Length || _pattern[_position] != '-' || _pattern[_position + 1] == ']') return;
        _out.Append("\\-");
        _position++;
    }

    private void Posix()
    {
        var end = _pattern[_position..].IndexOf(":]");
        var name = end > 1 ? _pattern.Slice(_position + 2, end - 2).ToString() : "";
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
            "cntrl" => "\\x00-\\x1F\\x7F",
            "graph" => "!-~",
            "print" => " -~",
            "ascii" => "\\x00-\\x7F",
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

    /// <summary>Whether it opened a group that a bracket closes.</summary>
    private bool Group()
    {
        var rest = _pattern[_position..];
        if (rest.StartsWith("(?#") && rest.IndexOf(')') is var comment && comment > 0)
        {
            _position += comment + 1;
            return false;
        }

        if (!rest.StartsWith("(?") && !rest.StartsWith("(*"))
        {
            _out.Append("(?<").Append(++_groups).Append('>');
            _position++;
            return true;
        }

        foreach (var opening in (ReadOnlySpan<string>)["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i)", "(?s)", "(?m)", "(?-i)", "(?i:",
            "(?-i:", "(?s:", "(?m:", "(?-s)", "(?-m)"])
        {
            if (!rest.StartsWith(opening)) continue;
            _out.Append(opening);
            _position += opening.Length;
            return !opening.EndsWith(')');
        }

        if (rest.StartsWith("(?P=") && rest.IndexOf(')') is var end && end > 4
            && _names.TryGetValue(rest[4..end].ToString(), out var number))
        {
            _atom = _out.Length;
            _out.Append("\\k<").Append(number).Append('>');
            _position += end + 1;
            return false;
        }

        var start = rest.StartsWith("(?P<") ? 4 : rest.StartsWith("(?<") || rest.StartsWith("(?'") ? 3 : 0;
        var close = start == 0 ? -1 : rest.IndexOf(rest[start - 1] == '\'' && start == 3 ? '\'' : '>');
        if (start == 3 && rest[2] == '\'') close = rest[3..].IndexOf('\'') + 3;
        if (close <= start)
        {
            _problem = $"\"{rest[..Math.Min(4, rest.Length)]}\" is not evaluated here";
            return false;
        }

        _names[rest[start..close].ToString()] = ++_groups;
        _out.Append("(?<").Append(_groups).Append('>');
        _position += close + 1;
        return true;
    }
}
