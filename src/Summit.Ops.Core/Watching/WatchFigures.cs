using Summit.Ops.Probing.Measuring;

namespace Summit.Ops.Watching;

/// <summary>Counts a watch as it goes, in the same memory however long it lasts.</summary>
internal sealed class WatchFigures
{
    private readonly LatencyRecorder _latencies = new();
    private TimeSpan _outage;

    public DateTimeOffset? Started { get; private set; }

    public DateTimeOffset Latest { get; private set; }

    public long Probes { get; private set; }

    public long Failed { get; private set; }

    public long Outages { get; set; }

    public long Cuts { get; set; }

    public TimeSpan Downtime { get; private set; }

    public TimeSpan NotWatched { get; private set; }

    public TimeSpan LongestOutage { get; private set; }

    /// <summary>Counts a probe.</summary>
    public void Add(DateTimeOffset at, bool failed, TimeSpan? latency)
    {
        Started ??= at;
        Latest = at;
        Probes++;
        if (failed) Failed++;
        if (latency is { } time) _latencies.Record(time);
    }

    /// <summary>Counts the time up to a probe as what it was.</summary>
    public void AddTime(TimeSpan time, SummitWatchState state)
    {
        if (state == SummitWatchState.Down) Downtime += time;
        else if (state == SummitWatchState.Unknown) NotWatched += time;
        // the outage that has not ended counts as well
        _outage = state == SummitWatchState.Down ? _outage + time : TimeSpan.Zero;
        if (_outage > LongestOutage) LongestOutage = _outage;
    }

    public SummitWatchSummary Summarise(string uri, SummitSite? site, SummitWatchState state)
    {
        var duration = Latest - (Started ?? Latest);
        var watched = duration - NotWatched;
        return new SummitWatchSummary
        {
            Uri = uri,
            Site = site?.Name ?? "",
            State = state,
            Started = Started ?? Latest,
            Duration = duration,
            Probes = Probes,
            Failed = Failed,
            // one probe has no time yet, and says all the same how it stands
            Availability = watched > TimeSpan.Zero
                ? 1 - (Downtime / watched)
                : state is SummitWatchState.Unknown ? null : Failed == 0 ? 1 : 0,
            Outages = Outages,
            Downtime = Downtime,
            LongestOutage = LongestOutage,
            NotWatched = NotWatched,
            Cuts = Cuts,
            Latency = _latencies.Summarise(),
        };
    }
}
