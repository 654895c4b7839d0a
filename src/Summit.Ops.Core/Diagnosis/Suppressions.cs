using Summit.Ops.Checks;

namespace Summit.Ops.Diagnosis;

/// <summary>
/// Marks the failures that a site's suppressions accept. The status of none is changed: what fails is shown as failing, and as accepted.
/// </summary>
public static class Suppressions
{
    /// <summary>The check that says whether a suppression has outlived its day.</summary>
    internal static CheckDefinition Definition { get; } = new(
        "Site.Suppressions", "Suppressions have not expired", SummitSeverity.Error, SummitRuleScope.Files);

    /// <summary>Marks a diagnosis's failures, by the day on which its evidence was taken.</summary>
    /// <remarks>
    /// What is only a symptom of a cause is accepted with it: a certificate that is accepted as untrusted is accepted for
    /// the probe that ends at it too.
    /// </remarks>
    public static SummitDiagnosis Over(SummitDiagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        if (diagnosis.Site.Suppressions.Count == 0) return diagnosis;
        var day = DateOnly.FromDateTime(diagnosis.Started.UtcDateTime);
        var marked = Mark(diagnosis.Checks, diagnosis.Site, diagnosis.Target, day);
        var accepted = diagnosis.Causes
            .Select(cause => (cause.Cause, Suppression: Accepted(
                [
                    .. marked.Where(check => cause.Checks.Contains(check.Id) && check.ExplainedBy == SummitCause.None
                        && !CheckList.IsSymptom(check.Id)),
                ])))
            .Where(pair => pair.Suppression is not null)
            .ToDictionary(pair => pair.Cause, pair => pair.Suppression);
        return diagnosis with
        {
            Checks =
            [
                .. marked.Select(check => check is { Status: SummitCheckStatus.Fail, Suppression: null }
                    && accepted.TryGetValue(check.ExplainedBy, out var of) ? check with { Suppression = of } : check),
                Judge(diagnosis.Site, day),
            ],
        };
    }

    /// <summary>Marks failures of a site on a host.</summary>
    /// <param name="checks">The checks.</param>
    /// <param name="site">The site, with its suppressions.</param>
    /// <param name="host">The host; null where there is none.</param>
    /// <param name="day">The day (UTC).</param>
    public static IReadOnlyList<SummitCheck> Mark(IReadOnlyList<SummitCheck> checks, SummitSite site, SummitTarget? host, DateOnly day)
    {
        ArgumentNullException.ThrowIfNull(checks);
        ArgumentNullException.ThrowIfNull(site);
        return site.Suppressions.Count == 0 ? checks : [.. checks.Select(check => Mark(check, site, host, day))];
    }

    /// <summary>Marks failures of a site on a host, by today's date.</summary>
    internal static IReadOnlyList<SummitCheck> Mark(IReadOnlyList<SummitCheck> checks, SummitSite site, SummitTarget? host) =>
        Mark(checks, site, host, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));

    /// <summary>Marks one check.</summary>
    internal static SummitCheck Mark(SummitCheck check, SummitSite site, SummitTarget? host, DateOnly day) =>
        check.Status == SummitCheckStatus.Fail
            && site.Suppressions.FirstOrDefault(suppression => suppression.Expires >= day && Covers(suppression, check, host)) is { } found
            ? check with { Suppression = found }
            : check;

    private static bool Covers(SummitSuppression suppression, SummitCheck check, SummitTarget? host) =>
        suppression.Id.Equals(check.Id, StringComparison.OrdinalIgnoreCase)
        && (suppression.Target.Length == 0 || suppression.Target == check.Target || suppression.Target == check.File
            || suppression.Target == host?.Name || suppression.Target == host?.InstanceId);

    private static SummitSuppression? Accepted(IReadOnlyList<SummitCheck> speaking) =>
        speaking.Count > 0 && speaking.All(check => check.Suppression is not null) ? speaking[0].Suppression : null;

    private static SummitCheck Judge(SummitSite site, DateOnly day)
    {
        var finding = Definition.On(site.Name);
        var expired = site.Suppressions.Where(suppression => suppression.Expires < day).ToList();
        if (expired.Count == 0)
        {
            return finding.Pass($"{string.Join("; ", site.Suppressions)}.");
        }

        return finding.Fail(
            SummitCause.None,
            string.Join(
                " ",
                expired.Select(suppression => $"{suppression.Id}{(suppression.Target.Length > 0 ? $" at {suppression.Target}" : "")} was "
                    + $"accepted until {suppression.Expires:yyyy-MM-dd}; {suppression.Owner} answers for it ({suppression.Reason}).")),
            "none that has ended", $"{expired.Count} of {site.Suppressions.Count} ended",
            "Import-SummitSite -Path ./site.json | ForEach-Object Suppressions   # then mend it, "
                + "or have its owner set a new day in the file");
    }
}
