using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Summit.Ops.Errors;
using Summit.Ops.Reporting;

namespace Summit.Ops.Core.Tests.Reporting;

/// <summary>What each format says, and that none of them says a secret or obeys foreign text.</summary>
public sealed class ReportFormatTests
{
    private const string Hostile =
        "<script>alert(1)</script>\u001b[2J\u202e ]]> & \"quoted\" ```` `code` | [a](javascript:x) @everyone #12 \u0000\ufffe";

    private static readonly string[] SecretsInTheSamples = ["verysecretcookie", "topsecretkey", "c2VjcmV0OnNlY3JldA", "hunter22"];

    public static TheoryData<SummitReportFormat> Formats => [.. Enum.GetValues<SummitReportFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Secrets_are_in_no_format(SummitReportFormat format)
    {
        var text = ReportFile.Render(
            Samples.Report(Samples.Diagnosis(Leaky("Leak.A")), Samples.Probe, Samples.Repair, Leaky("Leak.B")), format);
        Assert.All(
            [.. SecretsInTheSamples, "eyJhbGciOi", "AKIAABCDEFGHIJKLMNOP", "hunter2hunter2"],
            secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        Assert.Contains("***", text, StringComparison.Ordinal);

        static SummitCheck Leaky(string id) =>
            Samples.Check(id) with
            {
                Target = "wss://me:hunter2hunter2@host/ws",
                Evidence = "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefgh and "
                    + "AKIAABCDEFGHIJKLMNOP at https://me:hunter2hunter2@host/?token=hunter2hunter2 {\"password\":\"hunter2hunter2\"}",
            };
    }

    [Fact]
    public void A_page_has_one_heading_of_the_first_level()
    {
        Assert.Single(Regex().Matches(ReportFile.Render(Samples.Report(Samples.Diagnosis()), SummitReportFormat.Html)));
        var several = ReportFile.Render(Samples.Report(Samples.Diagnosis(), Samples.Probe, Samples.Repair), SummitReportFormat.Html);
        Assert.Single(Regex().Matches(several));
        Assert.Contains("<h2 id=\"s1-h\">", several, StringComparison.Ordinal);

        static System.Text.RegularExpressions.Regex Regex() => new("<h1[ >]");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Foreign_text_is_shown_and_not_obeyed(SummitReportFormat format)
    {
        var hostile = Samples.Check("Foreign.Text") with
        {
            Title = Hostile, Evidence = Hostile, Target = Hostile, File = "/etc/\u001b[31m", Fix = Hostile,
        };
        var text = ReportFile.Render(Samples.Report(
            Samples.Diagnosis(hostile),
            Samples.Probe with { Explanation = Hostile, Hop = Hostile, FirstMessage = Hostile, ResponseBodyHead = Hostile },
            hostile,
            Samples.Deployment with { Output = Hostile, Diff = "+" + Hostile }), format);
        if (format is not (SummitReportFormat.Json or SummitReportFormat.Sarif)) Assert.DoesNotContain('\u202e', text);
        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\0', text);
        switch (format)
        {
            case SummitReportFormat.Html:
                Assert.DoesNotContain("<script", text, StringComparison.OrdinalIgnoreCase);
                Assert.Contains("&lt;script&gt;alert(1)", text, StringComparison.Ordinal);
                break;
            case SummitReportFormat.JUnit:
                Assert.NotNull(XDocument.Parse(text).Root);
                break;
            case SummitReportFormat.Json or SummitReportFormat.Sarif:
                Assert.NotNull(JsonNode.Parse(text));
                break;
            case SummitReportFormat.Markdown:
                // outside code nothing of it is left that a renderer would obey
                var prose = System.Text.RegularExpressions.Regex.Replace(text, @"(?s)(`+)(?!`).*?(?<!`)\1(?!`)", "");
                Assert.DoesNotContain("<script", prose, StringComparison.Ordinal);
                Assert.DoesNotContain("@everyone", prose, StringComparison.Ordinal);
                Assert.DoesNotContain("[a](", prose, StringComparison.Ordinal);
                break;
        }
    }

    [Fact]
    public void Json_reads_back_as_the_same_objects()
    {
        var report = new Report { Made = Samples.Time, MinimumSeverity = SummitSeverity.Error, Subjects = ReportSubjects.Of(
            [
                Samples.Measurement, Samples.Repair, Samples.Check("A.B"), Samples.Deployment,
                Samples.Check("C.D", SummitCheckStatus.Pass), Samples.Probe, Samples.Diagnosis(),
            ]) };
        var text = ReportFile.Render(report, SummitReportFormat.Json);
        var read = JsonReport.Read(text);
        Assert.Equal(text, JsonReport.Write(read));
        Assert.Equal((report.Made, report.MinimumSeverity), (read.Made, read.MinimumSeverity));
        Assert.Equal(
            report.Subjects.Select(subject => (subject.Name, subject.Value.GetType().Name, subject.Checks.Count)),
            read.Subjects.Select(subject => (subject.Name, subject.Value.GetType().Name, subject.Checks.Count)));
        var diagnosis = Assert.IsType<SummitDiagnosis>(read.Subjects[^1].Value);
        Assert.Equal(
            (TimeSpan.FromSeconds(30), new DateOnly(2027, 1, 31), "platform team"),
            (diagnosis.Site.PingInterval, diagnosis.Site.Suppressions[0].Expires, diagnosis.Checks[6].Suppression!.Owner));
        Assert.Equal(Samples.Probe.Timings, diagnosis.WebSocket[0].Timings);
        Assert.Equal(TimeSpan.FromMilliseconds(120.7), Assert.IsType<SummitWebSocketMeasurement>(read.Subjects[0].Value).Open.P999);
    }

    [Theory]
    [InlineData("", "cannot be read|is no JSON report")]
    [InlineData("{}", "summit-report")]
    [InlineData("[1]", "summit-report")]
    [InlineData("{\"Format\":\"summit-report\",\"Version\":99}", "version is 99")]
    [InlineData("{\"Format\":\"summit-report\",\"Version\":\"1\"}", "is no JSON report")]
    [InlineData("{\"Format\":\"summit-report\",\"Version\":1,\"Made\":\"2026-01-01T00:00:00Z\",\"MinimumSeverity\":\"Error\"}", "Items")]
    [InlineData(
        "{\"Format\":\"summit-report\",\"Version\":1,\"Made\":\"2026-01-01T00:00:00Z\",\"MinimumSeverity\":\"Error\","
            + "\"Items\":[{\"Type\":\"String\",\"Value\":\"x\"}]}",
        "'String'")]
    public void What_is_no_report_is_said_to_be_none(string text, string said)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            Assert.Matches(said, Assert.Throws<SummitFileException>(() => ReportFile.Read(file)).Message);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void JUnit_fails_what_counts_and_skips_the_rest_with_the_reason()
    {
        var suite = XDocument.Parse(ReportFile.Render(Samples.Report(Samples.Diagnosis()), SummitReportFormat.JUnit)).Root!
            .Element("testsuite")!;
        var cases = suite.Elements("testcase").ToDictionary(test => test.Attribute("name")!.Value.Split(':')[0], test => test);
        Assert.Equal(
            ["Verdict", "Nginx.UpgradeHeaders", "Nginx.HostHeader"],
            cases.Where(test => test.Value.Element("failure") is not null).Select(test => test.Key));
        Assert.Equal(
            ["Nginx.ProxyBuffering", "Network.Port443", "Nginx.LocationOrder", "Nginx.ReadTimeout", "WebSocket.Public"],
            cases.Where(test => test.Value.Element("skipped") is not null).Select(test => test.Key));
        Assert.StartsWith("Advice", Skipped("Nginx.ProxyBuffering"), StringComparison.Ordinal);
        Assert.StartsWith("Unknown", Skipped("Network.Port443"), StringComparison.Ordinal);
        Assert.Contains("2027-01-31 by platform team", Skipped("Nginx.ReadTimeout"), StringComparison.Ordinal);
        Assert.StartsWith("Follows from NginxUpgradeHeadersMissing", Skipped("WebSocket.Public"), StringComparison.Ordinal);
        Assert.Equal(
            ("9", "3", "5"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("skipped")!.Value));

        var strict = ReportFile.Render(
            Samples.Report(Samples.Diagnosis()) with { MinimumSeverity = SummitSeverity.Error }, SummitReportFormat.JUnit);
        Assert.Equal("2", XDocument.Parse(strict).Root!.Attribute("failures")!.Value);

        string Skipped(string id) => cases[id].Element("skipped")!.Attribute("message")!.Value;
    }

    [Fact]
    public void A_repair_is_judged_by_the_diagnosis_afterwards()
    {
        var mended = Samples.Repair with { Outcome = SummitRepairOutcome.Repaired, After = Samples.Diagnosis() with
        {
            Healthy = true, RootCause = SummitCause.None, Causes = [], Checks = [Samples.Check("Backend.Running", SummitCheckStatus.Pass)],
        } };
        Assert.Equal(
            "0", XDocument.Parse(ReportFile.Render(Samples.Report(mended), SummitReportFormat.JUnit)).Root!.Attribute("failures")!.Value);
        Assert.NotEqual("0", XDocument.Parse(ReportFile.Render(Samples.Report(Samples.Repair), SummitReportFormat.JUnit)).Root!
            .Attribute("failures")!.Value);
        Assert.StartsWith("# Healthy: ", ReportFile.Render(Samples.Report(mended), SummitReportFormat.Markdown), StringComparison.Ordinal);
    }

    [Fact]
    public void What_keeps_it_from_opening_and_is_accepted_breaks_no_build_and_what_nobody_can_explain_does()
    {
        var accepted = Samples.Diagnosis() with { Checks =
        [
            .. Samples.Diagnosis().Checks.Select(check => check.Severity == SummitSeverity.Error && check.Status == SummitCheckStatus.Fail
                ? check with { Suppression = Samples.Suppression }
                : check),
        ] };
        Assert.Equal((1, ReportOutcome.NeedsAttention), (Failures(accepted, SummitSeverity.Warning), Samples.Report(accepted).Worst));
        Assert.Equal(
            (0, ReportOutcome.Accepted),
            (Failures(accepted, SummitSeverity.Error), (Samples.Report(accepted) with { MinimumSeverity = SummitSeverity.Error }).Worst));
        Assert.Equal(1, Failures(accepted with { Causes = [], RootCause = SummitCause.Unknown }, SummitSeverity.Error));

        static int Failures(SummitDiagnosis diagnosis, SummitSeverity minimum) =>
            int.Parse(XDocument
                .Parse(ReportFile.Render(Samples.Report(diagnosis) with { MinimumSeverity = minimum }, SummitReportFormat.JUnit)).Root!
                .Attribute("failures")!.Value);
    }

    [Fact]
    public void JUnit_does_not_fail_advice_even_where_advice_is_asked_for()
    {
        var text = ReportFile.Render(
            Samples.Report(Samples.Check("A.B", severity: SummitSeverity.Advice)) with { MinimumSeverity = SummitSeverity.Advice },
            SummitReportFormat.JUnit);
        Assert.Equal("0", XDocument.Parse(text).Root!.Attribute("failures")!.Value);
    }

    [Fact]
    public void JUnit_has_only_what_the_common_schema_has()
    {
        var allowed = new Dictionary<string, string[]>
        {
            ["testsuites"] = ["name", "time", "tests", "failures", "errors"],
            ["testsuite"] = ["name", "time", "tests", "failures", "errors", "skipped", "timestamp", "hostname"],
            ["testcase"] = ["name", "time", "classname"],
            ["failure"] = ["message", "type"],
            ["skipped"] = ["message"],
        };
        var document = XDocument.Parse(ReportFile.Render(
            Samples.Report(Samples.Diagnosis(), Samples.Measurement, Samples.Repair, Samples.Check("A.B"), Samples.Deployment),
            SummitReportFormat.JUnit));
        Assert.All(document.Descendants(), element => Assert.Subset(
            allowed[element.Name.LocalName].ToHashSet(), element.Attributes().Select(attribute => attribute.Name.LocalName).ToHashSet()));
        Assert.All(document.Descendants("testsuite"), suite =>
        {
            Assert.Equal(suite.Elements("testcase").Count().ToString(), suite.Attribute("tests")!.Value);
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$", suite.Attribute("timestamp")!.Value);
        });
        Assert.All(document.Descendants("testcase"), test => Assert.InRange(test.Elements().Count(), 0, 1));
    }

    [Fact]
    public void Sarif_names_file_line_level_and_suppression()
    {
        var run = JsonNode.Parse(ReportFile.Render(Samples.Report(Samples.Diagnosis()), SummitReportFormat.Sarif))!["runs"]![0]!;
        var rules = run["tool"]!["driver"]!["rules"]!.AsArray();
        var results = run["results"]!.AsArray();
        Assert.Equal(
            [
                "Nginx.UpgradeHeaders", "Nginx.ProxyBuffering", "Network.Port443", "Nginx.HostHeader", "Nginx.ReadTimeout",
                "WebSocket.Public",
            ], results.Select(result => Text(result!["ruleId"])));
        Assert.All(results, result => Assert.Equal(Text(result!["ruleId"]), Text(rules[result["ruleIndex"]!.GetValue<int>()]!["id"])));
        Assert.Equal(["error", "note", "none", "warning", "warning", "note"], results.Select(result => Text(result!["level"])));
        Assert.Equal(["fail", "fail", "review", "fail", "fail", "fail"], results.Select(result => Text(result!["kind"])));
        var place = results[0]!["locations"]![0]!["physicalLocation"]!;
        Assert.Equal(
            ("file:///etc/nginx/sites-available/summit%20api", 12),
            (Text(place["artifactLocation"]!["uri"]), place["region"]!["startLine"]!.GetValue<int>()));
        Assert.Contains("platform team", Text(results[4]!["suppressions"]![0]!["justification"]), StringComparison.Ordinal);
        Assert.Equal(results.Count, results.Select(result => Text(result!["partialFingerprints"]!["summit/v2"])).Distinct().Count());

        static string Text(JsonNode? node) => node!.GetValue<string>();
    }

    [Theory]
    [InlineData("a.html", SummitReportFormat.Html)]
    [InlineData("a.HTM", SummitReportFormat.Html)]
    [InlineData("a.md", SummitReportFormat.Markdown)]
    [InlineData("TEST-a.xml", SummitReportFormat.JUnit)]
    [InlineData("a.json", SummitReportFormat.Json)]
    [InlineData("a.sarif", SummitReportFormat.Sarif)]
    [InlineData("a.sarif.json", SummitReportFormat.Sarif)]
    public void The_extension_says_the_format(string name, SummitReportFormat format) => Assert.Equal(format, ReportFile.FormatOf(name));

    [Fact]
    public void A_name_that_says_none_is_refused() =>
        Assert.Equal("ReportFormatUnknown", Assert.Throws<SummitArgumentException>(() => ReportFile.FormatOf("/tmp/report")).ErrorId);

    [Fact]
    public void A_failure_while_writing_leaves_the_older_report_as_it_was()
    {
        var folder = Directory.CreateTempSubdirectory("summit-report-").FullName;
        try
        {
            var file = Path.Combine(folder, "a.json");
            ReportFile.Write(Samples.Report(Samples.Probe), SummitReportFormat.Json, file);
            Assert.Equal([file], Directory.GetFiles(folder));
            Assert.Equal("ReportNotWritten", Assert.Throws<SummitFileException>(
                () => ReportFile.Write(Samples.Report(Samples.Probe), SummitReportFormat.Json, Path.Combine(file, "b.json"))).ErrorId);
            Assert.NotNull(ReportFile.Read(file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
