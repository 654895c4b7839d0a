using System.Text.RegularExpressions;

namespace Summit.Ops.Hosts;

/// <summary>
/// Leaves the functions out that nothing else in a script names: each script takes a few from the parts that all of them share.
/// </summary>
/// <remarks>
/// A function begins with its name at the start of a line, and ends on that line or with the next brace or parenthesis at the start of one.
/// A name counts as used wherever it stands as a word outside the function itself, also inside quotes, so what is evaluated stays.
/// </remarks>
internal static partial class UnusedFunctions
{
    /// <summary>The script without them. Comments must be gone: a name in one would keep its function.</summary>
    public static string Removed(string script)
    {
        var pieces = Pieces(script);
        while (true)
        {
            var words = pieces.SelectMany(piece => piece.Words).GroupBy(word => word.Key, StringComparer.Ordinal)
                .ToDictionary(word => word.Key, word => word.Sum(each => each.Value), StringComparer.Ordinal);
            if (pieces.RemoveAll(piece => piece.Name is { } name && words[name] == piece.Words[name]) == 0) break;
        }

        return string.Join('\n', pieces.Select(piece => piece.Text));
    }

    private static List<Piece> Pieces(string script)
    {
        List<Piece> pieces = [];
        List<string> lines = [];
        string? name = null;
        foreach (var line in script.Split('\n'))
        {
            if (name is null && Head().Match(line) is { Success: true } head)
            {
                Take();
                name = head.Groups["name"].Value;
            }

            lines.Add(line);
            // a head that holds its end as well, or the end of the function that is open
            if (name is not null && (lines.Count == 1 ? OnOneLine().IsMatch(line) : line is "}" or ")")) Take();
        }

        Take();
        return pieces;

        void Take()
        {
            if (lines.Count > 0) pieces.Add(new Piece(name, string.Join('\n', lines)));
            lines.Clear();
            name = null;
        }
    }

    private sealed record Piece(string? Name, string Text)
    {
        public Dictionary<string, int> Words { get; } = Word().Matches(Text).GroupBy(word => word.Value, StringComparer.Ordinal)
            .ToDictionary(word => word.Key, word => word.Count(), StringComparer.Ordinal);
    }

    [GeneratedRegex("^(?<name>[a-z_][a-z0-9_]*)\\(\\) [{(]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Head();

    [GeneratedRegex(" \\}(?: #.*)?$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OnOneLine();

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_]*", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Word();
}
