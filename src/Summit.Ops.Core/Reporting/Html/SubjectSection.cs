namespace Summit.Ops.Reporting.Html;

/// <summary>All that is said of one subject: the verdict first, then what leads to it.</summary>
internal static class SubjectSection
{
    /// <summary>The section.</summary>
    public static Markup Of(Report report, ReportSubject subject, int at)
    {
        var id = $"s{at}";
        return Markup.Of($"""
            <article id="{id}" aria-labelledby="{id}-h">
            {VerdictCard.Of(report, subject, id)}
            {Body(report, subject, id)}
            </article>

            """);
    }

    private static Markup Body(Report report, ReportSubject subject, string id) => subject.Value switch
    {
        SummitDiagnosis diagnosis => Diagnosis(report, subject, diagnosis, id),
        SummitRepair repair => Markup.Join(
            [
                RepairSection.Of(repair, id),
                repair.After is { } after ? Diagnosis(report, subject, after, id) : Diagnosis(report, subject, repair.Before, id),
            ]),
        SummitWebSocketResult probe => Markup.Join([Waterfall.Of([probe], id), ProbeDetails.Of([probe], id)]),
        SummitWebSocketMeasurement measurement => MeasurementSection.Of(measurement, id),
        WatchHistory watch => WatchSection.Of(watch, id),
        SummitDeployment deployment => DeploymentSection.Of(deployment, id),
        _ => CheckTable.BySeverity(report, subject, subject.Checks, id, "Checks"),
    };

    private static Markup Diagnosis(Report report, ReportSubject subject, SummitDiagnosis diagnosis, string id) => Markup.Join(
    [
        HopRow.Of(diagnosis, id),
        diagnosis.ProposedFix is { } fix
            ? DiffView.Section(
                fix.Diff, id, "Proposed change",
                Markup.Of($"""<p>What <code>{fix.Command}</code> would do to <code>{fix.Path}</code>. Nothing of it is done yet.</p>"""))
            : Markup.None,
        CheckTable.Checklist(report, subject, diagnosis.Checklist, id),
        CheckTable.BySeverity(report, subject, [.. diagnosis.Checks.Skip(diagnosis.Checklist.Count)], id, "Further checks"),
        diagnosis.Proof is { } proof ? ProofSection.Of(proof, id) : Markup.None,
        diagnosis.Route is { } route ? RouteSection.Of(route, id) : Markup.None,
        Waterfall.Of(diagnosis.WebSocket, id),
        ProbeDetails.Of(diagnosis.WebSocket, id),
    ]);
}
