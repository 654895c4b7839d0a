namespace Summit.Ops;

/// <summary>A WebSocket close code, or a failure that has none, and what it means behind nginx.</summary>
public sealed record SummitCloseCode
{
    /// <summary>The code; null for a failure without one (ConnectionRefused).</summary>
    public int? Code { get; init; }

    /// <summary>The registered name without blanks, for example <c>AbnormalClosure</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the specification says it means.</summary>
    public required string Meaning { get; init; }

    /// <summary>What it usually comes from behind nginx.</summary>
    public required string UsualCause { get; init; }

    /// <summary>The command to run next.</summary>
    public required string Run { get; init; }

    /// <summary>Whether it may stand in a Close frame; 1005, 1006 and 1015 never do.</summary>
    public required bool OnTheWire { get; init; }

    /// <summary>Where it is registered.</summary>
    public required string Source { get; init; }

    /// <summary>Code and name.</summary>
    public override string ToString() => Code is { } code ? $"{code} {Name}" : Name;
}
