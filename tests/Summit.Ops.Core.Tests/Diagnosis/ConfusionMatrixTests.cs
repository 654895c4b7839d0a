using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Summit.Ops.Diagnosis;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>
/// The confusion matrix of docs/diagnosis.md, counted over what the lab's faults are judged to be. SUMMIT_WRITE_DOCS=1 writes it.
/// </summary>
[Trait("Category", "Lab")]
public sealed partial class ConfusionMatrixTests
{
    private const string Begin = "<!-- confusion matrix -->\n", End = "<!-- end of confusion matrix -->\n";

    [Fact]
    public async Task Each_fault_is_found_as_itself_and_the_page_says_so()
    {
        var rows = new SortedDictionary<SummitCause, Row>();
        var missing = new List<string>();
        foreach (var scenario in ScenarioCatalogue.All.Where(scenario => !scenario.OverSystemsManager))
        {
            if (await GatheredScenarios.MissingAsync(scenario) is { } reason)
            {
                missing.Add($"{scenario}: {reason}");
                continue;
            }

            var (_, evidence) = await GatheredScenarios.OfAsync(scenario.Name);
            var whole = Verdict.Over(evidence, TimeSpan.Zero);
            if (!rows.TryGetValue(scenario.Expected, out var row)) rows.Add(scenario.Expected, row = new Row());
            // what is as true where no process manager tells more counts as the cause itself
            row.Count(scenario.AlsoTrue.Contains(whole.RootCause) ? scenario.Expected : whole.RootCause);
            foreach (var (_, rest) in WithheldEvidence.Of(evidence))
            {
                row.Count(WithheldEvidence.Judge(Verdict.Over(rest, TimeSpan.Zero), whole, scenario.AlsoTrue));
            }
        }

        Assert.SkipWhen(rows.Count == 0, missing.FirstOrDefault() ?? "");
        Assert.All(rows, row => Assert.Equal([row.Key], row.Value.Found.Keys));
        Assert.All(rows, row => Assert.DoesNotContain(WithheldVerdict.Wrong, row.Value.Withheld.Keys));

        var path = Path.Combine(Root(), "docs", "diagnosis.md");
        var page = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        Assert.True(from >= Begin.Length && to >= from, $"{path} has no place for the matrix");
        if (Environment.GetEnvironmentVariable("SUMMIT_WRITE_DOCS") == "1" && missing.Count == 0)
        {
            await File.WriteAllTextAsync(path, page[..from] + Table(rows) + page[to..], TestContext.Current.CancellationToken);
        }
        // how much a host says differs from host to host; what was made and what it was found to be does not
        else if (missing.Count == 0)
        {
            Assert.Equal(Found(Table(rows)), Found(page[from..to]));
        }
    }

    private static string Table(SortedDictionary<SummitCause, Row> rows)
    {
        var table = new StringBuilder("| made in the lab | found | with one source withheld | the same | Unknown | true as seen | not to "
            + "be seen | wrong |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var (cause, row) in rows.OrderBy(row => row.Key == SummitCause.None))
        {
            table.Append(Line($"{cause}", string.Join(", ", row.Found.Select(found => $"{found.Key} {found.Value}")), row.Withheld));
        }

        var all = rows.Values.SelectMany(row => row.Withheld).GroupBy(count => count.Key)
            .ToDictionary(counts => counts.Key, counts => counts.Sum(count => count.Value));
        return table.Append(Line("all", $"{rows.Sum(row => row.Value.Found.Sum(found => found.Value))}", all)).ToString();
    }

    private static string Line(string cause, string found, IReadOnlyDictionary<WithheldVerdict, int> withheld) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {cause} | {found} | {withheld.Values.Sum()} | "
            + $"{string.Join(" | ", Enum.GetValues<WithheldVerdict>().Select(verdict => withheld.GetValueOrDefault(verdict)))} |\n");

    /// <summary>The first two columns.</summary>
    private static string[] Found(string table) => [.. FirstColumns().Matches(table).Select(match => match.Value)];

    [GeneratedRegex(@"^\| [^|]+ \| [^|]+ \|", RegexOptions.Multiline)]
    private static partial Regex FirstColumns();

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Summit.Ops.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    /// <summary>What became of the scenarios of one cause.</summary>
    private sealed class Row
    {
        public SortedDictionary<SummitCause, int> Found { get; } = [];

        public SortedDictionary<WithheldVerdict, int> Withheld { get; } = [];

        public void Count(SummitCause cause) => Found[cause] = Found.GetValueOrDefault(cause) + 1;

        public void Count(WithheldVerdict verdict) => Withheld[verdict] = Withheld.GetValueOrDefault(verdict) + 1;
    }
}
