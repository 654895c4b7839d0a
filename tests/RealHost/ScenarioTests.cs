using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Summit.Ops.RealHost.Tests;

/// <summary>
/// Every fault on a real host: the verdict, the next step, what carrying it out brings, and what the exported diagnosis says of the same.
/// </summary>
[Trait("Category", "Lab")]
public abstract class ScenarioTests(HostFixture fixture, ITestOutputHelper output) : IClassFixture<HostFixture>
{
    private const string Leaks = @"[A-Za-z]+ \{ [A-Z][A-Za-z]+ = |System\.|Traceback|NullReference|: line \d+: ";
    private readonly List<string> _wrong = [];
    private readonly List<string> _took = [];

    /// <summary>Breaks the host, looks, carries the next step out, and looks again.</summary>
    protected async Task TryAsync(string name)
    {
        if ((HostRequirement.Missing(name) ?? fixture.Missing) is { } missing) Assert.Skip(missing);
        var scenario = Scenarios.All.First(each => each.Name == name);
        var cancellation = TestContext.Current.CancellationToken;
        var watch = Stopwatch.StartNew();
        await fixture.HealAsync(scenario.Layout, cancellation);
        Took("healed", watch);

        var broke = await fixture.Host.RunAsync("root", scenario.Breaks, cancellation);
        var seen = await fixture.Host.OutsideUntilAsync(scenario.Broken, TimeSpan.FromSeconds(8), cancellation);
        Assert.True(
            seen == scenario.Broken, $"the fault is not there: outside meets {seen}, not {scenario.Broken}: {broke.Output}{broke.Error}");
        Took("broken", watch);

        var answer = await fixture.Host.PowerShellAsync(
            scenario.Account, $"$site = New-SummitSite {scenario.Site}\n{Diagnose}", cancellation, scenario.Locale);
        var diagnosis = Read(answer);
        Took("looked at", watch);
        output.WriteLine(string.Join('\n', diagnosis.Text));
        Judge(scenario, diagnosis);
        var book = await fixture.RunbookAsync(scenario.Locale, cancellation);
        Took("looked at by the runbook", watch);
        output.WriteLine($"runbook ({book.ExitCode}): {book.Output}{book.Error}");
        JudgeRunbook(scenario, book);

        var after = "";
        if (scenario.After.Length > 0)
        {
            var done = await fixture.Host.PowerShellAsync(
                scenario.Account, $"$site = New-SummitSite {scenario.Site}\n{diagnosis.Fix}", cancellation, scenario.Locale);
            output.WriteLine($"carried out in {done.Seconds:0.0} s: {done.Output} {string.Join("; ", done.Errors)}");
            after = await fixture.Host.OutsideUntilAsync(scenario.After, TimeSpan.FromSeconds(14), cancellation);
            if (after != scenario.After)
            {
                _wrong.Add($"after the next step the outside meets {after}, not {scenario.After}: "
                    + $"{done.Output.Trim()} {string.Join("; ", done.Errors)}");
            }

            Took("carried out", watch);
        }

        output.WriteLine($"seconds: {string.Join(", ", _took)}");
        Table(scenario, diagnosis, book, after);
        Assert.True(_wrong.Count == 0, string.Join("\n", _wrong));
    }

    private void Took(string what, Stopwatch watch)
    {
        _took.Add(string.Create(CultureInfo.InvariantCulture, $"{what} {watch.Elapsed.TotalSeconds:0.0}"));
        watch.Restart();
    }

    private const string Diagnose = """
        $d = Invoke-SummitDiagnostic -Site $site
        @{
            Cause = "$($d.RootCause)"; Confidence = "$($d.Confidence)"; Healthy = $d.Healthy; Seconds = $d.Duration.TotalSeconds
            Fix = "$($d.Causes | Select-Object -First 1 -ExpandProperty Fix)"
            Text = @($d.Causes | ForEach-Object { "cause $($_.Cause) $($_.Explanation) | $($_.Evidence) -> $($_.Fix)" }) +
                @($d.Checks | ForEach-Object { "$($_.Id) $($_.Status) $($_.Severity) $($_.Evidence) -> $($_.Fix)" })
        } | ConvertTo-Json -Depth 4 -Compress
        """;

    private static Diagnosis Read(ShellAnswer answer)
    {
        var start = answer.Output.IndexOf('{', StringComparison.Ordinal);
        if (start < 0) Assert.Fail($"no diagnosis: {answer.Output} {string.Join("; ", answer.Errors)}");
        return JsonSerializer.Deserialize<Diagnosis>(answer.Output[start..])! with { Taken = answer.Seconds };
    }

    private void Judge(Scenario scenario, Diagnosis diagnosis)
    {
        var text = string.Join('\n', diagnosis.Text);
        if (!scenario.Causes.Contains(diagnosis.Cause))
        {
            _wrong.Add($"the cause is {diagnosis.Cause}, not {string.Join(" or ", scenario.Causes)}");
        }

        foreach (var must in scenario.Advice.Where(must => !Found(must, diagnosis.Fix)))
        {
            _wrong.Add($"the next step does not name {must}: {diagnosis.Fix}");
        }

        foreach (var must in scenario.Says.Where(must => !Found(must, text))) _wrong.Add($"the diagnosis does not say {must}");
        foreach (var never in scenario.Never.Append(Leaks).Where(never => Found(never, text)))
        {
            _wrong.Add(
                $"the diagnosis says {never}: {Regex.Match(text, $".*{never}.*", RegexOptions.None, TimeSpan.FromSeconds(5)).Value}");
        }
    }

    private void JudgeRunbook(Scenario scenario, Command book)
    {
        var text = book.Output + book.Error;
        if (scenario.RunbookFails is { } fails && (book.ExitCode != 0) != fails)
        {
            _wrong.Add($"the runbook ends with {book.ExitCode}: {text}");
        }

        foreach (var must in scenario.Runbook.Where(must => !Found(must, text))) _wrong.Add($"the runbook does not say {must}: {text}");
        if (book.Error.Length > 0 || Found(Leaks, text)) _wrong.Add($"the runbook lets through what a tool wrote: {text}");
    }

    private void Table(Scenario scenario, Diagnosis diagnosis, Command book, string after)
    {
        if (Environment.GetEnvironmentVariable("SUMMIT_REALHOST_TABLE") is not { Length: > 0 } path) return;
        var first = book.Output.Split('\n')[0];
        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"| {scenario.Name} | {scenario.Account} | {diagnosis.Cause} | {diagnosis.Taken:0.0} s | "
                + $"`{diagnosis.Fix.ReplaceLineEndings(" ")}` | {scenario.Broken} | {after} | {book.ExitCode} {first} | "
                + $"{(_wrong.Count == 0 ? "right" : string.Join("; ", _wrong.Select(wrong => wrong.ReplaceLineEndings(" "))))} |\n");
        File.AppendAllText(path, row);
    }

    private static bool Found(string pattern, string text) => Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(5));

    private sealed record Diagnosis(string Cause, string Confidence, bool Healthy, string Fix, string[] Text, double Seconds)
    {
        public double Taken { get; init; }
    }
}
