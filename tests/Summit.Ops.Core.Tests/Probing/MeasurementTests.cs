using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;
using Summit.Ops.Probing.Measuring;

namespace Summit.Ops.Core.Tests.Probing;

public sealed class MeasurementTests
{
    private static Task<SummitWebSocketMeasurement> MeasureAsync(string uri, MeasureRequest measure, string? message = null) =>
        new WebSocketMeasurement(
            ProbeRequest.Create(uri, new ProbeRequest { Message = message, Timeout = TimeSpan.FromSeconds(5) }),
            measure).RunAsync(CancellationToken.None);

    [Fact]
    public void Percentiles_are_those_of_the_values_to_three_digits()
    {
        var random = new Random(6455);
        var recorder = new LatencyRecorder();
        var exact = new List<double>();
        for (var i = 0; i < 50_000; i++)
        {
            // from a microsecond to a minute, as evenly over the magnitudes as latencies lie
            var microseconds = Math.Ceiling(Math.Pow(10, random.NextDouble() * 7.7));
            exact.Add(microseconds);
            recorder.Record(TimeSpan.FromMicroseconds(microseconds));
        }

        exact.Sort();
        var summary = recorder.Summarise();
        Assert.Equal(50_000, summary.Count);
        Assert.Equal(exact[^1], summary.Max.TotalMicroseconds);
        Near(exact[0], summary.Min);
        Near(exact[24_999], summary.P50);
        Near(exact[44_999], summary.P90);
        Near(exact[49_499], summary.P99);
        Near(exact[49_949], summary.P999);
        Assert.Equal(50_000, summary.Steps.Sum(step => step.Count));
        Assert.Equal(
            exact.Count(value => value < 1024) - exact.Count(value => value < 512),
            summary.Steps.Single(step => step.To == TimeSpan.FromMicroseconds(1024)).Count);
        Assert.Equal(summary.Steps.Count, summary.Histogram.Split('\n').Length);

        static void Near(double expected, TimeSpan actual) =>
            Assert.InRange(actual.TotalMicroseconds, expected * 0.999, (expected * 1.001) + 1);
    }

    [Fact]
    public void Nothing_recorded_is_nothing() =>
        Assert.Equal(("none", ""), (new LatencyRecorder().Summarise().ToString(), new LatencyRecorder().Summarise().Histogram));

