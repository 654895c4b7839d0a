using System.Globalization;
using System.Net;
using Summit.Ops.Network;
using Summit.Ops.Text;
using Ec2 = Amazon.EC2.Model;

namespace Summit.Ops.Aws.Networking;

/// <summary>EC2's shapes in Core's, where no type of the SDK is known.</summary>
internal static class PathShapes
{
    public static SecurityGroup Group(Ec2.SecurityGroup group) => new()
    {
        Id = group.GroupId,
        Name = ForeignText.Visible(group.GroupName ?? ""),
        Ingress = [.. (group.IpPermissions ?? []).SelectMany(permission => Rules(permission, group.OwnerId))],
        Egress = [.. (group.IpPermissionsEgress ?? []).SelectMany(permission => Rules(permission, group.OwnerId))],
    };

    public static NetworkInterface Card(Ec2.NetworkInterface card)
    {
        var addresses = card.PrivateIpAddresses ?? [];
        return new NetworkInterface
        {
            Id = card.NetworkInterfaceId,
            InstanceId = card.Attachment?.InstanceId ?? "",
            DeviceIndex = card.Attachment?.DeviceIndex ?? 0,
            Description = ForeignText.Visible(card.Description ?? ""),
            SubnetId = card.SubnetId ?? "",
            VpcId = card.VpcId ?? "",
            GroupIds = [.. (card.Groups ?? []).Select(group => group.GroupId)],
            PrivateAddresses = Addresses([card.PrivateIpAddress, .. addresses.Select(address => address.PrivateIpAddress)]),
            PublicAddresses = Addresses([card.Association?.PublicIp, .. addresses.Select(address => address.Association?.PublicIp)]),
            IPv6Addresses = Addresses((card.Ipv6Addresses ?? []).Select(address => address.Ipv6Address)),
        };
    }

    public static NetworkAcl Acl(Ec2.NetworkAcl acl) => new()
    {
        Id = acl.NetworkAclId,
        SubnetIds = [.. (acl.Associations ?? []).Select(association => association.SubnetId)],
        Entries = [.. (acl.Entries ?? []).Select(entry => new NetworkAclEntry
        {
            RuleNumber = entry.RuleNumber ?? 0,
            Egress = entry.Egress ?? false,
            Allow = entry.RuleAction == Amazon.EC2.RuleAction.Allow,
            Protocol = entry.Protocol,
            FromPort = entry.PortRange?.From,
            ToPort = entry.PortRange?.To,
            Block = AddressBlock.Parse(string.IsNullOrEmpty(entry.CidrBlock) ? entry.Ipv6CidrBlock : entry.CidrBlock),
        })],
    };

    public static RouteTable Table(Ec2.RouteTable table) => new()
    {
        Id = table.RouteTableId,
        VpcId = table.VpcId ?? "",
        Main = (table.Associations ?? []).Any(association => association.Main == true),
        SubnetIds = [.. (table.Associations ?? []).Select(association => association.SubnetId).Where(id => !string.IsNullOrEmpty(id))],
        Routes = [.. (table.Routes ?? []).Select(route => new Route
        {
            Destination = Block(route.DestinationCidrBlock) ?? Block(route.DestinationIpv6CidrBlock),
            PrefixListId = string.IsNullOrEmpty(route.DestinationPrefixListId) ? null : route.DestinationPrefixListId,
            Target = Target(route),
            Active = route.State != Amazon.EC2.RouteState.Blackhole,
            Propagated = route.Origin == Amazon.EC2.RouteOrigin.EnableVgwRoutePropagation,
        })],
    };

    public static (string Id, string Owner, IReadOnlyList<AddressBlock> Blocks) Subnet(Ec2.Subnet subnet) => (
        subnet.SubnetId, subnet.OwnerId ?? "",
        [.. new[] { subnet.CidrBlock }
            .Concat((subnet.Ipv6CidrBlockAssociationSet ?? []).Select(association => association.Ipv6CidrBlock)).Select(Block)
            .OfType<AddressBlock>()]);

    private static IEnumerable<SecurityGroupRule> Rules(Ec2.IpPermission permission, string? owner)
    {
        var rule = new SecurityGroupRule { Protocol = permission.IpProtocol, FromPort = permission.FromPort, ToPort = permission.ToPort };
        return
        [
            .. (permission.Ipv4Ranges ?? []).Select(range => rule with { Block = AddressBlock.Parse(range.CidrIp) }),
            .. (permission.Ipv6Ranges ?? []).Select(range => rule with { Block = AddressBlock.Parse(range.CidrIpv6) }),
            .. (permission.PrefixListIds ?? []).Select(list => rule with { PrefixListId = list.Id }),
            .. (permission.UserIdGroupPairs
                ?? []).Select(pair => rule with { GroupId = pair.GroupId, IsForeignGroup = IsForeign(pair, owner) }),
        ];
    }

    private static bool IsForeign(Ec2.UserIdGroupPair pair, string? owner) =>
        !string.IsNullOrEmpty(pair.VpcPeeringConnectionId)
            || (!string.IsNullOrEmpty(pair.UserId) && !string.IsNullOrEmpty(owner) && pair.UserId != owner);

    private static AddressBlock? Block(string? text) => AddressBlock.TryParse(text, out var block) ? block : null;

    private static List<IPAddress> Addresses(IEnumerable<string?> texts) =>
        [.. texts.Where(text => !string.IsNullOrEmpty(text)).Distinct(StringComparer.Ordinal).Select(text => IPAddress.Parse(text!))];

    private static string Target(Ec2.Route route)
    {
        string?[] targets =
        [
            route.GatewayId, route.NatGatewayId, route.EgressOnlyInternetGatewayId, route.TransitGatewayId,
            route.VpcPeeringConnectionId, route.NetworkInterfaceId, route.InstanceId,
            route.LocalGatewayId, route.CarrierGatewayId, route.CoreNetworkArn,
        ];
        return targets.FirstOrDefault(target => !string.IsNullOrEmpty(target))
            ?? string.Create(CultureInfo.InvariantCulture, $"({route.State})");
    }
}
