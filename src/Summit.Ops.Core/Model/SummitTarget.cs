using Summit.Ops.Hosts;

namespace Summit.Ops;

/// <summary>How a target is reached.</summary>
public enum SummitTargetKind
{
    /// <summary>This machine, through <c>/bin/sh</c>.</summary>
    Local,

    /// <summary>An EC2 instance or hybrid node, through AWS Systems Manager Run Command.</summary>
    Ssm,

    /// <summary>A host behind SSH, through this machine's OpenSSH client.</summary>
    Ssh,
}

/// <summary>A host that a check or a deployment runs on.</summary>
public sealed record SummitTarget
{
    /// <summary>This machine.</summary>
    public static SummitTarget Local { get; } =
        new() { Name = Environment.MachineName, Kind = SummitTargetKind.Local, Platform = Environment.OSVersion.Platform.ToString() };

    /// <summary>The name people know it by: the Name tag, else the instance id; for this machine its host name.</summary>
    public required string Name { get; init; }

    /// <summary>How it is reached.</summary>
    public required SummitTargetKind Kind { get; init; }

    /// <summary>The instance id (<c>i-…</c>, or <c>mi-…</c> for a hybrid node); empty for this machine.</summary>
    public string InstanceId { get; init; } = "";

    /// <summary>The AWS region; empty for this machine.</summary>
    public string Region { get; init; } = "";

    /// <summary>Systems Manager's PingStatus (Online, ConnectionLost, Inactive), <c>NotRegistered</c>, or empty for this machine.</summary>
    public string PingStatus { get; init; } = "";

    /// <summary>The platform's name, for example <c>Ubuntu</c>.</summary>
    public string Platform { get; init; } = "";

    /// <summary>The EC2 state (running, stopped …); empty for this machine.</summary>
    public string State { get; init; } = "";

    /// <summary>The public address where it has one, else the private one.</summary>
    public string Address { get; init; } = "";

    /// <summary>The private address.</summary>
    public string PrivateAddress { get; init; } = "";

    /// <summary>
    /// How SSH reaches it, as it was written (<c>user@host:port</c>, or an alias of ~/.ssh/config); empty for any other host.
    /// </summary>
    public string HostName { get; init; } = "";

    /// <summary>Options of ssh that the caller added, each as after <c>ssh -o</c>: they travel with the target.</summary>
    internal IReadOnlyList<string> SshOptions { get; init; } = [];

    /// <summary>How its account is reached, where the caller said so: it travels with the target and is shown nowhere.</summary>
    internal AwsConnection? Connection { get; init; }

    /// <summary>Whether an id is a hybrid node's: a machine that Systems Manager knows and EC2 does not.</summary>
    internal static bool IsHybrid(string instanceId) => instanceId.StartsWith("mi-", StringComparison.Ordinal);

    /// <summary>Name, and the instance id where there is one.</summary>
    public override string ToString() => InstanceId.Length == 0 || InstanceId == Name ? Name : $"{Name} ({InstanceId})";
}
