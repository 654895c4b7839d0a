using System.Collections.Concurrent;
using System.Diagnostics;
using Summit.Ops.Probing.Explaining;
using Summit.Ops.Probing.Frames;

namespace Summit.Ops.Probing.Measuring;

/// <summary>Opens many WebSockets at a rate, holds them, pings them, and counts what happens.</summary>
public sealed class WebSocketMeasurement
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan WriteWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestAnswerWait = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly MeasureRequest _measure;
    private readonly ProbeRequest _request;
    private readonly ProbePlan _plan;
    private readonly WebSocketProbe _probe;
    private readonly LatencyRecorder _opens = new();
    private readonly LatencyRecorder _roundTrips = new();
    private readonly ConcurrentBag<SummitWebSocketResult> _failures = [];
    private readonly ConcurrentBag<(int Second, SummitCause Cause, int Code, TimeSpan Idle)> _drops = [];
    private readonly ConcurrentDictionary<HeldConnection, byte> _held = new();
    private readonly OwnLimits _limits = new();
    private int _opened;
    private int _notTried;
    private long _sent;
    private long _latest;

    /// <summary>Makes one; it runs once.</summary>
    /// <param name="request">The endpoint; its Settle, ExpectMessage and Hold are of no account here.</param>
    /// <param name="measure">How many, how fast, how long.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="Errors.SummitArgumentException">One of them makes no sense.</exception>
    public WebSocketMeasurement(ProbeRequest request, MeasureRequest measure, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(measure);
        measure.Check();
        (_request, _measure, _time) = (request, measure, time ?? TimeProvider.System);
        _plan = ProbePlan.From(request);
        _probe = new WebSocketProbe(_time);
    }

    /// <summary>How many connections are open now.</summary>
    public int Open => _held.Count;

    /// <summary>How many did not open so far.</summary>
    public int Failed => _failures.Count;

    /// <summary>How many ended before their time so far.</summary>
    public int Dropped => _drops.Count;

    /// <summary>Runs it.</summary>
    /// <param name="cancellation">Ends it at once.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public async Task<SummitWebSocketMeasurement> RunAsync(CancellationToken cancellation)
    {
        var started = _time.GetUtcNow();
        await WarmUpAsync(cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var began = Stopwatch.GetTimestamp();
        var pinging = PingAsync(asked.Token, over.Token);
        var lives = new List<Task>();
        try
        {
            await OpenAllAsync(lives, began, over.Token);
            await Task.Delay(_measure.Hold, _time, over.Token);
            await asked.CancelAsync();
            await pinging;
            await AnswersAsync(over.Token);
        }
        finally
        {
            await asked.CancelAsync();
            await over.CancelAsync();
            await pinging;
            await Task.WhenAll(lives);
        }

        cancellation.ThrowIfCancellationRequested();
        return Result(started, Stopwatch.GetElapsedTime(began));
    }

    private async Task WarmUpAsync(CancellationToken cancellation)
    {
        for (var i = 0; i < _measure.WarmUp; i++)
        {
            // the first code paths, name look-ups and TLS sessions are nobody's latency
            if (!(await _probe.RunAsync(
                _request with { Settle = TimeSpan.Zero, Hold = TimeSpan.Zero, ExpectMessage = null, Message = null },
                cancellation)).Success)
            {
                return;
            }
        }
    }

    private async Task OpenAllAsync(List<Task> lives, long began, CancellationToken cancellation)
    {
        var room = Math.Min(OwnLimits.Sockets() ?? int.MaxValue, _measure.Connections);
        _notTried = _measure.Connections - room;
        for (var next = 0; next < room;)
        {
            var due = Math.Min(room, (int)(Stopwatch.GetElapsedTime(began).TotalSeconds * _measure.Rate) + 1);
            for (; next < due; next++) lives.Add(Task.Run(() => LiveAsync(began, cancellation), CancellationToken.None));
            if (next < room) await Task.Delay(Tick, _time, cancellation);
        }

        // the hold begins when all have had their chance
        while (_opened + _failures.Count + _notTried < _measure.Connections) await Task.Delay(Tick, _time, cancellation);
    }

    private async Task LiveAsync(long began, CancellationToken cancellation)
    {
        var trace = new ProbeTrace(_plan, _time);
        var dialled = _time.GetTimestamp();
        ProbeConnection connection;
        using (var budget = new ProbeBudget(_request.Timeout, _time, cancellation))
        {
            try
            {
                connection = await _probe.OpenAsync(trace, budget);
            }
            catch (LayerFailedException failure)
            {
                if (OwnLimits.IsOwn(failure)) Interlocked.Increment(ref _notTried);
                else _failures.Add(trace.Failed(failure));
                return;
            }
            catch (OperationCanceledException)
            {
                if (budget.Spent) _failures.Add(trace.Failed(TimeoutFailures.For(trace)));
                return;
            }
        }

        _opens.Record(_time.GetElapsedTime(dialled));
        var held = new HeldConnection(connection, _time, _roundTrips);
        held.Due = _time.GetTimestamp() + (long)(_measure.Interval.TotalSeconds * _time.TimestampFrequency);
        _held[held] = 0;
        Interlocked.Increment(ref _opened);
        try
        {
            await HoldAsync(held, began, cancellation);
        }
        finally
        {
            _held.TryRemove(held, out _);
            await held.DisposeAsync();
        }
    }

    private async Task HoldAsync(HeldConnection held, long began, CancellationToken cancellation)
    {
        try
        {
            var end = await held.ReadToEndAsync(cancellation);
            if (end is null)
            {
                using var enough = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
                await held.CloseAsync(enough.Token);
                return;
            }

            var (cause, code) = end is CloseEvent close
                ? (CloseCodes.Cause(close.Code, close.Reason), close.Code)
                : (held.Idle >= TimeSpan.FromSeconds(0.9)
                    && _measure.Interval == TimeSpan.Zero ? SummitCause.NginxIdleTimeout : SummitCause.BackendError, 1006);
            _drops.Add(((int)Stopwatch.GetElapsedTime(began).TotalSeconds, cause, code, held.Idle));
        }
        catch (FrameViolationException violation)
        {
            _drops.Add(
                ((int)Stopwatch.GetElapsedTime(began).TotalSeconds, SummitCause.WebSocketProtocolError, violation.CloseCode, held.Idle));
        }
    }

    // what is under way when the time is up is no loss: a healthy server answers it
    private async Task AnswersAsync(CancellationToken cancellation)
    {
        var patience = _request.Timeout < LongestAnswerWait ? _request.Timeout : LongestAnswerWait;
        var since = _time.GetTimestamp();
        while (_held.Any(one => one.Key.Waiting) && _time.GetElapsedTime(since) < patience) await Task.Delay(Tick, _time, cancellation);
    }

    // one loop pings them all: thousands of timers would be a load of their own
    /// <param name="cancellation">
    /// Ends the asking; what is being written then is still written, for half a frame would break the connection.
    /// </param>
    /// <param name="over">Ends the writing too.</param>
    private async Task PingAsync(CancellationToken cancellation, CancellationToken over)
    {
        if (_measure.Interval == TimeSpan.Zero) return;
        var interval = (long)(_measure.Interval.TotalSeconds * _time.TimestampFrequency);
        var message = _request.Message is null ? null : FrameWriter.Text(_request.Message);
        var writes = new List<Task>();
        try
        {
            while (true)
            {
                await Task.Delay(Tick, _time, cancellation);
                writes.RemoveAll(write => write.IsCompleted);
                foreach (var (held, _) in _held)
                {
                    var late = _time.GetTimestamp() - held.Due;
                    if (late < 0 || held.Ended || held.Asking) continue;
                    _latest = Math.Max(_latest, late);
                    writes.Add(PingOneAsync(held, message, interval, over));
                }

                // a peer that does not read must not keep the others waiting for their pings
                if (writes.Exists(write => !write.IsCompleted))
                {
                    await Task.WhenAny(Task.WhenAll(writes), Task.Delay(WriteWait, _time, cancellation));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // it is over, but for what is being written
            await Task.WhenAny(Task.WhenAll(writes), Task.Delay(WriteWait, _time, over));
        }
    }

    private async Task PingOneAsync(HeldConnection held, byte[]? message, long interval, CancellationToken cancellation)
    {
        held.Asking = true;
        if (message is null ? await held.PingAsync(cancellation) : await held.SendAsync(message, cancellation))
        {
            Interlocked.Increment(ref _sent);
        }

        held.Due += interval;
        held.Asking = false;
    }

    private SummitWebSocketMeasurement Result(DateTimeOffset started, TimeSpan duration)
    {
        var failures = _failures.GroupBy(failure => (failure.FailedStage, failure.Cause)).OrderByDescending(group => group.Count())
            .Select(group => new SummitProbeFailureCount(group.Key.FailedStage, group.Key.Cause, group.Count(), group.First().Explanation))
            .ToList();
        var drops = _drops.GroupBy(drop => (drop.Second, drop.Cause, drop.Code)).OrderBy(group => group.Key.Second)
            .Select(group => new SummitDrop(group.Key.Second, group.Key.Cause, group.Key.Code, group.Count())).ToList();
        var idle = _drops.Where(drop => drop.Cause == SummitCause.NginxIdleTimeout).Select(drop => drop.Idle).Order().ToList();
        TimeSpan? cutOff = idle.Count == 0 ? null : idle[idle.Count / 2];
        var tick = TimeSpan.FromSeconds((double)_latest / _time.TimestampFrequency) - Tick;
        return new SummitWebSocketMeasurement
        {
            Uri = _plan.Shown,
            Connections = _measure.Connections,
            Opened = _opened,
            Failed = _failures.Count,
            Dropped = _drops.Count,
            NotTried = _notTried,
            Open = _opens.Summarise(),
            RoundTrip = _roundTrips.Summarise(),
            Sent = _sent,
            Answered = _roundTrips.Count,
            Failures = failures,
            Drops = drops,
            IdleCutOff = cutOff,
            Explanation = MeasurementWords.Explain(_measure, _opened, failures, drops, cutOff, _sent, _roundTrips.Count),
            Fix = MeasurementWords.Fix(failures.FirstOrDefault(), _failures.FirstOrDefault()?.Fix ?? "", drops.Count > 0, cutOff, _plan),
            Limits = [.. _limits.Describe(_measure.Connections, _notTried, tick)],
            Started = started,
            Duration = duration,
        };
    }
}
