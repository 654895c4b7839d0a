using Summit.Ops.Reporting;

namespace Summit.Ops.Core.Tests.Reporting;

/// <summary>What is new, still there, fixed, or not looked at since an earlier report.</summary>
public sealed class BaselineTests
{
    private static readonly SummitCheck[] Then =
    [
        Samples.Check("A.Stays"), Samples.Check("A.Heals"), Samples.Check("A.Vanishes"), Samples.Check("A.Fine", SummitCheckStatus.Pass),
        Samples.Check("A.Other", cause: SummitCause.CertificateExpired),
    ];

    private static readonly SummitCheck[] Now =
    [
        Samples.Check("A.Stays"), Samples.Check("A.Heals", SummitCheckStatus.Pass), Samples.Check("A.Vanishes", SummitCheckStatus.Unknown),
        Samples.Check("A.Fine"), Samples.Check("A.Other", cause: SummitCause.CertificateNameMismatch),
    ];

    [Fact]
    public void Each_failure_of_then_and_now_has_a_state()
    {
        var baseline = BaselineComparison.Over(Report(Then), "/then.json", Report(Now).Subjects);
        Assert.Equal(
            [
                "New: A.Fine (Checks)", "StillThere: A.Other (Checks)", "StillThere: A.Stays (Checks)", "Fixed: A.Heals (Checks)",
                "NotLookedAt: A.Vanishes (Checks)",
            ],
            baseline.Changes.OrderBy(change => change.State).ThenBy(change => change.Check.Id, StringComparer.Ordinal)
                .Select(change => change.ToString()));
        Assert.Equal("1 new, 2 still there, 1 fixed, 1 not looked at", baseline.ToString());
        Assert.Equal((Samples.Time, "/then.json"), (baseline.Made, baseline.Path));
    }

    [Fact]
    public void The_same_report_read_back_has_nothing_new_even_where_it_was_redacted()
    {
        object[] values =
        [
            Samples.Diagnosis(), Samples.Measurement, Samples.Check("A.B") with { Target = "https://me:hunter22@host/?token=hunter22" },
        ];
        var read = JsonReport.Read(ReportFile.Render(Report(values), SummitReportFormat.Json));
        var baseline = BaselineComparison.Over(read, "/then.json", ReportSubjects.Of(values));
        Assert.Equal((0, 0, 0), (baseline.New.Count, baseline.Fixed.Count, baseline.NotLookedAt.Count));
        Assert.Equal(7, baseline.StillThere.Count);
    }

    [Fact]
    public void A_host_that_nobody_looked_at_is_not_fixed()
    {
        var baseline = BaselineComparison.Over(
            Report(Samples.Diagnosis()), "/then.json",
            ReportSubjects.Of([Samples.Diagnosis() with { Target = Samples.Host with { Name = "web-2" } }]));
        Assert.Equal((5, 0, 5), (baseline.New.Count, baseline.Fixed.Count, baseline.NotLookedAt.Count));
    }

    [Fact]
    public void The_sites_of_one_host_are_told_apart()
    {
        var (one, other) = (
            Samples.Check("A.B") with { File = "/etc/nginx/sites-available/one" },
            Samples.Check("A.B") with { File = "/etc/nginx/sites-available/other" });

        var baseline = BaselineComparison.Over(Report(one), "/then.json", Report(one, other).Subjects);

        Assert.Equal(["/etc/nginx/sites-available/other"], baseline.New.Select(change => change.Check.File));
        Assert.Equal(["/etc/nginx/sites-available/one"], baseline.StillThere.Select(change => change.Check.File));
        var sarif = System.Text.Json.Nodes.JsonNode.Parse(ReportFile.Render(
            Report(one, other) with { Baseline = baseline }, SummitReportFormat.Sarif))!["runs"]![0]!["results"]!.AsArray();
        Assert.Equal(2, sarif.Select(result => result!["partialFingerprints"]!.ToJsonString()).Distinct().Count());
        Assert.Equal(["new", "unchanged"], sarif.Select(result => (string?)result!["baselineState"]).Order());
    }

    [Theory]
    [InlineData(SummitReportFormat.Html, "1 new, 2 still there, 1 fixed")]
    [InlineData(SummitReportFormat.Markdown, "1 new, 2 still there, 1 fixed")]
    [InlineData(SummitReportFormat.JUnit, "New since the baseline")]
    [InlineData(SummitReportFormat.Json, "\"State\": \"Fixed\"")]
    [InlineData(SummitReportFormat.Sarif, "\"baselineState\": \"absent\"")]
    public void Every_format_says_it(SummitReportFormat format, string said)
    {
        var report = Report(Now) with { Baseline = BaselineComparison.Over(Report(Then), "/then.json", Report(Now).Subjects) };
        Assert.Contains(said, ReportFile.Render(report, format), StringComparison.Ordinal);
    }

    private static Report Report(params object[] values) => Samples.Report(values);
}
