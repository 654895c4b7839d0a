using Summit.Ops.Aws.Calls;
using Summit.Ops.Aws.Networking;
using Summit.Ops.Aws.Permissions;
using Summit.Ops.Aws.RunCommand;
using Summit.Ops.Aws.Targets;
using Summit.Ops.Hosts;

namespace Summit.Ops.Aws;

/// <summary>One account in one region: its clients, and what all targets there share, so that their calls are made together.</summary>
internal sealed class AwsAccount : IDisposable
{
    private readonly AwsClients _clients;
    private readonly ApiCalls _calls;

    private AwsAccount(AwsClients clients, TimeProvider time)
    {
        var calls = new ApiCalls(new AwsPlace(clients.Region, clients.Source, clients.Settings), time);
        _clients = clients;
        Inventory = new Inventory(clients, calls);
        _calls = calls;
        PathQueue = new PathQueue(NewPathReader, time);
        Queue = new CommandQueue(new SystemsManager(clients.Ssm, calls), new Triage(Inventory), new AgentLook(Inventory, time), time);
    }

    /// <summary>Its instances.</summary>
    public Inventory Inventory { get; }

    /// <summary>Its commands.</summary>
    public CommandQueue Queue { get; }

    /// <summary>The ways to its instances.</summary>
    public PathQueue PathQueue { get; }

    /// <summary>A reader of its network as it is now: it asks each thing once.</summary>
    public PathReader NewPathReader() => new(_clients, _calls, Inventory);

    /// <summary>What the credentials may do there.</summary>
    public ActionTrial Trial => new(_clients, _calls);

    /// <inheritdoc/>
    public void Dispose()
    {
        Queue.Dispose();
        _clients.Dispose();
    }

    /// <summary>Finds credentials and region.</summary>
    public static async Task<AwsAccount> OpenAsync(AwsConnection connection, TimeProvider time) =>
        new(await AwsClients.CreateAsync(connection), time);
}
