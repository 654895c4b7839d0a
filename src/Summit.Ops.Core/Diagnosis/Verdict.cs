using Summit.Ops.Causes;
using Summit.Ops.Checks;
using Summit.Ops.Checks.WebSocket;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Diagnosis;

/// <summary>
/// Turns evidence into a verdict: every check, the causes that are left when explained symptoms are folded, the first broken layer.
/// </summary>
public static class Verdict
{
    /// <summary>Judges the evidence. The same evidence always gives the same verdict.</summary>
    /// <param name="evidence">What was gathered.</param>
    /// <param name="duration">How long gathering took.</param>
    public static SummitDiagnosis Over(SiteEvidence evidence, TimeSpan duration)
    {
        IReadOnlyList<SummitCheck> checks =
        [
            .. CheckList.Evaluate(evidence)
                .Select(check => Shown(check) with { Fix = ForeignText.Visible(
                    RootCommand.For(AimedCommand.At(check.Fix, evidence.Site, evidence.Target), evidence.Host, evidence.Site)) }),
        ];
        var causes = ProofJudge.Weigh(Causes(checks, evidence), evidence);
        var opens = evidence.Hop(SiteEvidence.PublicHop) is { Success: true };
        // an open public name says nothing of this host: behind a load balancer another one may have answered
        var healthy = causes.Count == 0 && opens && evidence.Host is not null;
        var (confidence, missing) = Certainty.Of(causes, checks, evidence);
        var found = new SummitDiagnosis
        {
            Site = evidence.Site,
            Target = evidence.Target,
            Healthy = healthy,
            RootCause = causes.Count > 0 ? causes[0].Cause : healthy ? SummitCause.None : SummitCause.Unknown,
            Confidence = confidence,
            NotLookedAt = missing,
            Causes = causes,
            NotReached = evidence.Host is not null
                ? ""
                : evidence.HostMissing.Length > 0 ? evidence.HostMissing : "The host was not asked.",
            Checks = [.. checks.Select(check => Briefly(
                check,
                evidence) with { ExplainedBy = check.ExplainedBy == SummitCause.None ? Explanation(check, causes) : check.ExplainedBy })],
            Proof = ProofJudge.Over(causes, evidence),
            WebSocket = [.. evidence.Hops.Select(hop => AsJudged(hop, evidence))],
            Route = evidence.Route,
            ProposedFix = ProposedEdit.For(evidence, causes),
            Started = evidence.Taken,
            Duration = duration,
        };
        return Suppressions.Over(found);
    }

    /// <summary>
    /// A hop with the cause that the other hops and the replays leave of it: a probe by itself knows its own answer alone.
    /// </summary>
    private static SummitWebSocketResult AsJudged(SummitWebSocketResult hop, SiteEvidence evidence)
    {
        if (hop.Success || hop.Hop == SiteEvidence.BackendHop) return hop;
        var (cause, explanation) = Bisection.Refine(hop, evidence);
        return cause == hop.Cause ? hop : hop with { Cause = cause, Explanation = ForeignText.VisibleLines(explanation) };
    }

    /// <summary>
    /// The check, safe on a console: what a host said stands in its words, and a line end in a fix would begin another command.
    /// </summary>
    private static SummitCheck Shown(SummitCheck check) => check with
    {
        Evidence = ForeignText.VisibleLines(check.Evidence), Expected = ForeignText.VisibleLines(check.Expected),
        Actual = ForeignText.VisibleLines(check.Actual),
    };

    /// <summary>Why the host could not be asked is said once, not by each check that needed its answer.</summary>
    private static SummitCheck Briefly(SummitCheck check, SiteEvidence evidence) =>
        evidence.Host is null && check.Status == SummitCheckStatus.Unknown && check.Evidence == evidence.HostMissing
            ? check with { Evidence = $"Not looked at: {evidence.Target} could not be asked." }
            : check;

    private static SummitCause Explanation(SummitCheck check, List<SummitDiagnosedCause> causes) =>
        causes.Find(cause => cause.Explains.Contains(check.Id)
            || (CheckList.RestatedBy(check.Id) is { } first && cause.Checks.Contains(check.Id) && cause.Checks.Contains(first))
            || (CheckList.IsSymptom(check.Id) && cause.Checks.Contains(check.Id) && check.Id != Speaker(cause)))?.Cause
            ?? SummitCause.None;

    /// <summary>
    /// The check that stands for a cause: one that looked at the thing itself, else the first probe that met it. It is
    /// never folded under its own cause.
    /// </summary>
    private static string Speaker(SummitDiagnosedCause cause) =>
        cause.Checks.FirstOrDefault(id => !CheckList.IsSymptom(id)) ?? cause.Checks[0];