    [Theory]
    [InlineData(null)]
    [InlineData("ping")]
    public async Task Every_ping_of_every_connection_is_answered(string? message)
    {
        await using var peer = Peer.Start(GoodPeers.Serve);
        var result = await MeasureAsync(peer.Uri(), new MeasureRequest
        {
            Connections = 20, Rate = 200, Hold = TimeSpan.FromSeconds(1), Interval = TimeSpan.FromMilliseconds(100), WarmUp = 2,
        }, message);
        Assert.Equal((20, 0, 0, 0), (result.Opened, result.Failed, result.Dropped, result.NotTried));
        Assert.Equal(22, peer.Connections);
        Assert.True(result.Sent >= 20 * 3, $"{result.Sent} sent");
        Assert.Equal(result.Sent, result.Answered);
        Assert.Equal(result.Answered, result.RoundTrip.Count);
        Assert.Equal(20, result.Open.Count);
        Assert.InRange(result.RoundTrip.P50, TimeSpan.FromTicks(1), result.RoundTrip.Max);
        Assert.Equal("", result.Fix);
        Assert.Empty(peer.Faults);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ping")]
    public async Task What_is_under_way_when_the_time_is_up_is_waited_for(string? message)
    {
        // each answer takes longer than the interval, so that there is always one under way
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            while (await connection.ReadFrameAsync(stop) is { } frame)
            {
                if (frame.Opcode == 8) return;
                await Task.Delay(150, stop);
                await connection.SendAsync(PeerConnection.Frame((byte)(frame.Opcode == 9 ? 0x8A : 0x81), frame.Payload), stop);
            }
        });
        var result = await MeasureAsync(peer.Uri(), new MeasureRequest
        {
            Connections = 5, Rate = 500, Hold = TimeSpan.FromMilliseconds(500), Interval = TimeSpan.FromMilliseconds(100), WarmUp = 0,
        }, message);
        Assert.True(result.Sent >= 5, $"{result.Sent} sent");
        Assert.Equal((5, result.Sent, 0), (result.Opened, result.Answered, result.Dropped));
        Assert.DoesNotContain("not answered", result.Explanation);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_waited_for_no_longer_than_the_time_out()
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            await connection.SendAsync(PeerConnection.Frame(0x8A, new byte[8]), stop); // a pong that nobody asked for is no answer
            await connection.DrainAsync(stop);
        });
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var result = await new WebSocketMeasurement(
            ProbeRequest.Create(peer.Uri(), new ProbeRequest { Timeout = TimeSpan.FromSeconds(1) }),
            new MeasureRequest
            {
                Connections = 3, Rate = 500, Hold = TimeSpan.FromMilliseconds(300), Interval = TimeSpan.FromMilliseconds(100), WarmUp = 0,
            }).RunAsync(CancellationToken.None);
        Assert.InRange(watch.Elapsed.TotalSeconds, 1.2, 60);
        Assert.Equal((3, 0L), (result.Opened, result.Answered));
        Assert.Contains($"{result.Sent} of {result.Sent} pings or messages were not answered", result.Explanation);
    }

    [Fact]
    public async Task Failures_and_drops_are_counted_by_cause()
    {
        var count = 0;
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            var number = Interlocked.Increment(ref count);
            if (number % 3 == 0)
            {
                await connection.ReadRequestAsync(stop);
                await connection.SendAsync("HTTP/1.1 502 Bad Gateway\r\nServer: nginx/1.22.1\r\nContent-Length: 0\r\n\r\n", stop);
                return;
            }

            await connection.OpenAsync(stop);
            if (number % 3 == 1)
            {
                await connection.SendAsync(PeerConnection.Close(1011, "boom"), stop);
                await connection.DrainAsync(stop);
            }

            await connection.ServeAsync(stop);
        });
        var result = await MeasureAsync(
            peer.Uri(), new MeasureRequest { Connections = 30, Rate = 300, Hold = TimeSpan.FromMilliseconds(500), WarmUp = 0 });
        Assert.Equal((20, 10, 10), (result.Opened, result.Failed, result.Dropped));
        Assert.Equal(
            (SummitProbeStage.Upgrade, SummitCause.BackendNotListening, 10),
            (result.Failures[0].Stage, result.Failures[0].Cause, result.Failures[0].Count));
        Assert.All(result.Drops, drop => Assert.Equal((SummitCause.BackendError, 1011), (drop.Cause, drop.CloseCode)));
        Assert.Equal(10, result.Drops.Sum(drop => drop.Count));
        Assert.NotEqual("", result.Fix);
    }

    [Fact]
    public async Task The_idle_cut_off_is_found()
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            await Task.Delay(1200, stop);
        });
        var result = await MeasureAsync(
            peer.Uri(),
            new MeasureRequest { Connections = 5, Rate = 100, Hold = TimeSpan.FromSeconds(10), Interval = TimeSpan.Zero, WarmUp = 0 });
        Assert.Equal((5, 5, 0L), (result.Opened, result.Dropped, result.Sent));
        Assert.All(result.Drops, drop => Assert.Equal((SummitCause.NginxIdleTimeout, 1006), (drop.Cause, drop.CloseCode)));
        Assert.InRange(result.IdleCutOff!.Value.TotalSeconds, 1.1, 9);
    }

    [Fact]
    public async Task Cancelling_ends_it_at_once()
    {
        await using var peer = Peer.Start(GoodPeers.Serve);
        using var cancel = new CancellationTokenSource(300);
        var measurement = new WebSocketMeasurement(
            ProbeRequest.Create(peer.Uri()), new MeasureRequest { Connections = 50, Rate = 100, Hold = TimeSpan.FromMinutes(5) });
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => measurement.RunAsync(cancel.Token));
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), watch.Elapsed.ToString());
    }
}
