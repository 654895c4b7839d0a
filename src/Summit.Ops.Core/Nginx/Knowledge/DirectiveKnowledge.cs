using System.Collections.Frozen;

namespace Summit.Ops.Nginx.Knowledge;

/// <summary>A value of a directive that not every nginx takes.</summary>
/// <param name="Value">The value, or with <c>=</c> at its end the name of a parameter.</param>
/// <param name="Since">The first release that takes it.</param>
/// <param name="Until">The first release that does not any more; null where the newest does.</param>
internal sealed record DirectiveValue(string Value, Version Since, Version? Until)
{
    public bool IsIn(Version version) => version >= Since && (Until is null || version < Until);

    public bool Is(string argument) => Value.EndsWith('=') ? argument.StartsWith(Value, StringComparison.Ordinal) : argument == Value;
}

/// <summary>
/// What nginx's own modules know: every directive of every release, from their command tables (<c>directives.tsv</c>, made by a script),
/// and the values that came later (<c>values.tsv</c>).
/// </summary>
internal static class DirectiveKnowledge
{
    private static readonly Lazy<FrozenDictionary<string, DirectiveEntry[]>> Table = new(Load);
    private static readonly Lazy<FrozenDictionary<string, DirectiveValue[]>> ValueTable = new(LoadValues);

    /// <summary>Every name, for tests of the table.</summary>
    public static IEnumerable<string> Names => Table.Value.Keys;

    /// <summary>The entries of a directive, in the order nginx asks its modules; none where no module of nginx's own has it.</summary>
    public static IReadOnlyList<DirectiveEntry> Find(string name) => Table.Value.TryGetValue(name, out var entries) ? entries : [];

    /// <summary>The values of a directive that not every nginx takes.</summary>
    public static IReadOnlyList<DirectiveValue> Values(string name) => ValueTable.Value.TryGetValue(name, out var values) ? values : [];

    /// <summary>Every directive that has such values, for tests of the table.</summary>
    public static IEnumerable<string> NamesWithValues => ValueTable.Value.Keys;

    private static FrozenDictionary<string, DirectiveEntry[]> Load() => Read(
        "directives.tsv",
        cells => cells is [var name, var contexts, var arguments, var block, var module, var since, var until, var changes]
            ? (name, new DirectiveEntry(
                contexts.Split(','), arguments, block == "block", module, Version.Parse(since), Optional(until),
                [.. changes.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(DirectiveChange.Read)]))
            : throw new InvalidDataException($"directives.tsv: {string.Join('|', cells)}"));

    private static FrozenDictionary<string, DirectiveValue[]> LoadValues() =>
        Read("values.tsv", cells => cells is [var name, var value, var since, var until]
            ? (name, new DirectiveValue(value, Version.Parse(since), Optional(until)))
            : throw new InvalidDataException($"values.tsv: {string.Join('|', cells)}"));

    private static Version? Optional(string version) => version.Length == 0 ? null : Version.Parse(version);

    private static FrozenDictionary<string, T[]> Read<T>(string resource, Func<string[], (string Name, T Entry)> entry)
    {
        using var stream = typeof(DirectiveKnowledge).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        var entries = new List<(string Name, T Entry)>();
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#')) entries.Add(entry(line.Split('\t')));
        }

        return entries.GroupBy(pair => pair.Name, pair => pair.Entry, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }
}