    private static List<SummitDiagnosedCause> Causes(IReadOnlyList<SummitCheck> checks, SiteEvidence evidence)
    {
        var failed = checks.Where(check => check is { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error }).ToList();
        var direct = failed.Where(check => !CheckList.IsSymptom(check.Id)).Select(check => check.Cause).Distinct().ToList();
        var symptoms = failed.Where(check => CheckList.IsSymptom(check.Id)).Select(check => check.Cause).Distinct()
            .Where(cause => !direct.Contains(cause));

        // a symptom never explains a check that looked at the thing itself
        var roots = direct.Where(cause => !direct.Exists(
            other => Accounts(other, cause) && failed.Where(check => check.Cause == cause && !CheckList.IsSymptom(check.Id))
                .All(check => Reaches(other, check, failed)))).ToList();
        roots.AddRange(
            symptoms.Where(symptom => !direct.Exists(cause => CauseCatalogue.Explains(cause, symptom)
                && failed.Where(check => check.Cause == symptom).All(check => Reaches(cause, check, failed)))));

        List<SummitDiagnosedCause> named = [];
        List<SummitCause> undecided = [];
        foreach (var cause in roots.OrderBy(CauseCatalogue.Rank))
        {
            var unseen = Certainty.NotRuledOut(cause, checks);
            if (unseen.Count > 0 && !(direct.Contains(cause) && CauseCatalogue.Of(cause).StandsAsSeen))
            {
                undecided.Add(cause);
            }
            else
            {
                named.Add(Describe(cause, failed, evidence) with { Confidence = cause == SummitCause.Unknown
                    ? SummitConfidence.Low
                    : unseen.Count > 0 ? SummitConfidence.Medium : SummitConfidence.High });
            }
        }

        if (undecided.Count > 0 && named.TrueForAll(cause => cause.Cause != SummitCause.Unknown))
        {
            named.Add(Undecided(undecided, checks, failed));
        }

        return named;
    }

    private static bool IsAtBackend(SummitCheck check) => CheckList.Sees(check.Id, SummitRuleScope.Backend);

    /// <summary>
    /// Whether a cause can account for what a check saw: no fault of nginx for what was seen past it, and no state of the moment for what
    /// is read in a file, and nothing on the way to the host for what was seen on it.
    /// </summary>
    private static bool Reaches(SummitCause cause, SummitCheck check, List<SummitCheck> failed) =>
        (!IsAtBackend(check) || failed.Exists(other => other.Cause == cause && IsAtBackend(other)))
            && (!CauseCatalogue.Of(cause).IsOfTheMoment || !CheckList.Sees(check.Id, SummitRuleScope.Files))
        && (CauseCatalogue.Of(cause).Nature != CauseNature.BeforeTheHost || CheckList.Sees(check.Id, SummitRuleScope.Outside));

    private static bool Accounts(SummitCause cause, SummitCause symptom) => CauseCatalogue.Explains(cause, symptom)
        && (!CauseCatalogue.Explains(symptom, cause) || CauseCatalogue.Rank(cause) < CauseCatalogue.Rank(symptom));

    private static SummitDiagnosedCause Describe(SummitCause cause, List<SummitCheck> failed, SiteEvidence evidence)
    {
        var speaking = failed.Where(check => check.Cause == cause).ToList();
        // the check that looked at the thing itself speaks before the probe that saw its effect
        var first = speaking.Find(check => !CheckList.IsSymptom(check.Id)) ?? speaking[0];
        var place = first.File is { } file ? first.Line is { } line ? $" ({file}:{line})" : $" ({file})" : "";
        return new SummitDiagnosedCause
        {
            Cause = cause,
            Explanation = CauseCatalogue.Of(cause).Explain(evidence),
            HelpUri = CauseCatalogue.Of(cause).HelpUri,
            Evidence = first.Evidence.Contains(place.Trim(' ', '(', ')'), StringComparison.Ordinal)
                ? first.Evidence
                : first.Evidence + place,
            Fix = first.Fix.Length > 0 ? first.Fix : Command.For("Invoke-SummitDiagnostic", evidence),
            Checks = [.. speaking.Select(check => check.Id)],
            Explains = [.. failed
                .Where(check => check.Cause != cause && CauseCatalogue.Explains(cause, check.Cause) && Reaches(cause, check, failed))
                .Select(check => check.Id)],
        };
    }

    /// <summary>What is seen has more than one explanation, and what would tell them apart could not be looked at.</summary>
    private static SummitDiagnosedCause Undecided(List<SummitCause> seen, IReadOnlyList<SummitCheck> checks, List<SummitCheck> failed)
    {
        var speaking = failed.Where(check => seen.Contains(check.Cause)).ToList();
        var unseen = seen.SelectMany(cause => Certainty.NotRuledOut(cause, checks)).Distinct().OrderBy(CauseCatalogue.Rank).ToList();
        var missing = Certainty.CouldNotLook(unseen, checks);
        return new SummitDiagnosedCause
        {
            Cause = SummitCause.Unknown,
            Confidence = SummitConfidence.Low,
            Explanation = CauseCatalogue.Of(SummitCause.Unknown).Explanation,
            HelpUri = CauseCatalogue.Of(SummitCause.Unknown).HelpUri,
            Evidence = $"{speaking[0].Evidence} By itself that is {string.Join(" or ", seen)}; "
                + $"it may be what is seen of {string.Join(", ", unseen.Except(seen).Take(6))}, which could not be looked at: "
                + $"{missing[0].Evidence}",
            Fix = missing.Select(check => check.Fix).FirstOrDefault(fix => fix.Length > 0) ?? speaking[0].Fix,
            Checks = [.. speaking.Select(check => check.Id)],
        };
    }
}
