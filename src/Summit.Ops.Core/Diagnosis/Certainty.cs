using Summit.Ops.Causes;
using Summit.Ops.Checks;
using Summit.Ops.Evidence;

namespace Summit.Ops.Diagnosis;

/// <summary>What a verdict is worth: whether what could say otherwise was looked at.</summary>
internal static class Certainty
{
    /// <summary>The causes that would account for this one as well, and that no check could look at.</summary>
    /// <param name="cause">What was found.</param>
    /// <param name="checks">All checks.</param>
    /// <remarks>What was read in a file no state of the moment accounts for, and what was seen past nginx no fault of nginx.</remarks>
    public static IReadOnlyList<SummitCause> NotRuledOut(SummitCause cause, IReadOnlyList<SummitCheck> checks)
    {
        var direct = checks.Where(check => check is { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error }
            && check.Cause == cause && !CheckList.IsSymptom(check.Id)).ToList();
        var inFiles = direct.Exists(check => CheckList.Sees(check.Id, SummitRuleScope.Files));
        var atBackend = direct.Exists(check => CheckList.Sees(check.Id, SummitRuleScope.Backend));
        var onHost = direct.Exists(check => !CheckList.Sees(check.Id, SummitRuleScope.Outside));
        return
        [
            .. CauseCatalogue.Behind(cause)
                .Where(behind => CheckList.LookingAt(behind.Cause) is { Count: > 0 } lookers && lookers.All(id => Blind(id, checks))
                    && !(onHost && behind.Nature == CauseNature.BeforeTheHost) && !(inFiles && behind.IsOfTheMoment)
                    && !(atBackend && !lookers.All(id => CheckList.Sees(id, SummitRuleScope.Backend))))
                .Select(behind => behind.Cause),
        ];
    }

    /// <summary>The checks that could not look at these causes.</summary>
    public static IReadOnlyList<SummitCheck> CouldNotLook(IReadOnlyList<SummitCause> causes, IReadOnlyList<SummitCheck> checks) =>
        [.. checks.Where(
            check => check.Status == SummitCheckStatus.Unknown && causes.Any(cause => CheckList.LookingAt(cause).Contains(check.Id)))];

    /// <summary>The confidence in the first cause, or in there being none, and what is missing from certainty.</summary>
    public static (SummitConfidence Confidence, IReadOnlyList<string> Missing) Of(
        IReadOnlyList<SummitDiagnosedCause> causes, IReadOnlyList<SummitCheck> checks, SiteEvidence evidence)
    {
        var blind = checks.Where(check => check is { Status: SummitCheckStatus.Unknown, Severity: SummitSeverity.Error }).ToList();
        SummitConfidence confidence;
        if (causes.Count > 0)
        {
            confidence = causes[0].Confidence;
            // a root cause stands before all others: what was not looked at may have stood before it
            if (confidence == SummitConfidence.High && (evidence.Host is null || evidence.Hop(SiteEvidence.PublicHop) is null))
            {
                confidence = SummitConfidence.Medium;
            }

            if (confidence == SummitConfidence.High) return (confidence, []);
            var behind = CouldNotLook(NotRuledOut(causes[0].Cause, checks), checks);
            if (behind.Count > 0) blind = [.. behind];
        }
        else
        {
            confidence = evidence.Host is null || evidence.Hop(SiteEvidence.PublicHop) is null
                ? SummitConfidence.Low
                : blind.Count > 0 ? SummitConfidence.Medium : SummitConfidence.High;
        }

        var unproven = causes.Count > 0 && confidence == SummitConfidence.Medium
            ? Proving.ProofJudge.Missing(causes[0].Cause, evidence)
            : "";
        return (confidence, confidence == SummitConfidence.High ? [] : [
            .. unproven.Length > 0 ? [unproven] : Array.Empty<string>(),
            .. blind.Where(check => !NotAsked(check, evidence)).Select(check => $"{check.Id}: {check.Evidence}"),
            .. blind.Exists(check => NotAsked(check, evidence))
                ? [
                    $"{string.Join(", ", blind.Where(check => NotAsked(check, evidence)).Select(check => check.Id))}: "
                        + $"{evidence.Target} could not be asked.",
                ]
                : Array.Empty<string>(),
        ]);
    }

    private static bool NotAsked(SummitCheck check, SiteEvidence evidence) =>
        evidence.Host is null && check.Evidence == evidence.HostMissing;

    // rules that nobody could read, and that a client's own connection has got past, stop nobody else's
    private static bool Blind(string id, IReadOnlyList<SummitCheck> checks) =>
        checks.FirstOrDefault(check => check.Id == id) is { Status: SummitCheckStatus.Unknown } check
            && !(id == "Network.HostFirewall" && check.Severity == SummitSeverity.Warning);
}
