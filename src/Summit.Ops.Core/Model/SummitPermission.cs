namespace Summit.Ops;

/// <summary>One IAM action that a cmdlet asks of AWS.</summary>
public sealed record SummitPermission
{
    /// <summary>The cmdlet.</summary>
    public required string Command { get; init; }

    /// <summary>The action as a policy names it, for example <c>ssm:SendCommand</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it may be limited to, as a policy names it; <c>*</c> where AWS knows no narrower resource.</summary>
    public IReadOnlyList<string> Resource { get; init => field = ItemList.Of(value); } = ItemList.Of(["*"]);

    /// <summary>Whether the cmdlet does nothing without it.</summary>
    public bool Required { get; init; }

    /// <summary>What it is for, or what is missing without it.</summary>
    public required string Purpose { get; init; }

    /// <summary>Pass where the credentials may do it, Fail where they may not, Unknown where it was not tried.</summary>
    public SummitCheckStatus Status { get; init; } = SummitCheckStatus.Unknown;

    /// <summary>What was seen: AWS's word where it was tried, else why it was not.</summary>
    public string Evidence { get; init; } = "Not tried: -Test asks AWS.";

    /// <summary>Command, action and status.</summary>
    public override string ToString() => $"{Command} {Action}: {Status}";
}
