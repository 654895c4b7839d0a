using Xunit.v3;

namespace Summit.Ops.Pester.Tests;

/// <summary>Each test of tests/Pester, in the real pwsh.</summary>
public sealed class PesterTests
{
    public static IEnumerable<ITheoryDataRow> Tests =>
        from container in PesterSuite.Listed.Containers
        from test in container.ById
        select new TheoryDataRow<string, string>(container.File, test.Key)
        {
            TestDisplayName = $"{container.File}: {test.Value.Name.ReplaceLineEndings(" ")}",
            Label = "", // the name says it all
        };

    [Theory]
    [MemberData(nameof(Tests))]
    public async Task It(string file, string id)
    {
        var container = await PesterSuite.ResultAsync(file);
        Assert.True(
            container.ById.TryGetValue(id, out var test),
            $"{file} has this test and did not run it. {string.Join('\n', container.Problems)}");
        if (test.Result == "Failed" && container.LabMissing is { } noLab) Assert.Skip(noLab);
        if (test.Result == "Skipped") Assert.Skip(test.Problem is "" ? $"{file} skips it and says no reason" : test.Problem);
        Assert.True(test.Result == "Passed", $"{test.Result}: {test.Problem}");
    }
}
