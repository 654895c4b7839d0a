using System.Globalization;
using Summit.Ops.Probing;
using Summit.Ops.Probing.Frames;
using Summit.Ops.Probing.Measuring;

namespace Summit.Ops.Watching;

/// <summary>Holds one WebSocket open and says how it ended. It sends a ping now and then, so that no idle time-out cuts it.</summary>
internal sealed class LongConnection(WebSocketProbe probe, ProbeRequest request, TimeProvider time)
{
    // proxy_read_timeout is 60 s by default, and load balancers wait as long
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource<bool> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it opened; known once that is decided.</summary>
    public Task<bool> Opened => _opened.Task;

    /// <summary>Opens it, and holds it until it ends.</summary>
    /// <returns>How it was cut; null where it did not open, which the probes tell of, or was cancelled.</returns>
    public async Task<WatchCut?> RunAsync(CancellationToken cancellation)
    {
        ProbeConnection connection;
        var plan = ProbePlan.From(request);
        using (var budget = new ProbeBudget(request.Timeout, time, cancellation))
        {
            try
            {
                connection = await probe.OpenAsync(new ProbeTrace(plan, time), budget);
            }
            catch (Exception error) when (error is LayerFailedException or OperationCanceledException)
            {
                _opened.SetResult(false);
                return null;
            }
            catch (Exception error)
            {
                _opened.SetException(error);
                throw;
            }
        }

        _opened.SetResult(true);
        var held = new HeldConnection(connection, time, new LatencyRecorder());
        await using (held)
        {
            return await HoldAsync(held, plan, cancellation);
        }
    }

    private async Task<WatchCut?> HoldAsync(HeldConnection held, ProbePlan plan, CancellationToken cancellation)
    {
        var opened = time.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = ReadAsync(held, over.Token);
        var silent = await PingAsync(held, reading, cancellation);
        if (silent) await over.CancelAsync();
        var end = await reading;
        if (end is null && !silent)
        {
            using var enough = new CancellationTokenSource(GoodbyeLimit);
            await held.CloseAsync(enough.Token);
            return null;
        }

        var (code, how) = end switch
        {
            CloseEvent close => (close.Code, plan.Secrets.Redact(Describe(close))),
            EndEvent { How: StreamEnd.Reset } => (1006, "the connection was reset, without a Close frame (1006)"),
            EndEvent => (1006, "the stream ended without a Close frame (1006)"),
            _ => (1006, string.Create(CultureInfo.InvariantCulture, $"a ping was not answered within {PingLimit.TotalSeconds:0} s (1006)")),
        };
        return new WatchCut(time.GetUtcNow(), time.GetElapsedTime(opened), code, how);
    }

    private static async Task<WebSocketEvent?> ReadAsync(HeldConnection held, CancellationToken cancellation)
    {
        try
        {
            return await held.ReadToEndAsync(cancellation);
        }
        catch (FrameViolationException violation)
        {
            return new CloseEvent(violation.CloseCode, violation.Message);
        }
    }

    // true where the other side has gone without a word: a network that was changed, a machine that was switched off
    private async Task<bool> PingAsync(HeldConnection held, Task reading, CancellationToken cancellation)
    {
        long? waitingSince = null;
        while (await Task.WhenAny(reading, Task.Delay(PingInterval, time, cancellation)) != reading
            && !cancellation.IsCancellationRequested)
        {
            if (!held.Waiting)
            {
                waitingSince = held.Due = time.GetTimestamp();
                await held.PingAsync(cancellation);
            }
            else if (waitingSince is { } since && time.GetElapsedTime(since) >= PingLimit)
            {
                return true;
            }
        }

        return false;
    }

    private static string Describe(CloseEvent close)
    {
        var name = CloseCodes.Find(close.Code)?.Name;
        var code = close.Code.ToString(CultureInfo.InvariantCulture);
        return $"closed with {code}{(name is null ? "" : $" ({name})")}{(close.Reason.Length == 0 ? "" : $" '{close.Reason}'")}";
    }
}
