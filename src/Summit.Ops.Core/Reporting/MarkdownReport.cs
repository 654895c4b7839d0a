using System.Globalization;
using System.Text;
using Summit.Ops.Text;

namespace Summit.Ops.Reporting;

/// <summary>A report as Markdown, for a ticket: the verdict first, then the checklist, what else was found, and the change.</summary>
internal static class MarkdownReport
{
    /// <summary>Writes it.</summary>
    public static string Write(Report report)
    {
        var text = new StringBuilder();
        foreach (var subject in report.Subjects)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"# {ReportWords.Of(report.Outcome(subject))}: {MarkdownText.Words(subject.Name)}\n\n");
            switch (subject.Value)
            {
                case SummitDiagnosis diagnosis: Diagnosis(text, report, subject, diagnosis); break;
                case SummitRepair repair: Repair(text, report, subject, repair); break;
                case SummitWebSocketResult probe: Probe(text, subject, probe); break;
                case SummitWebSocketMeasurement measurement: Measurement(text, subject, measurement); break;
                case WatchHistory watch: Watch(text, watch); break;
                case SummitDeployment deployment: Deployment(text, subject, deployment); break;
                default: Checks(text, report, subject, "Checks", subject.Checks); break;
            }
        }

        if (report.Baseline is { } baseline) Baseline(text, baseline);
        return text.Append(
            CultureInfo.InvariantCulture,
            $"_Summit.Ops {Report.Version}, {ReportWords.Moment(report.Made)}. Secrets are masked._\n").ToString();
    }

    private static void Diagnosis(StringBuilder text, Report report, ReportSubject subject, SummitDiagnosis diagnosis)
    {
        if (diagnosis.Causes.Count == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"**{MarkdownText.Words(ReportWords.Headline(subject))}**\n\n");
        }

        for (var i = 0; i < diagnosis.Causes.Count; i++)
        {
            var cause = diagnosis.Causes[i];
            if (i == 1) text.Append("## Also broken\n\n");
            text.Append(
                CultureInfo.InvariantCulture,
                $"**{cause.Cause}: {MarkdownText.Words(cause.Explanation)}**\n\n{MarkdownText.Words(cause.Evidence)}\n\n"
                    + $"Run next:\n\n{MarkdownText.Block(cause.Fix, "powershell")}\n");
        }

        text.Append("## Hops\n\n| hop | answer | cause | total |\n|---|---|---|---|\n");
        foreach (var hop in diagnosis.WebSocket)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {MarkdownText.Words(ReportWords.Hop(hop.Hop))} | {MarkdownText.Words(ReportWords.Answer(hop))} | "
                    + $"{(hop.Success ? "" : hop.Cause)} | {ReportWords.Time(hop.Timings.Total)} |\n");
        }

        text.Append('\n');
        Checks(text, report, subject, "Checklist", diagnosis.Checklist);
        var further = diagnosis.Checks.Skip(diagnosis.Checklist.Count)
            .Where(check => check.Status is SummitCheckStatus.Fail or SummitCheckStatus.Unknown)
            .OrderByDescending(check => check.Status == SummitCheckStatus.Fail).ThenByDescending(check => check.Severity).ToList();
        if (further.Count > 0) Checks(text, report, subject, "Further", further);
        if (diagnosis.Proof is { } proof)
        {
            text.Append(
                CultureInfo.InvariantCulture, $"## Proof\n\n{MarkdownText.Block($"{proof}\n{string.Join('\n', proof.Lines)}", "text")}\n");
        }

        if (diagnosis.ProposedFix is { } fix)
        {
            text.Append(CultureInfo.InvariantCulture, $"## Proposed change\n\n{MarkdownText.Block(fix.Diff, "diff")}\n");
        }

        if (diagnosis.Route is { } route) Route(text, route);
    }

    private static void Repair(StringBuilder text, Report report, ReportSubject subject, SummitRepair repair)
    {
        text.Append(CultureInfo.InvariantCulture, $"**{repair.Outcome}: {MarkdownText.Words(repair.Reason)}**\n\n");
        if (repair.NextCommand.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Run next:\n\n{MarkdownText.Block(repair.NextCommand, "powershell")}\n");
        }

        if (repair.Plan.Count > 0) text.Append("## Steps\n\n");
        foreach (var step in repair.Plan)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"**{step.Status}**: {MarkdownText.Words(step.Description)} ({string.Join(", ", step.Causes)})\n\n");
            if (step.Diff.Length > 0) text.Append(MarkdownText.Block(step.Diff, "diff")).Append('\n');
            if (step.Result.Length > 0) text.Append(MarkdownText.Block(step.Result)).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"## {(repair.After is null ? "Before" : "Afterwards")}\n\n");
        Diagnosis(text, report, subject, repair.After ?? repair.Before);
    }

    private static void Checks(StringBuilder text, Report report, ReportSubject subject, string heading, IReadOnlyList<SummitCheck> checks)
    {
        text.Append(CultureInfo.InvariantCulture, $"## {heading}\n\n| | check | seen |\n|---|---|---|\n");
        foreach (var check in checks)
        {
            var why = ReportWords.WhyNot(check);
            var place = ReportWords.Place(check.File, check.Line);
            string[] seen =
            [
                BaselineComparison.StateOf(report.Baseline, subject, check) is SummitBaselineState.New ? "**New.**" : "",
                MarkdownText.Words(why), MarkdownText.Words(check.Evidence),
                place.Length > 0 && !check.Evidence.Contains(place, StringComparison.Ordinal) ? $"({MarkdownText.Code(place)})" : "",
                report.Counts(check) && check.Fix.Length > 0 ? $"Run {MarkdownText.Code(check.Fix)}" : "",
            ];
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {Mark(report, check)} | {MarkdownText.Words(check.Title.Replace('`', '\''))} | "
                    + $"{string.Join(' ', seen.Where(part => part.Length > 0))} |\n");
        }

        text.Append('\n');
    }

    private static string Mark(Report report, SummitCheck check) =>
        report.Counts(check) ? $"**{ReportWords.Of(check)}**" : ReportWords.Of(check);

    private static void Route(StringBuilder text, SummitNginxRoute route)
    {
        text.Append("## The request's way through the configuration\n\n");
        foreach (var step in route.Steps) text.Append(CultureInfo.InvariantCulture, $"1. {MarkdownText.Words(step)}\n");
        text.Append('\n');
        var lost = route.Effective.Where(directive => !directive.Holds).ToList();
        if (lost.Count == 0) return;
        text.Append("Lost on the way:\n\n| directive | where | why |\n|---|---|---|\n");
        foreach (var directive in lost)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {MarkdownText.Code(directive.ToString())} | {MarkdownText.Code(ReportWords.Place(directive.File, directive.Line))} | "
                    + $"{MarkdownText.Words(directive.LostBecause)} |\n");
        }

        text.Append('\n');
    }

    private static void Probe(StringBuilder text, ReportSubject subject, SummitWebSocketResult probe)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"**{(probe.Success ? "" : $"{probe.Cause}: ")}{MarkdownText.Words(ReportWords.Headline(subject))}**\n\n");
        if (probe.Fix.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Run next:\n\n{MarkdownText.Block(probe.Fix, "powershell")}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"| layer | time |\n|---|---|\n");
        foreach (var (layer, time) in ReportWords.Layers(probe.Timings))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {layer} | {ReportWords.Time(time)} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"| Total | {ReportWords.Time(probe.Timings.Total)} |\n\n");
    }

    private static void Measurement(StringBuilder text, ReportSubject subject, SummitWebSocketMeasurement measurement)
    {
        text.Append(CultureInfo.InvariantCulture, $"**{MarkdownText.Words(ReportWords.Headline(subject))}**\n\n");
        if (measurement.Fix.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Run next:\n\n{MarkdownText.Block(measurement.Fix, "powershell")}\n");
        }

        text.Append("| | count | p50 | p90 | p99 | p99.9 | max |\n|---|---|---|---|---|---|---|\n");
        foreach (var (name, latency) in new[] { ("Open", measurement.Open), ("Round trip", measurement.RoundTrip) })
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {name} | {latency.Count} | {ReportWords.Time(latency.P50)} | {ReportWords.Time(latency.P90)} | "
                    + $"{ReportWords.Time(latency.P99)} | {ReportWords.Time(latency.P999)} | {ReportWords.Time(latency.Max)} |\n");
        }

        text.Append('\n');
        foreach (var failure in measurement.Failures)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"- {failure.Count} × {failure.Stage}, {failure.Cause}: {MarkdownText.Words(failure.Explanation)}\n");
        }

        foreach (var drop in measurement.Drops) text.Append(CultureInfo.InvariantCulture, $"- {MarkdownText.Words(drop.ToString())}\n");
        foreach (var limit in measurement.Limits)
        {
            text.Append(CultureInfo.InvariantCulture, $"- This machine: {MarkdownText.Words(limit)}\n");
        }

        text.Append('\n');
    }

    private static void Watch(StringBuilder text, WatchHistory watch)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"**{MarkdownText.Words(ReportWords.Of(watch))}**\n\n"
                + $"From {ReportWords.Moment(watch.Began)} to {ReportWords.Moment(watch.Ended)}, "
                + $"{Amount.Of(watch.Probes, "probe")}, {watch.Failed} failed.\n\n");
        if (watch.LastFault is { Fix.Length: > 0 } fault && watch.State == SummitWatchState.Down)
        {
            text.Append(CultureInfo.InvariantCulture, $"Run next:\n\n{MarkdownText.Block(fault.Fix, "powershell")}\n");
        }

        var told = watch.Stretches.Where(stretch => stretch.State is not SummitWatchState.Up).ToList();
        if (told.Count == 0) return;
        text.Append("| since | for | state | cause | what happened |\n|---|---|---|---|---|\n");
        foreach (var stretch in told)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {ReportWords.Moment(stretch.From)} | {ReportWords.Length(stretch.Length)} | {stretch.State} | "
                    + $"{(stretch.Began.Cause == SummitCause.None ? "" : stretch.Began.Cause)} | "
                    + $"{MarkdownText.Words(stretch.Began.Explanation)} |\n");
        }

        text.Append('\n');
    }

    private static void Deployment(StringBuilder text, ReportSubject subject, SummitDeployment deployment)
    {
        text.Append(CultureInfo.InvariantCulture, $"**{MarkdownText.Words(ReportWords.Headline(subject))}**\n\n");
        text.Append("| changed | tested | reloaded | verified | rolled back | backup |\n|---|---|---|---|---|---|\n");
        text.Append(
            CultureInfo.InvariantCulture,
            $"| {deployment.Changed} | {deployment.Tested} | {deployment.Reloaded} | {deployment.Verified} | {deployment.RolledBack} | "
                + $"{MarkdownText.Code(deployment.BackupPath)} |\n\n");
        if (deployment.Diff.Length > 0) text.Append(MarkdownText.Block(deployment.Diff, "diff")).Append('\n');
        if (deployment.Output.Length > 0) text.Append(MarkdownText.Block(deployment.Output)).Append('\n');
    }

    private static void Baseline(StringBuilder text, SummitBaseline baseline)
    {
        text.Append(CultureInfo.InvariantCulture, $"## Since {ReportWords.Moment(baseline.Made)}: {baseline}\n\n");
        foreach (var change in baseline.Changes)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"- **{ReportWords.Of(change.State)}** {change.Check.Id}, {MarkdownText.Words(change.Subject)}: "
                    + $"{MarkdownText.Words(change.Check.Evidence)}\n");
        }

        text.Append('\n');
    }
}
