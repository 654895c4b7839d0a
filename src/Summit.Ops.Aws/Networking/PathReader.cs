using Amazon.EC2.Model;
using Summit.Ops.Aws.Calls;
using Summit.Ops.Aws.Targets;
using Summit.Ops.Errors;
using Summit.Ops.Network;

namespace Summit.Ops.Aws.Networking;

/// <summary>Asks EC2 for the way to an instance; only describes, and an action that is not allowed leaves its part out.</summary>
internal sealed class PathReader(AwsClients clients, ApiCalls calls, Inventory inventory)
{
    // the most that EC2 takes in one filter
    private const int FilterValues = 200;
    private const string ListNotFound = "InvalidPrefixListID.NotFound";
    private readonly Dictionary<string, string> _missing = new(StringComparer.Ordinal);
    // who owns the instances' interfaces
    private string _account = "";

    /// <summary>The ways to instances: to many of them with hardly more calls than to one.</summary>
    /// <returns>For each instance its way, or why there is none: it does not exist, or has no interface.</returns>
    /// <exception cref="SummitAwsException">AWS cannot be asked at all.</exception>
    public async Task<IReadOnlyDictionary<string, (NetworkPath? Path, SummitException? Error)>> InstancesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var empty = new NetworkPath { Region = clients.Region, Missing = _missing };
        if (await InterfacesAsync("attachment.instance-id", ids, cancellation) is not { } cards)
        {
            return ids.ToDictionary(id => id, Answer, StringComparer.Ordinal);
        }

        var vpcs = cards.Select(card => card.VpcId).Distinct(StringComparer.Ordinal).ToList();
        var inVpcs = vpcs.Count == 0 ? [] : await InterfacesAsync("vpc-id", vpcs, cancellation, ("description", ["ELB *"])) ?? [];
        var all = await WithGroupsAsync(
            empty with { Interfaces = cards, LoadBalancers = [.. inVpcs.Where(card => card.LoadBalancer is not null)] }, cancellation);
        if (cards.Count > 0) all = await WithListsAsync(await WithSubnetsAsync(all, vpcs, cancellation), cancellation);
        var silent = ids.Except(cards.Select(card => card.InstanceId), StringComparer.Ordinal).ToList();
        var errors = await NoInterfaceAsync(silent, cancellation);
        return ids.ToDictionary(
            id => id,
            id => errors.TryGetValue(id, out var error) ? (null, error) : (PathSlice.Of(all, id), (SummitException?)null),
            StringComparer.Ordinal);

