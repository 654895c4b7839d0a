namespace Summit.Ops.Network;

/// <summary>A network ACL: an ordered, stateless filter around subnets (DescribeNetworkAcls).</summary>
public sealed record NetworkAcl
{
    /// <summary>Its id, <c>acl-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The subnets that it guards.</summary>
    public IReadOnlyList<string> SubnetIds { get; init; } = [];

    /// <summary>Its entries, in any order: their numbers count.</summary>
    public IReadOnlyList<NetworkAclEntry> Entries { get; init; } = [];
}

/// <summary>One entry of a network ACL; the first that matches decides.</summary>
public sealed record NetworkAclEntry
{
    /// <summary>Its place, lowest first; 32767 is the one that denies the rest.</summary>
    public required int RuleNumber { get; init; }

    /// <summary>Whether it is about what leaves the subnet.</summary>
    public bool Egress { get; init; }

    /// <summary>Whether it lets through.</summary>
    public bool Allow { get; init; }

    /// <summary>The protocol's number, <c>-1</c> for all.</summary>
    public required string Protocol { get; init; }

    /// <summary>The first destination port; null for all.</summary>
    public int? FromPort { get; init; }

    /// <summary>The last destination port.</summary>
    public int? ToPort { get; init; }

    /// <summary>The peer's addresses.</summary>
    public required AddressBlock Block { get; init; }

    /// <summary>Whether it is about TCP on this port.</summary>
    public bool Carries(int port) => Protocols.IsAll(Protocol)
        || (Protocols.IsTcp(Protocol) && (FromPort is null or -1 || (port >= FromPort && port <= (ToPort ?? FromPort))));

    /// <summary>As one reads it in the console.</summary>
    public override string ToString()
    {
        var number = RuleNumber == 32767 ? "*" : RuleNumber.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var ports = Protocols.IsAll(Protocol)
            ? "all traffic"
            : FromPort is null or -1 ? $"protocol {Protocol}"
            : $"{(Protocols.IsTcp(Protocol) ? "tcp" : "protocol " + Protocol)} {FromPort}-{ToPort ?? FromPort}";
        return $"{(Egress ? "outbound" : "inbound")} rule {number} ({(Allow ? "allow" : "deny")} {ports} "
            + $"{(Egress ? "to" : "from")} {Block})";
    }
}
