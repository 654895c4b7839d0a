using System.Globalization;
using System.Numerics;
using System.Text;

namespace Summit.Ops.Probing.Measuring;

/// <summary>
/// Counts times in buckets whose width grows with the time, so that three significant digits are kept from a microsecond to
/// an hour (as HdrHistogram does).
/// </summary>
/// <remarks>Recording is one atomic increment: any number of connections share a recorder.</remarks>
internal sealed class LatencyRecorder
{
    // below 2^11 µs each has a bucket of its own; above, each power of two has 2^10 buckets
    private const int LinearBits = 11;
    private const int HalfBits = LinearBits - 1;
    private const long Longest = 3_600_000_000;

    private readonly long[] _counts = new long[Index(Longest) + 1];
    private long _max;
    private long _count;

    /// <summary>How many times were recorded.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>Records a time; what is longer than an hour counts as an hour.</summary>
    public void Record(TimeSpan time)
    {
        var microseconds = Math.Clamp((long)Math.Ceiling(time.TotalMicroseconds), 0, Longest);
        Interlocked.Increment(ref _counts[Index(microseconds)]);
        Interlocked.Increment(ref _count);
        for (var seen = Volatile.Read(ref _max); microseconds > seen; seen = Volatile.Read(ref _max))
        {
            if (Interlocked.CompareExchange(ref _max, microseconds, seen) == seen) break;
        }
    }

    /// <summary>What was recorded.</summary>
    public SummitLatency Summarise()
    {
        var total = _counts.Sum();
        if (total == 0) return new SummitLatency();
        var steps = Steps();
        return new SummitLatency
        {
            Count = total,
            Min = Microseconds(Low(Array.FindIndex(_counts, count => count > 0))),
            P50 = Percentile(0.5, total),
            P90 = Percentile(0.9, total),
            P99 = Percentile(0.99, total),
            P999 = Percentile(0.999, total),
            Max = Microseconds(_max),
            Steps = steps,
            Histogram = Draw(steps),
        };
    }

    private static int Index(long microseconds)
    {
        if (microseconds < 1L << LinearBits) return (int)microseconds;
        var shift = 64 - BitOperations.LeadingZeroCount((ulong)microseconds) - LinearBits;
        return (1 << LinearBits) + ((shift - 1) << HalfBits) + (int)((microseconds >> shift) - (1 << HalfBits));
    }

    // the least time that falls into a bucket
    private static long Low(int index)
    {
        if (index < 1 << LinearBits) return index;
        var above = index - (1 << LinearBits);
        return (((long)above & ((1 << HalfBits) - 1)) + (1 << HalfBits)) << ((above >> HalfBits) + 1);
    }

    private static TimeSpan Microseconds(long microseconds) => TimeSpan.FromMicroseconds(microseconds);

    private TimeSpan Percentile(double part, long total)
    {
        var rank = (long)Math.Ceiling(part * total);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank) return Microseconds(Math.Min(Low(i + 1) - 1, _max));
        }

        return Microseconds(_max);
    }

    private List<SummitLatencyStep> Steps()
    {
        var steps = new SortedDictionary<long, long>();
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] == 0) continue;
            var from = Low(i) < 1 ? 0 : (long)BitOperations.RoundUpToPowerOf2((ulong)Low(i) + 1) >> 1;
            steps[from] = steps.GetValueOrDefault(from) + _counts[i];
        }

        var (first, last) = (steps.Keys.First(), steps.Keys.Last());
        var all = new List<SummitLatencyStep>();
        for (var from = first; from <= last; from = from == 0 ? 1 : from * 2)
        {
            all.Add(new SummitLatencyStep(Microseconds(from), Microseconds(from == 0 ? 1 : from * 2), steps.GetValueOrDefault(from)));
        }

        return all;
    }

    private static string Draw(List<SummitLatencyStep> steps)
    {
        const int Widest = 40;
        var most = steps.Max(step => step.Count);
        var text = new StringBuilder();
        foreach (var step in steps)
        {
            if (text.Length > 0) text.Append('\n');
            var bar = step.Count == 0 ? 0 : Math.Max(1, (int)Math.Round((double)step.Count / most * Widest));
            text.Append(CultureInfo.InvariantCulture, $"< {step.To.TotalMilliseconds,9:0.###} ms {new string('#', bar)} {step.Count}");
        }

        return text.ToString();
    }
}
