using Summit.Ops.Evidence;

namespace Summit.Ops.Checks;

/// <summary>What a replayed handshake contradicts is no cause: the check stays as a warning that says so.</summary>
internal static class ReplayedChecks
{
    /// <summary>The checks, with those that the replays contradict made warnings.</summary>
    public static IReadOnlyList<SummitCheck> Over(IReadOnlyList<SummitCheck> checks, SiteEvidence evidence) =>
        evidence.Replays.Count == 0
            ? checks
            : [.. checks.Select(check => Contradiction(check, evidence.Replayed) is { } why ? Lowered(check, why) : check)];

    /// <summary>What contradicts a check's cause; null where nothing does.</summary>
    private static string? Contradiction(SummitCheck check, ReplayFacts facts)
    {
        if (check is not { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error }
            || !check.Id.StartsWith("Nginx.", StringComparison.Ordinal))
        {
            return null;
        }

        if (check.Cause is not (SummitCause.NginxUpgradeHeadersMissing or SummitCause.NginxHttpVersion
            or SummitCause.NginxUpstreamMismatch))
        {
            return null;
        }

        if (facts.AsSent is { Opens: true }) return "The backend opens for the request as nginx sends it";
        if (check.Cause == SummitCause.NginxUpstreamMismatch || facts.AsSent?.Answer is not { HttpStatus: { } before }) return null;
        // with the upgrade asked for the backend says the same: something else is what it refuses
        return facts.WithUpgrade?.Answer?.HttpStatus == before
            ? $"With HTTP/1.1, Upgrade and Connection the backend answers {before} as well"
            : null;
    }

    private static SummitCheck Lowered(SummitCheck check, string why) =>
        check with
        {
            Severity = SummitSeverity.Warning,
            Cause = SummitCause.None,
            Evidence = $"{check.Evidence.TrimEnd('.')}. {why}, so this does not explain the failure.",
        };
}
