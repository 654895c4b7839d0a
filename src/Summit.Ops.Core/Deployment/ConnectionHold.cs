using Summit.Ops.Probing;
using Summit.Ops.Watching;

namespace Summit.Ops.Deployment;

/// <summary>
/// Holds WebSockets open while something is changed, and tries five times a second whether a new one opens:
/// it says who was cut, and for how long nobody got in.
/// </summary>
internal sealed class ConnectionHold : IAsyncDisposable
{
    private static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _over = new();
    private readonly WebSocketProbe _probe;
    private readonly ProbeRequest _request;
    private readonly TimeProvider _time;
    private IReadOnlyList<Task<WatchCut?>> _held = [];
    private Task _newcomers = Task.CompletedTask;
    private long _lastOpened;
    private TimeSpan _longestGap;
    private DateTimeOffset? _firstRefused;
    private bool _refused;

    private ConnectionHold(ProbeRequest request, TimeProvider time)
    {
        var limit = request.Timeout < TryLimit ? request.Timeout : TryLimit;
        _request = request with { Timeout = limit, Settle = TimeSpan.Zero, Hold = TimeSpan.Zero };
        _probe = new WebSocketProbe(time);
        _time = time;
    }

    /// <summary>How many are held; none where the endpoint does not open.</summary>
    public int Count => _held.Count;

    /// <summary>Opens them. Where the first does not open, no other is tried: there is nobody to be cut.</summary>
    /// <param name="request">The endpoint.</param>
    /// <param name="count">How many.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the opening.</param>
    public static async Task<ConnectionHold> OpenAsync(ProbeRequest request, int count, TimeProvider time, CancellationToken cancellation)
    {
        var hold = new ConnectionHold(request, time);
        try
        {
            hold._held = [.. await hold.HoldAsync(1, cancellation)];
            if (hold.Count == 0) return hold;
            hold._held = [.. hold._held, .. await hold.HoldAsync(count - 1, cancellation)];
            hold._lastOpened = time.GetTimestamp();
            hold._newcomers = hold.TryNewcomersAsync(hold._over.Token);
            return hold;
        }
        catch
        {
            await hold.DisposeAsync();
            throw;
        }
    }

    /// <summary>What became of them up to now. Call it once, when the change is over.</summary>
    public async Task<HeldThrough> EndAsync(CancellationToken cancellation)
    {
        if (Count == 0) return HeldThrough.Nothing;
        var cuts = new List<WatchCut>();
        foreach (var held in _held.Where(each => each.IsCompleted))
        {
            if (await held is { } cut) cuts.Add(cut);
        }

        await _over.CancelAsync();
        await _newcomers;
        // the last word is a new connection's: a gap that lasts is one
        if (_refused) await TryAsync(cancellation);
        if (_refused) EndGap();
        return new HeldThrough(Count, Count - cuts.Count, _longestGap, _firstRefused, cuts);
    }

    /// <summary>Closes what is still open.</summary>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _newcomers;
        await Task.WhenAll(_held);
        _over.Dispose();
    }

    private async Task<IReadOnlyList<Task<WatchCut?>>> HoldAsync(int count, CancellationToken cancellation)
    {
        var begun = Enumerable.Range(0, count)
            .Select(_ => new LongConnection(_probe, _request, _time))
            .Select(connection => (connection.Opened, Holding: connection.RunAsync(_over.Token)))
            .ToList();
        var opened = await Task.WhenAll(begun.Select(each => each.Opened)).WaitAsync(cancellation);
        return [.. begun.Where((_, index) => opened[index]).Select(each => each.Holding)];
    }

    private async Task TryNewcomersAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, _time, cancellation);
                await TryAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // the change is over
        }
    }

    private async Task TryAsync(CancellationToken cancellation)
    {
        var began = _time.GetUtcNow();
        var result = await _probe.RunAsync(_request, cancellation);
        if (!result.Success)
        {
            _firstRefused ??= began;
            _refused = true;
            return;
        }

        if (_refused) EndGap();
        _refused = false;
        _lastOpened = _time.GetTimestamp();
    }

    private void EndGap()
    {
        var gap = _time.GetElapsedTime(_lastOpened);
        if (gap > _longestGap) _longestGap = gap;
    }
}
