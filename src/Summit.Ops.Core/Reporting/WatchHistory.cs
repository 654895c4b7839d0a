namespace Summit.Ops.Reporting;

/// <summary>A stretch of time in which a watched endpoint had one state.</summary>
internal sealed record WatchStretch(DateTimeOffset From, DateTimeOffset To, SummitWatchState State, SummitWebSocketTransition Began)
{
    public TimeSpan Length => To - From;
}

/// <summary>All that came of the watches of one endpoint: the changes, the figures between them, and the sums at the ends.</summary>
internal sealed class WatchHistory
{
    public WatchHistory(IEnumerable<object> values)
    {
        Values = [.. values];
        Transitions = [.. Values.OfType<SummitWebSocketTransition>().OrderBy(each => each.Time)];
        Samples = [.. Values.OfType<SummitWatchSample>().OrderBy(each => each.From)];
        Summaries = [.. Values.OfType<SummitWatchSummary>().OrderBy(each => each.Started)];
        Stretches = Over();
    }

    /// <summary>The objects as they came.</summary>
    public IReadOnlyList<object> Values { get; }

    public IReadOnlyList<SummitWebSocketTransition> Transitions { get; }

    public IReadOnlyList<SummitWatchSample> Samples { get; }

    public IReadOnlyList<SummitWatchSummary> Summaries { get; }

    /// <summary>The time that was watched, in stretches of one state; between two watches there is none.</summary>
    public IReadOnlyList<WatchStretch> Stretches { get; }

    public string Uri => Values[0] switch
    {
        SummitWebSocketTransition transition => transition.Uri,
        SummitWatchSample sample => sample.Uri,
        _ => ((SummitWatchSummary)Values[0]).Uri,
    };

    public string Site => Values[0] switch
    {
        SummitWebSocketTransition transition => transition.Site?.Name ?? "",
        SummitWatchSample sample => sample.Site,
        _ => ((SummitWatchSummary)Values[0]).Site,
    };

    /// <summary>The outages, also those that had not ended.</summary>
    public IEnumerable<WatchStretch> Outages => Stretches.Where(stretch => stretch.State == SummitWatchState.Down);

    public long OutageCount => Math.Max(Outages.Count(), Summaries.Sum(each => each.Outages));

    public TimeSpan Downtime => Sum(Stretches.Where(stretch => stretch.State == SummitWatchState.Down)) + Flapped;

    public TimeSpan LongestOutage =>
        Outages.Select(each => each.Length).Concat(Summaries.Select(each => each.LongestOutage)).DefaultIfEmpty().Max();

    public long Cuts => Math.Max(
        Transitions.Count(each => each.Reason == SummitWatchReason.Cut), Summaries.Sum(each => each.Cuts));

    public long Probes => Summaries.Count > 0 ? Summaries.Sum(each => each.Probes) : Samples.Sum(each => each.Probes);

    public long Failed => Summaries.Count > 0 ? Summaries.Sum(each => each.Failed) : Samples.Sum(each => each.Failed);

    /// <summary>The part of the watched time in which it was not down; null where none was watched.</summary>
    public double? Availability
    {
        get
        {
            var known = Sum(Stretches.Where(stretch => stretch.State != SummitWatchState.Unknown));
            if (known > TimeSpan.Zero) return Math.Clamp(1 - (Downtime / known), 0, 1);
            return Summaries.Count > 0 ? Summaries[^1].Availability : null;
        }
    }

    /// <summary>The state at the end.</summary>
    public SummitWatchState State => Stretches.Count > 0 ? Stretches[^1].State
        : Summaries.Count > 0 ? Summaries[^1].State : Samples.Count > 0 ? Samples[^1].State : SummitWatchState.Unknown;

    /// <summary>The change that began the last outage; null where there was none.</summary>
    public SummitWebSocketTransition? LastFault => Transitions.LastOrDefault(each => each.State == SummitWatchState.Down);

    public DateTimeOffset Began => Times().DefaultIfEmpty().Min();

    public DateTimeOffset Ended => Times().DefaultIfEmpty().Max();

    /// <summary>How long it was down while its changes were counted and not told.</summary>
    private TimeSpan Flapped => Transitions.Where(each => each.Previous == SummitWatchState.Flapping && each.Outage is not null)
        .Aggregate(TimeSpan.Zero, (sum, each) => sum + each.Outage!.Value);

    private static TimeSpan Sum(IEnumerable<WatchStretch> stretches) =>
        stretches.Aggregate(TimeSpan.Zero, (sum, stretch) => sum + stretch.Length);

    private IEnumerable<DateTimeOffset> Times() => Transitions.Select(each => each.Since)
        .Concat(Transitions.Select(each => each.Time))
        .Concat(Samples.Select(each => each.From))
        .Concat(Samples.Select(each => each.To))
        .Concat(Summaries.Select(each => each.Started))
        .Concat(Summaries.Select(each => each.Started + each.Duration));

    private List<WatchStretch> Over()
    {
        var stretches = new List<WatchStretch>();
        for (var i = 0; i < Transitions.Count; i++)
        {
            var (one, next) = (Transitions[i], i + 1 < Transitions.Count ? Transitions[i + 1] : null);
            // a watch that begins says that nothing is known; it goes on from nothing else
            var last = next is null || (next.Previous == SummitWatchState.Unknown && one.State != SummitWatchState.Unknown);
            var to = last ? LastSeen(one, next) : next!.Since;
            if (stretches.Count > 0 && stretches[^1] is { } before && before.State == one.State && before.To == one.Since)
            {
                stretches[^1] = before with { To = Later(to, one.Since) };
            }
            else
            {
                stretches.Add(new WatchStretch(one.Since, Later(to, one.Since), one.State, one));
            }
        }

        return stretches;
    }

    /// <summary>The last moment that the watch of a change is known to have seen.</summary>
    private DateTimeOffset LastSeen(SummitWebSocketTransition one, SummitWebSocketTransition? next) =>
        Samples.Select(each => each.To).Concat(Summaries.Select(each => each.Started + each.Duration)).Append(one.Time)
            .Where(at => next is null || at <= next.Time).Max();

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
