using Summit.Ops.Causes;
using Summit.Ops.Evidence;
using static Summit.Ops.SummitCause;

namespace Summit.Ops.Diagnosis.Proving;

/// <summary>Holds a cause against the replayed handshakes: what they show of it, and how certain it is by that.</summary>
internal static class ProofJudge
{
    /// <summary>The causes, each no more certain than the experiment makes it.</summary>
    public static List<SummitDiagnosedCause> Weigh(List<SummitDiagnosedCause> causes, SiteEvidence evidence) =>
        [.. causes.Select(cause => cause.Confidence == SummitConfidence.High && Missing(cause.Cause, evidence) is { Length: > 0 } missing
            ? cause with { Confidence = SummitConfidence.Medium, Evidence = $"{cause.Evidence} {missing}" }
            : cause)];

    /// <summary>What would prove a cause; empty where the replays do, or where it is seen directly.</summary>
    public static string Missing(SummitCause cause, SiteEvidence evidence)
    {
        if (evidence.Host is not { } host) return "";
        if (cause == BackendNotListening && host.Pm2Silent is { Length: > 0 } silent
            && host.Backends(evidence.Site)[0].Manager == SummitBackendManager.None)
        {
            return $"Not proven: whether the backend runs at all is not known ({silent}).";
        }

        var facts = evidence.Replayed;
        if (cause == BackendTimeout && !TimesOut(evidence))
        {
            return "Not proven: only this client's own time was over; nothing on the host shows the backend wait.";
        }

        return CauseCatalogue.Of(cause).Proof switch
        {
            CauseProof.RequestReplayed => IsProven(cause, facts) ? "" : $"Not proven: {Wanted(facts)}.",
            CauseProof.ChangeReplayed => facts.AfterChange is null or { Opens: true } ? "" : $"Not proven: {After(facts.AfterChange)}.",
            CauseProof.DiskReplayed =>
                facts.AsSent is { Opens: true } || AnswersItself(evidence)
                    ? ""
                    : $"Not proven: {Sent(facts.AsSent)}; a reload would show it.",
            CauseProof.BackendAsked when evidence.Hop(SiteEvidence.BackendHop) is { Success: true } opens =>
                $"Not proven: asked past nginx with a probe's own request, {opens.Uri} opens; "
                    + "what else differs from nginx's request was not tried.",
            // a server forbids for many reasons: the Host, an address, a header that none of the variations has
            CauseProof.BackendAsked when cause == AuthenticationFailed && facts.Asking is { Answer.HttpStatus: 403 } =>
                "Not proven: 403 says that the application refuses, and not why; its log says, and a handshake with -Token shows more.",
            CauseProof.BackendAsked when facts.Asking is null => $"Not proven: {Sent(facts.AsSent)}, so what it refuses is not known.",
            _ => "",
        };
    }

    /// <summary>The experiment as it is shown; null where none was made.</summary>
    public static SummitProof? Over(IReadOnlyList<SummitDiagnosedCause> causes, SiteEvidence evidence)
    {
        if (evidence.Replays.Count == 0) return null;
        var facts = evidence.Replayed;
        var cause = causes.Count > 0 ? causes[0].Cause : Unknown;
        var after = cause == NginxNotReloaded ? facts.AsSent : facts.Variation ?? facts.AfterChange ?? facts.WithUpgrade;
        var missing = Missing(cause, evidence);
        var outcome = Outcome(cause, missing, facts);
        return new SummitProof
        {
            Outcome = outcome,
            Cause = cause,
            Summary = Summary(outcome, cause, facts, after),
            Missing = missing,
            AsSent = cause == NginxNotReloaded ? null : facts.AsSent,
            AfterChange = after,
            Variations =
            [
                .. facts.Variations.Where(replay => replay != after && !IsShown(replay, facts.AsSent) && !IsShown(replay, after)),
            ],
        };
    }

    /// <summary>Whether a replay is the very request that is shown already.</summary>
    private static bool IsShown(SummitReplay replay, SummitReplay? shown) =>
        shown is not null && replay.Upstream == shown.Upstream && replay.Request.SequenceEqual(shown.Request);

    private static SummitProofOutcome Outcome(SummitCause cause, string missing, ReplayFacts facts)
    {
        if (missing.Length > 0)
        {
            return facts.AfterChange is { Tried: true, Opens: false } && !facts.BackendOpens
                ? SummitProofOutcome.NotHelped
                : SummitProofOutcome.Unknown;
        }

        return CauseCatalogue.Of(cause).Proof switch
        {
            CauseProof.RequestReplayed or CauseProof.DiskReplayed => SummitProofOutcome.Proven,
            CauseProof.ChangeReplayed when facts.AfterChange is { Opens: true } => SummitProofOutcome.Proven,
            CauseProof.BackendAsked when facts.Asking is not null => SummitProofOutcome.BackendRefuses,
            _ => SummitProofOutcome.NotNeeded,
        };
    }

