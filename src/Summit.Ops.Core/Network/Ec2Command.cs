using System.Globalization;

namespace Summit.Ops.Network;

/// <summary>The narrow command of the AWS CLI that would open what is closed; nothing here runs one.</summary>
internal sealed class Ec2Command(string region)
{
    /// <summary>Lets blocks into a group on one port.</summary>
    public string Authorize(string groupId, int port, IReadOnlyList<AddressBlock> blocks, bool egress = false)
    {
        var direction = egress ? "egress" : "ingress";
        if (blocks is [{ IsIPv6: false } one] && !egress)
        {
            return Aws($"authorize-security-group-ingress --group-id {groupId} --protocol tcp --port {port} --cidr {one}");
        }

        var ranges = string.Join(",", blocks.Select(block => $"{{{(block.IsIPv6 ? "CidrIpv6" : "CidrIp")}={block}}}"));
        return Aws($"authorize-security-group-{direction} --group-id {groupId} --ip-permissions "
            + $"'IpProtocol=tcp,FromPort={port},ToPort={port},{(blocks[0].IsIPv6 ? "Ipv6Ranges" : "IpRanges")}=[{ranges}]'");
    }

    /// <summary>Lets the members of a group into another.</summary>
    public string AuthorizeGroup(string groupId, int port, string fromGroupId) =>
        Aws($"authorize-security-group-ingress --group-id {groupId} --protocol tcp --port {port} --source-group {fromGroupId}");

    /// <summary>Lets a block through an ACL before the first entry that stops it.</summary>
    public string AclEntry(NetworkAcl acl, bool egress, AddressBlock block, int from, int to, IReadOnlyList<NetworkAclEntry> stopping)
    {
        var before = stopping.Count > 0 ? stopping[0] : null;
        const int last = 32766;
        var taken = acl.Entries.Where(entry => entry.Egress == egress).Select(entry => entry.RuleNumber).ToHashSet();
        var top = before is null or { RuleNumber: > last } ? last : before.RuleNumber - 1;
        // behind the last entry where nothing denies, else right before the one that does
        var number = before is null or { RuleNumber: > last }
            ? Math.Min(last, taken.Where(rule => rule <= last).DefaultIfEmpty(0).Max() + 10)
            : top;
        while (number > 0 && taken.Contains(number)) number--;
        if (number <= 0)
        {
            return Aws($"delete-network-acl-entry --network-acl-id {acl.Id} {(egress ? "--egress" : "--ingress")} --rule-number "
                + $"{before!.RuleNumber}");
        }

        return Aws(string.Create(
            CultureInfo.InvariantCulture,
            $"create-network-acl-entry --network-acl-id {acl.Id} {(egress ? "--egress" : "--ingress")} --rule-number "
                + $"{number} --protocol tcp --port-range From={from},To={to} "
                + $"{(block.IsIPv6 ? "--ipv6-cidr-block" : "--cidr-block")} {block} --rule-action allow"));
    }

    /// <summary>Leads a destination to an internet gateway, in place of the route that it has.</summary>
    public string InternetRoute(RouteTable table, AddressBlock destination, string? gatewayId, string vpcId)
    {
        if (gatewayId is null) return Aws($"describe-internet-gateways --filters Name=attachment.vpc-id,Values={vpcId}");
        var verb = table.Routes.Any(route => route.Destination == destination) ? "replace-route" : "create-route";
        return Aws(
            $"{verb} --route-table-id {table.Id} {(destination.IsIPv6 ? "--destination-ipv6-cidr-block" : "--destination-cidr-block")} "
                + $"{destination} --gateway-id {gatewayId}");
    }

    /// <summary>Gives an interface a public address.</summary>
    public string PublicAddress(NetworkInterface card, bool isIPv6) => isIPv6
        ? Aws($"assign-ipv6-addresses --network-interface-id {card.Id} --ipv6-address-count 1")
        : Aws($"associate-address --network-interface-id {card.Id} --allocation-id "
            + $"\"$({Aws("allocate-address --domain vpc --query AllocationId --output text")})\"");

    /// <summary>A command of <c>aws ec2</c> in the region.</summary>
    public string Aws(string arguments) => $"aws ec2 {arguments}{(region.Length > 0 ? $" --region {region}" : "")}";
}
