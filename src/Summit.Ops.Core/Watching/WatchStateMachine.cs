namespace Summit.Ops.Watching;

/// <summary>A probe of a watch.</summary>
/// <param name="Result">What it showed.</param>
/// <param name="NoNetwork">Whether this machine had no network when it failed.</param>
public sealed record WatchProbe(SummitWebSocketResult Result, bool NoNetwork = false);

/// <summary>The end of a connection that was held.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Held">How long it had been open.</param>
/// <param name="CloseCode">The close code; 1006 without a Close frame.</param>
/// <param name="How">How it ended, in words.</param>
public sealed record WatchCut(DateTimeOffset At, TimeSpan Held, int CloseCode, string How);

/// <summary>
/// Makes transitions of the probes of one endpoint. It is pure: times come with the probes, nothing is asked or waited
/// for, and its memory does not grow.
/// </summary>
/// <param name="uri">The endpoint, as it is shown.</param>
/// <param name="site">The site, or null.</param>
/// <param name="rules">When what is told.</param>
public sealed class WatchStateMachine(string uri, SummitSite? site, WatchRules rules)
{
    private readonly WatchFigures _figures = new();
    private readonly LatencyNormal _latency = new();
    private readonly Queue<Change> _changes = new(WatchRules.FlapChanges);
    private DateTimeOffset _started;
    private DateTimeOffset? _ended;
    private SummitWatchState _seen; // what the last probe showed: Up, Down or Unknown
    private SummitWatchReason _reason;
    private DateTimeOffset _downSince;
    private long _attempts;
    private SummitCause _cause;
    private SummitCause _otherCause;
    private int _otherCauses;
    private WatchCut? _cut;
    private Change _flapping;

    /// <summary>The state now.</summary>
    public SummitWatchState State { get; private set; }

    /// <summary>Whether it is what the watch waits for.</summary>
    public bool Reached => rules.Until switch
    {
        SummitWatchGoal.Up => State is SummitWatchState.Up or SummitWatchState.Degraded,
        SummitWatchGoal.Down => State == SummitWatchState.Down,
        _ => false,
    };

    /// <summary>The figures so far.</summary>
    public SummitWatchSummary Summary => _figures.Summarise(uri, site, State);

    /// <summary>The time from the first packet to the 101; null where no WebSocket opened.</summary>
    public static TimeSpan? Latency(SummitWebSocketResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (!result.Success) return null;
        var times = result.Timings;
        return (times.Dns ?? TimeSpan.Zero) + (times.Tcp ?? TimeSpan.Zero) + (times.Proxy ?? TimeSpan.Zero) + (times.Tls ?? TimeSpan.Zero)
            + (times.Upgrade ?? TimeSpan.Zero);
    }

    /// <summary>Takes note that a held connection ended; the next probe shows what that means.</summary>
    public void Observe(WatchCut cut)
    {
        _figures.Cuts++;
        _cut = cut;
    }

    /// <summary>Takes the next probe.</summary>
    /// <returns>What changed by it; most often nothing.</returns>
    public IReadOnlyList<SummitWebSocketTransition> Observe(WatchProbe probe)
    {
        ArgumentNullException.ThrowIfNull(probe);
        var told = new List<SummitWebSocketTransition>(2);
        var result = probe.Result;
        var at = _ended is null || result.Started > _started ? result.Started : _started; // a clock that is set back does not undo time
        if (_ended is { } ended)
        {
            if (at - ended > rules.GapLimit) told.Add(Gap(ended, at));
            else _figures.AddTime(at - _started, _seen);
        }

        (_started, _ended) = (at, at + result.Timings.Total);
        var seen = result.Success ? SummitWatchState.Up : Unreached(probe) ? SummitWatchState.Unknown : SummitWatchState.Down;
        _figures.Add(at, seen == SummitWatchState.Down, Latency(result));
        Count(seen, at, result);
        if (Changed(seen, at, result) is { } transition) told.Add(transition);
        _cut = null;
        return told;
    }

    private static bool Unreached(WatchProbe probe) =>
        probe.NoNetwork && probe.Result.FailedStage is SummitProbeStage.Dns or SummitProbeStage.Tcp or SummitProbeStage.Proxy;

    private void Count(SummitWatchState seen, DateTimeOffset at, SummitWebSocketResult result)
    {
        while (_changes.TryPeek(out var oldest) && at - oldest.At > rules.FlapWindow) _changes.Dequeue();
        if (seen != _seen && seen != SummitWatchState.Unknown && _seen != SummitWatchState.Unknown) Remember(at);
        if (seen == SummitWatchState.Up && _seen == SummitWatchState.Up && _cut is { } cut)
        {
            // it ended and opens again: there and back
            Remember(cut.At);
            Remember(at);
        }

        if (seen == SummitWatchState.Down && _seen != SummitWatchState.Down)
        {
            (_downSince, _attempts, _cause, _otherCauses) = (_cut?.At ?? at, 0, result.Cause, 0);
            _figures.Outages++;
        }

        if (seen == SummitWatchState.Down) _attempts++;
        else if (seen == SummitWatchState.Unknown) _attempts = 0;
        if (seen != SummitWatchState.Up) _latency.Interrupt();
        else _latency.Add(Latency(result)!.Value);
        _seen = seen;
    }

    private void Remember(DateTimeOffset at)
    {
        if (_changes.Count == WatchRules.FlapChanges) _changes.Dequeue();
        _changes.Enqueue(new Change(at, _figures.Downtime));
    }

