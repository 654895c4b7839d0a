namespace Summit.Ops.Lab;

/// <summary>The lab needs something that this machine does not have and that could not be fetched.</summary>
/// <remarks>The console ends with exit code 2; a test is skipped with the message as its reason.</remarks>
public sealed class LabUnavailableException : Exception
{
    /// <summary>Makes it.</summary>
    /// <param name="message">What is missing and why it could not be had.</param>
    /// <param name="recommendedAction">What to run or set.</param>
    /// <param name="inner">What went wrong underneath.</param>
    public LabUnavailableException(string message, string recommendedAction, Exception? inner = null)
        : base(message, inner) => RecommendedAction = recommendedAction;

    /// <summary>What to run or set.</summary>
    public string RecommendedAction { get; }
}
