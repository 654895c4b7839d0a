using System.Text;

namespace Summit.Ops.Lab.Tests;

/// <summary>The table of faults in docs/diagnosis.md is that of the lab. SUMMIT_WRITE_DOCS=1 writes it.</summary>
public sealed class DiagnosisPageTests
{
    private const string Begin = "<!-- scenarios -->\n", End = "<!-- end of scenarios -->\n";

    [Fact]
    public void The_page_has_the_lab_s_scenarios()
    {
        var path = Path.Combine(Root(), "docs", "diagnosis.md");
        var page = File.ReadAllText(path);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        Assert.True(from >= Begin.Length && to >= from, $"{path} has no place for the table");
        if (Environment.GetEnvironmentVariable("SUMMIT_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, page = page[..from] + Table() + page[to..]);
        }

        Assert.True(
            page.Contains(Begin + Table() + End, StringComparison.Ordinal),
            "The table is not the lab's: SUMMIT_WRITE_DOCS=1 dotnet test tests/Summit.Ops.Lab.Tests --filter DiagnosisPageTests");
    }

    private static string Table()
    {
        var table = new StringBuilder("| cause | made in the lab | scenarios |\n|---|---|---|\n");
        foreach (var cause in ScenarioCatalogue.All.GroupBy(scenario => scenario.Expected)
            .OrderBy(cause => cause.Key == SummitCause.None)
            .ThenBy(cause => cause.Key))
        {
            table.Append($"| {cause.Key} | {cause.Count()} | {string.Join(", ", cause.Select(scenario => scenario.Name))} |\n");
        }

        return table.Append($"| all | {ScenarioCatalogue.All.Count} | |\n").ToString();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Summit.Ops.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
