namespace Summit.Ops.Lab.Aws;

/// <summary>One service of the endpoint.</summary>
internal interface IAwsService
{
    /// <summary>Its name as in IAM.</summary>
    string Name { get; }

    /// <summary>Answers a call.</summary>
    /// <exception cref="AwsErrorException">The answer is an error.</exception>
    AwsAnswer Answer(AwsRequest request);
}
