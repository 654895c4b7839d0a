using System.Buffers.Binary;
using Summit.Ops.Probing.Frames;

namespace Summit.Ops.Probing.Measuring;

/// <summary>One open WebSocket of a measurement: it reads until its end, and is pinged from outside.</summary>
internal sealed class HeldConnection(ProbeConnection connection, TimeProvider time, LatencyRecorder roundTrips) : IAsyncDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private long _lastTraffic = time.GetTimestamp();
    private long _messageDue;

    /// <summary>When the next ping or message is due, as a timestamp.</summary>
    public long Due { get; set; }

    /// <summary>How long nothing has come or gone.</summary>
    public TimeSpan Idle => time.GetElapsedTime(Volatile.Read(ref _lastTraffic));

    /// <summary>Whether it is over.</summary>
    public bool Ended { get; private set; }

    /// <summary>Reads until the end; null where it was cancelled first.</summary>
    public async Task<WebSocketEvent?> ReadToEndAsync(CancellationToken cancellation)
    {
        var reader = new FrameReader(connection);
        try
        {
            while (true)
            {
                var next = await reader.ReadAsync(cancellation);
                if (next is EndEvent) return next;
                Volatile.Write(ref _lastTraffic, time.GetTimestamp());
                switch (next)
                {
                    case CloseEvent: return next;
                    case PongEvent { Payload.Length: 8 } pong: Answer(BinaryPrimitives.ReadInt64LittleEndian(pong.Payload)); break;
                    case MessageEvent when Interlocked.Exchange(ref _messageDue, 0) is var due and not 0: Answer(due); break;
                    case PingEvent ping: await WriteAsync(FrameWriter.Pong(ping.Payload), cancellation); break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            Ended = true;
        }
    }

    /// <summary>Sends a ping that carries the moment it was due: a sender that is late does not make the server look fast.</summary>
    public Task PingAsync(CancellationToken cancellation)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(payload, Due);
        return WriteAsync(FrameWriter.Ping(payload), cancellation);
    }

    /// <summary>Sends a message, and takes the next one that comes for its answer; false where the last was not answered yet.</summary>
    public async Task<bool> SendAsync(byte[] text, CancellationToken cancellation)
    {
        if (Interlocked.CompareExchange(ref _messageDue, Due, 0) != 0) return false;
        await WriteAsync(text, cancellation);
        return true;
    }

    /// <summary>Says goodbye and hangs up.</summary>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        if (!Ended) await WriteAsync(FrameWriter.Close(1000), cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        _writing.Dispose();
    }

    private void Answer(long due) => roundTrips.Record(time.GetElapsedTime(due));

    private async Task WriteAsync(byte[] frame, CancellationToken cancellation)
    {
        try
        {
            await _writing.WaitAsync(cancellation);
            try
            {
                await connection.WriteAsync(frame, cancellation);
                Volatile.Write(ref _lastTraffic, time.GetTimestamp());
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // the reader says how it ended
        }
    }
}
