namespace Summit.Ops.Watching;

/// <summary>Sums up the probes of one endpoint, a sample for each minute; with longer intervals, for each ten probes.</summary>
/// <param name="uri">The endpoint, as it is shown.</param>
/// <param name="site">The site's name; empty where there is none.</param>
/// <param name="interval">From one probe to the next.</param>
public sealed class WatchSampler(string uri, string site, TimeSpan interval)
{
    private const int MostProbes = 10;
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(1);
    private readonly TimeSpan _length = interval * MostProbes > Usual ? interval * MostProbes : Usual;
    private readonly List<TimeSpan> _latencies = [];
    private DateTimeOffset _from;
    private DateTimeOffset _to;
    private SummitWatchState _state;
    private long _probes;
    private long _failed;

    /// <summary>Takes a probe.</summary>
    /// <param name="result">What it showed.</param>
    /// <param name="state">The state after it.</param>
    /// <returns>The sample that ended before it; most often none.</returns>
    public SummitWatchSample? Add(SummitWebSocketResult result, SummitWatchState state)
    {
        ArgumentNullException.ThrowIfNull(result);
        // a clock that is set back ends a sample as well
        var over = _probes > 0 && (result.Started - _from >= _length || result.Started < _to) ? Rest() : null;
        if (_probes++ == 0) _from = result.Started;
        (_to, _state) = (result.Started, state);
        if (WatchStateMachine.Latency(result) is { } latency) _latencies.Add(latency);
        else _failed++;
        return over;
    }

    /// <summary>What has come since the last sample; null where nothing has.</summary>
    public SummitWatchSample? Rest()
    {
        if (_probes == 0) return null;
        _latencies.Sort();
        var sample = new SummitWatchSample
        {
            Uri = uri,
            Site = site,
            From = _from,
            To = _to,
            State = _state,
            Probes = _probes,
            Failed = _failed,
            Median = _latencies.Count == 0 ? null : _latencies[(_latencies.Count - 1) / 2],
            Slowest = _latencies.Count == 0 ? null : _latencies[^1],
        };
        _latencies.Clear();
        (_probes, _failed) = (0, 0);
        return sample;
    }
}
