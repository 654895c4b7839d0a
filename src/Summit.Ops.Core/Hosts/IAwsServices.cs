using Summit.Ops.Network;

namespace Summit.Ops.Hosts;

/// <summary>What Summit.Ops asks of AWS. Behind it lies the AWS SDK, which only its own load context ever sees.</summary>
public interface IAwsServices
{
    /// <summary>The host behind a target, reached by Run Command. Nothing is asked yet.</summary>
    /// <param name="target">The instance.</param>
    /// <param name="connection">The account.</param>
    /// <param name="progress">Told each state of a command, as Systems Manager names it.</param>
    IHost Host(SummitTarget target, AwsConnection connection, IProgress<string>? progress);

    /// <summary>The instances that a query names, as they come, with what Systems Manager knows of them.</summary>
    /// <exception cref="Errors.SummitAwsException">AWS refused, or there are no credentials or no region.</exception>
    IAsyncEnumerable<SummitTarget> FindAsync(TargetQuery query, AwsConnection connection, CancellationToken cancellation);

    /// <summary>What EC2 says of the way to an instance. An action that is not allowed leaves its part out, and is named there.</summary>
    /// <exception cref="Errors.SummitAwsException">There is no such instance, or AWS cannot be asked at all.</exception>
    Task<NetworkPath> NetworkPathAsync(string instanceId, AwsConnection connection, CancellationToken cancellation);

    /// <summary>What EC2 says of security groups by themselves.</summary>
    /// <exception cref="Errors.SummitAwsException">One of them does not exist, or AWS cannot be asked at all.</exception>
    Task<NetworkPath> SecurityGroupsAsync(IReadOnlyList<string> groupIds, AwsConnection connection, CancellationToken cancellation);

    /// <summary>Tries IAM actions without doing anything.</summary>
    /// <returns>For each action whether the credentials may do it, null where it was not tried, and AWS's word.</returns>
    /// <exception cref="Errors.SummitAwsException">AWS cannot be asked at all.</exception>
    Task<IReadOnlyDictionary<string, (bool? Allowed, string Evidence)>> TryActionsAsync(
        IReadOnlyList<string> actions, AwsConnection connection, CancellationToken cancellation);
}

/// <summary>Which instances are meant.</summary>
public sealed record TargetQuery
{
    /// <summary>Ids; empty for every instance that the tags name.</summary>
    public IReadOnlyList<string> InstanceIds { get; init; } = [];

    /// <summary>Tags that an instance must all have; several values of one are alternatives, <c>*</c> and <c>?</c> are wildcards.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Tags { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
}
