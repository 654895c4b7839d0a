namespace Summit.Ops.Pester.Tests;

/// <summary>What Suite.ps1 writes.</summary>
public sealed record PesterReport(string Pester, string PowerShell, IReadOnlyList<PesterContainer> Containers);

/// <summary>A Pester file: what went wrong outside its tests, and its tests in their order.</summary>
public sealed record PesterContainer(string File, IReadOnlyList<string> Problems, IReadOnlyList<PesterTest> Tests)
{
    private const string NoLab = "The lab needs nginx and cannot have it";

    /// <summary>Why the file's lab could not be had; null where it could, or where it needs none.</summary>
    public string? LabMissing => Problems.FirstOrDefault(problem => problem.Contains(NoLab, StringComparison.Ordinal))?.Split('\n')[0];

    /// <summary>The tests by an id that is the same in every run: the path, and which of those with this path.</summary>
    public IReadOnlyDictionary<string, PesterTest> ById { get; } =
        Tests.GroupBy(test => test.Path)
            .SelectMany(same => same.Select((test, at) => (Id: $"{same.Key}#{at + 1}", test)))
            .ToDictionary(pair => pair.Id, pair => pair.test);
}

/// <summary>One It.</summary>
/// <param name="Path">The names of its blocks and its own, as they are written.</param>
/// <param name="Name">The same with the data filled in.</param>
/// <param name="Result">Passed, Failed, Skipped, Inconclusive or NotRun.</param>
/// <param name="Problem">Why it failed or was skipped.</param>
public sealed record PesterTest(string Path, string Name, string Result, string Problem, int Milliseconds);
