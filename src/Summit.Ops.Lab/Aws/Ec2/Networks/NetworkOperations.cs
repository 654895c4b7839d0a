using System.Xml.Linq;
using Summit.Ops.Network;

namespace Summit.Ops.Lab.Aws.Ec2;

/// <summary>EC2's operations that describe a network, over what <see cref="LabNetwork"/> holds.</summary>
internal static class NetworkOperations
{
    // an account whose groups are not described here
    private const string Other = "999988887777";

    /// <summary>All of them.</summary>
    public static IEnumerable<IEc2Operation> Over(LabNetwork network) =>
    [
        new DescribeList<SecurityGroup>("DescribeSecurityGroups", "securityGroupInfo")
        {
            All = _ => network.Groups, IdParameter = "GroupId", Id = group => group.Id, NotFound = "InvalidGroup.NotFound", Shape = Shape,
            Field = (group, filter) =>
                filter switch { "group-id" => [group.Id], "group-name" => [group.Name], "vpc-id" => [LabNetwork.Vpc], _ => null },
        },
        new DescribeList<NetworkInterface>("DescribeNetworkInterfaces", "networkInterfaceSet")
        {
            All = network.InterfacesIn, IdParameter = "NetworkInterfaceId", Id = card => card.Id,
            NotFound = "InvalidNetworkInterfaceID.NotFound", Shape = Shape,
            Field = (card, filter) => filter switch
            {
                "attachment.instance-id" => card.InstanceId.Length > 0 ? [card.InstanceId] : [],
                "vpc-id" => [card.VpcId], "subnet-id" => [card.SubnetId], "group-id" => card.GroupIds,
                "description" => [card.Description], "network-interface-id" => [card.Id], _ => null,
            },
        },
        new DescribeList<NetworkAcl>("DescribeNetworkAcls", "networkAclSet")
        {
            All = _ => network.Acls, IdParameter = "NetworkAclId", Id = acl => acl.Id,
            NotFound = "InvalidNetworkAclID.NotFound", Shape = Shape,
            Field = (acl, filter) => filter switch { "network-acl-id" =>
            [
                acl.Id,
            ], "association.subnet-id" => acl.SubnetIds, "vpc-id" => [LabNetwork.Vpc], _ => null },
        },
        new DescribeList<RouteTable>("DescribeRouteTables", "routeTableSet")
        {
            All = _ => network.Tables, IdParameter = "RouteTableId", Id = table => table.Id,
            NotFound = "InvalidRouteTableID.NotFound", Shape = Shape,
            Field = (table, filter) => filter switch { "route-table-id" => [table.Id], "vpc-id" =>
            [
                table.VpcId,
            ], "association.subnet-id" => table.SubnetIds, "association.main" => [table.Main ? "true" : "false"], _ => null },
        },
        new DescribeList<KeyValuePair<string, IReadOnlyList<AddressBlock>>>("DescribeSubnets", "subnetSet")
        {
            All = _ => network.Subnets, IdParameter = "SubnetId", Id = subnet => subnet.Key,
            NotFound = "InvalidSubnetID.NotFound", Shape = subnet => Subnet(subnet, network),
            Field = (subnet, filter) => filter switch { "subnet-id" => [subnet.Key], "vpc-id" => [LabNetwork.Vpc], _ => null },
        },
        new DescribeList<KeyValuePair<string, IReadOnlyList<AddressBlock>>>("DescribeManagedPrefixLists", "prefixListSet")
        {
            All = _ => network.PrefixLists, IdParameter = "PrefixListId", Id = list => list.Key, NotFound = "InvalidPrefixListID.NotFound",
            Shape = list =>
            [
                Text("prefixListId", list.Key), Text("prefixListName", list.Key), Text("state", "create-complete"),
                Text("addressFamily", list.Value.Any(block => block.IsIPv6) ? "IPv6" : "IPv4"),
            ],
            Field = (list, filter) => filter is "prefix-list-id" or "prefix-list-name" ? [list.Key] : null,
        },
        new PrefixListEntries(network),
    ];

    private static IEnumerable<XElement?> Shape(SecurityGroup group) =>
    [
        Text("ownerId", AwsEndpoint.Account), Text("groupId", group.Id), Text("groupName", group.Name),
        Text("groupDescription", group.Name), Text("vpcId", LabNetwork.Vpc),
        Set("ipPermissions", group.Ingress.Select(Permission)),
        Set("ipPermissionsEgress", group.Egress.Select(Permission)), Set("tagSet", []),
    ];

    private static IEnumerable<XElement?> Permission(SecurityGroupRule rule) =>
    [
        Text("ipProtocol", rule.Protocol), Text("fromPort", rule.FromPort), Text("toPort", rule.ToPort),
        Set("groups", rule.GroupId is { } group
            ? [[Text("userId", rule.IsForeignGroup ? Other : AwsEndpoint.Account), Text("groupId", group)]]
            : []),
        Set("ipRanges", rule.Block is { IsIPv6: false } four ? [[Text("cidrIp", four)]] : []),
        Set("ipv6Ranges", rule.Block is { IsIPv6: true } six ? [[Text("cidrIpv6", six)]] : []),
        Set("prefixListIds", rule.PrefixListId is { } list ? [[Text("prefixListId", list)]] : []),
    ];

