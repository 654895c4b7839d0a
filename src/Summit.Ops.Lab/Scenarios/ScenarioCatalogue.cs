namespace Summit.Ops.Lab;

/// <summary>All scenarios, in one place.</summary>
public static class ScenarioCatalogue
{
    /// <summary>The guide's first root cause, and the lab's default.</summary>
    public static Scenario Default => DeploymentScenarios.ConfigMissing;

    /// <summary>Nothing is broken.</summary>
    public static Scenario Healthy => HealthyScenarios.Healthy;

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        DeploymentScenarios.ConfigMissing,
        DeploymentScenarios.NotEnabled,
        DeploymentScenarios.NotReloaded,
        DeploymentScenarios.SyntaxInvalid,
        DeploymentScenarios.NginxDown,
        LocationScenarios.Missing,
        LocationScenarios.UpgradeHeadersMissing,
        LocationScenarios.Shadowed,
        LocationScenarios.Redirect,
        LocationScenarios.WrongServer,
        LocationScenarios.UpstreamMismatch,
        BackendScenarios.Down,
        BackendScenarios.NotListening,
        BackendScenarios.TokenRefused,
        BackendScenarios.Error,
        CertificateScenarios.Expired,
        CertificateScenarios.NotYetValid,
        CertificateScenarios.WrongName,
        CertificateScenarios.SelfSigned,
        NetworkPathScenarios.GroupWithoutPort,
        NetworkPathScenarios.AclDenies,
        NetworkPathScenarios.NoRoute,
        NetworkPathScenarios.NoPublicAddress,
        NetworkPathScenarios.LoadBalancerKeptOut,
        HealthyScenarios.Healthy,
        HealthyScenarios.Map,
        HealthyScenarios.Order,
        HealthyScenarios.Buffering,
    ];

    /// <summary>One by its name, in any case; null where there is none.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
