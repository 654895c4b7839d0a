using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Summit.Ops.Aws.Targets;
using Summit.Ops.Hosts;
using Summit.Ops.Network;

namespace Summit.Ops.Aws;

/// <summary>The door to everything here: found by name in the module's own load context, used through an interface of Core's.</summary>
/// <param name="time">The clock.</param>
public sealed class AwsServices(TimeProvider time) : IAwsServices
{
    // what an account is opened by besides the connection
    private static readonly string[] Variables =
    [
        "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL_EC2",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_CA_BUNDLE",
        "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE",
    ];

    private readonly ConcurrentDictionary<AwsConnection, Lazy<Task<AwsAccount>>> _accounts = new();

    /// <summary>On the system's clock.</summary>
    public AwsServices()
        : this(TimeProvider.System)
    {
    }

    /// <inheritdoc/>
    public IHost Host(SummitTarget target, AwsConnection connection, IProgress<string>? progress)
    {
        var own = target.Region.Length > 0 ? connection with { Region = target.Region } : connection;
        return new SsmHost(target, own, () => AccountAsync(own), progress, time);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SummitTarget> FindAsync(
        TargetQuery query, AwsConnection connection, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var account = await AccountAsync(connection).WaitAsync(cancellation);
        await foreach (var target in new TargetFinder(account.Inventory).FindAsync(query, cancellation))
        {
            yield return target with { Connection = connection };
        }
    }

    /// <inheritdoc/>
    public async Task<NetworkPath> NetworkPathAsync(string instanceId, AwsConnection connection, CancellationToken cancellation) =>
        await (await AccountAsync(connection).WaitAsync(cancellation)).PathQueue.InstanceAsync(instanceId, cancellation);

    /// <inheritdoc/>
    public async Task<NetworkPath> SecurityGroupsAsync(
        IReadOnlyList<string> groupIds, AwsConnection connection, CancellationToken cancellation) =>
        await (await AccountAsync(connection).WaitAsync(cancellation)).NewPathReader().GroupsAsync(groupIds, cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, (bool? Allowed, string Evidence)>> TryActionsAsync(
        IReadOnlyList<string> actions, AwsConnection connection, CancellationToken cancellation)
    {
        var trial = (await AccountAsync(connection).WaitAsync(cancellation)).Trial;
        var tried = await Task.WhenAll(
            actions.Select(async action => (Action: action, Result: await trial.TryAsync(action, cancellation))));
        return tried.ToDictionary(each => each.Action, each => each.Result, StringComparer.Ordinal);
    }

    /// <summary>
    /// One account for each way to reach one: its paces and commands are shared by all cmdlets of the session. What failed is tried anew.
    /// </summary>
    private async Task<AwsAccount> AccountAsync(AwsConnection connection)
    {
        // the cmdlet and the document differ from call to call, the account does not; the environment may change under a session
        var key = connection with { Purpose = "", DocumentName = "", Region = connection.Region ?? Variable("AWS_REGION")
            ?? Variable("AWS_DEFAULT_REGION") };
        key = key with { Purpose = string.Join('\n', Variables.Select(name => $"{name}={Variable(name)}")) };
        var opening = _accounts.GetOrAdd(key, _ => new(() => AwsAccount.OpenAsync(connection with { Region = key.Region }, time)));
        try
        {
            return await opening.Value;
        }
        catch
        {
            _accounts.TryRemove(new(key, opening));
            throw;
        }
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
