namespace Summit.Ops.Probing;

/// <summary>The one budget of a probe: a token that is cancelled when it is used up, and that stands still while a hold lasts.</summary>
internal sealed class ProbeBudget : IDisposable
{
    private readonly TimeProvider _time;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;
    private long _since;
    private TimeSpan _left;

    public ProbeBudget(TimeSpan budget, TimeProvider time, CancellationToken caller)
    {
        (_time, _caller, _left) = (time, caller, budget);
        _since = time.GetTimestamp();
        _timer = new CancellationTokenSource(budget, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, caller);
    }

    /// <summary>Cancelled when the budget is used up or the caller gives up.</summary>
    public CancellationToken Token => _linked.Token;

    /// <summary>Cancelled when the caller gives up: for what happens while the budget stands still.</summary>
    public CancellationToken Caller => _caller;

    /// <summary>What is left of it.</summary>
    public TimeSpan Left => TimeSpan.FromTicks(Math.Max(0, (_left - _time.GetElapsedTime(_since)).Ticks));

    /// <summary>Whether the budget, and not the caller, ended it.</summary>
    public bool Spent => _timer.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>Stops the clock.</summary>
    public void Pause()
    {
        _left = Left;
        _timer.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Starts the clock again.</summary>
    public void Resume()
    {
        _since = _time.GetTimestamp();
        if (_left > TimeSpan.Zero) _timer.CancelAfter(_left);
        else _timer.Cancel();
    }

    /// <summary>A token that is cancelled after a part of the budget; to be disposed.</summary>
    public static CancellationTokenSource Part(TimeSpan part, CancellationToken within)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(within);
        source.CancelAfter(part);
        return source;
    }

    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
