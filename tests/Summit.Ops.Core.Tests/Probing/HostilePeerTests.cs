using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Probing;

[CollectionDefinition(nameof(HostilePeerTests), DisableParallelization = true)]
public sealed class HostilePeerCollection;

/// <summary>
/// Each hostile peer ends in time, at the right layer and with the right cause, whatever it does. Apart from other tests: memory
/// and stray exceptions are counted.
/// </summary>
[Collection(nameof(HostilePeerTests))]
public sealed class HostilePeerTests : IDisposable
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(1.5);

    // for a peer that answers: what it needs on a machine with much else to do, and far less than an end that never comes
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly PeerCertificates _certificates = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-hostile-").FullName;

    public static TheoryData<string> Names => [.. HostilePeers.All.Select(peer => peer.Name)];

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Peer Start(HostilePeer hostile)
    {
        var tls = hostile.Transport is PeerTransport.Tls or PeerTransport.TlsDialledAsPlain ? _certificates.Tls() : null;
        if (hostile.DemandsClientCertificate) tls!.ClientCertificateRequired = true;
        return Peer.Start(hostile.Behaviour, tls);
    }

    private Task<SummitWebSocketResult> ProbeAsync(Peer peer, HostilePeer hostile, TimeSpan? budget = null)
    {
        var scheme = hostile.Transport is PeerTransport.Tls or PeerTransport.PlainDialledAsTls ? "wss" : "ws";
        var request = ProbeRequest.Create(peer.Uri(host: "localhost", scheme: scheme), new ProbeRequest
        {
            ConnectTo = peer.Endpoint,
            Timeout = budget ?? Budget,
            CertificateAuthority = _certificates.WriteRoot(_folder),
        });
        return new WebSocketProbe().RunAsync(request);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_ends_in_time_with_the_right_stage_and_cause(string name)
    {
        var hostile = HostilePeers.Find(name);
        await using var peer = Start(hostile);
        var watch = Stopwatch.StartNew();
        var result = await ProbeAsync(peer, hostile, hostile.UsesUpTheTime ? Budget : Patience);
        watch.Stop();
        Assert.True(
            (hostile.Stage, hostile.Cause) == (result.FailedStage, result.Cause),
            $"{name}: {result.FailedStage}, {result.Cause}. {result.Explanation}");
        if (hostile.UsesUpTheTime) Assert.InRange(watch.Elapsed, Budget - TimeSpan.FromSeconds(0.1), Patience);
        else Assert.True(watch.Elapsed < Patience, $"{name}: {watch.Elapsed}");
        Assert.Contains(hostile.BodyShows, result.ResponseBodyHead);
        if (hostile.CloseCode is { } code) Assert.Equal(code, result.CloseCode);
        Assert.NotEmpty(result.Explanation);
        Assert.Equal(result.Success, result.Fix.Length == 0);
        Assert.DoesNotContain('\x1b', System.Text.Json.JsonSerializer.Serialize(result));
        Assert.Empty(peer.Faults);
    }

    [Fact]
    public async Task A_stream_that_ends_after_any_byte_of_the_answer_is_a_failed_upgrade()
    {
        var count = 0;
        var whole = int.MaxValue;
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.ReadRequestAsync(stop);
            var answer = Encoding.ASCII.GetBytes(connection.Switching());
            whole = answer.Length;
            await connection.SendAsync(answer[..Math.Min(Volatile.Read(ref count), answer.Length)], stop);
        });
        for (; count < whole; count++)
        {
            var result = await ProbeAsync(peer, HostilePeers.All[0]);
            Assert.True(
                (result.FailedStage, result.Cause) == (SummitProbeStage.Upgrade, SummitCause.WebSocketProtocolError),
                $"after {count} bytes: {result}. {result.Explanation}");
            Assert.Null(result.CloseCode);
        }

        Assert.InRange(count, 100, 1000);
    }

    [Fact]
    public async Task A_tls_handshake_cut_after_any_byte_is_a_failed_tls_layer()
    {
        // the server's first flight, recorded once and sent again up to each byte
        byte[] flight = [];
        await using (var recorder = Peer.Start(async (connection, stop) =>
        {
            await using var wire = new RecordingStream(connection.Stream);
            await using var tls = new System.Net.Security.SslStream(wire);
            try
            {
                await tls.AuthenticateAsServerAsync(_certificates.Tls(), stop);
            }
            finally
            {
                flight = wire.Written.ToArray();
            }
        }))
        {
            await ProbeAsync(recorder, HostilePeers.Find("plain HTTP on the TLS port"), TimeSpan.FromSeconds(5));
        }

        Assert.True(flight.Length > 500, $"{flight.Length} bytes");
        var count = 0;
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.Stream.ReadExactlyAsync(new byte[100], stop);
            await connection.SendAsync(flight[..Volatile.Read(ref count)], stop);
        });
        for (; count < flight.Length; count += count < 16 ? 1 : 61)
        {
            var result = await ProbeAsync(peer, HostilePeers.Find("plain HTTP on the TLS port"));
            Assert.True(result.FailedStage == SummitProbeStage.Tls, $"after {count} bytes: {result}. {result.Explanation}");
            Assert.NotEqual(SummitCause.None, result.Cause);
        }
    }

    [Theory]
    [InlineData("endless headers")]
    [InlineData("one endless header line")]
    [InlineData("a message of 15 MiB")]
    [InlineData("a gzip bomb")]
    [InlineData("an endless error page")]
    [InlineData("a length of 1 TiB")]
    [InlineData("endless pings")]
    public async Task Memory_is_bounded(string name)
    {
        var hostile = HostilePeers.Find(name);
        await using var peer = Start(hostile);
        await ProbeAsync(peer, hostile);
        var before = Alive();
        var most = before;
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                most = Math.Max(most, Alive());
                await Task.Delay(20);
            }
        });
        await ProbeAsync(peer, hostile);
        await stop.CancelAsync();
        await watching;
        Assert.True(most - before < 8 * 1024 * 1024, $"{name}: {(most - before) / 1024} KiB");

        // what survives a collection, not what waits for the next one
        static long Alive()
        {
            GC.Collect();
            var info = GC.GetGCMemoryInfo(GCKind.FullBlocking);
            return info.HeapSizeBytes - info.FragmentedBytes;
        }
    }

    [Fact]
    public async Task No_exception_is_left_unobserved()
    {
        // what earlier tests left is theirs
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var stray = new ConcurrentQueue<Exception>();
        EventHandler<UnobservedTaskExceptionEventArgs> handler = (_, args) => stray.Enqueue(args.Exception);
        TaskScheduler.UnobservedTaskException += handler;
        try
        {
            await Task.WhenAll(HostilePeers.All.Select(async hostile =>
            {
                await using var peer = Start(hostile);
                await ProbeAsync(peer, hostile);
            }));
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                await Task.Delay(20);
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= handler;
        }

        Assert.Empty(stray);
    }

    private sealed class RecordingStream(Stream inner) : Stream
    {
        public MemoryStream Written { get; } = new();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written.Write(buffer.Span);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count)
        {
            Written.Write(buffer, offset, count);
            inner.Write(buffer, offset, count);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
