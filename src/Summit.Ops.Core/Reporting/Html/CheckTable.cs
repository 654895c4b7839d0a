namespace Summit.Ops.Reporting.Html;

/// <summary>Checks as tables: the guide's nine in their order, and what else was looked at, the worst first.</summary>
internal static class CheckTable
{
    /// <summary>The guide's checklist, in its order and words.</summary>
    public static Markup Checklist(Report report, ReportSubject subject, IReadOnlyList<SummitCheck> checks, string id) => Markup.Of($"""
        <section aria-labelledby="{id}-list"><h2 id="{id}-list">Verification checklist</h2>
        {Table(report, subject, checks, "The guide’s checklist, in the guide’s order", numbered: true)}
        </section>

        """);

    /// <summary>Checks by what they came to; what passed or does not apply is folded away.</summary>
    public static Markup BySeverity(Report report, ReportSubject subject, IReadOnlyList<SummitCheck> checks, string id, string heading)
    {
        if (checks.Count == 0) return Markup.None;
        List<SummitCheck> left = [.. checks];
        return Markup.Of($"""
            <section aria-labelledby="{id}-more"><h2 id="{id}-more">{heading}</h2>
            {Group("Errors", check => check is { IsFailure: true, Severity: SummitSeverity.Error })}
            {Group("Warnings", check => check.IsFailure)}
            {Group("Could not be looked at", check => check.Status == SummitCheckStatus.Unknown)}
            {Group("Accepted", check => check is { Status: SummitCheckStatus.Fail, Suppression: not null })}
            {Group("Symptoms of the causes above", check => check is { Status: SummitCheckStatus.Fail, ExplainedBy: not SummitCause.None })}
            {Group("Advice", check => check.Status == SummitCheckStatus.Fail)}
            {Folded(report, subject, left)}
            </section>

            """);

        Markup Group(string name, Predicate<SummitCheck> belongs)
        {
            var found = left.FindAll(belongs);
            left.RemoveAll(belongs);
            return found.Count == 0 ? Markup.None : Markup.Of($"""<h3>{name}</h3>{Table(report, subject, found, name, numbered: false)}""");
        }
    }

    private static Markup Folded(Report report, ReportSubject subject, List<SummitCheck> checks)
    {
        if (checks.Count == 0) return Markup.None;
        var passed = checks.Count(check => check.Status == SummitCheckStatus.Pass);
        var summary = passed == checks.Count ? $"{passed} passed" : $"{passed} passed, {checks.Count - passed} do not apply";
        return Markup.Of(
            $"""<details class="aside"><summary>{summary}</summary>{Table(report, subject, checks, summary, numbered: false)}</details>""");
    }

    private static Markup Table(Report report, ReportSubject subject, IReadOnlyList<SummitCheck> checks, string caption, bool numbered) =>
        Markup.Of($"""
            <table class="checks">
            <caption class="hidden">{caption}</caption>
            <thead><tr><th scope="col">Status</th><th scope="col">Check</th><th scope="col">What was seen</th></tr></thead>
            <tbody>{checks.Select((check, at) => Row(report, subject, check, numbered ? at + 1 : 0))}</tbody>
            </table>
            """);

    private static Markup Row(Report report, ReportSubject subject, SummitCheck check, int number)
    {
        var place = ReportWords.Place(check.File, check.Line);
        var why = ReportWords.WhyNot(check);
        var state = BaselineComparison.StateOf(report.Baseline, subject, check);
        return Markup.Of($"""
            <tr>
            <td>{Badges.Of(check)}{(state is SummitBaselineState.New ? Badges.Of(SummitBaselineState.New) : Markup.None)}</td>
            <th scope="row">{(number > 0
                ? Markup.Of($"""<span class="number">{number}.</span> """)
                : Markup.None)}{Title(check.Title)}<span class="quiet mono">{check.Id}</span></th>
            <td>{(why.Length > 0 ? Markup.Of($"""<p class="because">{why}</p>""") : Markup.None)}<p>{check.Evidence}</p>
            {(check.Status == SummitCheckStatus.Fail && place.Length > 0 && !check.Evidence.Contains(place, StringComparison.Ordinal)
                ? Markup.Of($"""<p class="quiet mono">{place}</p>""")
                : Markup.None)}
            {(check.Status is SummitCheckStatus.Fail or SummitCheckStatus.Unknown && check.ExplainedBy == SummitCause.None
                && check.Fix.Length > 0
                ? Markup.Of($"""<pre tabindex="0" role="group" aria-label="Command for {check.Id}"><code>{check.Fix}</code></pre>""")
                : Markup.None)}
            </td>
            </tr>
            """);
    }

    // the guide's own words have code between backticks
    private static Markup Title(string title)
    {
        var parts = title.Split('`');
        return Markup.Join(
            parts.Select((part, at) => at % 2 == 1 && at < parts.Length - 1 ? Markup.Of($"<code>{part}</code>") : Markup.Of($"{part}")));
    }
}
