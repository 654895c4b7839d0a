namespace Summit.Ops.Lab;

/// <summary>All scenarios, in one place.</summary>
public static class ScenarioCatalogue
{
    /// <summary>The guide's first root cause, and the lab's default.</summary>
    public static Scenario Default { get; } = new("nginx-config-missing", SummitCause.NginxConfigNotDeployed, "the site's file is not on the server; the default server answers 404")
    {
        InjectAsync = async (lab, cancellation) =>
        {
            lab.DisableSite();
            File.Delete(lab.ConfigPath);
            await lab.Nginx.ReloadAsync(cancellation);
        },
    };

    /// <summary>Nothing is broken.</summary>
    public static Scenario Healthy { get; } = new("healthy", SummitCause.None, "nothing: the guide's configuration, deployed and running") { InjectAsync = (_, _) => Task.CompletedTask };

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Default,
        Healthy,
    ];

    /// <summary>One by its name, in any case; null where there is none.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
