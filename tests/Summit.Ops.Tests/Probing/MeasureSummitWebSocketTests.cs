using System.Diagnostics;
using Summit.Ops.Lab.Peers;

namespace Summit.Ops.Tests.Probing;

public sealed class MeasureSummitWebSocketTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task It_emits_one_measurement_for_each_endpoint_with_progress_that_ends()
    {
        await using var peer = Peer.Start(GoodPeers.Serve);
        var result = await engine.InvokeAsync($"'{peer.Uri()}', '{peer.Uri("/ws?token=T0pSecret")}' | Measure-SummitWebSocket -Count 10 "
            + "-Rate 100 -Duration 0.6 -Interval 0.1 -Verbose");
        Assert.Empty(result.Errors);
        Assert.Equal([10, 10], result.Of<SummitWebSocketMeasurement>().Select(one => one.Opened));
        Assert.All(result.Of<SummitWebSocketMeasurement>(), one => Assert.Equal(one.Sent, one.Answered));
        Assert.All(result.Of<SummitWebSocketMeasurement>(), one => Assert.True(one.Answered > 0));
        Assert.Equal(System.Management.Automation.ProgressRecordType.Completed, result.Progress[^1].RecordType);
        Assert.DoesNotContain("T0pSecret", string.Join(
            '\n',
            [
                .. result.Verbose, .. result.Progress.Select(record => record.StatusDescription),
                .. result.Output.Select(one => System.Text.Json.JsonSerializer.Serialize(one.BaseObject)),
            ]));
    }

    [Fact]
    public async Task Its_view_has_a_histogram()
    {
        await using var peer = Peer.Start(GoodPeers.Serve);
        var result = await engine.RenderAsync($"Measure-SummitWebSocket '{peer.Uri()}' -Count 5 -Rate 100 -Duration 0.5 -Interval 0.1");
        Assert.Matches(@"Histogram\s+:\s+<\s+[\d.]+ ms #+ \d+", result.HostText);
        Assert.Contains("p99.9", result.HostText);
    }

    [Theory]
    [InlineData("-Count 0", "CountInvalid")]
    [InlineData("-Rate 0", "RateInvalid")]
    [InlineData("-Rate ([double]::NaN)", "RateInvalid")]
    [InlineData("-Duration -1", "DurationInvalid")]
    [InlineData("-Interval 0.001", "IntervalInvalid")]
    [InlineData("-WarmUp -1", "WarmUpInvalid")]
    public async Task A_bad_option_ends_it_before_anything_is_sent(string options, string errorId)
    {
        await using var peer = Peer.Start(GoodPeers.Serve);
        var result = await engine.InvokeAsync($"Measure-SummitWebSocket '{peer.Uri()}' {options}");
        Assert.StartsWith(errorId + ",", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Equal(0, peer.Connections);
    }

    [Fact]
    public async Task Stopping_ends_it_at_once()
    {
        await using var peer = Peer.Start(GoodPeers.Serve);
        using var cancel = new CancellationTokenSource();
        var running = engine.InvokeAsync($"Measure-SummitWebSocket '{peer.Uri()}' -Count 50 -Rate 200 -Duration 300", cancel.Token);
        while (peer.Connections < 40 && !running.IsCompleted) await Task.Delay(10);
        var watch = Stopwatch.StartNew();
        await cancel.CancelAsync();
        Assert.True((await running).Stopped);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1.5), watch.Elapsed.ToString());
    }
}
