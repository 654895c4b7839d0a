namespace Summit.Ops.Lab;

/// <summary>What a drill was about, as Stop-SummitLab tells it.</summary>
/// <param name="Scenario">The scenario's name; Start-SummitLab takes it to try the same again.</param>
/// <param name="Cause">The root cause that a diagnosis should have found.</param>
/// <param name="Description">What was broken, in a few words.</param>
/// <param name="Fixed">
/// Whether a WebSocket opened at the lab's address when it was stopped; null where it opened with the fault in it as
/// well, so that a probe cannot tell.
/// </param>
/// <param name="Probe">That probe.</param>
public sealed record SummitLabResult(string Scenario, SummitCause Cause, string Description, bool? Fixed, SummitWebSocketResult Probe)
{
    /// <summary>The cause, and whether it was fixed.</summary>
    public override string ToString() =>
        $"{Cause} ({Scenario}): "
            + $"{(Fixed switch { true => "fixed", false => "not fixed", null => "a probe cannot tell whether it was fixed" })}";
}
