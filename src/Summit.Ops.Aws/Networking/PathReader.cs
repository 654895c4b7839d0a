using Amazon.EC2.Model;
using Summit.Ops.Aws.Calls;
using Summit.Ops.Aws.Targets;
using Summit.Ops.Errors;
using Summit.Ops.Network;

namespace Summit.Ops.Aws.Networking;

/// <summary>Asks EC2 for the way to an instance; only describes, and an action that is not allowed leaves its part out.</summary>
internal sealed class PathReader(AwsClients clients, ApiCalls calls, Inventory inventory)
{
    private readonly Dictionary<string, string> _missing = new(StringComparer.Ordinal);

    /// <summary>The way to an instance.</summary>
    /// <exception cref="SummitAwsException">There is no such instance, or AWS cannot be asked at all.</exception>
    public async Task<NetworkPath> InstanceAsync(string instanceId, CancellationToken cancellation)
    {
        var path = new NetworkPath { InstanceId = instanceId, Region = clients.Region, Missing = _missing };
        var cards = await InterfacesAsync("attachment.instance-id", [instanceId], cancellation);
        if (cards is null) return path;
        if (cards.Count == 0) throw await NoInterfaceAsync(instanceId, cancellation);
        var own = cards.OrderBy(card => card.DeviceIndex).ToList();
        var inVpc = await InterfacesAsync("vpc-id", [own[0].VpcId], cancellation, ("description", ["ELB *"])) ?? [];
        path = path with { Interfaces = own, LoadBalancers = [.. inVpc.Where(card => card.LoadBalancer is not null)] };
        path = await WithGroupsAsync(path, [.. own.Concat(path.LoadBalancers).SelectMany(card => card.GroupIds)], cancellation);
        var subnets = own.Concat(path.LoadBalancers).Select(card => card.SubnetId).Where(id => id.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        path = path with
        {
            Acls = await PagesAsync("ec2:DescribeNetworkAcls", async (token, stop) =>
            {
                var answer = await clients.Ec2.DescribeNetworkAclsAsync(new DescribeNetworkAclsRequest { NextToken = token, Filters = [new("association.subnet-id", subnets)] }, stop);
                return (answer.NetworkAcls, answer.NextToken);
            }, PathShapes.Acl, cancellation) ?? [],
            RouteTables = await PagesAsync("ec2:DescribeRouteTables", async (token, stop) =>
            {
                var answer = await clients.Ec2.DescribeRouteTablesAsync(new DescribeRouteTablesRequest { NextToken = token, Filters = [new("vpc-id", [own[0].VpcId])] }, stop);
                return (answer.RouteTables, answer.NextToken);
            }, PathShapes.Table, cancellation) ?? [],
            Subnets = (await PagesAsync("ec2:DescribeSubnets", async (token, stop) =>
            {
                var answer = await clients.Ec2.DescribeSubnetsAsync(new DescribeSubnetsRequest { NextToken = token, Filters = [new("subnet-id", subnets)] }, stop);
                return (answer.Subnets, answer.NextToken);
            }, PathShapes.Subnet, cancellation) ?? []).ToDictionary(subnet => subnet.Key, subnet => subnet.Value, StringComparer.Ordinal),
        };
        return await WithListsAsync(path, cancellation);
    }

    /// <summary>Groups by themselves.</summary>
    /// <exception cref="SummitAwsException">One does not exist, or may not be read.</exception>
    public async Task<NetworkPath> GroupsAsync(IReadOnlyList<string> groupIds, CancellationToken cancellation)
    {
        var path = await WithGroupsAsync(new NetworkPath { Region = clients.Region, Missing = _missing }, groupIds, cancellation);
        if (_missing.ContainsKey("ec2:DescribeSecurityGroups")) return path;
        if (groupIds.FirstOrDefault(id => path.Groups.All(group => group.Id != id)) is { } lost)
        {
            throw new SummitAwsException("SecurityGroupNotFound", SummitErrorKind.NotFound, $"There is no security group {lost} in {clients.Region} of this account.", lost, $"aws ec2 describe-security-groups --group-ids {lost} --region OTHER-REGION");
        }

        return await WithListsAsync(path, cancellation);
    }

    private async Task<SummitException> NoInterfaceAsync(string instanceId, CancellationToken cancellation)
    {
        await foreach (var machine in inventory.MachinesAsync([instanceId], null, cancellation))
        {
            return new SummitAwsException("InstanceHasNoInterface", SummitErrorKind.InvalidData, $"{instanceId} is {machine.State?.Name} and has no network interface.", instanceId, $"Get-SummitTarget -InstanceId {instanceId}");
        }

        return new SummitAwsException(
            "InstanceNotFound", SummitErrorKind.NotFound, $"There is no instance {instanceId} in {clients.Region} of this account.", instanceId,
            $"Get-SummitTarget -InstanceId {instanceId} -Region OTHER-REGION (and whose account it is: aws sts get-caller-identity)");
    }

    /// <summary>The groups, and the members of those that their rules name.</summary>
    private async Task<NetworkPath> WithGroupsAsync(NetworkPath path, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        // a filter, not GroupIds: that fails as a whole for one that is gone
        var wanted = ids.Distinct(StringComparer.Ordinal).ToList();
        var groups = wanted.Count == 0 ? [] : await PagesAsync("ec2:DescribeSecurityGroups", async (token, stop) =>
        {
            var answer = await clients.Ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest { NextToken = token, Filters = [new("group-id", wanted)] }, stop);
            return (answer.SecurityGroups, answer.NextToken);
        }, PathShapes.Group, cancellation) ?? [];
        var named = groups.SelectMany(group => group.Ingress).Select(rule => rule.GroupId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var members = named.Count == 0 ? [] : await InterfacesAsync("group-id", named, cancellation);
        return path with { Groups = groups, Members = members ?? [], MembersKnown = members is null ? [] : named };
    }

    /// <summary>The entries of the prefix lists that rules and routes name.</summary>
    private async Task<NetworkPath> WithListsAsync(NetworkPath path, CancellationToken cancellation)
    {
        var inRules = path.Groups.SelectMany(group => group.Ingress.Concat(group.Egress)).Select(rule => rule.PrefixListId);
        var inRoutes = path.Interfaces.Concat(path.LoadBalancers).Select(path.TableOf).OfType<Network.RouteTable>().SelectMany(table => table.Routes).Select(route => route.PrefixListId);
        var lists = new Dictionary<string, IReadOnlyList<AddressBlock>>(StringComparer.Ordinal);
        foreach (var id in inRules.Concat(inRoutes).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            var entries = await PagesAsync("ec2:GetManagedPrefixListEntries", async (token, stop) =>
            {
                var answer = await clients.Ec2.GetManagedPrefixListEntriesAsync(new GetManagedPrefixListEntriesRequest { PrefixListId = id, NextToken = token }, stop);
                return (answer.Entries, answer.NextToken);
            }, entry => AddressBlock.Parse(entry.Cidr), cancellation);
            if (entries is null) break;
            lists[id] = entries;
        }

        return path with { PrefixLists = lists };
    }

    private Task<List<Network.NetworkInterface>?> InterfacesAsync(string filter, List<string> values, CancellationToken cancellation, (string Name, List<string> Values)? also = null) =>
        PagesAsync("ec2:DescribeNetworkInterfaces", async (token, stop) =>
        {
            var request = new DescribeNetworkInterfacesRequest { NextToken = token, Filters = [new(filter, values)] };
            if (also is { } second) request.Filters.Add(new(second.Name, second.Values));
            var answer = await clients.Ec2.DescribeNetworkInterfacesAsync(request, stop);
            return (answer.NetworkInterfaces, answer.NextToken);
        }, PathShapes.Card, cancellation);

    /// <summary>All pages of one call; null where the action is not allowed.</summary>
    private async Task<List<TOut>?> PagesAsync<TIn, TOut>(string action, Func<string?, CancellationToken, Task<(List<TIn>? Page, string? Next)>> page, Func<TIn, TOut> shape, CancellationToken cancellation)
    {
        var result = new List<TOut>();
        string? token = null;
        do
        {
            try
            {
                (var some, token) = await calls.CallAsync(action, stop => page(token, stop), cancellation);
                result.AddRange((some ?? []).Select(shape));
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                var described = calls.Describe(error, action);
                if (described.ErrorId != "AwsAccessDenied") throw described;
                _missing[action] = described.Message;
                return null;
            }
        }
        while (!string.IsNullOrEmpty(token));
        return result;
    }
}
