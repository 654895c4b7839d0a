namespace Summit.Ops.Lab;

/// <summary>A scenario as Get-SummitLabScenario lists it.</summary>
/// <param name="Name">Its name, as Start-SummitLab takes it.</param>
/// <param name="Expected">The root cause that a diagnosis should find.</param>
/// <param name="Description">What is broken, in a few words.</param>
/// <param name="OverSystemsManager">
/// Whether the fault is in the account's network, which a diagnosis sees over Systems Manager only.
/// </param>
public sealed record SummitLabScenario(string Name, SummitCause Expected, string Description, bool OverSystemsManager)
{
    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
