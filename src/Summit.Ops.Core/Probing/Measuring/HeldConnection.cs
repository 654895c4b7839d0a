using System.Buffers.Binary;
using Summit.Ops.Probing.Frames;

namespace Summit.Ops.Probing.Measuring;

/// <summary>One open WebSocket of a measurement: it reads until its end, and is pinged from outside.</summary>
internal sealed class HeldConnection(ProbeConnection connection, TimeProvider time, LatencyRecorder roundTrips) : IAsyncDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private long _lastTraffic = time.GetTimestamp();
    private long _messageDue;
    private int _unanswered;

    /// <summary>When the next ping or message is due, as a timestamp.</summary>
    public long Due { get; set; }

    /// <summary>Whether a ping or message is being sent: a peer that does not read gets no second one behind it.</summary>
    public bool Asking { get; set; }

    /// <summary>How long nothing has come or gone.</summary>
    public TimeSpan Idle => time.GetElapsedTime(Volatile.Read(ref _lastTraffic));

    /// <summary>Whether it is over.</summary>
    public bool Ended { get; private set; }

    /// <summary>Whether something that was sent waits for its answer.</summary>
    public bool Waiting => !Ended && Volatile.Read(ref _unanswered) > 0;

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
    /// <returns>Whether it was sent.</returns>
    public Task<bool> PingAsync(CancellationToken cancellation)
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(payload, Due);
        return AskAsync(FrameWriter.Ping(payload), cancellation);
    }

    /// <summary>Sends a message, and takes the next one that comes for its answer.</summary>
    /// <returns>Whether it was sent; it is not where the last was not answered yet.</returns>
    public async Task<bool> SendAsync(byte[] text, CancellationToken cancellation) =>
        Interlocked.CompareExchange(ref _messageDue, Due, 0) == 0 && await AskAsync(text, cancellation);

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

    // what is sent counts as under way before it leaves, for the answer may be faster than the return from here
    private async Task<bool> AskAsync(byte[] frame, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _unanswered);
        if (await WriteAsync(frame, cancellation)) return true;
        Interlocked.Decrement(ref _unanswered);
        return false;
    }

    private void Answer(long due)
    {
        // a pong that nobody asked for is none (RFC 6455, section 5.5.3)
        if (Interlocked.Decrement(ref _unanswered) < 0) Interlocked.Increment(ref _unanswered);
        else roundTrips.Record(time.GetElapsedTime(due));
    }

    private async Task<bool> WriteAsync(byte[] frame, CancellationToken cancellation)
    {
        try
        {
            await _writing.WaitAsync(cancellation);
            try
            {
                await connection.WriteAsync(frame, cancellation);
                Volatile.Write(ref _lastTraffic, time.GetTimestamp());
                return true;
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // the reader says how it ended
            return false;
        }
    }
}
