namespace Summit.Ops;

/// <summary>What many WebSockets to one endpoint showed, opened at a rate and held for a time.</summary>
public sealed record SummitWebSocketMeasurement
{
    /// <summary>What was measured; a token or password in it is redacted.</summary>
    public required string Uri { get; init; }

    /// <summary>How many connections were asked for; those of the warm-up are not among them.</summary>
    public required int Connections { get; init; }

    /// <summary>How many opened (101).</summary>
    public int Opened { get; init; }

    /// <summary>How many did not open, for a reason on the server's side.</summary>
    public int Failed { get; init; }

    /// <summary>How many opened and ended before their time.</summary>
    public int Dropped { get; init; }

    /// <summary>
    /// How many were not tried, or failed, because this machine had reached a limit of its own; they say nothing about the server.
    /// </summary>
    public int NotTried { get; init; }

    /// <summary>From the first packet to the 101.</summary>
    public required SummitLatency Open { get; init; }

    /// <summary>From the moment a ping (or message) was due to its answer.</summary>
    public required SummitLatency RoundTrip { get; init; }

    /// <summary>How many pings or messages were sent.</summary>
    public long Sent { get; init; }

    /// <summary>How many of them were answered.</summary>
    public long Answered { get; init; }

    /// <summary>Why connections did not open, most frequent first.</summary>
    public IReadOnlyList<SummitProbeFailureCount> Failures
    {
        get;
        init => field = ItemList.Of(value);
    } = ItemList<SummitProbeFailureCount>.None;

    /// <summary>When and why connections ended before their time.</summary>
    public IReadOnlyList<SummitDrop> Drops { get; init => field = ItemList.Of(value); } = ItemList<SummitDrop>.None;

    /// <summary>After how long without traffic connections were cut, where that is what happened; null otherwise.</summary>
    public TimeSpan? IdleCutOff { get; init; }

    /// <summary>In plain words.</summary>
    public required string Explanation { get; init; }

    /// <summary>The next command; empty where nothing is wrong.</summary>
    public string Fix { get; init; } = "";

    /// <summary>What this machine itself could not do or was busy with: not to be blamed on the server.</summary>
    public IReadOnlyList<string> Limits { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>URI and counts.</summary>
    public override string ToString() => $"{Uri}: {Opened} of {Connections} opened, {Dropped} dropped";
}

/// <summary>
/// A distribution of times, recorded with three significant digits whatever their size; percentiles of all values, no averages of averages.
/// </summary>
public sealed record SummitLatency
{
    /// <summary>How many values there are; the rest is zero where there are none.</summary>
    public long Count { get; init; }

    /// <summary>The least.</summary>
    public TimeSpan Min { get; init; }

    /// <summary>The median.</summary>
    public TimeSpan P50 { get; init; }

    /// <summary>Nine of ten are at most this.</summary>
    public TimeSpan P90 { get; init; }

    /// <summary>99 of 100 are at most this.</summary>
    public TimeSpan P99 { get; init; }

    /// <summary>999 of 1000 are at most this.</summary>
    public TimeSpan P999 { get; init; }

    /// <summary>The greatest.</summary>
    public TimeSpan Max { get; init; }

    /// <summary>The whole distribution in steps that double, for a report.</summary>
    public IReadOnlyList<SummitLatencyStep> Steps { get; init => field = ItemList.Of(value); } = ItemList<SummitLatencyStep>.None;

    /// <summary>The steps as text, a bar each; empty where there are no values.</summary>
    public string Histogram { get; init; } = "";

    /// <summary>The percentiles, in milliseconds.</summary>
    public override string ToString() => Count == 0
        ? "none"
        : string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"p50 {P50.TotalMilliseconds:0.0}, p90 {P90.TotalMilliseconds:0.0}, p99 {P99.TotalMilliseconds:0.0}, "
                + $"p99.9 {P999.TotalMilliseconds:0.0}, max {Max.TotalMilliseconds:0.0} ms");
}

/// <summary>One step of a distribution.</summary>
/// <param name="From">From this time on.</param>
/// <param name="To">Up to, and without, this one.</param>
/// <param name="Count">How many values lie in it.</param>
public sealed record SummitLatencyStep(TimeSpan From, TimeSpan To, long Count)
{
    /// <summary>The two bounds and the count.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{From.TotalMilliseconds:0.###} to {To.TotalMilliseconds:0.###} ms: {Count}");
}

/// <summary>One reason why connections did not open.</summary>
/// <param name="Stage">The layer that failed.</param>
/// <param name="Cause">Why.</param>
/// <param name="Count">How often.</param>
/// <param name="Explanation">In plain words, for the first of them.</param>
public sealed record SummitProbeFailureCount(SummitProbeStage Stage, SummitCause Cause, int Count, string Explanation)
{
    /// <summary>Count, layer and cause.</summary>
    public override string ToString() => $"{Count} x {Stage}: {Cause}";
}

/// <summary>Connections that ended in one second for one reason.</summary>
/// <param name="Second">The second since the measurement began, from 0.</param>
/// <param name="Cause">Why.</param>
/// <param name="CloseCode">The close code; 1006 where the stream ended without a Close frame.</param>
/// <param name="Count">How many.</param>
public sealed record SummitDrop(int Second, SummitCause Cause, int CloseCode, int Count)
{
    /// <summary>Second, count and cause.</summary>
    public override string ToString() => $"second {Second}: {Count} x {CloseCode} {Cause}";
}
