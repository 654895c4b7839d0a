using System.Collections.Concurrent;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>The evidence of each scenario: made for real and gathered for real, once, and judged by as many tests as like.</summary>
internal static class GatheredScenarios
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly ConcurrentDictionary<string, Lazy<Task<SiteEvidence>>> Gathered = new(StringComparer.Ordinal);

    // a lab is a handful of processes, and others test beside this
    private static readonly SemaphoreSlim Room = new(2);

    /// <summary>The names of all scenarios that this machine alone can have.</summary>
    public static TheoryData<string> Names =>
        [.. ScenarioCatalogue.All.Where(scenario => !scenario.OverSystemsManager).Select(scenario => scenario.Name)];

    /// <summary>The evidence of one; skips the test where the lab cannot be had.</summary>
    public static async Task<(Scenario Scenario, SiteEvidence Evidence)> OfAsync(string name)
    {
        var scenario = ScenarioCatalogue.Find(name)!;
        if (await MissingAsync(scenario) is { } reason) Assert.Skip(reason);
        return (scenario, await Gathered.GetOrAdd(name, _ => new(() => GatherAsync([scenario]))).Value);
    }

    /// <summary>Why a scenario cannot be made here; null where it can.</summary>
    public static async Task<string?> MissingAsync(Scenario scenario) =>
        await LabRequirement.NginxMissingAsync(TestContext.Current.CancellationToken)
        ?? (scenario.Backend == LabBackendKind.Pm2 ? await LabRequirement.Pm2MissingAsync(TestContext.Current.CancellationToken) : null);

    /// <summary>The evidence of faults at once, made one after the other; the first says what the lab is like.</summary>
    public static async Task<SiteEvidence> GatherAsync(IReadOnlyList<Scenario> scenarios)
    {
        await Room.WaitAsync();
        try
        {
            await using var lab = await LabInstance.StartAsync(
                new LabOptions { Scenario = scenarios[0], Backend = scenarios[0].Backend ?? LabBackendKind.InProcess });
            foreach (var scenario in scenarios.Skip(1)) await scenario.InjectAsync(lab, CancellationToken.None);
            var evidence = await new SiteGatherer(TimeProvider.System, Patience).GatherAsync(
                new LocalHost(), lab.Site, token: null, CancellationToken.None);
            return await new Experiment(new LocalHost(), TimeProvider.System).RunAsync(evidence, token: null, CancellationToken.None);
        }
        finally
        {
            Room.Release();
        }
    }
}
