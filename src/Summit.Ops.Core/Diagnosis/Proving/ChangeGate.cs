using Summit.Ops.Checks;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Evidence.Replaying;

namespace Summit.Ops.Diagnosis.Proving;

/// <summary>What the experiment says of a change.</summary>
internal enum ChangeSupport
{
    /// <summary>The backend opens for the request that nginx would send after it.</summary>
    Supported,

    /// <summary>The backend was asked with that request, and does not open.</summary>
    Refuted,

    /// <summary>It could not be tried: what it does shows afterwards.</summary>
    Untried,
}

/// <summary>Holds the planned change of a site's file against the replayed handshakes: no change is made that they show to be useless.</summary>
internal static class ChangeGate
{
    /// <summary>What the replays say of a plan, and why.</summary>
    public static (ChangeSupport Support, string Why) Of(DeploymentPlan plan, SiteEvidence evidence)
    {
        // a new file, a link or a reload is no repair of what nginx sends
        if (plan.Before is null || plan.Diff.Length == 0 || evidence.Replays.Count == 0) return (ChangeSupport.Untried, "");
        var request = UpstreamReplay.Of(SummitReplayForm.AfterChange, ProposedConfig.Of(plan, evidence), plan.Site, evidence.Host?.NginxVersion, token: null);
        if (!request.IsKnown) return (ChangeSupport.Untried, request.Why);
        if (evidence.Replays.FirstOrDefault(replay => replay.Tried && IsSame(replay, request)) is not { Answer: { } answer } tried) return (ChangeSupport.Untried, "the request after the change was not replayed");
        if (tried.Opens) return (ChangeSupport.Supported, $"{tried.Upstream} opens for the request that nginx sends after it");
        if (answer.FailedStage is SummitProbeStage.Tcp or SummitProbeStage.Dns) return (ChangeSupport.Untried, $"{tried.Upstream} takes no connection ({tried.Answered})");
        return (ChangeSupport.Refuted, $"{tried.Upstream}, asked as nginx would ask it after the change, answers {tried.Answered}");
    }

    /// <summary>Refuses a change that the replays show to be useless.</summary>
    /// <exception cref="SummitDeploymentException">The backend does not open for the request after the change (ChangeDoesNotHelp).</exception>
    public static void Check(DeploymentPlan plan, SiteEvidence evidence)
    {
        if (Of(plan, evidence) is not (ChangeSupport.Refuted, var why)) return;
        throw new SummitDeploymentException(
            "ChangeDoesNotHelp", SummitErrorKind.OperationFailed, $"The change of {plan.Site.ConfigPath} on {plan.Target} does not help: {why}. Nothing was changed.", plan.Target, Command.For("Invoke-SummitDiagnostic", evidence));
    }

    /// <summary>Whether a replay sent this request, in whatever order of its headers.</summary>
    /// <remarks>The token travels in the query, and is no part of what a configuration changes.</remarks>
    public static bool IsSame(SummitReplay replay, ReplayRequest request) =>
        request.IsKnown && replay.Upstream == $"{request.At}" && Sorted(replay.Request).SequenceEqual(Sorted(request.Shown));

    private static IEnumerable<string> Sorted(IReadOnlyList<string> lines) => lines.Count == 0 ? [] : [WithoutQuery(lines[0]), .. lines.Skip(1).Order(StringComparer.OrdinalIgnoreCase)];

    private static string WithoutQuery(string line) => line.Split(' ') is [var method, var uri, var version] ? $"{method} {uri.Split('?')[0]} {version}" : line;
}
