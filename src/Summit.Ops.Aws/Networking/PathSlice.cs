using Summit.Ops.Network;

namespace Summit.Ops.Aws.Networking;

/// <summary>What of many instances' network is about one of them.</summary>
internal static class PathSlice
{
    /// <summary>The way to one instance, with nothing of the others.</summary>
    public static NetworkPath Of(NetworkPath all, string instanceId)
    {
        var own = all.Interfaces.Where(card => card.InstanceId == instanceId).OrderBy(card => card.DeviceIndex).ToList();
        var vpcs = own.Select(card => card.VpcId).ToHashSet(StringComparer.Ordinal);
        var balancers = all.LoadBalancers.Where(card => vpcs.Contains(card.VpcId)).ToList();
        var subnets = own.Concat(balancers).Select(card => card.SubnetId).ToHashSet(StringComparer.Ordinal);
        var groupIds = own.Concat(balancers).SelectMany(card => card.GroupIds).ToHashSet(StringComparer.Ordinal);
        var groups = all.Groups.Where(group => groupIds.Contains(group.Id)).ToList();
        var named = groups.SelectMany(group => group.Ingress.Concat(group.Egress)).Select(rule => rule.GroupId).OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        var tables = all.RouteTables.Where(table => vpcs.Contains(table.VpcId)).ToList();
        var lists = groups.SelectMany(group => group.Ingress.Concat(group.Egress)).Select(rule => rule.PrefixListId)
            .Concat(tables.SelectMany(table => table.Routes).Select(route => route.PrefixListId))
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        return all with
        {
            InstanceId = instanceId,
            Interfaces = own,
            LoadBalancers = balancers,
            Groups = groups,
            Members = [.. all.Members.Where(card => card.GroupIds.Any(named.Contains))],
            MembersKnown = [.. all.MembersKnown.Where(named.Contains)],
            Acls = [.. all.Acls.Where(acl => acl.SubnetIds.Any(subnets.Contains))],
            RouteTables = tables,
            Subnets = all.Subnets.Where(subnet => subnets.Contains(subnet.Key))
                .ToDictionary(subnet => subnet.Key, subnet => subnet.Value, StringComparer.Ordinal),
            SharedBy = all.SharedBy.Where(subnet => subnets.Contains(subnet.Key))
                .ToDictionary(subnet => subnet.Key, subnet => subnet.Value, StringComparer.Ordinal),
            PrefixLists = all.PrefixLists.Where(list => lists.Contains(list.Key))
                .ToDictionary(list => list.Key, list => list.Value, StringComparer.Ordinal),
        };
    }
}
