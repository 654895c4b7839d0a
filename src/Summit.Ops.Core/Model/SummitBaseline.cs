namespace Summit.Ops;

/// <summary>How a failure stands against an earlier report.</summary>
public enum SummitBaselineState
{
    /// <summary>It fails now and did not fail then.</summary>
    New,

    /// <summary>It failed then and fails now.</summary>
    StillThere,

    /// <summary>It failed then, was looked at again, and does not fail now.</summary>
    Fixed,

    /// <summary>It failed then and could not be looked at now, so nobody knows.</summary>
    NotLookedAt,
}

/// <summary>What changed since an earlier report.</summary>
public sealed record SummitBaseline
{
    /// <summary>The earlier report's file.</summary>
    public required string Path { get; init; }

    /// <summary>When that report was made.</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary>Every failure of then and now, what is new first.</summary>
    public IReadOnlyList<SummitBaselineChange> Changes { get; init => field = ItemList.Of(value); } = ItemList<SummitBaselineChange>.None;

    /// <summary>What fails now and did not fail then.</summary>
    public IReadOnlyList<SummitBaselineChange> New => In(SummitBaselineState.New);

    /// <summary>What failed then and fails now.</summary>
    public IReadOnlyList<SummitBaselineChange> StillThere => In(SummitBaselineState.StillThere);

    /// <summary>What failed then and does not fail now.</summary>
    public IReadOnlyList<SummitBaselineChange> Fixed => In(SummitBaselineState.Fixed);

    /// <summary>What failed then and could not be looked at now.</summary>
    public IReadOnlyList<SummitBaselineChange> NotLookedAt => In(SummitBaselineState.NotLookedAt);

    /// <summary>The counts.</summary>
    public override string ToString() => $"{New.Count} new, {StillThere.Count} still there, {Fixed.Count} fixed"
        + (NotLookedAt.Count > 0 ? $", {NotLookedAt.Count} not looked at" : "");

    private IReadOnlyList<SummitBaselineChange> In(SummitBaselineState state) =>
        ItemList.Of<SummitBaselineChange>([.. Changes.Where(change => change.State == state)]);
}

/// <summary>One failure, and how it stands.</summary>
/// <param name="State">How it stands.</param>
/// <param name="Subject">What it was found on: the site and the host, or the endpoint.</param>
/// <param name="Check">The check as it failed: now, or then where it does not fail now.</param>
public sealed record SummitBaselineChange(SummitBaselineState State, string Subject, SummitCheck Check)
{
    /// <summary>State, check and subject.</summary>
    public override string ToString() => $"{State}: {Check.Id} ({Subject})";
}
