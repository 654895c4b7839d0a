namespace Summit.Ops.Discovery;

/// <summary>Texts that a regular expression is likely to match: one for each alternative, the shortest form of each repetition.</summary>
/// <remarks>A guess, to be tried: look-arounds and back references are passed over.</remarks>
internal ref struct RegexSamples
{
    /// <summary>More alternatives than this are not tried.</summary>
    private const int Most = 24;

    private const int Deepest = 30;
    private readonly ReadOnlySpan<char> _pattern;
    private int _at;
    private int _depth;

    private RegexSamples(string pattern) => _pattern = pattern;

    /// <summary>The texts, anchors left out.</summary>
    public static IReadOnlyList<string> Of(string pattern)
    {
        var reader = new RegexSamples(pattern);
        return reader.Alternatives();
    }

    private List<string> Alternatives()
    {
        List<string> found = [];
        do
        {
            foreach (var text in Sequence())
            {
                if (found.Count < Most && !found.Contains(text)) found.Add(text);
            }
        }
        while (Skip('|'));
        return found;
    }

    private List<string> Sequence()
    {
        List<string> texts = [""];
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var options = Repeated(Atom());
            if (options is [var only]) texts = [.. texts.Select(text => text + only)];
            else texts = [.. texts.SelectMany(text => options.Select(option => text + option)).Take(Most)];
        }

        return texts;
    }

    private List<string> Atom()
    {
        var c = _pattern[_at++];
        switch (c)
        {
            case '(':
                return Group();
            case '[':
                return Class();
            case '\\':
                return _at < _pattern.Length ? [Escape(_pattern[_at++])] : [""];
            case '.':
                return ["x"];
            case '^' or '$':
                return [""];
            default:
                return [c.ToString()];
        }
    }

    private List<string> Group()
    {
        var counts = true;
        if (Skip('?'))
        {
            if (Skip('P')) { }
            if (Skip('<') && _at < _pattern.Length && _pattern[_at] is not ('=' or '!'))
            {
                while (_at < _pattern.Length && _pattern[_at++] != '>') { }
            }
            else if (Skip('\''))
            {
                while (_at < _pattern.Length && _pattern[_at++] != '\'') { }
            }
            else
            {
                // (?:…) counts; look-arounds and flags do not
                counts = false;
                while (_at < _pattern.Length && _pattern[_at] is not ')' && !counts)
                {
                    counts = _pattern[_at] == ':';
                    if (_pattern[_at++] is '=' or '!') break;
                }
            }
        }

        if (++_depth > Deepest)
        {
            _at = _pattern.Length;
            return [""];
        }

        var inner = Alternatives();
        _depth--;
        _ = Skip(')');
        return counts ? inner : [""];
    }

    private List<string> Class()
    {
        var negated = Skip('^');
        var first = true;
        string? text = null;
        while (_at < _pattern.Length && (first || _pattern[_at] != ']'))
        {
            first = false;
            if (_pattern[_at] == '[' && _pattern[_at..].IndexOf(":]") is > 0 and var end)
            {
                text ??= _pattern[_at..].StartsWith("[:digit:") ? "1" : "a";
                _at += end + 2;
                continue;
            }

            var c = _pattern[_at++];
            text ??= c == '\\' && _at < _pattern.Length ? Escape(_pattern[_at++]) : c.ToString();
        }

        _ = Skip(']');
        return negated || text is null ? ["a", "1"] : [text];
    }

    private List<string> Repeated(List<string> atom)
    {
        if (_at >= _pattern.Length) return atom;
        var options = _pattern[_at] switch
        {
            '*' or '?' => (List<string>)["", .. atom],
            '{' when Counted(out var least) =>
                least == 0 ? ["", .. atom] : [.. atom.Select(text => string.Concat(Enumerable.Repeat(text, least)))],
            _ => null,
        };
        if (options is null && _pattern[_at] != '+') return atom;
        if (_pattern[_at] == '{') _at += _pattern[_at..].IndexOf('}');
        _at++;
        if (_at < _pattern.Length && _pattern[_at] is '?' or '+') _at++;
        return options ?? atom;
    }

    private readonly bool Counted(out int least)
    {
        least = 0;
        var close = _pattern[_at..].IndexOf('}');
        if (close < 2) return false;
        var counts = _pattern.Slice(_at + 1, close - 1);
        var comma = counts.IndexOf(',');
        return int.TryParse(comma < 0 ? counts : counts[..comma], out least) && least is >= 0 and < 100;
    }

    private static string Escape(char c) => c switch
    {
        'd' => "1",
        'w' => "a",
        'D' or 'S' or 'N' or 'R' => "x",
        'W' => "-",
        's' => " ",
        'b' or 'B' or 'A' or 'z' or 'Z' or 'G' or 'Q' or 'E' or 'K' => "",
        _ => c.ToString(),
    };

    private bool Skip(char c)
    {
        if (_at >= _pattern.Length || _pattern[_at] != c) return false;
        _at++;
        return true;
    }
}
