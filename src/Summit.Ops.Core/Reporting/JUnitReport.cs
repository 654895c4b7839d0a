using System.Globalization;
using System.Text;
using System.Xml;
using Summit.Ops.Text;

namespace Summit.Ops.Reporting;

/// <summary>
/// A report as test results, in the form that Jenkins, GitLab, GitHub and Azure DevOps read: a suite a subject, a case a check.
/// </summary>
/// <remarks>
/// What counts is a failure. What does not apply, could not be looked at, is advice, a symptom of another failure, or accepted, is skipped,
/// with the reason: none of these is a pass, and none may break a build. A diagnosis has one case more, the verdict, so that an unexplained
/// fault breaks it too; where nobody could look at the host it is an error: no test of it was made.
/// </remarks>
internal static class JUnitReport
{
    private sealed record Case(string Name, SummitCheck Check, bool Failed, string? Skipped, bool Error = false);

    /// <summary>Writes it.</summary>
    public static string Write(Report report)
    {
        var suites = report.Subjects.Select(subject => (Subject: subject, Cases: Cases(report, subject).ToList())).ToList();
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(new Utf8Writer(text), new XmlWriterSettings { Indent = true }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "Summit.Ops");
            Counts(
                xml, [.. suites.SelectMany(suite => suite.Cases)],
                suites.Aggregate(TimeSpan.Zero, (sum, suite) => sum + Duration(suite.Subject)));
            foreach (var (subject, cases) in suites) Suite(xml, report, subject, cases);
            xml.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    private static IEnumerable<Case> Cases(Report report, ReportSubject subject)
    {
        if (subject.Diagnosis is { } diagnosis) yield return Verdict(report, subject, diagnosis);
        foreach (var check in subject.Checks)
        {
            var failed = report.Counts(check);
            yield return new Case(
                $"{check.Id}: {check.Title}", check, failed, failed || check.Status == SummitCheckStatus.Pass ? null : Reason(check));
        }
    }

    private static Case Verdict(Report report, ReportSubject subject, SummitDiagnosis diagnosis)
    {
        var first = diagnosis.Causes is [var found, ..] ? found : null;
        var outcome = report.Outcome(subject);
        var check = new SummitCheck
        {
            Id = "Verdict",
            Title = "A WebSocket opens and nothing that breaks it was found",
            Status = diagnosis.Healthy ? SummitCheckStatus.Pass : SummitCheckStatus.Fail,
            Severity = SummitSeverity.Error,
            Cause = diagnosis.RootCause,
            Evidence = first is null ? ReportWords.Headline(subject) : $"{first.Explanation} {first.Evidence}",
            Fix = first?.Fix ?? "",
        };
        var failed = !diagnosis.Healthy && outcome == ReportOutcome.Broken;
        if (!diagnosis.LookedAt && !failed) return new Case($"{check.Id}: {check.Title}", check, Failed: false, Skipped: null, Error: true);
        return new Case(
            $"{check.Id}: {check.Title}", check, failed, failed || diagnosis.Healthy ? null : "What is wrong is accepted by suppressions.");
    }

    private static string Reason(SummitCheck check) => check.Status switch
    {
        SummitCheckStatus.Unknown => $"Unknown: {check.Evidence}",
        SummitCheckStatus.Skipped => $"Does not apply: {check.Evidence}",
        _ => ReportWords.WhyNot(check) is { Length: > 0 } why
            ? $"{why} {check.Evidence}"
            : $"{check.Severity}, which does not count here: {check.Evidence}",
    };

    private static void Suite(XmlWriter xml, Report report, ReportSubject subject, List<Case> cases)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean(subject.Name));
        Counts(xml, cases, Duration(subject));
        xml.WriteAttributeString("skipped", Number(cases.Count(entry => entry.Skipped is not null)));
        xml.WriteAttributeString(
            "timestamp", Started(report, subject).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        if (subject.Diagnosis is { } diagnosis) xml.WriteAttributeString("hostname", Clean(diagnosis.Target.Name));
        foreach (var entry in cases) Write(xml, report, subject, entry);
        xml.WriteEndElement();
    }

    private static void Write(XmlWriter xml, Report report, ReportSubject subject, Case entry)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", Clean(entry.Name));
        xml.WriteAttributeString("classname", Clean(subject.Name));
        xml.WriteAttributeString("time", "0");
        if (entry.Failed || entry.Error)
        {
            var check = entry.Check;
            var state = BaselineComparison.StateOf(report.Baseline, subject, check);
            xml.WriteStartElement(entry.Error ? "error" : "failure");
            xml.WriteAttributeString(
                "message", Clean($"{(state is SummitBaselineState.New ? "New since the baseline: " : "")}{check.Evidence}"));
            xml.WriteAttributeString("type", (check.Cause == SummitCause.None ? check.Severity.ToString() : check.Cause.ToString()));
            (string Label, string Value)[] lines =
            [
                ("", check.Evidence), ("Expected: ", check.Expected), ("Actual: ", check.Actual),
                ("At: ", ReportWords.Place(check.File, check.Line)), ("Run next: ", check.Fix),
                ("See: ", check.HelpUri),
            ];
            xml.WriteString(Clean(string.Join('\n', lines.Where(line => line.Value.Length > 0).Select(line => line.Label + line.Value))));
            xml.WriteEndElement();
        }
        else if (entry.Skipped is { } reason)
        {
            xml.WriteStartElement("skipped");
            xml.WriteAttributeString("message", Clean(reason));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, List<Case> cases, TimeSpan time)
    {
        xml.WriteAttributeString("tests", Number(cases.Count));
        xml.WriteAttributeString("failures", Number(cases.Count(entry => entry.Failed)));
        xml.WriteAttributeString("errors", Number(cases.Count(entry => entry.Error)));
        xml.WriteAttributeString("time", time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));
    }

    private static TimeSpan Duration(ReportSubject subject) => subject.Value switch
    {
        SummitDiagnosis diagnosis => diagnosis.Duration,
        SummitRepair repair => repair.Duration,
        SummitWebSocketResult probe => probe.Timings.Total,
        SummitWebSocketMeasurement measurement => measurement.Duration,
        SummitDeployment deployment => deployment.Duration,
        WatchHistory watch => watch.Ended - watch.Began,
        _ => TimeSpan.Zero,
    };

    private static DateTimeOffset Started(Report report, ReportSubject subject) => subject.Value switch
    {
        SummitDiagnosis diagnosis => diagnosis.Started,
        SummitRepair repair => repair.Before.Started,
        SummitWebSocketResult probe => probe.Started,
        SummitWebSocketMeasurement measurement => measurement.Started,
        WatchHistory watch => watch.Began,
        _ => report.Made,
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // the two characters that XML 1.0 forbids and that are no control characters
    private static string Clean(string text) => ForeignText.VisibleLines(text)
        .Replace("\ufffe", "\\ufffe", StringComparison.Ordinal)
        .Replace("\uffff", "\\uffff", StringComparison.Ordinal);

    private sealed class Utf8Writer(StringBuilder text) : StringWriter(text, CultureInfo.InvariantCulture)
    {
        public override Encoding Encoding { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    }
}
