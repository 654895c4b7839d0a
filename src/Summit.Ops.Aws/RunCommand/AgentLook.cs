using Summit.Ops.Aws.Calls;
using Summit.Ops.Aws.Targets;
using Summit.Ops.Errors;

namespace Summit.Ops.Aws.RunCommand;

/// <summary>Asks whether agents ping: those that are asked for at the same moment share a call, whichever command they are of.</summary>
internal sealed class AgentLook(Inventory inventory, TimeProvider time)
{
    private const int AtOnce = 50;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private readonly Gathering<IReadOnlyDictionary<string, bool>> _gathering = new(AtOnce, Quiet, ids => LookAsync(inventory, ids), time);

    /// <summary>Whether an agent pings; null where that may not be asked.</summary>
    public async Task<bool?> IsOnlineAsync(string instanceId, CancellationToken cancellation)
    {
        try
        {
            return (await _gathering.AnswerAsync(instanceId, cancellation)).GetValueOrDefault(instanceId);
        }
        catch (SummitAwsException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyDictionary<string, bool>> LookAsync(Inventory inventory, IReadOnlyList<string> ids)
    {
        var online = new Dictionary<string, bool>(StringComparer.Ordinal);
        await foreach (var agent in inventory.AgentsAsync(ids, CancellationToken.None))
        {
            online[agent.InstanceId] = agent.PingStatus?.Value == "Online";
        }

        return online;
    }
}
