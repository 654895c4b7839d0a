namespace Summit.Ops;

/// <summary>One check whose failure is accepted, by whom, why and until when.</summary>
public sealed record SummitSuppression
{
    /// <summary>The check's id.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// Where alone it holds: the host's name or instance id, or the file or other thing that the check looked at; empty for everywhere.
    /// </summary>
    public string Target { get; init; } = "";

    /// <summary>Who answers for it.</summary>
    public required string Owner { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>The last day on which it holds (UTC).</summary>
    public required DateOnly Expires { get; init; }

    /// <summary>Check, place, owner and end.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Id}{(Target.Length > 0 ? $" at {Target}" : "")}, accepted by {Owner} until {Expires:yyyy-MM-dd}");
}
