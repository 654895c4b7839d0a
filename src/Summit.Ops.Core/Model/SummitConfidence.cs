namespace Summit.Ops;

/// <summary>How certain a verdict is.</summary>
public enum SummitConfidence
{
    /// <summary>What would decide it could not be looked at: the verdict is Unknown, or rests on what a client sees alone.</summary>
    Low,

    /// <summary>It is seen, and something that may lie behind it could not be looked at.</summary>
    Medium,

    /// <summary>Everything that could say otherwise was looked at.</summary>
    High,
}
