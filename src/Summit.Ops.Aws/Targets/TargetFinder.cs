using System.Runtime.CompilerServices;
using Amazon.EC2.Model;
using Amazon.SimpleSystemsManagement.Model;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Aws.Targets;

/// <summary>Makes targets of instances, with their agents' state.</summary>
internal sealed class TargetFinder(Inventory inventory)
{
    private const int AtOnce = 50;
    private const string NotRegistered = "NotRegistered";

    /// <summary>The targets a query names, in EC2's order; an id that is not there is left out.</summary>
    public async IAsyncEnumerable<SummitTarget> FindAsync(TargetQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var hybrid = query.InstanceIds.Where(SummitTarget.IsHybrid).ToList();
        var some = new List<Instance>();
        var machineIds = query.InstanceIds.Except(hybrid, StringComparer.Ordinal).ToList();
        if (machineIds.Count > 0 || query.InstanceIds.Count == 0)
        {
            await foreach (var machine in inventory.MachinesAsync(machineIds, query.Tags, cancellation))
            {
                // a terminated instance is listed for an hour yet: it is gone
                if (machine.State?.Name?.Value is "terminated" or "shutting-down") continue;
                some.Add(machine);
                if (some.Count < AtOnce) continue;
                foreach (var target in await WithAgentsAsync(some, cancellation)) yield return target;
                some.Clear();
            }
        }

        foreach (var target in await WithAgentsAsync(some, cancellation)) yield return target;
        if (hybrid.Count > 0)
        {
            await foreach (var agent in inventory.AgentsAsync(hybrid, cancellation)) yield return FromAgent(agent);
        }

        if (query is not { InstanceIds.Count: 0, Tags: { Count: > 0 } tags }) yield break;
        foreach (var agent in await TaggedHybridAsync(tags, cancellation)) yield return FromAgent(agent);
    }

    private async Task<List<InstanceInformation>> TaggedHybridAsync(
        IReadOnlyDictionary<string, IReadOnlyList<string>> tags, CancellationToken cancellation)
    {
        var found = new List<InstanceInformation>();
        // a pattern, and a value without a character, are EC2's alone
        if (tags.Values.Any(values => values.Any(value => value.Length == 0 || value.AsSpan().ContainsAny('*', '?')))) return found;
        try
        {
            await foreach (var agent in inventory.HybridAsync(tags, cancellation)) found.Add(agent);
        }
        catch (SummitAwsException error) when (error.ErrorId == "AwsAccessDenied")
        {
            // the instances of EC2 are found all the same
        }

        return found;
    }

    private async Task<List<SummitTarget>> WithAgentsAsync(List<Instance> machines, CancellationToken cancellation)
    {
        var agents = new Dictionary<string, InstanceInformation>(StringComparer.Ordinal);
        var unknown = "";
        try
        {
            await foreach (var agent in inventory.AgentsAsync([.. machines.Select(machine => machine.InstanceId)], cancellation))
            {
                agents[agent.InstanceId] = agent;
            }
        }
        catch (SummitAwsException error) when (error.ErrorId == "AwsAccessDenied")
        {
            unknown = "Unknown (ssm:DescribeInstanceInformation is not allowed)";
        }

        return [.. machines.Select(machine => FromMachine(machine, agents.GetValueOrDefault(machine.InstanceId), unknown))];
    }

    private SummitTarget FromMachine(Instance machine, InstanceInformation? agent, string unknown) => new()
    {
        Name = machine.Tags?.Find(tag => tag.Key == "Name")?.Value is { Length: > 0 } name
            ? Text.ForeignText.Visible(name)
            : machine.InstanceId,
        Kind = SummitTargetKind.Ssm,
        InstanceId = machine.InstanceId,
        Region = inventory.Region,
        State = machine.State?.Name?.Value ?? "",
        PingStatus = agent?.PingStatus?.Value ?? (unknown.Length > 0 ? unknown : NotRegistered),
        Platform = agent?.PlatformName ?? machine.PlatformDetails ?? "",
        Address = machine.PublicIpAddress ?? machine.PrivateIpAddress ?? "",
        PrivateAddress = machine.PrivateIpAddress ?? "",
    };

    private SummitTarget FromAgent(InstanceInformation agent) => new()
    {
        Name = agent.ComputerName is { Length: > 0 } name ? Text.ForeignText.Visible(name) : agent.InstanceId,
        Kind = SummitTargetKind.Ssm,
        InstanceId = agent.InstanceId,
        Region = inventory.Region,
        PingStatus = agent.PingStatus?.Value ?? "",
        Platform = agent.PlatformName ?? "",
        Address = agent.IPAddress ?? "",
        PrivateAddress = agent.IPAddress ?? "",
    };
}
