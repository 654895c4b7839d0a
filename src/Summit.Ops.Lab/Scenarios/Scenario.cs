namespace Summit.Ops.Lab;

/// <summary>A fault that a lab can have, or something healthy that looks like one.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expected">The root cause that a diagnosis should find.</param>
/// <param name="Description">What is broken, in a few words.</param>
public sealed record Scenario(string Name, SummitCause Expected, string Description)
{
    /// <summary>Breaks a healthy, running lab; returns when the fault is there.</summary>
    public required Func<LabInstance, CancellationToken, Task> InjectAsync { get; init; }

    /// <summary>The backend it is about; null where any will do.</summary>
    public LabBackendKind? Backend { get; init; }

    /// <summary>Further causes that are as true where no process manager tells more.</summary>
    public IReadOnlyList<SummitCause> AlsoTrue { get; init; } = [];

    /// <summary>Whether Repair-SummitWebSocket heals it; null where that is as its cause says, which is the rule.</summary>
    public bool? Repairable { get; init; }

    /// <summary>Whether it is only there over Systems Manager: the fault is in the account's network, which this machine knows nothing of.</summary>
    public bool OverSystemsManager { get; init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>A scenario whose fault is another site file, enabled and running.</summary>
    internal static Scenario Deployed(string name, SummitCause expected, string description, Func<LabInstance, string> site) => new(name, expected, description)
    {
        InjectAsync = async (lab, cancellation) =>
        {
            lab.WriteSite(site(lab));
            await lab.Nginx.ReloadAsync(cancellation);
        },
    };
}