        (NetworkPath?, SummitException?) Answer(string id) => (empty with { InstanceId = id }, null);
    }

    /// <summary>Groups by themselves.</summary>
    /// <exception cref="SummitAwsException">One does not exist, or may not be read.</exception>
    public async Task<NetworkPath> GroupsAsync(IReadOnlyList<string> groupIds, CancellationToken cancellation)
    {
        var path = await WithGroupsAsync(new NetworkPath { Region = clients.Region, Missing = _missing }, groupIds, cancellation);
        if (_missing.ContainsKey("ec2:DescribeSecurityGroups")) return path;
        if (groupIds.FirstOrDefault(id => path.Groups.All(group => group.Id != id)) is { } lost)
        {
            throw new SummitAwsException(
                "SecurityGroupNotFound", SummitErrorKind.NotFound,
                $"There is no security group {lost} in {clients.Region} of this account.",
                lost,
                $"aws ec2 describe-security-groups --group-ids {lost} --region OTHER-REGION");
        }

        return await WithListsAsync(path, cancellation);
    }

    /// <summary>Why instances have no interface.</summary>
    private async Task<Dictionary<string, SummitException>> NoInterfaceAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var errors = ids.ToDictionary(id => id, id => (SummitException)new SummitAwsException(
            "InstanceNotFound", SummitErrorKind.NotFound, $"There is no instance {id} in {clients.Region} of this account.", id,
            $"Get-SummitTarget -InstanceId {id} -Region OTHER-REGION (and whose account it is: aws sts get-caller-identity)"),
            StringComparer.Ordinal);
        await foreach (var machine in inventory.MachinesAsync(ids, null, cancellation))
        {
            errors[machine.InstanceId] = new SummitAwsException(
                "InstanceHasNoInterface", SummitErrorKind.InvalidData,
                $"{machine.InstanceId} is {machine.State?.Name} and has no network interface.",
                machine.InstanceId,
                $"Get-SummitTarget -InstanceId {machine.InstanceId}");
        }

        return errors;
    }

    /// <summary>What is around the subnets of all interfaces.</summary>
    private async Task<NetworkPath> WithSubnetsAsync(NetworkPath path, IReadOnlyList<string> vpcs, CancellationToken cancellation)
    {
        var subnets = path.Interfaces.Concat(path.LoadBalancers).Select(card => card.SubnetId).Where(id => id.Length > 0)
            .Distinct(StringComparer.Ordinal).ToList();
        var around = await FilteredAsync("ec2:DescribeSubnets", new("subnet-id"), subnets, async (filter, token, stop) =>
        {
            var answer = await clients.Ec2.DescribeSubnetsAsync(
                new DescribeSubnetsRequest { NextToken = token, Filters = [filter] }, stop);
            return (answer.Subnets, answer.NextToken);
        }, PathShapes.Subnet, cancellation) ?? [];
        return path with
        {
            Acls = await FilteredAsync("ec2:DescribeNetworkAcls", new("association.subnet-id"), subnets, async (filter, token, stop) =>
            {
                var answer = await clients.Ec2.DescribeNetworkAclsAsync(
                    new DescribeNetworkAclsRequest { NextToken = token, Filters = [filter] }, stop);
                return (answer.NetworkAcls, answer.NextToken);
            }, PathShapes.Acl, cancellation) ?? [],
            RouteTables = await FilteredAsync("ec2:DescribeRouteTables", new("vpc-id"), vpcs, async (filter, token, stop) =>
            {
                var answer = await clients.Ec2.DescribeRouteTablesAsync(
                    new DescribeRouteTablesRequest { NextToken = token, Filters = [filter] }, stop);
                return (answer.RouteTables, answer.NextToken);
            }, PathShapes.Table, cancellation) ?? [],
            Subnets = around.ToDictionary(subnet => subnet.Id, subnet => subnet.Blocks, StringComparer.Ordinal),
            SharedBy = around.Where(subnet => subnet.Owner.Length > 0 && _account.Length > 0 && subnet.Owner != _account)
                .ToDictionary(subnet => subnet.Id, subnet => subnet.Owner, StringComparer.Ordinal),
        };
    }

    private Task<NetworkPath> WithGroupsAsync(NetworkPath path, CancellationToken cancellation) =>
        WithGroupsAsync(path, [.. path.Interfaces.Concat(path.LoadBalancers).SelectMany(card => card.GroupIds)], cancellation);

    /// <summary>The groups, and the members of those that their rules name.</summary>
    private async Task<NetworkPath> WithGroupsAsync(NetworkPath path, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        // a filter, not GroupIds: that fails as a whole for one that is gone
        var groups = await FilteredAsync(
            "ec2:DescribeSecurityGroups", new("group-id"), [.. ids.Distinct(StringComparer.Ordinal)], async (filter, token, stop) =>
            {
                var answer = await clients.Ec2.DescribeSecurityGroupsAsync(
                    new DescribeSecurityGroupsRequest { NextToken = token, Filters = [filter] }, stop);
                return (answer.SecurityGroups, answer.NextToken);
            }, PathShapes.Group, cancellation) ?? [];
        // a group of a peered VPC or of another account has members that are not shown here
        var named = groups.SelectMany(group => group.Ingress.Concat(group.Egress)).Where(rule => !rule.IsForeignGroup)
            .Select(rule => rule.GroupId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var members = await InterfacesAsync("group-id", named, cancellation);
        return path with { Groups = groups, Members = members ?? [], MembersKnown = members is null ? [] : named };
    }

    /// <summary>The entries of the prefix lists that rules and routes name.</summary>
    private async Task<NetworkPath> WithListsAsync(NetworkPath path, CancellationToken cancellation)
    {
        var inRules = path.Groups.SelectMany(group => group.Ingress.Concat(group.Egress)).Select(rule => rule.PrefixListId);
        var inRoutes = path.Interfaces.Concat(path.LoadBalancers).Select(path.TableOf).OfType<Network.RouteTable>()
            .SelectMany(table => table.Routes).Select(route => route.PrefixListId);
        var lists = new Dictionary<string, IReadOnlyList<AddressBlock>>(StringComparer.Ordinal);
        foreach (var id in inRules.Concat(inRoutes).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            try
            {
                if (await EntriesAsync(id, cancellation) is not { } entries) break;
                lists[id] = entries;
            }
            catch (SummitAwsException error) when (IsListNotFound(error))
            {
                // its owner does not share it, or has deleted it: what is in it is not known
            }
        }

        return path with { PrefixLists = lists };
    }

    private Task<List<AddressBlock>?> EntriesAsync(string id, CancellationToken cancellation) =>
        PagesAsync("ec2:GetManagedPrefixListEntries", async (token, stop) =>
        {
            var answer = await clients.Ec2.GetManagedPrefixListEntriesAsync(new() { PrefixListId = id, NextToken = token }, stop);
            return (answer.Entries, answer.NextToken);
        }, entry => AddressBlock.Parse(entry.Cidr), cancellation);

    private static bool IsListNotFound(SummitAwsException error) =>
        error.InnerException is Amazon.Runtime.AmazonServiceException { ErrorCode: { } code }
            && code.Equals(ListNotFound, StringComparison.OrdinalIgnoreCase);

    private Task<List<Network.NetworkInterface>?> InterfacesAsync(
        string name, IReadOnlyList<string> values, CancellationToken cancellation, (string Name, List<string> Values)? also = null) =>
        FilteredAsync("ec2:DescribeNetworkInterfaces", new(name), values, async (filter, token, stop) =>
        {
            var request = new DescribeNetworkInterfacesRequest { NextToken = token, Filters = [filter] };
            if (also is { } second) request.Filters.Add(new(second.Name, second.Values));
            var answer = await clients.Ec2.DescribeNetworkInterfacesAsync(request, stop);
            if (_account.Length == 0) _account = answer.NetworkInterfaces?.FirstOrDefault()?.OwnerId ?? "";
            return (answer.NetworkInterfaces, answer.NextToken);
        }, PathShapes.Card, cancellation);

    /// <summary>All pages for all values of a filter, so many at a time as EC2 takes; null where the action is not allowed.</summary>
    private async Task<List<TOut>?> FilteredAsync<TIn, TOut>(
        string action, Filter filter, IReadOnlyList<string> values,
        Func<Filter, string?, CancellationToken, Task<(List<TIn>? Page, string? Next)>> page,
        Func<TIn, TOut> shape, CancellationToken cancellation)
    {
        var result = new List<TOut>();
        foreach (var some in values.Chunk(FilterValues))
        {
            if (await PagesAsync(
                action, (token, stop) => page(new Filter(filter.Name, [.. some]), token, stop), shape, cancellation) is not { } found)
            {
                return null;
            }

            result.AddRange(found);
        }

        return result;
    }

    /// <summary>All pages of one call; null where the action is not allowed.</summary>
    private async Task<List<TOut>?> PagesAsync<TIn, TOut>(
        string action,
        Func<string?, CancellationToken, Task<(List<TIn>? Page, string? Next)>> page,
        Func<TIn, TOut> shape, CancellationToken cancellation)
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
                if (described.ErrorId is not ("AwsAccessDenied" or "AwsOptInRequired")) throw described;
                _missing[action] = described.Message;
                return null;
            }
        }
        while (!string.IsNullOrEmpty(token));
        return result;
    }
}
