namespace Summit.Ops.Aws.Calls;

/// <summary>
/// Finds the rate that a service allows for one action: doubled distance after a throttled call, a little less after each that was not.
/// </summary>
internal sealed class CallPace(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    // a rate below two a second is another caller's doing: each throttled call waits longer by itself then, and the rest need not
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Negligible = TimeSpan.FromMilliseconds(5);
    private readonly object _lock = new();
    private TimeSpan _distance;
    private DateTimeOffset _next;
    private DateTimeOffset _slowed;

    /// <summary>Waits for this call's turn.</summary>
    public Task TurnAsync(CancellationToken cancellation)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_distance == TimeSpan.Zero) return Task.CompletedTask;
            if (_next < now) _next = now;
            wait = _next - now;
            _next += _distance;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellation) : Task.CompletedTask;
    }

    /// <summary>A call was throttled. Those that were under way with it tell nothing new.</summary>
    public void Slower()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (now - _slowed < (_distance > First ? _distance : First) * 2) return;
            _slowed = now;
            _distance = _distance == TimeSpan.Zero ? First : _distance * 2 < Longest ? _distance * 2 : Longest;
        }
    }

    /// <summary>A call was answered.</summary>
    public void Quicker()
    {
        lock (_lock)
        {
            _distance *= 0.98;
            if (_distance < Negligible) _distance = TimeSpan.Zero;
        }
    }
}
