namespace Summit.Ops.Watching;

/// <summary>Learns how long opening a WebSocket normally takes at one endpoint, and says when it takes longer.</summary>
/// <remarks>
/// The normal is the median of the last 240 probes that were not slow, its spread their median absolute deviation: a few outliers move
/// neither. It is slow when the median of the last five exceeds the normal by six deviations, and at least doubles it, and adds 50 ms or
/// more; it is normal again when the median is back by half of that. What has been slow for 240 probes is the new normal.
/// </remarks>
internal sealed class LatencyNormal
{
    private const int Learned = 240;
    private const int LeastLearned = 30;
    private const int Recent = 5;
    private const double Deviations = 6 * 1.4826; // 1.4826: the deviation of a normal distribution from its MAD
    private const double LeastMargin = 50;

    private readonly double[] _learned = new double[Learned];
    private readonly double[] _recent = new double[Recent];
    private readonly double[] _sorted = new double[Learned];
    private long _seen;
    private int _slowFor;
    private long _latest;

    /// <summary>Whether it is slow now.</summary>
    public bool Slow { get; private set; }

    /// <summary>What is normal.</summary>
    public TimeSpan Normal { get; private set; }

    /// <summary>The median of the last probes.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Takes the next probe's time into account.</summary>
    public void Add(TimeSpan time)
    {
        var milliseconds = time.TotalMilliseconds;
        _recent[_latest++ % Recent] = milliseconds;
        Judge();
        if (!Slow)
        {
            _learned[_seen++ % Learned] = milliseconds;
            _slowFor = 0;
        }
        else if (++_slowFor >= Learned)
        {
            (_seen, _slowFor, Slow) = (0, 0, false);
        }
    }

    /// <summary>Forgets the last probes, but not what is normal: after an outage the first ones say little.</summary>
    public void Interrupt()
    {
        (_latest, Slow, _slowFor) = (0, false, 0);
    }

    private void Judge()
    {
        var learned = (int)Math.Min(_seen, Learned);
        if (learned < LeastLearned || _latest < Recent) return;
        var now = Median(_recent);
        var normal = Median(_learned.AsSpan(0, learned));
        Span<double> deviations = stackalloc double[learned];
        for (var i = 0; i < learned; i++) deviations[i] = Math.Abs(_learned[i] - normal);
        var margin = Math.Max(Math.Max(Deviations * Median(deviations), normal), LeastMargin);
        Slow = now > normal + (Slow ? margin / 2 : margin);
        (Now, Normal) = (TimeSpan.FromMilliseconds(now), TimeSpan.FromMilliseconds(normal));
    }

    private double Median(ReadOnlySpan<double> values)
    {
        var sorted = _sorted.AsSpan(0, values.Length);
        values.CopyTo(sorted);
        sorted.Sort();
        var half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
