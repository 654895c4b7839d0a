namespace Summit.Ops.Network;

/// <summary>What a network ACL says of peers on a range of TCP ports: entry by entry, the first that matches decides.</summary>
internal sealed record AclFilter
{
    /// <summary>Who was asked about.</summary>
    public required AddressSet Peers { get; init; }

    /// <summary>Who passes, by range of destination ports on which it is the same.</summary>
    public required IReadOnlyList<(int From, int To, AddressSet Allowed)> Ports { get; init; }

    /// <summary>The entries that let somebody through, in order.</summary>
    public required IReadOnlyList<NetworkAclEntry> Passing { get; init; }

    /// <summary>The entries that stop somebody, in order; the end of the list is none of them.</summary>
    public required IReadOnlyList<NetworkAclEntry> Stopping { get; init; }

    /// <summary>Who passes on every port.</summary>
    public AddressSet Always => Ports.Aggregate(Peers, (all, ports) => all.Intersect(ports.Allowed));

    /// <summary>Who passes on some port.</summary>
    public AddressSet Sometimes => Ports.Aggregate(AddressSet.Empty(Peers.IsIPv6), (all, ports) => all.Union(ports.Allowed));

    /// <summary>Whether one packet passes.</summary>
    public bool Passes(UInt128 address, int port) =>
        Ports.Any(ports => port >= ports.From && port <= ports.To && ports.Allowed.Contains(address));

    /// <summary>Applies the ACL.</summary>
    /// <param name="acl">The ACL.</param>
    /// <param name="egress">Whether the packet leaves the subnet.</param>
    /// <param name="peers">The addresses outside the subnet.</param>
    /// <param name="from">The first destination port.</param>
    /// <param name="to">The last.</param>
    public static AclFilter Apply(NetworkAcl acl, bool egress, AddressSet peers, int from, int to)
    {
        var entries = acl.Entries.Where(entry => entry.Egress == egress && entry.Block.IsIPv6 == peers.IsIPv6)
            .OrderBy(entry => entry.RuleNumber).ToList();
        // between two of these nothing changes
        var starts = new SortedSet<int> { from };
        foreach (var entry in entries.Where(entry => entry.FromPort is > -1))
        {
            if (entry.FromPort > from && entry.FromPort <= to) starts.Add(entry.FromPort.Value);
            if ((entry.ToPort ?? entry.FromPort) is { } last && last >= from && last < to) starts.Add(last + 1);
        }

        var ports = new List<(int, int, AddressSet)>();
        var (passing, stopping) = (new HashSet<NetworkAclEntry>(), new HashSet<NetworkAclEntry>());
        var ends = starts.Skip(1).Select(start => start - 1).Append(to);
        foreach (var (start, end) in starts.Zip(ends))
        {
            var (left, allowed) = (peers, AddressSet.Empty(peers.IsIPv6));
            foreach (var entry in entries.Where(entry => entry.Carries(start)))
            {
                var hit = left.Intersect(AddressSet.Of(peers.IsIPv6, [entry.Block]));
                if (hit.IsEmpty) continue;
                (entry.Allow ? passing : stopping).Add(entry);
                if (entry.Allow) allowed = allowed.Union(hit);
                left = left.Except(hit);
            }

            ports.Add((start, end, allowed));
        }

        return new AclFilter { Peers = peers, Ports = ports, Passing =
        [
            .. entries.Where(passing.Contains),
        ], Stopping = [.. entries.Where(stopping.Contains)] };
    }
}
