using System.Globalization;
using System.Text;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.PublicCases;

/// <summary>
/// The troubles of tests/PublicCases against a real nginx: the right cause, no wrong one that is sure of
/// itself, no edit that does not help.
/// </summary>
/// <remarks>
/// SUMMIT_PUBLIC_CASES=name,name runs some of them and tells all about each; =open all that are not held, =all all of them.
/// SUMMIT_WRITE_DOCS=1 writes the table of docs/diagnosis.md. SUMMIT_PUBLIC_ROWS=file gets a line for each case, as each ends.
/// </remarks>
[Trait("Category", "Lab")]
public sealed class PublicCaseTests
{
    private const string Begin = "<!-- public cases -->\n", End = "<!-- end of public cases -->\n";
    private static readonly string Wanted = Environment.GetEnvironmentVariable("SUMMIT_PUBLIC_CASES") ?? "";

    [Fact]
    public void There_are_enough_cases_and_each_names_its_source_once()
    {
        Assert.True(PublicCase.All.Count >= 80, $"{PublicCase.All.Count} cases");
        Assert.True(PublicCase.All.Count(one => one.Works) >= 20);
        Assert.InRange(PublicCase.All.Count(one => one.Held), PublicCase.All.Count / 5, PublicCase.All.Count / 2);
        Assert.All(PublicCase.All, one => Assert.StartsWith("http", one.Source, StringComparison.Ordinal));
        Assert.All(PublicCase.All, one => Assert.NotEmpty(one.Seen));
    }

    [Fact]
    public async Task Every_case_gets_its_verdict_and_no_edit_stays_that_does_not_help()
    {
        Assert.SkipWhen(Wanted.Length == 0, "SUMMIT_PUBLIC_CASES says which: all, open, held, or names.");
        if (await LabRequirement.NginxMissingAsync(TestContext.Current.CancellationToken) is { } reason) Assert.Skip(reason);
        var outcomes = await RunAsync([.. PublicCase.All.Where(IsWanted)]);

        Assert.All(outcomes, outcome => Assert.True(outcome.IsAsDescribed, $"the case itself is not as it says: {outcome}"));
        var complaints = outcomes.Select(outcome => (Why: Complaint(outcome), Outcome: outcome)).Where(pair => pair.Why.Length > 0)
            .Select(pair => $"{pair.Why}: {pair.Outcome}").ToList();
        var table = Table(outcomes);
        if (Wanted == "all") await CompareAsync(table);
        Assert.True(complaints.Count == 0, $"{complaints.Count} of {outcomes.Count}\n{string.Join('\n', complaints)}\n{table}");
    }

    private static bool IsWanted(PublicCase one) =>
        Wanted switch { "all" => true, "open" => !one.Held, "held" => one.Held, _ => Wanted.Split(',').Contains(one.Name) };

    private static string Complaint(CaseOutcome outcome) => outcome switch
    {
        { UselessEdit: true } => "an edit that does not help was left",
        { Harm: true } => "what works was changed",
        { WentTooFar: true } => "changed what is not its own to change",
        { WrongHigh: true } => "sure and wrong",
        { Case.Unsolved.Length: > 0, Right: true, NotRepaired: false } => "solved, so it is no longer to be marked as unsolved",
        { Case.Unsolved.Length: > 0 } => "",
        { Right: false } => "wrong",
        { NotRepaired: true } => "not repaired",
        _ => "",
    };

    private static async Task<IReadOnlyList<CaseOutcome>> RunAsync(IReadOnlyList<PublicCase> cases)
    {
        using var room = new SemaphoreSlim(3);
        var log = Environment.GetEnvironmentVariable("SUMMIT_PUBLIC_LOG") is { Length: > 0 } path
            ? TextWriter.Synchronized(new StreamWriter(path) { AutoFlush = true })
            : null;
        var rows = Environment.GetEnvironmentVariable("SUMMIT_PUBLIC_ROWS") is { Length: > 0 } file
            ? TextWriter.Synchronized(new StreamWriter(file) { AutoFlush = true })
            : null;
        try
        {
            return await Task.WhenAll(cases.Select(async one =>
            {
                await room.WaitAsync();
                try
                {
                    // what is held is not looked into
                    var outcome = await CaseOutcome.OfAsync(one, one.Held && Wanted == "all" ? null : log);
                    rows?.WriteLine(Row(outcome));
                    return outcome;
                }
                finally
                {
                    room.Release();
                }
            }));
        }
        finally
        {
            log?.Dispose();
            rows?.Dispose();
        }
    }

    private static string Row(CaseOutcome outcome)
    {
        var verdict = outcome.Diagnosis.Healthy ? "Healthy" : $"{outcome.Diagnosis.RootCause}";
        var complaint = Complaint(outcome);
        return string.Join('\t', outcome.Case.Name, outcome.Case.Held ? "held" : "open", string.Join('|', outcome.Case.Causes), verdict,
            $"{outcome.Diagnosis.Confidence}", outcome.Case.Remedy, outcome.Outcome, outcome.Opens ? "opens" : outcome.After,
            $"changed {outcome.Changed.Count}", outcome.IsAsDescribed ? "" : "not as described", complaint,
            outcome.Case.Unsolved.Length > 0 ? "unsolved" : "");
    }

    private static string Table(IReadOnlyList<CaseOutcome> outcomes)
    {
        var table = new StringBuilder("| cases | right | High, right | High, wrong | not High, right | not High, "
            + "wrong | opens after Repair | edits left that did not help |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var (name, group) in new[]
        {
            ("broken, open", outcomes.Where(outcome => outcome.Case is { Works: false, Held: false })),
            ("broken, held", outcomes.Where(outcome => outcome.Case is { Works: false, Held: true })),
            ("working, open", outcomes.Where(outcome => outcome.Case is { Works: true, Held: false })),
            ("working, held", outcomes.Where(outcome => outcome.Case is { Works: true, Held: true })),
            ("all", outcomes),
        })
        {
            var list = group.ToList();
            if (list.Count == 0) continue;
            var fixable = list.Where(outcome => outcome.Case.Remedy is Remedy.Edit or Remedy.Reload).ToList();
            table.Append(
                CultureInfo.InvariantCulture,
                $"| {name} {list.Count} | {list.Count(outcome => outcome.Right)} | {Count(list, high: true, right: true)} | "
                    + $"{Count(list, high: true, right: false)} | {Count(list, high: false, right: true)} | "
                    + $"{Count(list, high: false, right: false)} | "
                    + $"{(fixable.Count == 0 ? "" : $"{fixable.Count(outcome => outcome.Opens)} of {fixable.Count}")} | "
                    + $"{list.Count(outcome => outcome.UselessEdit || outcome.Harm || outcome.WentTooFar)} |\n");
        }

        return table.ToString();
    }

    private static int Count(List<CaseOutcome> outcomes, bool high, bool right) =>
        outcomes.Count(outcome => (outcome.Diagnosis.Confidence == SummitConfidence.High) == high && outcome.Right == right);

    private static async Task CompareAsync(string table)
    {
        var path = Path.Combine(PublicCase.Root(), "docs", "diagnosis.md");
        var page = await File.ReadAllTextAsync(path);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        Assert.True(from >= Begin.Length && to >= from, $"{path} has no place for the table");
        if (Environment.GetEnvironmentVariable("SUMMIT_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, page[..from] + table + page[to..]);
        }
    }
}
