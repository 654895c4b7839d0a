using System.Net;
using Summit.Ops.Core.Tests.Probing;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;
using Summit.Ops.Watching;

namespace Summit.Ops.Core.Tests.Watching;

/// <summary>A watch with real sockets: names that move, held connections, and what a day of probes leaves behind.</summary>
[Collection(nameof(HostilePeerTests))] // memory is counted: apart from other tests
public sealed class WebSocketWatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_that_moves_is_followed()
    {
        var here = IPAddress.Loopback;
        var old = Peer.Start(GoodPeers.Serve);
        await using var next = Peer.Start(GoodPeers.Serve, address: IPAddress.Parse("127.0.0.2"), port: old.Port);
        var request = ProbeRequest.Create(old.Uri(host: "moves.test"), new ProbeRequest { Timeout = TimeSpan.FromSeconds(10) });
        var watch = new WebSocketWatch(
            request, new WatchRules { Interval = TimeSpan.FromMilliseconds(100), Duration = Patience }, time: null,
            new WebSocketProbe(null, (_, _) => Task.FromResult(new[] { here })));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var told = new List<SummitWebSocketTransition>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.RunAsync(
            transition =>
            {
                told.Add(transition);
                switch (told.Count)
                {
                    case 1: _ = old.DisposeAsync().AsTask(); break;
                    case 2: here = IPAddress.Parse("127.0.0.2"); break;
                    default: over.Cancel(); break;
                }
            },
            over.Token));

        Assert.Equal([SummitWatchState.Up, SummitWatchState.Down, SummitWatchState.Up], told.Select(each => each.State));
        Assert.Equal(["127.0.0.1", "127.0.0.2"], [told[0].WebSocket!.Address, told[2].WebSocket!.Address]);
        await old.DisposeAsync();
    }

    [Fact]
    public async Task A_held_connection_that_is_cut_is_told_at_once_and_the_endpoint_stays_up()
    {
        var connections = 0;
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            // the second one is the one that is held; it is cut without a word
            if (Interlocked.Increment(ref connections) != 2) await connection.ServeAsync(stop);
        });
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var told = new List<SummitWebSocketTransition>();
        var watch = new WebSocketWatch(
            ProbeRequest.Create(peer.Uri(), new ProbeRequest()),
            new WatchRules { Interval = TimeSpan.FromHours(1), HoldConnection = true });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.RunAsync(
            transition =>
            {
                told.Add(transition);
                if (told.Count == 2) over.Cancel();
            },
            over.Token).WaitAsync(Patience, Stop));

        Assert.Equal(
            [(SummitWatchState.Up, SummitWatchReason.None), (SummitWatchState.Up, SummitWatchReason.Cut)],
            told.Select(each => (each.State, each.Reason)));
        Assert.Equal(1006, told[1].CloseCode);
        Assert.Equal((1L, 0L), (watch.Summary.Cuts, watch.Summary.Outages));
    }

    /// <summary>
    /// Real probes, one after the other, on a clock that jumps over the time between them: what survives a collection does not grow.
    /// SUMMIT_WATCH_PROBES=86400 is a day at one-second intervals.
    /// </summary>
    [Fact]
    public async Task Memory_is_flat_however_many_probes_there_are()
    {
        var count = int.Parse(
            Environment.GetEnvironmentVariable("SUMMIT_WATCH_PROBES") is { Length: > 0 } said ? said : "3000",
            System.Globalization.CultureInfo.InvariantCulture);
        await using var peer = Peer.Start(GoodPeers.Greet());
        var path = Path.Combine(Path.GetTempPath(), $"summit-watch-{Guid.NewGuid():N}.jsonl");
        try
        {
            using var file = WatchFile.Open(path);
            var rules = new WatchRules { Interval = TimeSpan.FromSeconds(1), Duration = TimeSpan.FromSeconds(count) };
            long seen = 0, early = 0;
            var watch = new WebSocketWatch(ProbeRequest.Create(peer.Uri(), new ProbeRequest()), rules, new JumpingTime())
            {
                Record = value =>
                {
                    file.Add(value);
                    if (value is SummitWatchSample sample && (seen += sample.Probes) <= (count / 10) + 60) early = Alive();
                },
            };

            Assert.True(await watch.RunAsync(_ => { }, Stop));

            var late = Alive();
            var summary = watch.Summary;
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{summary.Probes} probes, {peer.Connections} connections, {early / 1024} KiB early, {late / 1024} KiB late, "
                    + $"{new FileInfo(path).Length / 1024} KiB of record");
            Assert.Equal(0, summary.Failed);
            Assert.InRange(summary.Probes, count * 0.9, count * 1.1);
            Assert.True(early > 0 && late - early < 1024 * 1024, $"{early / 1024} KiB after a tenth, {late / 1024} KiB at the end");
        }
        finally
        {
            File.Delete(path);
        }

        static long Alive()
        {
            GC.Collect();
            var info = GC.GetGCMemoryInfo(GCKind.FullBlocking);
            return info.HeapSizeBytes - info.FragmentedBytes;
        }
    }

    /// <summary>A clock on which the pauses between probes are over at once; longer limits take their real time.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
        private long _jumped;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _jumped));

        public override long GetTimestamp() => System.GetTimestamp() + (Volatile.Read(ref _jumped) * (TimestampFrequency / 10_000_000));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime <= TimeSpan.Zero || dueTime > Longest) return System.CreateTimer(callback, state, dueTime, period);
            Interlocked.Add(ref _jumped, dueTime.Ticks);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
