namespace Summit.Ops.Lab.Aws;

/// <summary>A call that the endpoint answered: what a test counts, and what a permission policy must cover.</summary>
/// <param name="Action">As a policy names it, for example <c>ssm:SendCommand</c>.</param>
/// <param name="Outcome"><c>OK</c>, an error's code, or <c>Reset</c>.</param>
/// <param name="Request">The call.</param>
public sealed record AwsCall(string Action, string Outcome, AwsRequest Request)
{
    /// <summary>The body of the answer; empty where none was sent.</summary>
    public string Answer { get; init; } = "";
}
