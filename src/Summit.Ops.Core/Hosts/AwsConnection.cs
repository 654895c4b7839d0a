using System.Text.Json.Serialization;

namespace Summit.Ops.Hosts;

/// <summary>
/// How an AWS account is reached: what the cmdlets' AWS parameters say. What is null is found as every AWS tool finds it (environment,
/// profile, web identity, instance metadata).
/// </summary>
public sealed record AwsConnection
{
    /// <summary>The document that runs shell scripts on every managed node.</summary>
    public const string ShellDocument = "AWS-RunShellScript";

    /// <summary>The region, for example <c>eu-west-1</c>.</summary>
    public string? Region { get; init; }

    /// <summary>A profile of the AWS configuration files, SSO ones too.</summary>
    public string? ProfileName { get; init; }

    /// <summary>Another credentials file than the usual one.</summary>
    public string? ProfileLocation { get; init; }

    /// <summary>Another endpoint than the region's.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>An access key; null for the chain.</summary>
    public AwsKey? Key { get; init; }

    /// <summary>The document that runs the scripts.</summary>
    public string DocumentName { get; init; } = ShellDocument;

    /// <summary>Who asks, for the comment of each command: the cmdlet's name.</summary>
    public string Purpose { get; init; } = "Summit.Ops";
}

/// <summary>An access key. Its secret is in no text that is made of it.</summary>
/// <param name="AccessKeyId">The key's id.</param>
/// <param name="SecretAccessKey">Its secret.</param>
/// <param name="SessionToken">The session token of temporary credentials; null for a key of a user.</param>
public sealed record AwsKey(string AccessKeyId, [property: JsonIgnore] string SecretAccessKey, [property: JsonIgnore] string? SessionToken)
{
    /// <summary>The key's id, nothing else.</summary>
    public override string ToString() => AccessKeyId;
}
