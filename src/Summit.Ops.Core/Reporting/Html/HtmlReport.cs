using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Summit.Ops.Reporting.Html;

/// <summary>
/// A report as one page that needs nothing but itself: no script, no outside resource, light and dark, on paper and on a telephone.
/// </summary>
internal static class HtmlReport
{
    private static readonly string Style = ReadStyle();

    // the only things that the page may use are its own style sheet, by its hash, and an empty icon, so that
    // no browser asks a server for one
    private static readonly string Policy = "default-src 'none'; "
        + $"style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; img-src data:; "
        + "base-uri 'none'; form-action 'none'";

    /// <summary>Writes it.</summary>
    public static string Write(Report report)
    {
        var worst = report.Worst;
        var title = report.Subjects is [var only]
            ? $"{ReportWords.Of(worst)}: {only.Name}"
            : $"{ReportWords.Of(worst)}: {report.Subjects.Count} subjects";
        return Markup.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <meta name="generator" content="Summit.Ops {Report.Version}">
            <title>{title}</title>
            <link rel="icon" href="data:,">
            <style>{Markup.Trusted(Style)}</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the report</a>
            {Overview(report)}
            <main id="main">
            {report.Subjects.Select((subject, at) => report.Subjects.Count > 1
                ? SubjectSection.Of(report, subject, at).OneLevelDown()
                : SubjectSection.Of(report, subject, at))}
            {(report.Baseline is { } baseline ? BaselineSection.Of(baseline) : Markup.None)}
            </main>
            <footer><p>Summit.Ops {Report.Version}, {ReportWords.Moment(
                report.Made)}. Tokens, passwords and other secrets are masked with ***.</p></footer>
            </body>
            </html>

            """).ToString();
    }

    /// <summary>Where there are several subjects, all of them at a glance.</summary>
    private static Markup Overview(Report report)
    {
        if (report.Subjects.Count < 2) return Markup.None;
        return Markup.Of($"""
            <nav class="overview" aria-label="What this report is about">
            <h1 class="kicker">{report.Subjects.Count} subjects: {report.Count(ReportOutcome.Broken)} broken,
            {report.Count(ReportOutcome.NeedsAttention)} need attention, {report.Count(ReportOutcome.Unknown)} not known,
            {report.Count(ReportOutcome.Accepted)} accepted, {report.Count(ReportOutcome.Healthy)} healthy</h1>
            <ul>{report.Subjects.Select((subject, at) => Markup.Of($"""<li>{Badges.Of(report.Outcome(subject))} """
                + $"""<a href="#s{at}">{subject.Name}</a><span class="quiet">{Reason(subject)}</span></li>"""))}</ul>
            </nav>
            """);
    }

    private static string Reason(ReportSubject subject) => subject.Value switch
    {
        SummitDiagnosis { RootCause: not SummitCause.None } diagnosis => diagnosis.RootCause.ToString(),
        SummitRepair repair => repair.Outcome.ToString(),
        SummitWebSocketResult { Success: false } probe => probe.Cause.ToString(),
        _ => "",
    };

    private static string ReadStyle()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
