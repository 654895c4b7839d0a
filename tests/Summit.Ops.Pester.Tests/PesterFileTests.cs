using System.Text.RegularExpressions;
using Xunit.v3;

namespace Summit.Ops.Pester.Tests;

/// <summary>
/// No test of tests/Pester is lost: each file loads and runs what it has, each cmdlet has a file, and the older Pester agrees.
/// </summary>
public sealed partial class PesterFileTests
{
    public static IEnumerable<ITheoryDataRow> Files => PesterSuite.Files.Select(file => new TheoryDataRow<string>(Path.GetFileName(file)));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_file_loads_and_runs_the_tests_that_it_has(string file)
    {
        var listed = PesterSuite.Listed.Containers.Single(container => container.File == file);
        var run = await PesterSuite.ResultAsync(file);
        Assert.Empty(listed.Problems);
        if (run.LabMissing is { } noLab) Assert.Skip(noLab);
        Assert.Empty(run.Problems);
        Assert.NotEmpty(run.Tests);
        Assert.Equal(listed.ById.Keys, run.ById.Keys);
    }

    [Fact]
    public void Each_cmdlet_has_a_file()
    {
        var manifest = File.ReadAllText(Path.Combine(PesterSuite.Root, "Summit.Ops.psd1"));
        var cmdlets = CmdletName().Matches(manifest[manifest.IndexOf("CmdletsToExport", StringComparison.Ordinal)..])
            .Select(match => match.Groups["name"].Value).ToList();
        Assert.NotEmpty(cmdlets);
        Assert.Empty(
            cmdlets.Except(PesterSuite.Files.Select(file => Path.GetFileName(file).Replace(".Tests.ps1", "", StringComparison.Ordinal))));
    }

    [Fact]
    public void The_tests_run_in_the_pinned_PowerShell_and_Pester()
    {
        Assert.Contains(
            $"\"{PesterSuite.Listed.PowerShell}\"", File.ReadAllText(Path.Combine(PesterSuite.Root, ".config", "dotnet-tools.json")));
        Assert.Contains(PesterSuite.Listed.Pester, PesterSuite.Pester);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task The_older_Pester_passes_the_same_tests()
    {
        if (Environment.GetEnvironmentVariable("SUMMIT_OLDER_PESTER") != "1") Assert.Skip("SUMMIT_OLDER_PESTER is not 1");
        var older = await PesterSuite.RunAsync(PesterSuite.OlderPester, PesterSuite.Files, TimeSpan.FromMinutes(15), list: false);
        Assert.Contains(older.Pester, PesterSuite.OlderPester);
        Assert.Equal(Ids(PesterSuite.Listed), Ids(older));
        Assert.Empty(older.Containers.Where(container => container.LabMissing is null).SelectMany(container => container.Problems.Concat(
            container.Tests.Where(test => test.Result is not ("Passed" or "Skipped"))
                .Select(test => $"{container.File}: {test.Name}: {test.Result}: {test.Problem}"))));
    }

    private static IEnumerable<string> Ids(PesterReport report) =>
        report.Containers.SelectMany(container => container.ById.Keys.Select(id => $"{container.File}: {id}"));

    [GeneratedRegex("'(?<name>[A-Z][a-z]+-Summit[A-Za-z]+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CmdletName();
}
