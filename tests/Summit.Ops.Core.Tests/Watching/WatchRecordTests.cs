using Summit.Ops.Core.Tests.Reporting;
using Summit.Ops.Errors;
using Summit.Ops.Probing;
using Summit.Ops.Reporting;
using Summit.Ops.Watching;

namespace Summit.Ops.Core.Tests.Watching;

/// <summary>The record of a watch in virtual time, written line by line and read back, and what reports make of it.</summary>
public sealed class WatchRecordTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"summit-watch-{Guid.NewGuid():N}.jsonl");
    private readonly List<SummitWebSocketTransition> _told = [];

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_record_says_what_the_watch_saw()
    {
        var summary = Watch(Start, 300, 90, 300);

        var history = Read();

        Assert.Equal(_told.Select(told => told.ToString()), history.Transitions.Select(told => told.ToString()));
        Assert.Equal(summary, history.Summaries.Single() with { Latency = summary.Latency });
        Assert.Equal(690, history.Samples.Sum(sample => sample.Probes));
        Assert.Equal(90, history.Samples.Sum(sample => sample.Failed));
        Assert.All(history.Samples, sample => Assert.InRange(sample.To - sample.From, TimeSpan.Zero, TimeSpan.FromSeconds(60)));
        var outage = history.Outages.Single();
        Assert.Equal(
            (Start.AddSeconds(300), TimeSpan.FromSeconds(90), SummitCause.BackendNotListening),
            (outage.From, outage.Length, outage.Began.Cause));
        Assert.Equal(summary.Availability!.Value, history.Availability!.Value, 6);
    }

    [Fact]
    public void A_record_is_continued_and_the_time_between_two_watches_is_not_watched()
    {
        Watch(Start, 100, 50);
        File.AppendAllText(_path, "{\"Type\":\"SummitWatchSam"); // the machine stopped in the middle of a line
        Watch(Start.AddHours(1), 150);

        var history = Read();

        Assert.Equal(2, history.Summaries.Count);
        Assert.Equal(TimeSpan.FromSeconds(49), history.Downtime); // to the last probe that saw it
        Assert.Equal(49.0 / (149 + 149), 1 - history.Availability!.Value, 6);
        Assert.Equal(1, history.OutageCount);
        Assert.Equal(SummitWatchState.Up, history.State);
    }

    [Fact]
    public void A_watch_that_was_killed_is_known_as_far_as_its_last_line()
    {
        Watch(Start, 200, 100, 200);
        var lines = File.ReadAllLines(_path);
        File.WriteAllLines(_path, lines.Where(line => !line.Contains("SummitWatchSummary", StringComparison.Ordinal)));

        var history = Read();

        Assert.Empty(history.Summaries);
        Assert.Equal(TimeSpan.FromSeconds(100), history.Downtime);
        Assert.Equal(1 - (100.0 / 499), history.Availability!.Value, 6);
    }

    [Fact]
    public void A_file_that_is_no_record_stays_as_it_is()
    {
        File.WriteAllText(_path, "precious\n");

        var error = Assert.Throws<SummitFileException>(() => WatchFile.Open(_path));

        Assert.Equal("WatchFileInvalid", error.ErrorId);
        Assert.Equal("precious\n", File.ReadAllText(_path));
    }

    [Fact]
    public void Secrets_are_masked_in_each_line()
    {
        using (var file = WatchFile.Open(_path))
        {
            file.Add(new SummitWebSocketTransition
            {
                Uri = "wss://host/ws", State = SummitWatchState.Down, Previous = SummitWatchState.Up, Time = Start, Since = Start,
                Explanation = "Authorization: Bearer topsecretkey", WebSocket = Samples.Probe, Diagnosis = Samples.Diagnosis(),
            });
        }

        var text = File.ReadAllText(_path);
        Assert.DoesNotContain("topsecretkey", text);
        Assert.DoesNotContain("hunter22", text);
        Assert.Equal(SummitCause.NginxUpgradeHeadersMissing, Read().Transitions.Single().Diagnosis!.RootCause);
    }

    [Theory]
    [InlineData(SummitReportFormat.Html, "Time to open over time")]
    [InlineData(SummitReportFormat.Markdown, "| 2026-03-02 00:05:00 UTC | 1.5 min | Down | BackendNotListening |")]
    [InlineData(SummitReportFormat.JUnit, "WebSocket.Watch")]
    [InlineData(SummitReportFormat.Sarif, "WebSocket.Watch")]
    [InlineData(SummitReportFormat.Json, "SummitWatchSample")]
    [InlineData(SummitReportFormat.Prometheus, "summit_watch_downtime_seconds{uri=\"wss://host/ws\"} 90\n")]
    public void Each_format_tells_of_the_outage(SummitReportFormat format, string expected)
    {
        Watch(Start, 300, 90, 300);

        var report = ReportFile.Read(_path);

        Assert.Contains(expected, ReportFile.Render(report, format));
        Assert.Equal(ReportOutcome.NeedsAttention, report.Outcome(report.Subjects.Single()));
    }

    [Fact]
    public void What_is_down_at_the_end_is_broken_and_what_never_failed_is_healthy()
    {
        Watch(Start, 100, 50);
        Assert.Equal(ReportOutcome.Broken, ReportFile.Read(_path).Worst);
        File.Delete(_path);
        Watch(Start, 100);
        Assert.Equal(ReportOutcome.Healthy, ReportFile.Read(_path).Worst);
    }

    [Fact]
    public void Figures_for_Prometheus_have_each_series_once_and_escape_what_is_foreign()
    {
        var text = ReportFile.Render(
            Samples.Report(
                Samples.Diagnosis(), Samples.Diagnosis(), Samples.Measurement, Samples.Deployment, Samples.Repair,
                Samples.Check("A\"B\\C\nD"), Samples.Probe),
            SummitReportFormat.Prometheus);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var series = lines.Where(line => line[0] != '#').ToList();
        const string Line = "^summit_[a-z0-9_]+(\\{([a-z]+=\"([^\"\\\\]|\\\\[\\\\\"n])*\",?)+\\})? -?[0-9.E+-]+$";
        Assert.All(series, line => Assert.Matches(Line, line));
        Assert.Distinct(series.Select(line => line[..line.LastIndexOf(' ')]));
        Assert.Distinct(lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)));
        Assert.Contains(series, line => line.StartsWith("summit_cause{", StringComparison.Ordinal)
            && line.Contains("cause=\"NginxUpgradeHeadersMissing\"", StringComparison.Ordinal));
        Assert.EndsWith("\n", text);
    }

    /// <summary>Watches in virtual time: seconds in turn up and down.</summary>
    private SummitWatchSummary Watch(DateTimeOffset from, params int[] seconds)
    {
        var interval = TimeSpan.FromSeconds(1);
        var machine = new WatchStateMachine("wss://host/ws", null, new WatchRules { Interval = interval });
        var sampler = new WatchSampler("wss://host/ws", "", interval);
        using var file = WatchFile.Open(_path);
        var at = from;
        for (var turn = 0; turn < seconds.Length; turn++)
        {
            for (var i = 0; i < seconds[turn]; i++, at += interval)
            {
                var result = new SummitWebSocketResult
                {
                    Uri = "wss://host/ws", Started = at, Explanation = "as seen",
                    FailedStage = turn % 2 == 0 ? SummitProbeStage.None : SummitProbeStage.Upgrade,
                    Cause = turn % 2 == 0 ? SummitCause.None : SummitCause.BackendNotListening,
                    Timings = new SummitProbeTimings { Upgrade = TimeSpan.FromMilliseconds(10 + (i % 7)) },
                };
                foreach (var told in machine.Observe(new WatchProbe(result)))
                {
                    _told.Add(told);
                    file.Add(told);
                }

                if (sampler.Add(result, machine.State) is { } sample) file.Add(sample);
            }
        }

        if (sampler.Rest() is { } rest) file.Add(rest);
        file.Add(machine.Summary);
        return machine.Summary;
    }

    private WatchHistory Read() => (WatchHistory)ReportFile.Read(_path).Subjects.Single().Value;
}
