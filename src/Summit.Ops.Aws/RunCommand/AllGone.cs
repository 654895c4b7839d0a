namespace Summit.Ops.Aws.RunCommand;

/// <summary>Tells when the last of those who wait for an answer has gone: a call that nobody waits for is not made to its end.</summary>
internal sealed class AllGone : IDisposable
{
    // a SendCommand under way is mostly answered within it, and what was sent can be cancelled then
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(700);
    private readonly CancellationTokenSource _now = new();
    private readonly CancellationTokenSource _later;
    private readonly List<CancellationTokenRegistration> _registrations = [];
    private readonly TimeProvider _time;
    private int _waiting;
    private ITimer? _timer;

    /// <summary>Watches these.</summary>
    public AllGone(IReadOnlyCollection<CancellationToken> waiting, TimeProvider time)
    {
        (_time, _waiting, _later) = (time, waiting.Count, new CancellationTokenSource());
        foreach (var each in waiting) _registrations.Add(each.Register(Left));
    }

    /// <summary>Cancelled when the last has gone.</summary>
    public CancellationToken Token => _now.Token;

    /// <summary>Cancelled a moment after.</summary>
    public CancellationToken LongSince => _later.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _timer?.Dispose();
        _now.Dispose();
        _later.Dispose();
    }

    private void Left()
    {
        if (Interlocked.Decrement(ref _waiting) > 0) return;
        _timer = _time.CreateTimer(_ => Over(), null, Moment, Timeout.InfiniteTimeSpan);
        _now.Cancel();
    }

    private void Over()
    {
        try
        {
            _later.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // the run has ended meanwhile
        }
    }
}
