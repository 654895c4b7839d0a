namespace Summit.Ops.Reporting.Html;

/// <summary>What is read first: what is wrong, in plain words, what proves it, and what to run.</summary>
internal static class VerdictCard
{
    /// <summary>The card.</summary>
    public static Markup Of(Report report, ReportSubject subject, string id)
    {
        var outcome = report.Outcome(subject);
        return Markup.Of($"""
            <header class="verdict {Badges.Tone(outcome)}">
            <p class="kicker">{Kicker(subject)}</p>
            <h1 id="{id}-h">{Badges.Of(outcome)} <span>{subject.Name}</span></h1>
            {Words(subject, id)}
            <p class="counts">{ReportWords.Counts(subject.Checks)}{Since(report)}</p>
            </header>

            """);
    }

    private static string Kicker(ReportSubject subject) => subject.Value switch
    {
        SummitDiagnosis diagnosis =>
            $"WebSocket diagnosis · {diagnosis.Site.Uri} · {ReportWords.Moment(diagnosis.Started)}{Took(diagnosis.Duration)}",
        SummitRepair repair => $"WebSocket repair · {repair.Site.Uri} · {ReportWords.Moment(repair.Before.Started)}{Took(repair.Duration)}",
        SummitWebSocketResult probe => $"WebSocket probe · {ReportWords.Moment(probe.Started)}{Took(probe.Timings.Total)}",
        SummitWebSocketMeasurement measurement =>
            $"WebSocket measurement · {ReportWords.Moment(measurement.Started)}{Took(measurement.Duration)}",
        WatchHistory watch => $"WebSocket watch · {ReportWords.Moment(watch.Began)} to {ReportWords.Moment(watch.Ended)}",
        SummitDeployment deployment => $"{deployment.Action} on {deployment.Target}{Took(deployment.Duration)}",
        _ => "Checks",
    };

    // evidence that is judged again took no time
    private static string Took(TimeSpan time) => time == TimeSpan.Zero ? "" : $" · took {ReportWords.Time(time)}";

    private static string Since(Report report) =>
        report.Baseline is { } baseline ? $" · since {baseline.Made.UtcDateTime:yyyy-MM-dd}: {baseline}" : "";

    private static Markup Words(ReportSubject subject, string id) => subject.Value switch
    {
        SummitDiagnosis { Causes: [var first, ..] causes } =>
            Markup.Join([Cause(first, "cause"), causes.Count > 1 ? Others(causes.Skip(1), id) : Markup.None]),
        SummitRepair repair => Repair(repair),
        SummitWebSocketResult { Success: false } probe => Cause(probe.Cause.ToString(), probe.Explanation, "", probe.Fix, "cause"),
        SummitWebSocketMeasurement { Fix.Length: > 0 } measurement => Cause("", measurement.Explanation, "", measurement.Fix, "cause"),
        WatchHistory { State: SummitWatchState.Down, LastFault: { } fault } =>
            Cause(fault.Cause.ToString(), fault.Explanation, ReportWords.Headline(subject), fault.Fix, "cause"),
        _ => Markup.Of($"""<p class="lead">{ReportWords.Headline(subject)}</p>"""),
    };

    private static Markup Repair(SummitRepair repair) => Markup.Of($"""
        <div class="cause">
        <p class="lead">{repair.Reason}</p>
        <p class="name">Outcome: <code>{repair.Outcome}</code>{(repair.Before.RootCause == SummitCause.None
            ? Markup.None
            : Markup.Of($"; root cause before: <code>{repair.Before.RootCause}</code>"))}</p>
        {Command(repair.NextCommand)}
        </div>
        """);

    private static Markup Others(IEnumerable<SummitDiagnosedCause> causes, string id) => Markup.Of($"""
        <section class="others" aria-labelledby="{id}-o"><h2 id="{id}-o">Broken as well</h2>
        {causes.Select(cause => Cause(cause, "cause minor"))}</section>
        """);

    private static Markup Cause(SummitDiagnosedCause cause, string style) =>
        Cause(cause.Cause.ToString(), cause.Explanation, cause.Evidence, cause.Fix, style);

    private static Markup Cause(string name, string explanation, string evidence, string fix, string style) => Markup.Of($"""
        <div class="{style}">
        <p class="lead">{explanation}</p>
        {(name.Length > 0
            ? Markup.Of($"""<p class="name">{(style == "cause" ? "Root cause" : "Cause")}: <code>{name}</code></p>""")
            : Markup.None)}
        {(evidence.Length > 0 ? Markup.Of($"""<p class="evidence"><span class="label">Evidence</span> {evidence}</p>""") : Markup.None)}
        {Command(fix)}
        </div>
        """);

    /// <summary>A command that one click selects whole.</summary>
    public static Markup Command(string command) => command.Length == 0 ? Markup.None : Markup.Of($"""
        <div class="next"><span class="label">Run next</span>
        <pre tabindex="0" role="group" aria-label="Command to run next"><code>{command}</code></pre></div>
        """);
}
