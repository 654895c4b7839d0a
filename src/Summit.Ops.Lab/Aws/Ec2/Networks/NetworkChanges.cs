using System.Globalization;
using System.Net;
using System.Xml.Linq;
using Summit.Ops.Network;

namespace Summit.Ops.Lab.Aws.Ec2;

/// <summary>
/// EC2's operations that change a network, so that the commands which the module proposes can be run here by the real AWS CLI. The module
/// itself makes none of these calls.
/// </summary>
internal static class NetworkChanges
{
    private static readonly IPAddress Elastic = IPAddress.Parse("203.0.113.77");

    /// <summary>All of them.</summary>
    public static IEnumerable<IEc2Operation> Over(LabNetwork network) =>
    [
        new Change("AuthorizeSecurityGroupIngress", (_, form) =>
        {
            var at = Index(network.Groups, group => group.Id == form["GroupId"], "InvalidGroup.NotFound", form["GroupId"]);
            network.Groups[at] = network.Groups[at] with { Ingress = [.. network.Groups[at].Ingress, .. Rules(form)] };
        }),
        new Change("CreateNetworkAclEntry", (_, form) =>
        {
            var at = Index(network.Acls, acl => acl.Id == form["NetworkAclId"], "InvalidNetworkAclID.NotFound", form["NetworkAclId"]);
            var entry = new NetworkAclEntry
            {
                RuleNumber = form.Number("RuleNumber", 0), Egress = form["Egress"] == "true",
                Allow = form["RuleAction"] == "allow", Protocol = form["Protocol"]!,
                FromPort = Port(form["PortRange.From"]), ToPort = Port(form["PortRange.To"]),
                Block = AddressBlock.Parse((form["CidrBlock"] ?? form["Ipv6CidrBlock"])!),
            };
            if (network.Acls[at].Entries.Any(other => other.RuleNumber == entry.RuleNumber && other.Egress == entry.Egress))
            {
                throw new AwsErrorException(
                    "NetworkAclEntryAlreadyExists", $"The network acl entry identified by {entry.RuleNumber} already exists.");
            }

            network.Acls[at] = network.Acls[at] with { Entries = [.. network.Acls[at].Entries, entry] };
        }),
        new Change("CreateRoute", (_, form) => Route(network, form, replace: false)),
        new Change("ReplaceRoute", (_, form) => Route(network, form, replace: true)),
        new Change("AllocateAddress", (_, _) => { }) { Says =
        [
            new XElement(Ec2Service.Ns + "publicIp", Elastic), new XElement(Ec2Service.Ns + "allocationId", "eipalloc-0123456789abcdef0"),
            new XElement(Ec2Service.Ns + "domain", "vpc"),
        ] },
        new Change("AssociateAddress", (region, form) =>
        {
            var id = form["NetworkInterfaceId"];
            var card = network.InterfacesIn(region).FirstOrDefault(card => card.Id == id)
                ?? throw new AwsErrorException("InvalidNetworkInterfaceID.NotFound", $"The networkInterface ID '{id}' does not exist");
            network.Interfaces.Remove(card);
            network.Interfaces.Add(card with { PublicAddresses = [Elastic] });
        }) { Says = [new XElement(Ec2Service.Ns + "associationId", "eipassoc-0123456789abcdef0")] },
    ];

    private static IEnumerable<SecurityGroupRule> Rules(QueryParameters form)
    {
        // the CLI's short form has the fields at the top
        if (form["IpProtocol"] is { } protocol)
        {
            var rule = new SecurityGroupRule { Protocol = protocol, FromPort = Port(form["FromPort"]), ToPort = Port(form["ToPort"]) };
            yield return form["CidrIp"] is { } cidr
                ? rule with { Block = AddressBlock.Parse(cidr) }
                : rule with { GroupId = form["SourceSecurityGroupName"] };
            yield break;
        }

        for (var i = 1; form[$"IpPermissions.{i}.IpProtocol"] is { } listed; i++)
        {
            var rule = new SecurityGroupRule
            {
                Protocol = listed,
                FromPort = Port(form[$"IpPermissions.{i}.FromPort"]),
                ToPort = Port(form[$"IpPermissions.{i}.ToPort"]),
            };
            for (var j = 1; form[$"IpPermissions.{i}.IpRanges.{j}.CidrIp"] is { } four; j++)
            {
                yield return rule with { Block = AddressBlock.Parse(four) };
            }

            for (var j = 1; form[$"IpPermissions.{i}.Ipv6Ranges.{j}.CidrIpv6"] is { } six; j++)
            {
                yield return rule with { Block = AddressBlock.Parse(six) };
            }

            for (var j = 1; form[$"IpPermissions.{i}.Groups.{j}.GroupId"] is { } group; j++) yield return rule with { GroupId = group };
        }
    }

    private static void Route(LabNetwork network, QueryParameters form, bool replace)
    {
        var at = Index(network.Tables, table => table.Id == form["RouteTableId"], "InvalidRouteTableID.NotFound", form["RouteTableId"]);
        var destination = AddressBlock.Parse((form["DestinationCidrBlock"] ?? form["DestinationIpv6CidrBlock"])!);
        var old = network.Tables[at].Routes.FirstOrDefault(route => route.Destination == destination);
        if (old is null == replace)
        {
            throw new AwsErrorException(
                replace ? "InvalidParameterValue" : "RouteAlreadyExists",
                $"The route {destination} is {(replace ? "not there" : "there already")}.");
        }

        network.Tables[at] = network.Tables[at] with { Routes =
        [.. network.Tables[at].Routes.Where(route => route != old), new Route { Destination = destination, Target = form["GatewayId"]! }] };
    }

    private static int Index<T>(IList<T> all, Func<T, bool> wanted, string notFound, string? id)
    {
        for (var i = 0; i < all.Count; i++)
        {
            if (wanted(all[i])) return i;
        }

        throw new AwsErrorException(notFound, $"The ID '{id}' does not exist");
    }

    private static int? Port(string? text) => int.TryParse(text, CultureInfo.InvariantCulture, out var port) ? port : null;

    private sealed class Change(string name, Action<string, QueryParameters> apply) : IEc2Operation
    {
        public IReadOnlyList<XElement> Says { get; init; } = [];

        public string Name => name;

        public IEnumerable<XElement> Answer(string region, QueryParameters form)
        {
            apply(region, form);
            return [new XElement(Ec2Service.Ns + "return", "true"), .. Says.Select(said => new XElement(said))];
        }
    }
}
