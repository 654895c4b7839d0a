using System.Globalization;

namespace Summit.Ops;

/// <summary>A whole watch of one endpoint in figures.</summary>
public sealed record SummitWatchSummary
{
    /// <summary>What was watched; a token or password in it is redacted.</summary>
    public required string Uri { get; init; }

    /// <summary>The site's name; empty where a URI was given.</summary>
    public string Site { get; init; } = "";

    /// <summary>The state at the end.</summary>
    public SummitWatchState State { get; init; }

    /// <summary>When the watch began.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>From the first probe to the last.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How many probes there were.</summary>
    public long Probes { get; init; }

    /// <summary>How many of them failed.</summary>
    public long Failed { get; init; }

    /// <summary>The part of the watched time, 0 to 1, in which it was not down; null where no time was watched.</summary>
    public double? Availability { get; init; }

    /// <summary>How often it went down.</summary>
    public long Outages { get; init; }

    /// <summary>How long it was down in all.</summary>
    public TimeSpan Downtime { get; init; }

    /// <summary>The longest outage.</summary>
    public TimeSpan LongestOutage { get; init; }

    /// <summary>How long it could not be watched; this time counts neither as up nor as down.</summary>
    public TimeSpan NotWatched { get; init; }

    /// <summary>How many held connections were cut.</summary>
    public long Cuts { get; init; }

    /// <summary>From the first packet to the 101, over all probes that succeeded.</summary>
    public SummitLatency Latency { get; init; } = new();

    /// <summary>In plain words.</summary>
    public override string ToString()
    {
        var available = Availability is { } part ? part.ToString("0.###%", CultureInfo.InvariantCulture) : "not known";
        var outages = Outages == 1 ? "1 outage" : string.Create(CultureInfo.InvariantCulture, $"{Outages} outages");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Uri}: {State}, availability {available}, {outages} ({Downtime:c} down, longest {LongestOutage:c}), "
                + $"{Cuts} cut, {Probes} probes in {Duration:c}.");
    }
}
