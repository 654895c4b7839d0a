using System.Collections.Concurrent;

namespace Summit.Ops.Lab.Aws;

/// <summary>What Systems Manager knows of an instance's agent.</summary>
public enum LabAgent
{
    /// <summary>It pings.</summary>
    Online,

    /// <summary>It has pinged, and does not any more: commands wait for it until their delivery times out.</summary>
    ConnectionLost,

    /// <summary>Systems Manager has never heard of it (no instance profile, no agent).</summary>
    NotRegistered,

    /// <summary>It is known and is gone: a command to it is undeliverable.</summary>
    Undeliverable,

    /// <summary>It updates itself: a command is undeliverable at first, and is carried out when the agent is back.</summary>
    Updating,
}

/// <summary>An EC2 instance, or a hybrid node, of the endpoint's account.</summary>
public sealed record LabMachine
{
    /// <summary>Its id, <c>i-</c> or <c>mi-</c> and 17 hexadecimal digits.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Whether it is a machine outside EC2 that was registered by an activation: its id begins with <c>mi-</c>.</summary>
    public bool IsHybrid => InstanceId.StartsWith("mi-", StringComparison.Ordinal);

    /// <summary>Its region.</summary>
    public string Region { get; init; } = "eu-west-1";

    /// <summary>Its tags; <c>Name</c> is one.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Its EC2 state: pending, running, stopping, stopped, shutting-down, terminated.</summary>
    public string State { get; init; } = "running";

    /// <summary>Its agent.</summary>
    public LabAgent Agent { get; init; } = LabAgent.Online;

    /// <summary>When the agent was last heard.</summary>
    public DateTimeOffset LastPing { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>What the agent says of the platform.</summary>
    public string Platform { get; init; } = "Ubuntu";

    /// <summary>Its private address.</summary>
    public string PrivateAddress { get; init; } = "10.0.0.10";

    /// <summary>Its public address; empty for none.</summary>
    public string PublicAddress { get; init; } = "";

    /// <summary>
    /// Runs what Run Command brings: null for really, with <c>sh</c> on this machine; a simulation of a large fleet has a function instead.
    /// </summary>
    public Func<string, ScriptOutcome>? Simulation { get; init; }
}

/// <summary>How a script ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record ScriptOutcome(int ExitCode, string Output, string Error = "");

/// <summary>The instances of the endpoint's account.</summary>
public sealed class LabFleet
{
    private readonly ConcurrentDictionary<string, LabMachine> _machines = new(StringComparer.Ordinal);

    /// <summary>All instances, by id.</summary>
    public IEnumerable<LabMachine> Machines => _machines.Values.OrderBy(machine => machine.InstanceId, StringComparer.Ordinal);

    /// <summary>Adds or replaces an instance.</summary>
    public void Put(LabMachine machine) => _machines[machine.InstanceId] = machine;

    /// <summary>An instance by id, in a region; null where there is none.</summary>
    public LabMachine? Find(string instanceId, string region) =>
        _machines.GetValueOrDefault(instanceId) is { } machine && machine.Region == region ? machine : null;
}
