namespace Summit.Ops;

/// <summary>A change of a watched endpoint: from which state to which, why, since when, and how long an outage lasted.</summary>
public sealed record SummitWebSocketTransition
{
    /// <summary>What is watched; a token or password in it is redacted.</summary>
    public required string Uri { get; init; }

    /// <summary>The site that is watched; null where a URI was given.</summary>
    public SummitSite? Site { get; init; }

    /// <summary>The state now.</summary>
    public required SummitWatchState State { get; init; }

    /// <summary>
    /// The state before; the same one where a held connection was cut and a new one opens, and where another
    /// cause breaks what was down already.
    /// </summary>
    public required SummitWatchState Previous { get; init; }

    /// <summary>Why the state changed.</summary>
    public SummitWatchReason Reason { get; init; }

    /// <summary>
    /// What breaks it: the diagnosed root cause where it was diagnosed, else what the probe shows; None while a WebSocket opens.
    /// </summary>
    public SummitCause Cause { get; init; }

    /// <summary>What happened, in plain words.</summary>
    public required string Explanation { get; init; }

    /// <summary>The next command; empty where nothing is wrong.</summary>
    public string Fix { get; init; } = "";

    /// <summary>When it was seen.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>When the state began: the start of the first probe that showed it, or the moment a held connection was cut.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>How long it has been down so far, or how long the outage lasted that is over now; null where there is no outage.</summary>
    public TimeSpan? Outage { get; init; }

    /// <summary>How many probes failed in this outage; 0 where there is none.</summary>
    public long Attempts { get; init; }

    /// <summary>
    /// The close code of a held connection that was cut; 1006 where the stream ended without a Close frame. Null where none was cut.
    /// </summary>
    public int? CloseCode { get; init; }

    /// <summary>How long a connection that was cut had been open; null where none was cut.</summary>
    public TimeSpan? Held { get; init; }

    /// <summary>The probe that showed it; null where no probe did.</summary>
    public SummitWebSocketResult? WebSocket { get; init; }

    /// <summary>The diagnosis at the moment it broke; null where none was asked for, or it could not be made.</summary>
    public SummitDiagnosis? Diagnosis { get; init; }

    /// <summary>URI and states.</summary>
    public override string ToString() => $"{Uri}: {Previous} to {State}{(Cause == SummitCause.None ? "" : $", {Cause}")}";
}
