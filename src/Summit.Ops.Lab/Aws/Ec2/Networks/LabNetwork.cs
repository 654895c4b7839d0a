using System.Net;
using Summit.Ops.Network;

namespace Summit.Ops.Lab.Aws.Ec2;

/// <summary>
/// The network of the endpoint's account: what a test or a lab puts there, and one interface for each instance that has none.
/// </summary>
/// <remarks>
/// An instance of its own accord is in the VPC's public subnet and in the group <see cref="WebGroup"/>, which lets HTTPS in.
/// </remarks>
public sealed class LabNetwork(LabFleet fleet)
{
    /// <summary>The VPC.</summary>
    public const string Vpc = "vpc-0123456789abcdef0";

    /// <summary>The public subnet.</summary>
    public const string Subnet = "subnet-0123456789abcdef0";

    /// <summary>The group of instances that nobody gave another.</summary>
    public const string WebGroup = "sg-0123456789abcdef0";

    /// <summary>Interfaces that were put there.</summary>
    public IList<NetworkInterface> Interfaces { get; } = [];

    /// <summary>Security groups.</summary>
    public IList<SecurityGroup> Groups { get; } =
    [
        new()
        {
            Id = WebGroup,
            Name = "web",
            Ingress = [new SecurityGroupRule { Protocol = "tcp", FromPort = 443, ToPort = 443, Block = AddressBlock.AllIPv4 }],
            Egress = [new SecurityGroupRule { Protocol = "-1", Block = AddressBlock.AllIPv4 }],
        },
    ];

    /// <summary>Network ACLs.</summary>
    public IList<NetworkAcl> Acls { get; } =
    [
        new() { Id = "acl-0123456789abcdef0", SubnetIds = [Subnet], Entries =
        [
            Entry(100, allow: true, egress: false), Entry(32767, allow: false, egress: false), Entry(100, allow: true, egress: true),
            Entry(32767, allow: false, egress: true),
        ] },
    ];

    /// <summary>Route tables.</summary>
    public IList<RouteTable> Tables { get; } =
    [
        new()
        {
            Id = "rtb-0123456789abcdef0", VpcId = Vpc, Main = true,
            Routes =
            [
                new Route { Destination = AddressBlock.Parse("10.0.0.0/16"), Target = "local" },
                new Route { Destination = AddressBlock.AllIPv4, Target = "igw-0123456789abcdef0" },
            ],
        },
    ];

    /// <summary>Subnets and their blocks.</summary>
    public IDictionary<string, IReadOnlyList<AddressBlock>> Subnets { get; } =
        new Dictionary<string, IReadOnlyList<AddressBlock>>(StringComparer.Ordinal) { [Subnet] = [AddressBlock.Parse("10.0.0.0/24")] };

    /// <summary>The account that shares a subnet with this one, by subnet; the others are this account's own.</summary>
    public IDictionary<string, string> SubnetOwners { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Managed prefix lists.</summary>
    public IDictionary<string, IReadOnlyList<AddressBlock>> PrefixLists { get; } =
        new Dictionary<string, IReadOnlyList<AddressBlock>>(StringComparer.Ordinal);

    /// <summary>Lets everybody in on a port of the web group: a lab's nginx listens on a free one.</summary>
    public void Open(int port) =>
        Groups[0] = Groups[0] with { Ingress =
        [.. Groups[0].Ingress, new SecurityGroupRule { Protocol = "tcp", FromPort = port, ToPort = port, Block = AddressBlock.AllIPv4 }] };

    /// <summary>All interfaces in a region.</summary>
    internal IEnumerable<NetworkInterface> InterfacesIn(string region)
    {
        var given = Interfaces.Select(card => card.InstanceId).ToHashSet(StringComparer.Ordinal);
        var own = fleet.Machines
            .Where(machine => machine.Region == region && machine.State != "terminated" && !machine.IsHybrid
                && !given.Contains(machine.InstanceId))
            .Select(machine => new NetworkInterface
            {
                Id = "eni-" + machine.InstanceId[2..],
                InstanceId = machine.InstanceId,
                SubnetId = Subnet,
                VpcId = Vpc,
                GroupIds = [WebGroup],
                PrivateAddresses = machine.PrivateAddress.Length > 0 ? [IPAddress.Parse(machine.PrivateAddress)] : [],
                PublicAddresses = machine.PublicAddress.Length > 0 ? [IPAddress.Parse(machine.PublicAddress)] : [],
            });
        return Interfaces.Concat(own);
    }

    private static NetworkAclEntry Entry(int number, bool allow, bool egress) =>
        new() { RuleNumber = number, Allow = allow, Egress = egress, Protocol = "-1", Block = AddressBlock.AllIPv4 };
}
