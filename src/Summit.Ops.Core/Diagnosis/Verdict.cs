using Summit.Ops.Checks;
using Summit.Ops.Evidence;

namespace Summit.Ops.Diagnosis;

/// <summary>Turns evidence into a verdict: every check, the causes that are left when explained symptoms are folded, the first broken layer.</summary>
public static class Verdict
{
    /// <summary>Judges the evidence. The same evidence always gives the same verdict.</summary>
    /// <param name="evidence">What was gathered.</param>
    /// <param name="duration">How long gathering took.</param>
    public static SummitDiagnosis Over(SiteEvidence evidence, TimeSpan duration)
    {
        var checks = CheckList.Evaluate(evidence);
        var causes = Causes(checks, evidence);
        var opens = evidence.Hop(SiteEvidence.PublicHop) is { Success: true };
        var found = new SummitDiagnosis
        {
            Site = evidence.Site,
            Target = evidence.Target,
            Healthy = causes.Count == 0 && opens,
            RootCause = causes.Count > 0 ? causes[0].Cause : opens ? SummitCause.None : SummitCause.Unknown,
            Causes = causes,
            Checks = [.. checks.Select(check => check with { ExplainedBy = Explanation(check, causes) })],
            WebSocket = evidence.Hops,
            Route = evidence.Route,
            ProposedFix = ProposedEdit.For(evidence, causes),
            Started = evidence.Taken,
            Duration = duration,
        };
        return Suppressions.Over(found);
    }

    private static SummitCause Explanation(SummitCheck check, List<SummitDiagnosedCause> causes) =>
        causes.Find(cause => cause.Explains.Contains(check.Id) || (CheckList.Symptoms.Contains(check.Id) && cause.Checks.Contains(check.Id) && check.Id != Speaker(cause)))?.Cause ?? SummitCause.None;

    /// <summary>The check that stands for a cause: one that looked at the thing itself, else the first probe that met it. It is never folded under its own cause.</summary>
    private static string Speaker(SummitDiagnosedCause cause) => cause.Checks.FirstOrDefault(id => !CheckList.Symptoms.Contains(id)) ?? cause.Checks[0];

    private static List<SummitDiagnosedCause> Causes(IReadOnlyList<SummitCheck> checks, SiteEvidence evidence)
    {
        var failed = checks.Where(check => check is { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error }).ToList();
        var direct = failed.Where(check => !CheckList.Symptoms.Contains(check.Id)).Select(check => check.Cause).Distinct().ToList();
        // what was seen at the backend itself, past nginx, no fault of nginx explains
        var atBackend = failed.Where(IsAtBackend).Select(check => check.Cause).ToHashSet();
        var symptoms = failed.Where(check => CheckList.Symptoms.Contains(check.Id)).Select(check => check.Cause).Distinct().Where(cause => !direct.Contains(cause));

        // a symptom never explains a check that looked at the thing itself
        var roots = direct.Where(cause => !direct.Exists(other => Accounts(other, cause) && (!atBackend.Contains(cause) || atBackend.Contains(other)))).ToList();
        roots.AddRange(symptoms.Where(symptom => !direct.Exists(cause => CausalGraph.Explains(cause, symptom))));

        return [.. roots.OrderBy(CausalGraph.Rank).Select(cause => Describe(cause, failed, evidence))];
    }

    private static bool IsAtBackend(SummitCheck check) => check.Id.StartsWith("Backend.", StringComparison.Ordinal);

    /// <summary>Explains, and comes first where two explain each other.</summary>
    private static bool Accounts(SummitCause cause, SummitCause symptom) => CausalGraph.Explains(cause, symptom)
        && (!CausalGraph.Explains(symptom, cause) || CausalGraph.Rank(cause) < CausalGraph.Rank(symptom));

    private static SummitDiagnosedCause Describe(SummitCause cause, List<SummitCheck> failed, SiteEvidence evidence)
    {
        var speaking = failed.Where(check => check.Cause == cause).ToList();
        // the check that looked at the thing itself speaks before the probe that saw its effect
        var first = speaking.Find(check => !CheckList.Symptoms.Contains(check.Id)) ?? speaking[0];
        var place = first.File is { } file ? first.Line is { } line ? $" ({file}:{line})" : $" ({file})" : "";
        return new SummitDiagnosedCause
        {
            Cause = cause,
            Explanation = Explanations.Of(cause),
            Evidence = first.Evidence.Contains(place.Trim(' ', '(', ')'), StringComparison.Ordinal) ? first.Evidence : first.Evidence + place,
            Fix = first.Fix.Length > 0 ? first.Fix : Command.For("Invoke-SummitDiagnostic", evidence),
            Checks = [.. speaking.Select(check => check.Id)],
            Explains = [.. failed.Where(check => CausalGraph.Explains(cause, check.Cause) && (!IsAtBackend(check) || speaking.Exists(IsAtBackend))).Select(check => check.Id)],
        };
    }
}
