namespace Summit.Ops.Lab;

/// <summary>All scenarios, in one place.</summary>
public static class ScenarioCatalogue
{
    /// <summary>The guide's first root cause, and the lab's default.</summary>
    public static Scenario Default => DeploymentScenarios.ConfigMissing;

    /// <summary>Nothing is broken.</summary>
    public static Scenario Healthy => HealthyScenarios.Healthy;

    /// <summary>All of them by their cause: the default's first, then in the causes' own order, what is healthy at the end.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        .. new[]
        {
            NetworkPathScenarios.All, TlsScenarios.All, DeploymentScenarios.All, ServerScenarios.All,
            LocationScenarios.All, UpgradeScenarios.All, RefusalScenarios.All, UpstreamScenarios.All,
            BackendScenarios.All, HealthyScenarios.All,
        }.SelectMany(layer => layer).OrderBy(scenario => scenario.Expected == SummitCause.None)
            .ThenBy(scenario => scenario.Expected != DeploymentScenarios.ConfigMissing.Expected).ThenBy(scenario => scenario.Expected),
    ];

    /// <summary>The first of each cause.</summary>
    public static IReadOnlyList<Scenario> OneOfEachCause { get; } = [.. All.DistinctBy(scenario => scenario.Expected)];

    /// <summary>
    /// One of each cause and a fixed part of the others, the same in every run: for what is too slow to be tried with all each time.
    /// SUMMIT_ALL_SCENARIOS=1 takes all.
    /// </summary>
    /// <param name="part">How much of the others: one in so many.</param>
    public static IReadOnlyList<Scenario> Sample(int part) => Environment.GetEnvironmentVariable("SUMMIT_ALL_SCENARIOS") == "1"
        ? All
        : [.. All.Where((scenario, at) => at % part == 0 || OneOfEachCause.Contains(scenario))];

    /// <summary>One by its name, in any case; null where there is none.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
