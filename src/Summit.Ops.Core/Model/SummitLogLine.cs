namespace Summit.Ops;

/// <summary>Where a process wrote a line.</summary>
public enum SummitLogStream
{
    /// <summary>Standard output.</summary>
    Output,

    /// <summary>Standard error.</summary>
    Error,

    /// <summary>The journal, which keeps both.</summary>
    Journal,
}

/// <summary>One line of a backend's log.</summary>
public sealed record SummitLogLine
{
    /// <summary>The host.</summary>
    public required SummitTarget Target { get; init; }

    /// <summary>The process's name in its manager.</summary>
    public required string Name { get; init; }

    /// <summary>When it was written, as the line itself or the journal says; null where neither does.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Where it was written.</summary>
    public required SummitLogStream Stream { get; init; }

    /// <summary>The file on the host, or <c>journal</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The line, with control characters made visible, and without tokens and passwords.</summary>
    public required string Text { get; init; }

    /// <summary>The line.</summary>
    public override string ToString() => Text;
}
