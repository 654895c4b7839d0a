namespace Summit.Ops.Lab.Aws;

/// <summary>An answer that is an error, as the real service words it.</summary>
public sealed class AwsErrorException : Exception
{
    /// <summary>An error with its code, message and HTTP status.</summary>
    /// <param name="code">For example <c>InvalidInstanceId</c>.</param>
    /// <param name="message">The message.</param>
    /// <param name="status">The HTTP status.</param>
    public AwsErrorException(string code, string message, int status = 400)
        : base(message) => (Code, Status) = (code, status);

    /// <summary>The code.</summary>
    public string Code { get; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }
}
