namespace Summit.Ops.Lab;

/// <summary>The scenarios by name, as an argument gives it.</summary>
internal static class ScenarioNames
{
    /// <summary>One line each: name, expected cause, what is broken, with tabs between.</summary>
    public static string List() =>
        string.Concat(ScenarioCatalogue.All.Select(scenario => $"{scenario.Name}\t{scenario.Expected}\t{scenario.Description}\n"));

    /// <summary>The scenario of this name; the default one for null.</summary>
    /// <exception cref="ScenarioNotFoundException">There is none.</exception>
    public static Scenario Find(string? name) =>
        name is null ? ScenarioCatalogue.Default : ScenarioCatalogue.Find(name) ?? throw new ScenarioNotFoundException(name);

    /// <summary>The names that are close to this one.</summary>
    public static string[] Close(string name) => Close(name, [.. ScenarioCatalogue.All.Select(known => known.Name)]);

    /// <summary>The names that contain what was given or any word of it, or are a few letters away, the closest first.</summary>
    internal static string[] Close(string name, IReadOnlyList<string> known)
    {
        var wanted = name.ToLowerInvariant();
        string[] words = [.. wanted.Split('-', ' ', '_').Where(word => word.Length > 2)];
        return
        [
            .. known
                .Select(candidate => (
                    Name: candidate, Distance: Distance(wanted, candidate),
                    Shared: words.Count(word => candidate.Contains(word, StringComparison.OrdinalIgnoreCase))))
                .Where(item => item.Distance <= Math.Max(2, wanted.Length / 3) || item.Shared > 0)
                .OrderBy(item => item.Distance - (4 * item.Shared))
                .Take(5)
                .Select(item => item.Name),
        ];
    }

    // Levenshtein's, with one row kept
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j - 1], above) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[other.Length];
    }
}
