namespace Summit.Ops.Network;

/// <summary>What EC2 says of the way to an instance, or of security groups alone: gathered once, judged by pure functions.</summary>
public sealed record NetworkPath
{
    /// <summary>The instance; empty where groups alone were asked for.</summary>
    public string InstanceId { get; init; } = "";

    /// <summary>The region; empty where it is not known.</summary>
    public string Region { get; init; } = "";

    /// <summary>The instance's interfaces, the primary one first.</summary>
    public IReadOnlyList<NetworkInterface> Interfaces { get; init; } = [];

    /// <summary>The interfaces of the load balancers in the VPC.</summary>
    public IReadOnlyList<NetworkInterface> LoadBalancers { get; init; } = [];

    /// <summary>The interfaces whose group a rule refers to.</summary>
    public IReadOnlyList<NetworkInterface> Members { get; init; } = [];

    /// <summary>The groups whose members are all among the interfaces above.</summary>
    public IReadOnlyCollection<string> MembersKnown { get; init; } = [];

    /// <summary>The groups of all these interfaces.</summary>
    public IReadOnlyList<SecurityGroup> Groups { get; init; } = [];

    /// <summary>The network ACLs around their subnets.</summary>
    public IReadOnlyList<NetworkAcl> Acls { get; init; } = [];

    /// <summary>The VPC's route tables.</summary>
    public IReadOnlyList<RouteTable> RouteTables { get; init; } = [];

    /// <summary>The subnets' blocks, by subnet: a network ACL does not see what stays within.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<AddressBlock>> Subnets { get; init; } =
        new Dictionary<string, IReadOnlyList<AddressBlock>>(StringComparer.Ordinal);

    /// <summary>The subnets that another account shares with this one, each with that account.</summary>
    public IReadOnlyDictionary<string, string> SharedBy { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The entries of the prefix lists that rules and routes name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<AddressBlock>> PrefixLists { get; init; } =
        new Dictionary<string, IReadOnlyList<AddressBlock>>(StringComparer.Ordinal);

    /// <summary>What could not be asked: the action, as a policy names it, and why.</summary>
    public IReadOnlyDictionary<string, string> Missing { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The ACL around a subnet; null where it is not known.</summary>
    internal NetworkAcl? AclOf(string subnetId) => Acls.FirstOrDefault(acl => acl.SubnetIds.Contains(subnetId, StringComparer.Ordinal));

    /// <summary>The table of a subnet: its own, else the VPC's main one; null where it is not known.</summary>
    internal RouteTable? TableOf(NetworkInterface card) =>
        RouteTables.FirstOrDefault(table => table.SubnetIds.Contains(card.SubnetId, StringComparer.Ordinal))
            ?? RouteTables.FirstOrDefault(table => table.Main && table.VpcId == card.VpcId);

    /// <summary>The groups of an interface; null where one of them could not be read.</summary>
    internal IReadOnlyList<SecurityGroup>? GroupsOf(NetworkInterface card)
    {
        var groups = Groups.Where(group => card.GroupIds.Contains(group.Id, StringComparer.Ordinal)).ToList();
        return groups.Count == card.GroupIds.Distinct(StringComparer.Ordinal).Count() ? groups : null;
    }
}

/// <summary>What is asked: from where, to which TCP port.</summary>
public sealed record PathQuestion
{
    /// <summary>The port that the client connects to.</summary>
    public int Port { get; init; } = 443;

    /// <summary>The port on the instance, where a load balancer stands in front; null for the same.</summary>
    public int? TargetPort { get; init; }

    /// <summary>The client's addresses; empty for the internet, over IPv4 and IPv6.</summary>
    public IReadOnlyList<AddressBlock> Source { get; init; } = [];

    /// <summary>The load balancer in front, by name; null for what the interfaces give away.</summary>
    public string? LoadBalancer { get; init; }

    /// <summary>The source's addresses of a family.</summary>
    internal AddressSet Clients(bool isIPv6) => Source.Count == 0 || Source.Contains(isIPv6 ? AddressBlock.AllIPv6 : AddressBlock.AllIPv4)
        ? AddressSet.Internet(isIPv6)
        : AddressSet.Of(isIPv6, Source);

    /// <summary>The blocks that a command names for the source.</summary>
    internal IReadOnlyList<AddressBlock> Blocks(bool isIPv6) =>
        Source.Count == 0 ? [isIPv6 ? AddressBlock.AllIPv6 : AddressBlock.AllIPv4] : [.. Source.Where(block => block.IsIPv6 == isIPv6)];
}
