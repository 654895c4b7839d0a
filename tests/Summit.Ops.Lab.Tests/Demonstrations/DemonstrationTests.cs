using System.Text.Json;
using Summit.Ops.Lab.Launcher;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab.Tests.Demonstrations;

/// <summary>
/// Every scenario's demonstration, under both backends, in the real pwsh: it names the cause that the list promises, and ends with 0.
/// </summary>
public sealed class DemonstrationTests(DemonstrationRuns runs) : IClassFixture<DemonstrationRuns>
{
    public static TheoryData<string> Scenarios => [.. ScenarioCatalogue.All.Select(scenario => scenario.Name)];

    [Theory, Trait("Category", "Scenarios")]
    [MemberData(nameof(Scenarios))]
    public async Task Under_pm2_it_names_the_promised_cause(string name)
    {
        if (await LabRequirement.Pm2MissingAsync() is { } reason) Assert.Skip(reason);
        await AssertAsync(name, LabBackendKind.Pm2);
    }

    [Theory, Trait("Category", "Scenarios")]
    [MemberData(nameof(Scenarios))]
    public Task In_process_it_names_the_promised_cause(string name) => AssertAsync(name, LabBackendKind.InProcess);

    private async Task AssertAsync(string name, LabBackendKind backend)
    {
        if (Environment.GetEnvironmentVariable("SUMMIT_ALL_SCENARIOS") != "1") Assert.Skip("SUMMIT_ALL_SCENARIOS is not 1");
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
        var ended = (await runs.OfAsync(backend))[name];
        Assert.True(ended is { ExitCode: 0, Left: false }, $"{ended}");
        Assert.Equal($"{backend}", ended.Backend);
        var scenario = ScenarioCatalogue.Find(name)!;
        SummitCause[] promised = backend == LabBackendKind.Pm2 ? [scenario.Expected] : [scenario.Expected, .. scenario.AlsoTrue];
        var named = promised.Select(cause => cause == SummitCause.None ? ": healthy" : $": {cause}");
        Assert.True(named.Any(text => ended.Shown.Contains(text, StringComparison.Ordinal)), ended.Shown);
    }
}

/// <summary>How a demonstration ended.</summary>
public sealed record Demonstration(string Scenario, int ExitCode, string Backend, bool Left)
{
    /// <summary>What it showed.</summary>
    public string Shown { get; init; } = "";
}

/// <summary>The demonstrations of all scenarios: one session for each backend, both at once, when the first test asks.</summary>
public sealed class DemonstrationRuns
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(45);
    private readonly Lazy<Task<Dictionary<string, Demonstration>>> _pm2 = new(() => RunAsync(LabBackendKind.Pm2));
    private readonly Lazy<Task<Dictionary<string, Demonstration>>> _inProcess = new(() => RunAsync(LabBackendKind.InProcess));

    /// <summary>Those of a backend.</summary>
    public Task<Dictionary<string, Demonstration>> OfAsync(LabBackendKind backend)
    {
        _ = _inProcess.Value;
        return backend == LabBackendKind.Pm2 ? _pm2.Value : _inProcess.Value;
    }

    private static async Task<Dictionary<string, Demonstration>> RunAsync(LabBackendKind backend)
    {
        var tool = await PowerShellTool.ProvideAsync();
        var script = Path.Combine(Checkout.Root, "tests", "Summit.Ops.Lab.Tests", "Demonstrations", "Run-Demonstrations.ps1");
        var names = string.Join(',', ScenarioCatalogue.All.Select(scenario => $"'{scenario.Name}'"));
        var command = $"& '{script}' -Root '{Checkout.Root}' -Backend {backend} -Scenario {names}";
        var ran = await ChildCommand.RunAsync(
            PowerShellTool.DotNet, ["exec", tool.Assembly, "-NoProfile", "-Command", command], Patience,
            TestContext.Current.CancellationToken);
        var shown = new List<string>();
        var ended = new Dictionary<string, Demonstration>(StringComparer.Ordinal);
        foreach (var line in ran.Output.Split('\n'))
        {
            shown.Add(line);
            if (!line.StartsWith("{\"", StringComparison.Ordinal) || !line.Contains("\"ExitCode\"", StringComparison.Ordinal)) continue;
            var one = JsonSerializer.Deserialize<Demonstration>(line)! with { Shown = string.Join('\n', shown) };
            ended[one.Scenario] = one;
            shown.Clear();
        }

        Assert.True(
            ended.Count == ScenarioCatalogue.All.Count, $"{ended.Count} demonstrations ended. {ran.Error}\n{string.Join('\n', shown)}");
        return ended;
    }
}
