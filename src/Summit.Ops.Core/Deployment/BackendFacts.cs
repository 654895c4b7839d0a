using Summit.Ops.Checks.Host;
using Summit.Ops.Evidence;
using Summit.Ops.Nginx.Editing;

namespace Summit.Ops.Deployment;

/// <summary>What the probes and the error log show of the backend, as far as an edit of the configuration rests on it.</summary>
internal static class BackendFacts
{
    /// <summary>Reads it from the evidence.</summary>
    public static RepairFacts Of(SiteEvidence evidence)
    {
        var past = evidence.Hop(SiteEvidence.BackendHop);
        return new RepairFacts
        {
            SpeaksTls = past is { Cause: SummitCause.TlsOnPlainPort },
            SpeaksPlain = past is { HttpStatus: not null, Cause: not SummitCause.TlsOnPlainPort },
            ServesPath = past is { Success: true } && AnswersOtherwise(evidence),
            RefusedAtUpstream = evidence.Replayed is
            {
                Asking: { Opens: false, Answer: { HttpStatus: null, FailedStage: SummitProbeStage.Tcp } },
                Variation: { Form: SummitReplayForm.AtSiteBackend, Opens: true },
            },
            RequestRefused = RefusesLine(evidence),
            HeaderTooBig =
                new NginxErrorLog().Evaluate(evidence) is { Status: SummitCheckStatus.Fail, Cause: SummitCause.NginxHeaderTooBig },
        };
    }

    /// <summary>Whether nginx, and not the backend, finds the request line too long.</summary>
    private static bool RefusesLine(SiteEvidence evidence) =>
        (evidence.Hop(SiteEvidence.LoopbackHop) ?? evidence.Hop(SiteEvidence.PublicHop)) is { HttpStatus: 414, IsNginxPage: true }
            && evidence.Replayed.AsSent is not { Answer.HttpStatus: 414 };

    /// <summary>Whether the backend, asked through nginx, answers as it does for a path that it does not serve.</summary>
    private static bool AnswersOtherwise(SiteEvidence evidence)
    {
        var through = evidence.Hop(SiteEvidence.LoopbackHop) ?? evidence.Hop(SiteEvidence.PublicHop);
        return through is { HttpStatus: 404 } || (through is { HttpStatus: 200 or 400 or 426 } && evidence.Route is { Upgrades: true });
    }
}