    /// <summary>Whether the backend was seen to wait: nginx says so, or the backend lets a probe or a replay wait.</summary>
    private static bool TimesOut(SiteEvidence evidence) => evidence.Hops.Any(
        hop => hop.HttpStatus == 504 || (hop is { Hop: SiteEvidence.BackendHop, Cause: BackendTimeout, HttpStatus: null }))
        || evidence.Replayed.AsSent is { Answer.Cause: BackendTimeout };

    private static bool IsProven(SummitCause cause, ReplayFacts facts)
    {
        if (facts.AsSent is not { Tried: true, Opens: false }) return false;
        return cause switch
        {
            NginxUpgradeHeadersMissing or NginxHttpVersion =>
                facts.WithUpgrade is { Opens: true } || facts.AfterChange is { Opens: true } || facts.VariationCause == cause
                    || (facts.WithUpgrade is { Tried: true } && facts.Variation is { Opens: true }),
            NginxUpstreamMismatch => facts.Variation is { Opens: true } || facts.AfterChange is { Opens: true },
            _ => facts.VariationCause == cause,
        };
    }

    /// <summary>Whether the running nginx answers by itself what the disk would pass on: seen without a replay.</summary>
    private static bool AnswersItself(SiteEvidence evidence) =>
        evidence.Hop(SiteEvidence.LoopbackHop) is { HttpStatus: not null, IsNginxPage: true };

    private static string Wanted(ReplayFacts facts) =>
        facts.AsSent is not { Tried: true, Opens: false } ? Sent(facts.AsSent) : After(facts.AfterChange ?? facts.WithUpgrade);

    private static string Sent(SummitReplay? sent) => sent switch
    {
        null => "the request that nginx sends was not replayed at the backend",
        { Tried: false } => $"the request that nginx sends was not replayed at the backend: {sent.NotTried}",
        { Opens: true } => "the backend opens for the request that nginx sends",
        _ => $"the backend answers the request that nginx sends with: {sent.Answered}",
    };

    private static string After(SummitReplay? after) => after switch
    {
        null => "there is no change that could be tried at the backend",
        { Tried: false } => $"the request that nginx would send after the change was not tried at the backend: {after.NotTried}",
        _ => $"the request that nginx would send after the change does not open a WebSocket at {after.Upstream} either ({after.Answered})",
    };

    private static string Summary(SummitProofOutcome outcome, SummitCause cause, ReplayFacts facts, SummitReplay? after) => outcome switch
    {
        SummitProofOutcome.Proven when cause == NginxNotReloaded =>
            $"The backend opens for the request that the configuration on the disk makes nginx send ({after?.Upstream}); "
                + "the running nginx sends another one.",
        SummitProofOutcome.Proven when facts.AsSent is { Tried: true } sent =>
            $"The backend answers nginx's own request with: {sent.Answered}. {What(after)} it opens.",
        SummitProofOutcome.Proven => "nginx answers by itself. After the change the request reaches the backend, which opens.",
        SummitProofOutcome.BackendRefuses =>
            $"The backend refuses nginx's own request, sent to it past nginx: {facts.Asking!.Answered}. No variation of it opens.",
        SummitProofOutcome.NotHelped =>
            $"After the proposed change the backend does not open either: {facts.AfterChange!.Answered}. The change is not made.",
        SummitProofOutcome.Unknown => "The replays do not decide.",
        _ => "The cause is seen directly; a replay at the backend adds nothing.",
    };

    private static string What(SummitReplay? after) => after?.Form switch
    {
        SummitReplayForm.WithoutOrigin => "Without the Origin header",
        SummitReplayForm.WithClientOrigin => "With the browser's own Origin",
        SummitReplayForm.WithClientHost => "With the client's own Host",
        SummitReplayForm.WithForwardedProto => "With X-Forwarded-Proto https",
        SummitReplayForm.WithoutForwarded => "Without the headers that a proxy adds",
        SummitReplayForm.WithForwardedHost => "With the client's Host in X-Forwarded-Host",
        SummitReplayForm.WithUpstreamHost => "With the backend's own address as Host",
        SummitReplayForm.WithSubProtocols => "With subprotocols offered",
        SummitReplayForm.WithOtherPath => "For another path",
        SummitReplayForm.WithOtherScheme => "Asked by the other scheme",
        SummitReplayForm.AtSiteBackend => "Asked at the site's backend",
        SummitReplayForm.WithUpgrade => "With HTTP/1.1, Upgrade and Connection",
        SummitReplayForm.WithPlainConnection => "With Connection: upgrade alone",
        _ => "As nginx would send it after the change",
    };
}
