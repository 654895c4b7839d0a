namespace Summit.Ops.Network;

/// <summary>A security group of EC2 (DescribeSecurityGroups).</summary>
public sealed record SecurityGroup
{
    /// <summary>Its id, <c>sg-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it lets in.</summary>
    public IReadOnlyList<SecurityGroupRule> Ingress { get; init; } = [];

    /// <summary>What it lets out.</summary>
    public IReadOnlyList<SecurityGroupRule> Egress { get; init; } = [];

    /// <summary>Id and name.</summary>
    public override string ToString() => Name.Length == 0 ? Id : $"{Id} ({Name})";
}

/// <summary>One rule of a security group: one protocol, one range of ports, one peer. It can only allow.</summary>
public sealed record SecurityGroupRule
{
    /// <summary>The protocol as EC2 says it: <c>tcp</c>, <c>udp</c>, a number, or <c>-1</c> for all.</summary>
    public required string Protocol { get; init; }

    /// <summary>The first port; null for all (the protocol has none, or it is -1).</summary>
    public int? FromPort { get; init; }

    /// <summary>The last port.</summary>
    public int? ToPort { get; init; }

    /// <summary>The peer's addresses; null where the peer is a list or a group.</summary>
    public AddressBlock? Block { get; init; }

    /// <summary>The prefix list that holds the peer's addresses, <c>pl-…</c>.</summary>
    public string? PrefixListId { get; init; }

    /// <summary>The group whose members are the peers, by their private addresses.</summary>
    public string? GroupId { get; init; }

    /// <summary>Whether that group is in a peered VPC or of another account: who its members are cannot be read.</summary>
    public bool IsForeignGroup { get; init; }

    /// <summary>Whether it is about TCP on this port.</summary>
    public bool Carries(int port) => Protocols.IsAll(Protocol)
        || (Protocols.IsTcp(Protocol) && (FromPort is null or -1 || (port >= FromPort && port <= (ToPort ?? FromPort))));

    /// <summary>As one reads it in the console.</summary>
    public override string ToString()
    {
        var ports = Protocols.IsAll(Protocol)
            ? "all traffic"
            : FromPort is null or -1 ? $"{Protocol}, all ports"
            : FromPort == ToPort ? $"{Protocol} {FromPort}" : $"{Protocol} {FromPort}-{ToPort}";
        return $"{ports} from {Block?.ToString() ?? PrefixListId ?? GroupId}";
    }
}

/// <summary>The names and numbers of protocols, as far as a TCP port needs them.</summary>
internal static class Protocols
{
    /// <summary>Whether every protocol with every port is meant.</summary>
    public static bool IsAll(string protocol) => protocol is "-1" or "all";

    /// <summary>Whether TCP is meant; another number is another protocol, whatever its ports.</summary>
    public static bool IsTcp(string protocol) => protocol is "6" || protocol.Equals("tcp", StringComparison.OrdinalIgnoreCase);
}
