namespace Summit.Ops;

/// <summary>How a watched endpoint stands.</summary>
public enum SummitWatchState
{
    /// <summary>It could not be watched: before the first probe, while this machine slept, and while this machine had no network.</summary>
    Unknown,

    /// <summary>A WebSocket opens.</summary>
    Up,

    /// <summary>A WebSocket opens, and something is not as it should be: see the reason.</summary>
    Degraded,

    /// <summary>No WebSocket opens.</summary>
    Down,

    /// <summary>It goes up and down again and again; each change is counted and not told.</summary>
    Flapping,
}

/// <summary>Why a watched endpoint changed its state.</summary>
public enum SummitWatchReason
{
    /// <summary>A WebSocket opens, as it should.</summary>
    None,

    /// <summary>No WebSocket opens.</summary>
    Failed,

    /// <summary>A connection that was open and held has ended.</summary>
    Cut,

    /// <summary>Opening a WebSocket takes longer than is normal for this endpoint.</summary>
    Slow,

    /// <summary>The certificate is soon over.</summary>
    CertificateSoonOver,

    /// <summary>Many changes in a short time.</summary>
    Flapping,

    /// <summary>No probe ran for a while: this machine slept, or its clock was set.</summary>
    NotWatched,

    /// <summary>This machine has no network.</summary>
    NoNetwork,
}

/// <summary>What a watch waits for.</summary>
public enum SummitWatchGoal
{
    /// <summary>A WebSocket opens.</summary>
    Up,

    /// <summary>No WebSocket opens.</summary>
    Down,
}
