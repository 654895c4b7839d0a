using System.Text;

namespace Summit.Ops.Core.Tests.Fuzzing;

/// <summary>Makes hostile inputs out of good ones, the same ones for the same seed.</summary>
internal sealed class Mutator(int seed, IReadOnlyList<string> seeds, IReadOnlyList<string> words)
{
    private const int Longest = 20_000;

    private static readonly string[] Nasty =
    [
        "\0", "\n", "\r\n", "\x1b[2J", "\u202e", "é", "😀", "\\ud800", "{", "}", "[", "]", "\"", "'", "\\", ";", ",",
        ":", "=", "%", "-", "@", "#", "$", "(", ")", "*", "+",
        "0", "-1", "1e309", "99999999999999999999", "2147483648", "null", "true", "\t", " ", "/", "..", "=?", "~", "|",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next input.</summary>
    public string Next()
    {
        var text = new StringBuilder(Pick(seeds));
        for (var steps = _random.Next(1, 7); steps > 0; steps--) Change(text);
        return text.Length > Longest ? text.ToString(0, Longest) : text.ToString();
    }

    private void Change(StringBuilder text)
    {
        var at = _random.Next(text.Length + 1);
        var length = Math.Min(_random.Next(1, 40), text.Length - at);
        switch (_random.Next(8))
        {
            case 0: text.Remove(at, length); break;
            case 1: text.Insert(at, Pick(Nasty)); break;
            case 2: text.Insert(at, Pick(words)); break;
            case 3 when at < text.Length: text[at] = (char)(text[at] ^ (1 << _random.Next(8))); break;
            case 4: text.Insert(at, text.ToString(at, length)); break;
            case 5:
                text.Insert(at, string.Concat(Enumerable.Repeat(_random.Next(2) == 0 ? Pick(words) : Pick(Nasty), _random.Next(2, 200))));
                break;
            case 6: Splice(text, at); break;
            default: text.Length = at; break;
        }
    }

    /// <summary>The beginning of one with the end of another.</summary>
    private void Splice(StringBuilder text, int at)
    {
        var other = Pick(seeds);
        text.Length = at;
        var from = _random.Next(other.Length + 1);
        text.Append(other, from, other.Length - from);
    }

    private string Pick(IReadOnlyList<string> list) => list[_random.Next(list.Count)];
}
