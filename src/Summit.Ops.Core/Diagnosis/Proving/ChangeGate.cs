using Summit.Ops.Checks;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Evidence.Replaying;
using Summit.Ops.Text;

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

/// <summary>
/// Holds the planned change of a site's file against the replayed handshakes: no change is made that they show to be useless.
/// </summary>
internal static class ChangeGate
{
    /// <summary>What the replays say of a plan, and why.</summary>
    public static (ChangeSupport Support, string Why) Of(DeploymentPlan plan, SiteEvidence evidence)
    {
        // a new file, a link or a reload is no repair of what nginx sends
        if (plan.Before is null || plan.Diff.Length == 0 || evidence.Replays.Count == 0) return (ChangeSupport.Untried, "");
        var after = ProposedConfig.Of(plan, evidence);
        var request = UpstreamReplay.Of(SummitReplayForm.AfterChange, after, plan.Site, evidence.Host?.NginxVersion, Token(evidence));
        if (!request.IsKnown) return (ChangeSupport.Untried, request.Why);
        if (Opening(after, plan.Site, evidence) is { } opened)
        {
            return (ChangeSupport.Supported, $"{opened.Upstream} opens for the request that nginx sends after it");
        }

        if (evidence.Replays.FirstOrDefault(replay => replay.Tried && IsSame(replay, request)) is not { Answer: { } answer } tried)
        {
            return (ChangeSupport.Untried, "the request after the change was not replayed");
        }

        if (answer.FailedStage is SummitProbeStage.Tcp or SummitProbeStage.Dns)
        {
            return (ChangeSupport.Untried, $"{tried.Upstream} takes no connection ({tried.Answered})");
        }

        return (ChangeSupport.Refuted, $"{tried.Upstream}, asked as nginx would ask it after the change, answers {tried.Answered}");
    }

    /// <summary>
    /// The replay that opened and is what nginx sends with a configuration, at the last of its own proxies or at
    /// one before; null where none is.
    /// </summary>
    public static SummitReplay? Opening(
        SummitNginxConfig config, SummitSite site, SiteEvidence evidence, Func<SummitReplay, bool>? among = null)
    {
        var token = Token(evidence);
        ReplayRequest? last = null;
        for (var proxies = RuleContext.MostProxies; proxies > 0; proxies--)
        {
            var request = UpstreamReplay.Of(
                SummitReplayForm.AfterChange, config, site, evidence.Host?.NginxVersion, token, proxies: proxies);
            if (last is not null && request.SameAs(last)) continue;
            last = request;
            if (evidence.Replays.FirstOrDefault(
                replay => replay.Opens && (among is null || among(replay)) && IsSame(replay, request)) is { } opened)
            {
                return opened;
            }
        }

        return null;
    }

    /// <summary>Refuses a change that the replays show to be useless.</summary>
    /// <exception cref="SummitDeploymentException">
    /// The backend does not open for the request after the change (ChangeDoesNotHelp).
    /// </exception>
    public static void Check(DeploymentPlan plan, SiteEvidence evidence)
    {
        if (Of(plan, evidence) is not (ChangeSupport.Refuted, var why)) return;
        throw new SummitDeploymentException(
            "ChangeDoesNotHelp", SummitErrorKind.OperationFailed,
            $"The change of {plan.Site.ConfigPath} on {plan.Target} does not help: {why}. Nothing was changed.",
            plan.Target,
            Command.For("Invoke-SummitDiagnostic", evidence));
    }

    /// <summary>Whether a replay sent this request, in whatever order of its headers.</summary>
    public static bool IsSame(SummitReplay replay, ReplayRequest request) =>
        request.IsKnown && replay.Upstream == $"{request.At}" && Sorted(replay.Request).SequenceEqual(Sorted(request.Shown));

    /// <summary>
    /// Stands for the client's token where the replays had one: it is masked in both, and lost where a configuration
    /// loses it. Null where they had none.
    /// </summary>
    public static string? Token(SiteEvidence evidence)
    {
        const string Argument = "token=";
        var isOwn = evidence.Site.WebSocketQuery.Contains(Argument, StringComparison.OrdinalIgnoreCase);
        return !isOwn && evidence.Replays.Any(replay => replay.Request is [var line, ..]
            && line.Contains(Argument + Secrets.Mask, StringComparison.Ordinal)) ? "sample" : null;
    }

    private static IEnumerable<string> Sorted(IReadOnlyList<string> lines) =>
        lines.Count == 0 ? [] : [lines[0], .. lines.Skip(1).Order(StringComparer.OrdinalIgnoreCase)];
}
