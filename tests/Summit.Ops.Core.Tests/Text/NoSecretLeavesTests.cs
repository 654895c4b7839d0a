using Summit.Ops.Backend;
using Summit.Ops.Checks.Backend;
using Summit.Ops.Core.Tests.Reporting;
using Summit.Ops.Evidence;
using Summit.Ops.Reporting;

namespace Summit.Ops.Core.Tests.Text;

/// <summary>One table of secrets in a backend's log, a server's answer and a site's command, held against every output.</summary>
public sealed class NoSecretLeavesTests
{
    [Theory]
    [MemberData(nameof(SecretTable.Rows), MemberType = typeof(SecretTable))]
    public void A_log_line_shows_none(string text, string secrets) =>
        AssertClean(string.Join(
            '\n',
            LogLines.FromFile("log:Error:/x/error.log", text, new SummitSite(), SummitTarget.Local).Select(line => line.Text)), secrets);

    [Theory]
    [MemberData(nameof(SecretTable.Rows), MemberType = typeof(SecretTable))]
    public void A_check_says_none(string text, string secrets)
    {
        var check = new BackendWebSocketLog().Evaluate(Evidence(text));

        Assert.Equal(SummitCheckStatus.Fail, check.Status);
        AssertClean(check.Evidence, secrets);
    }

    [Theory]
    [MemberData(nameof(SecretTable.Rows), MemberType = typeof(SecretTable))]
    public void The_evidence_file_holds_none(string text, string secrets)
    {
        var file = Path.GetTempFileName();
        try
        {
            EvidenceFile.Write(Evidence(text), file);

            var read = EvidenceFile.Read(file);
            AssertClean(File.ReadAllText(file), secrets);
            Assert.All(
                [read.Host!.Sections.Values.Single().Text, read.Site.DeployCommand, read.HostMissing, read.Hops[0].FirstMessage!],
                one => AssertClean(one, secrets));
            Assert.Equal(["***", "websocket"], read.Hops[0].ResponseHeaders.Select(header => header.Value));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [MemberData(nameof(SecretTable.Rows), MemberType = typeof(SecretTable))]
    public void No_report_holds_one(string text, string secrets)
    {
        var report = Samples.Report(
            Samples.Diagnosis(Samples.Check("A.B") with { Evidence = text, Actual = text }),
            Samples.Probe with { FirstMessage = text, Explanation = text, CloseReason = text },
            Samples.Deployment with { Output = text });

        // what the samples themselves hold is looked for elsewhere
        foreach (var format in Enum.GetValues<SummitReportFormat>())
        {
            AssertClean(ReportFile.Render(report, format).Replace("hunter22", "", StringComparison.Ordinal), secrets);
        }
    }

    private static SiteEvidence Evidence(string text) => new(
        new SummitSite { DeployCommand = text }, SummitTarget.Local, DateTimeOffset.UnixEpoch,
        new HostEvidence(
            SummitTarget.Local, new Dictionary<string, EvidenceSection> { ["backend.log:/x/error.log"] = new(0, text) }, TimeSpan.Zero),
        text,
        [Samples.Probe with
        {
            FirstMessage = text,
            ResponseHeaders = [new SummitHeader("Set-Cookie", "plain"), new SummitHeader("Upgrade", "websocket")],
        }]);

    // short parts of a secret may stand in other words
    private static void AssertClean(string output, string secrets) =>
        Assert.All(
            secrets.Split(',').Where(secret => secret.Length > 5),
            secret => Assert.DoesNotContain(secret, output, StringComparison.Ordinal));
}
