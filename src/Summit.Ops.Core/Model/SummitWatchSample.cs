using System.Globalization;

namespace Summit.Ops;

/// <summary>A minute or so of a watch in figures: what Watch-SummitWebSocket -OutFile writes between the changes.</summary>
public sealed record SummitWatchSample
{
    /// <summary>What was watched; a token or password in it is redacted.</summary>
    public required string Uri { get; init; }

    /// <summary>The site's name; empty where a URI was given.</summary>
    public string Site { get; init; } = "";

    /// <summary>When the first of its probes began.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When the last of its probes began.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The state after the last of its probes.</summary>
    public SummitWatchState State { get; init; }

    /// <summary>How many probes there were.</summary>
    public long Probes { get; init; }

    /// <summary>How many of them failed.</summary>
    public long Failed { get; init; }

    /// <summary>The median time from the first packet to the 101; null where none opened.</summary>
    public TimeSpan? Median { get; init; }

    /// <summary>The longest time from the first packet to the 101; null where none opened.</summary>
    public TimeSpan? Slowest { get; init; }

    /// <summary>In plain words.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Uri}: {State}, {Probes - Failed} of {Probes} opened"
            + $"{(Median is { } median ? $", median {median.TotalMilliseconds:0.#} ms" : "")}");
}
