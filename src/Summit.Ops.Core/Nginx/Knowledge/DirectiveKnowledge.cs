using System.Collections.Frozen;

namespace Summit.Ops.Nginx.Knowledge;

/// <summary>One entry of a module's command table.</summary>
/// <param name="Contexts">Where it may stand: main, events, http, server, location, if in server, if in location, limit_except, upstream, stream …; <c>any</c> for everywhere.</param>
/// <param name="Arguments">How many arguments: numbers with commas, <c>1+</c>, <c>2+</c>, <c>flag</c> (one, on or off) or <c>any</c>.</param>
/// <param name="IsBlock">Whether it opens a block.</param>
/// <param name="Module">The module.</param>
/// <param name="Since">The version it came with, where nginx's documentation says so; else empty.</param>
internal sealed record DirectiveEntry(string[] Contexts, string Arguments, bool IsBlock, string Module, string Since)
{
    private readonly HashSet<int> _counts = [.. Arguments.Split(',').Where(count => int.TryParse(count, out _)).Select(int.Parse)];

    public bool StandsIn(string context) => Array.IndexOf(Contexts, context) >= 0 || Contexts is ["any"];

    public bool Takes(int count) => Arguments switch
    {
        "any" => true,
        "flag" => count == 1,
        "1+" => count >= 1,
        "2+" => count >= 2,
        _ => _counts.Contains(count),
    };
}

/// <summary>What nginx's own modules know: every directive, from the command tables of nginx and its documentation (<c>directives.tsv</c>).</summary>
internal static class DirectiveKnowledge
{
    private static readonly Lazy<FrozenDictionary<string, DirectiveEntry[]>> Table = new(Load);

    /// <summary>The entries of a directive, in the order nginx asks its modules; none where no module of nginx's own has it.</summary>
    public static IReadOnlyList<DirectiveEntry> Find(string name) => Table.Value.TryGetValue(name, out var entries) ? entries : [];

    private static FrozenDictionary<string, DirectiveEntry[]> Load()
    {
        using var stream = typeof(DirectiveKnowledge).Assembly.GetManifestResourceStream("directives.tsv")!;
        using var reader = new StreamReader(stream);
        var entries = new List<(string Name, DirectiveEntry Entry)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#') || line.Split('\t') is not [var name, var contexts, var arguments, var block, var module, var since]) continue;
            entries.Add((name, new DirectiveEntry(contexts.Split(','), arguments, block == "block", module, since)));
        }

        return entries.GroupBy(pair => pair.Name, pair => pair.Entry, StringComparer.Ordinal).ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }
}
