using Amazon.EC2.Model;
using Amazon.SimpleSystemsManagement.Model;
using Summit.Ops.Errors;

namespace Summit.Ops.Aws.Targets;

/// <summary>Tells apart what Systems Manager calls InvalidInstanceId: not there, stopped, not registered, offline.</summary>
internal sealed class Triage(Inventory inventory)
{
    /// <summary>What is wrong with each of these instances; those with which nothing is wrong are left out.</summary>
    public async Task<IReadOnlyDictionary<string, SummitException>> ExplainAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var (agents, agentsDenied) = await AgentsAsync(ids, cancellation);
        var silent = ids.Where(id => !agents.TryGetValue(id, out var agent) || agent.PingStatus?.Value != "Online").ToList();
        var (machines, machinesDenied) = await MachinesAsync(
            [.. silent.Where(id => id.StartsWith("i-", StringComparison.Ordinal))], cancellation);

        var wrong = new Dictionary<string, SummitException>(StringComparer.Ordinal);
        foreach (var id in silent)
        {
            if (Explain(id, agents.GetValueOrDefault(id), machines.GetValueOrDefault(id), agentsDenied, machinesDenied) is { } error)
            {
                wrong[id] = error;
            }
        }

        return wrong;
    }

    /// <summary>Those of the instances whose agents are known to be offline; none where that may not be asked.</summary>
    public async Task<IReadOnlyDictionary<string, SummitException>> OfflineAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var (agents, _) = await AgentsAsync(ids, cancellation);
        return agents.Values.Where(agent => agent.PingStatus?.Value is { } ping && ping != "Online")
            .ToDictionary(agent => agent.InstanceId, SummitException (agent) => Offline(agent), StringComparer.Ordinal);
    }

    /// <summary>The error for an instance that Systems Manager refuses though nothing is known against it.</summary>
    public static SummitException Unexplained(string id, Exception refused) => new SummitAwsException(
        "InstanceRefused", SummitErrorKind.Unavailable, $"Systems Manager takes no command for {id}, though it is registered and its agent "
            + "is online: mostly the credentials may not run commands on this instance.", id,
        "Get-Help about_Summit_Permissions", refused);

    private SummitException? Explain(
        string id, InstanceInformation? agent, Instance? machine, SummitException? agentsDenied, SummitException? machinesDenied)
    {
        var region = inventory.Region;
        var state = machine?.State?.Name?.Value;
        if (machine is null && machinesDenied is null && id.StartsWith("i-", StringComparison.Ordinal))
        {
            return new SummitAwsException(
                "InstanceNotFound", SummitErrorKind.NotFound, $"There is no instance {id} in {region} in this account.", id,
                $"aws ec2 describe-instances --instance-ids {id} --region OTHER-REGION (and whose account it is: "
                    + "aws sts get-caller-identity)");
        }

        if (state is not (null or "running"))
        {
            return new SummitAwsException(
                "InstanceNotRunning", SummitErrorKind.Unavailable, $"{id} is {state}.", id,
                state is "stopped"
                    ? $"aws ec2 start-instances --instance-ids {id} --region {region}"
                    : $"aws ec2 describe-instances --instance-ids {id} --region {region}");
        }

        if (agent is not null) return Offline(agent);
        if (agentsDenied is not null) return agentsDenied;
        if (!id.StartsWith("i-", StringComparison.Ordinal))
        {
            return new SummitAwsException(
                "InstanceNotRegistered", SummitErrorKind.Unavailable, $"Systems Manager knows no hybrid node {id} in {region}: "
                    + "it was deregistered, or its activation is in another region or account.", id,
                $"aws ssm describe-instance-information --filters Key=ResourceType,Values=ManagedInstance --region {region}");
        }

        if (machinesDenied is not null)
        {
            return new SummitAwsException(
                "InstanceUnknown", SummitErrorKind.Unavailable,
                $"{id} is not known to Systems Manager in {region}: it does not exist there, or is stopped, or has no agent. "
                    + "Which of these, ec2:DescribeInstances would tell, and it is not allowed.", id,
                "Let an administrator allow ec2:DescribeInstances: Get-Help about_Summit_Permissions", machinesDenied);
        }

        var profile = machine?.IamInstanceProfile?.Arn;
        return new SummitAwsException(
            "InstanceNotRegistered", SummitErrorKind.Unavailable,
            profile is null
                ? $"{id} runs and has no instance profile, so its agent cannot register with Systems Manager."
                : $"{id} runs with {profile} and has not registered with Systems Manager: "
                    + "no agent, no way to its endpoint (port 443), or a role without AmazonSSMManagedInstanceCore.",
            id,
            profile is null
                ? $"aws ec2 associate-iam-instance-profile --instance-id {id} --region {region} --iam-instance-profile Name=PROFILE (its "
                    + "role with the policy AmazonSSMManagedInstanceCore)"
                : $"sudo systemctl status amazon-ssm-agent (on the host); aws ssm describe-instance-information --region {region}");
    }

    private static SummitAwsException Offline(InstanceInformation agent) => new(
        "AgentOffline", SummitErrorKind.Unavailable,
        $"The agent of {agent.InstanceId} is offline ({agent.PingStatus?.Value})"
            + $"{(agent.LastPingDateTime is { } ping ? $" since {ping.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC" : "")}. "
            + "Nothing ran there.",
        agent.InstanceId,
        agent.InstanceId.StartsWith("i-", StringComparison.Ordinal)
            ? "sudo systemctl restart amazon-ssm-agent (on the host, by EC2 Serial Console or SSH); "
                + $"aws ec2 reboot-instances --instance-ids {agent.InstanceId}"
            : "sudo systemctl restart amazon-ssm-agent (on the host, by SSH)");

    private async Task<(IReadOnlyDictionary<string, InstanceInformation> Agents, SummitException? Denied)> AgentsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        try
        {
            var agents = new Dictionary<string, InstanceInformation>(StringComparer.Ordinal);
            await foreach (var agent in inventory.AgentsAsync(ids, cancellation)) agents[agent.InstanceId] = agent;
            return (agents, null);
        }
        catch (SummitAwsException error) when (error.ErrorId == "AwsAccessDenied")
        {
            return (new Dictionary<string, InstanceInformation>(StringComparer.Ordinal), error);
        }
    }

    private async Task<(IReadOnlyDictionary<string, Instance> Machines, SummitException? Denied)> MachinesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        try
        {
            var machines = new Dictionary<string, Instance>(StringComparer.Ordinal);
            await foreach (var machine in inventory.MachinesAsync(ids, tags: null, cancellation)) machines[machine.InstanceId] = machine;
            return (machines, null);
        }
        catch (SummitAwsException error) when (error.ErrorId == "AwsAccessDenied")
        {
            return (new Dictionary<string, Instance>(StringComparer.Ordinal), error);
        }
    }
}