    private SummitWebSocketTransition? Changed(SummitWatchState seen, DateTimeOffset at, SummitWebSocketResult result)
    {
        if (seen == SummitWatchState.Unknown) return State == seen && _reason == SummitWatchReason.NoNetwork ? null : NoNetwork(at, result);
        if (State == SummitWatchState.Flapping)
        {
            return _changes.Count > 0 && at - _changes.Last().At < rules.SettleTime ? null : Now(seen, at, result);
        }

        if (_changes.Count >= WatchRules.FlapChanges) return Flapping(at, result);
        if (seen == SummitWatchState.Down) return State == SummitWatchState.Down ? OtherCause(at, result) : Now(seen, at, result);
        var (state, reason) = Quality(at, result);
        return state != State || reason != _reason || _cut is not null ? Now(seen, at, result) : null;
    }

    private (SummitWatchState State, SummitWatchReason Reason) Quality(DateTimeOffset at, SummitWebSocketResult result)
    {
        if (_latency.Slow) return (SummitWatchState.Degraded, SummitWatchReason.Slow);
        var soonOver = result.Certificate is { } certificate && certificate.NotAfter - at < TimeSpan.FromDays(rules.CertificateDays);
        return soonOver
            ? (SummitWatchState.Degraded, SummitWatchReason.CertificateSoonOver)
            : (SummitWatchState.Up, SummitWatchReason.None);
    }

    private SummitWebSocketTransition Now(SummitWatchState seen, DateTimeOffset at, SummitWebSocketResult result)
    {
        var settled = State == SummitWatchState.Flapping;
        var flapped = _figures.Downtime - _flapping.Downtime;
        if (settled) _changes.Clear();
        if (seen == SummitWatchState.Down)
        {
            var why = settled
                ? WatchWords.Settled(flapped, result.Explanation)
                : _cut is { } end ? $"{WatchWords.Cut(end)} No new one opens: {result.Explanation}" : result.Explanation;
            return To(SummitWatchState.Down, SummitWatchReason.Failed, at, _downSince, why, result) with
            {
                Cause = result.Cause, Fix = result.Fix, Outage = settled ? flapped : at - _downSince, Attempts = _attempts,
            };
        }

        var (state, reason) = Quality(at, result);
        TimeSpan? outage = settled ? flapped : State == SummitWatchState.Down ? at - _downSince : null;
        var attempts = outage is null ? 0 : _attempts;
        var words = reason switch
        {
            SummitWatchReason.Slow => WatchWords.Slow(_latency.Now, _latency.Normal),
            SummitWatchReason.CertificateSoonOver => WatchWords.CertificateSoonOver(result.Certificate!, at),
            _ => WatchWords.Opens(State, outage, attempts),
        };
        if (state == SummitWatchState.Degraded && outage is not null) words = $"{WatchWords.Opens(State, outage, attempts)} {words}";
        // a cut is told once; what the state is of itself stays its reason
        var cut = _cut is not null && state == State;
        var transition = To(state, reason, at, cut ? _cut!.At : at, cut ? $"{WatchWords.Cut(_cut!)} A new one opens." : words, result) with
        {
            Outage = outage,
            Attempts = attempts,
        };
        return cut ? transition with { Reason = SummitWatchReason.Cut } : transition;
    }

    private SummitWebSocketTransition? OtherCause(DateTimeOffset at, SummitWebSocketResult result)
    {
        _otherCauses = result.Cause == _cause ? 0 : result.Cause == _otherCause ? _otherCauses + 1 : 1;
        _otherCause = result.Cause;
        if (_otherCauses < WatchRules.OtherCauseProbes) return null;
        (_cause, _otherCauses) = (result.Cause, 0);
        return To(
            SummitWatchState.Down, SummitWatchReason.Failed, at, _downSince,
            $"It is still down, and for another reason: {result.Explanation}",
            result) with
        {
            Cause = result.Cause, Fix = result.Fix, Outage = at - _downSince, Attempts = _attempts,
        };
    }

    private SummitWebSocketTransition Flapping(DateTimeOffset at, SummitWebSocketResult result)
    {
        _flapping = _changes.Peek();
        var down = _figures.Downtime - _flapping.Downtime;
        return To(SummitWatchState.Flapping, SummitWatchReason.Flapping, at, _flapping.At, WatchWords.Flapping(
            _changes.Count, at - _flapping.At, down), result) with
        {
            Cause = _cause, Outage = down, Attempts = _attempts,
        };
    }

    private SummitWebSocketTransition NoNetwork(DateTimeOffset at, SummitWebSocketResult result)
    {
        _changes.Clear();
        return To(SummitWatchState.Unknown, SummitWatchReason.NoNetwork, at, at, WatchWords.NoNetwork, result);
    }

    private SummitWebSocketTransition Gap(DateTimeOffset from, DateTimeOffset to)
    {
        _figures.AddTime(from - _started, _seen);
        _figures.AddTime(to - from, SummitWatchState.Unknown);
        _seen = SummitWatchState.Unknown;
        _changes.Clear();
        _latency.Interrupt();
        return To(SummitWatchState.Unknown, SummitWatchReason.NotWatched, to, from, WatchWords.Gap(to - from), null);
    }

    private SummitWebSocketTransition To(
        SummitWatchState state, SummitWatchReason reason, DateTimeOffset at, DateTimeOffset since, string explanation,
        SummitWebSocketResult? result)
    {
        var previous = State;
        (State, _reason) = (state, reason);
        return new SummitWebSocketTransition
        {
            Uri = uri, Site = site, State = state, Previous = previous, Reason = reason, Explanation = explanation,
            Time = at, Since = since,
            WebSocket = result, CloseCode = _cut?.CloseCode, Held = _cut?.Held,
        };
    }

    /// <summary>A change between up and down, and the whole downtime before it.</summary>
    private readonly record struct Change(DateTimeOffset At, TimeSpan Downtime);
}