    private static IEnumerable<XElement?> Shape(NetworkInterface card) =>
    [
        Text("networkInterfaceId", card.Id), Text("subnetId", card.SubnetId), Text("vpcId", card.VpcId),
        Text("description", card.Description), Text("ownerId", AwsEndpoint.Account), Text("status", "in-use"),
        Text("interfaceType", card.Description.StartsWith("ELB net/", StringComparison.Ordinal) ? "network_load_balancer" : "interface"),
        Text("privateIpAddress", card.PrivateAddresses.Count > 0 ? card.PrivateAddresses[0] : null),
        Set("groupSet", card.GroupIds.Select(id => new[] { Text("groupId", id) })),
        card.InstanceId.Length > 0
            ? Node("attachment", Text("instanceId", card.InstanceId), Text("deviceIndex", card.DeviceIndex), Text("status", "attached"))
            : null,
        card.PublicAddresses.Count > 0 ? Node("association", Text("publicIp", card.PublicAddresses[0])) : null,
        Set("privateIpAddressesSet", card.PrivateAddresses.Select((address, i) => new[]
        {
            Text("privateIpAddress", address), Text("primary", i == 0 ? "true" : "false"),
            i < card.PublicAddresses.Count ? Node("association", Text("publicIp", card.PublicAddresses[i])) : null,
        })),
        Set("ipv6AddressesSet", card.IPv6Addresses.Select(address => new[] { Text("ipv6Address", address) })),
    ];

    private static IEnumerable<XElement?> Shape(NetworkAcl acl) =>
    [
        Text("networkAclId", acl.Id), Text("vpcId", LabNetwork.Vpc), Text("default", "false"),
        Set("entrySet", acl.Entries.Select(entry => new[]
        {
            Text("ruleNumber", entry.RuleNumber), Text("protocol", entry.Protocol),
            Text("ruleAction", entry.Allow ? "allow" : "deny"), Text("egress", entry.Egress ? "true" : "false"),
            Text(entry.Block.IsIPv6 ? "ipv6CidrBlock" : "cidrBlock", entry.Block),
            entry.FromPort is null ? null : Node("portRange", Text("from", entry.FromPort), Text("to", entry.ToPort)),
        })),
        Set("associationSet", acl.SubnetIds.Select(id => new[]
        {
            Text("networkAclAssociationId", "aclassoc-" + id["subnet-".Length..]), Text("networkAclId", acl.Id), Text("subnetId", id),
        })),
    ];

    private static IEnumerable<XElement?> Shape(RouteTable table) =>
    [
        Text("routeTableId", table.Id), Text("vpcId", table.VpcId),
        Set("routeSet", table.Routes.Select(route => new[]
        {
            route.PrefixListId is { } list
                ? Text("destinationPrefixListId", list)
                : Text(route.Destination!.Value.IsIPv6 ? "destinationIpv6CidrBlock" : "destinationCidrBlock", route.Destination),
            Text(TargetName(route.Target), route.Target), Text("state", route.Active ? "active" : "blackhole"),
            Text("origin", route.Propagated ? "EnableVgwRoutePropagation" : route.Target == "local" ? "CreateRouteTable" : "CreateRoute"),
        })),
        Set("associationSet",
            [
                .. table.SubnetIds.Select(id => new[] { Text("routeTableId", table.Id), Text("subnetId", id), Text("main", "false") }),
                .. table.Main ? new[] { new[] { Text("routeTableId", table.Id), Text("main", "true") } } : [],
            ]),
    ];

    private static IEnumerable<XElement?> Subnet(KeyValuePair<string, IReadOnlyList<AddressBlock>> subnet, LabNetwork network) =>
    [
        Text("subnetId", subnet.Key), Text("ownerId", network.SubnetOwners.TryGetValue(subnet.Key, out var owner)
            ? owner
            : AwsEndpoint.Account),
        Text("vpcId", LabNetwork.Vpc), Text("state", "available"),
        .. subnet.Value.Where(block => !block.IsIPv6).Select(block => Text("cidrBlock", block)),
        Set("ipv6CidrBlockAssociationSet", subnet.Value.Where(block => block.IsIPv6)
            .Select(block => new[] { Text("ipv6CidrBlock", block), Node("ipv6CidrBlockState", Text("state", "associated")) })),
    ];

    private static string TargetName(string target) => target.Split('-')[0] switch
    {
        "nat" => "natGatewayId", "eigw" => "egressOnlyInternetGatewayId", "tgw" => "transitGatewayId",
        "pcx" => "vpcPeeringConnectionId", "eni" => "networkInterfaceId", _ => "gatewayId",
    };

    private static XElement? Text(string name, object? value) =>
        value is null ? null : new XElement(Ec2Service.Ns + name, value.ToString());

    private static XElement Node(string name, params ReadOnlySpan<XElement?> content) => new(Ec2Service.Ns + name, content.ToArray());

    private static XElement Set(string name, IEnumerable<IEnumerable<XElement?>> items) =>
        new(Ec2Service.Ns + name, items.Select(item => new XElement(Ec2Service.Ns + "item", item)));

    private sealed class PrefixListEntries(LabNetwork network) : IEc2Operation
    {
        public string Name => "GetManagedPrefixListEntries";

        public IEnumerable<XElement> Answer(string region, QueryParameters form) =>
            network.PrefixLists.TryGetValue(form["PrefixListId"] ?? "", out var blocks)
                ? [Set("entrySet", blocks.Select(block => new[] { Text("cidr", block) }))]
                : throw new AwsErrorException(
                    "InvalidPrefixListID.NotFound", $"The prefix list ID '{form["PrefixListId"]}' does not exist");
    }
}
