namespace Summit.Ops;

/// <summary>What came out of a check.</summary>
public enum SummitCheckStatus
{
    /// <summary>Looked at, and as it should be.</summary>
    Pass,

    /// <summary>Looked at, and wrong.</summary>
    Fail,

    /// <summary>Could not be looked at; <see cref="SummitCheck.Evidence"/> says why.</summary>
    Unknown,

    /// <summary>Does not apply here; <see cref="SummitCheck.Evidence"/> says why.</summary>
    Skipped,
}

/// <summary>What a failed check costs.</summary>
public enum SummitSeverity
{
    /// <summary>The guide asks for it and nginx does not need it.</summary>
    Advice,

    /// <summary>Breaks or degrades WebSockets for some.</summary>
    Warning,

    /// <summary>Breaks WebSockets.</summary>
    Error,
}

/// <summary>One thing looked at: what was expected, what was seen, and what to do.</summary>
public sealed record SummitCheck
{
    /// <summary>Stable id, for example <c>Nginx.UpgradeHeaders</c>.</summary>
    public required string Id { get; init; }

    /// <summary>One line for people; the guide's own words where the guide has them.</summary>
    public required string Title { get; init; }

    /// <summary>What came out.</summary>
    public required SummitCheckStatus Status { get; init; }

    /// <summary>What a failure of this check costs.</summary>
    public required SummitSeverity Severity { get; init; }

    /// <summary>The cause a failure speaks for; <see cref="SummitCause.None"/> unless the check failed.</summary>
    public SummitCause Cause { get; init; }

    /// <summary>In a diagnosis, the cause that this failure is only a symptom of; None where it is none.</summary>
    public SummitCause ExplainedBy { get; init; }

    /// <summary>What was looked at: the host, the instance, the file or the URI.</summary>
    public string Target { get; init; } = "";

    /// <summary>What was seen, in words: for every status the reason of it, never empty.</summary>
    public required string Evidence { get; init; }

    /// <summary>What should be there.</summary>
    public string Expected { get; init; } = "";

    /// <summary>What is there.</summary>
    public string Actual { get; init; } = "";

    /// <summary>
    /// A command that can be run as it stands and mends it, or that gets what is missing; empty where there is nothing to do.
    /// </summary>
    public string Fix { get; init; } = "";

    /// <summary>The file the evidence stands in, or null.</summary>
    public string? File { get; init; }

    /// <summary>The line in <see cref="File"/>, from 1, or null.</summary>
    public int? Line { get; init; }

    /// <summary>Where the check is explained.</summary>
    public string HelpUri { get; init; } = "";

    /// <summary>Where this failure is accepted for a time: by whom, why, and until when; else null. The status stays what it is.</summary>
    public SummitSuppression? Suppression { get; init; }

    /// <summary>
    /// Whether a gate counts it: it failed, it is no mere advice and no symptom of a cause that is counted
    /// itself, and nobody has accepted it.
    /// </summary>
    public bool IsFailure =>
        Status == SummitCheckStatus.Fail && Severity != SummitSeverity.Advice && ExplainedBy == SummitCause.None && Suppression is null;

    /// <summary>Id and status.</summary>
    public override string ToString() => $"{Id}: {Status}";
}
