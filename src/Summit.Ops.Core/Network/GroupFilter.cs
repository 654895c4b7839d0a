namespace Summit.Ops.Network;

/// <summary>What security groups say of peers on one TCP port: the union of all rules of all groups.</summary>
internal sealed record GroupFilter
{
    /// <summary>Who was asked about.</summary>
    public required AddressSet Peers { get; init; }

    /// <summary>Who is allowed for certain.</summary>
    public required AddressSet Allowed { get; init; }

    /// <summary>Who may be allowed by a rule whose list or group could not be read.</summary>
    public required AddressSet Perhaps { get; init; }

    /// <summary>The rules that allow, each with whom.</summary>
    public required IReadOnlyList<(SecurityGroup Group, SecurityGroupRule Rule, AddressSet Peers)> By { get; init; }

    /// <summary>The lists and groups that could not be read.</summary>
    public required IReadOnlyList<string> Unread { get; init; }

    /// <summary>Who is not allowed.</summary>
    public AddressSet Refused => Peers.Except(Allowed);

    /// <summary>Applies the groups.</summary>
    /// <param name="groups">The groups of one interface.</param>
    /// <param name="egress">Whether the interface sends.</param>
    /// <param name="peers">The addresses at the other end.</param>
    /// <param name="port">The destination's port.</param>
    /// <param name="path">Where lists and members stand.</param>
    public static GroupFilter Apply(IEnumerable<SecurityGroup> groups, bool egress, AddressSet peers, int port, NetworkPath path)
    {
        var six = peers.IsIPv6;
        var (allowed, perhaps) = (AddressSet.Empty(six), AddressSet.Empty(six));
        var by = new List<(SecurityGroup, SecurityGroupRule, AddressSet)>();
        var unread = new List<string>();
        foreach (var group in groups)
        {
            foreach (var rule in egress ? group.Egress : group.Ingress)
            {
                if (!rule.Carries(port)) continue;
                if (Named(rule, path, six) is { } named)
                {
                    var hit = named.Intersect(peers);
                    if (hit.IsEmpty) continue;
                    by.Add((group, rule, hit));
                    allowed = allowed.Union(hit);
                }
                else
                {
                    // a group's members are matched by their own addresses: nobody on the internet is one, and never are they all of it
                    var may = rule.GroupId is null
                        ? peers
                        : !six ? peers.Except(AddressSet.InternetIPv4)
                        : AddressSet.InternetIPv6.Except(peers).IsEmpty ? AddressSet.Empty(six) : peers;
                    if (may.IsEmpty) continue;
                    perhaps = perhaps.Union(may);
                    unread.Add(rule.PrefixListId ?? rule.GroupId!);
                }
            }
        }

        return new GroupFilter { Peers = peers, Allowed = allowed, Perhaps = perhaps, By = by, Unread =
        [
            .. unread.Distinct(StringComparer.Ordinal),
        ] };
    }

    private static AddressSet? Named(SecurityGroupRule rule, NetworkPath path, bool six)
    {
        if (rule.Block is { } block) return AddressSet.Of(six, [block]);
        if (rule.PrefixListId is { } list) return path.PrefixLists.TryGetValue(list, out var blocks) ? AddressSet.Of(six, blocks) : null;
        if (!path.MembersKnown.Contains(rule.GroupId!)) return null;
        return path.Members.Concat(path.Interfaces).Concat(path.LoadBalancers)
            .Where(card => card.GroupIds.Contains(rule.GroupId!, StringComparer.Ordinal))
            .Aggregate(AddressSet.Empty(six), (all, card) => all.Union(card.Own(six)));
    }
}
