using Summit.Ops.Aws.Calls;
using Summit.Ops.Aws.Targets;
using Summit.Ops.Errors;

namespace Summit.Ops.Aws.RunCommand;

/// <summary>Asks whether agents ping: those that are asked for at the same moment share a call, whichever command they are of.</summary>
internal sealed class AgentLook
{
    private const int AtOnce = 50;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    // a fleet has one such agent in every other command: they come one after the other, and each of them has half a minute to return
    private static readonly TimeSpan QuietInFleet = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(10);
    private readonly TimeProvider _time;
    private readonly Gathering<IReadOnlyDictionary<string, bool>> _gathering;
    private long _last = long.MinValue;

    /// <summary>Looks into the inventory.</summary>
    public AgentLook(Inventory inventory, TimeProvider time)
    {
        _time = time;
        _gathering = new(AtOnce, Wait, ids => LookAsync(inventory, ids), time);
    }

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

    private TimeSpan Wait()
    {
        var now = _time.GetTimestamp();
        var last = Interlocked.Exchange(ref _last, now);
        return last != long.MinValue && _time.GetElapsedTime(last, now) < Lately ? QuietInFleet : Quiet;
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
