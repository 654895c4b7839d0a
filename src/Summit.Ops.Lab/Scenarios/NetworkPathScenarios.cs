using System.Net;
using Summit.Ops.Lab.Aws.Ec2;
using Summit.Ops.Network;

namespace Summit.Ops.Lab;

/// <summary>What the account's network does with the packets of a client: the server itself is healthy.</summary>
internal static class NetworkPathScenarios
{
    private const string BalancerGroup = "sg-0fedcba9876543210", OtherSubnet = "subnet-0fedcba9876543210";

    public static Scenario GroupWithoutPort { get; } = Broken(
        "group-without-port", SummitCause.SecurityGroupBlocked, "the instance's security group lets in SSH only",
        (network, _) => network.Groups[0] = network.Groups[0] with
        {
            Ingress = [new SecurityGroupRule { Protocol = "tcp", FromPort = 22, ToPort = 22, Block = AddressBlock.AllIPv4 }],
        });

    public static Scenario AclDenies { get; } = Broken(
        "acl-denies", SummitCause.NetworkAclBlocked, "the subnet's network ACL denies the port before it allows the rest",
        (network, lab) => network.Acls[0] = network.Acls[0] with
        {
            Entries = [new NetworkAclEntry
            {
                RuleNumber = 90, Protocol = "6", FromPort = lab.Port, ToPort = lab.Port, Block = AddressBlock.AllIPv4,
            }, .. network.Acls[0].Entries],
        });

    public static Scenario NoRoute { get; } = Broken(
        "no-internet-route", SummitCause.NoPublicRoute, "the subnet's route table leads to a NAT gateway, by which no client comes in",
        (network, _) =>
        {
            // the public subnets have a table of their own, and the instance's subnet is left on the main one
            network.Tables.Add(network.Tables[0] with { Id = "rtb-0fedcba9876543210", Main = false, SubnetIds = [OtherSubnet] });
            network.Tables[0] = network.Tables[0] with
            {
                Routes = [.. network.Tables[0].Routes.Select(route => route.Target.StartsWith("igw-", StringComparison.Ordinal)
                    ? route with { Target = "nat-0123456789abcdef0" }
                    : route)],
            };
        });

    public static Scenario NoPublicAddress { get; } = Broken(
        "no-public-address", SummitCause.NoPublicRoute, "the instance has a private address only",
        (network, lab) => network.Interfaces.Add(Card(lab) with { PublicAddresses = [] }));

    public static Scenario LoadBalancerKeptOut { get; } = Broken(
        "load-balancer-kept-out", SummitCause.LoadBalancerBlocked,
        "a load balancer stands in front, and the instance's group lets it in on another port only",
        (network, lab) =>
        {
            network.Subnets[OtherSubnet] = [AddressBlock.Parse("10.0.1.0/24")];
            network.Acls[0] = network.Acls[0] with { SubnetIds = [LabNetwork.Subnet, OtherSubnet] };
            network.Groups[0] = network.Groups[0] with
            {
                Ingress = [new SecurityGroupRule { Protocol = "tcp", FromPort = 80, ToPort = 80, GroupId = BalancerGroup }],
            };
            network.Groups.Add(new SecurityGroup
            {
                Id = BalancerGroup,
                Name = "load balancer",
                Ingress =
                [
                    new SecurityGroupRule { Protocol = "tcp", FromPort = lab.Port, ToPort = lab.Port, Block = AddressBlock.AllIPv4 },
                ],
                Egress = [new SecurityGroupRule { Protocol = "-1", Block = AddressBlock.AllIPv4 }],
            });
            network.Interfaces.Add(Card(lab));
            network.Interfaces.Add(new NetworkInterface
            {
                Id = "eni-0fedcba9876543210", Description = "ELB app/summit-lab/0123456789abcdef",
                SubnetId = OtherSubnet, VpcId = LabNetwork.Vpc, GroupIds = [BalancerGroup],
                PrivateAddresses = [IPAddress.Parse("10.0.1.20")], PublicAddresses = [IPAddress.Parse("203.0.113.20")],
            });
        });

    public static IReadOnlyList<Scenario> All { get; } = [GroupWithoutPort, AclDenies, NoRoute, NoPublicAddress, LoadBalancerKeptOut];

    private static NetworkInterface Card(LabInstance lab) => new()
    {
        Id = "eni-" + lab.InstanceId[2..], InstanceId = lab.InstanceId, SubnetId = LabNetwork.Subnet,
        VpcId = LabNetwork.Vpc, GroupIds = [LabNetwork.WebGroup],
        PrivateAddresses = [IPAddress.Parse("10.0.0.10")], PublicAddresses = [IPAddress.Parse("203.0.113.10")],
    };

    private static Scenario Broken(string name, SummitCause expected, string description, Action<LabNetwork, LabInstance> breakIt) =>
        new(name, expected, description)
        {
            OverSystemsManager = true,
            InjectAsync = (lab, _) =>
            {
                breakIt(lab.Aws.Ec2.Network, lab);
                return Task.CompletedTask;
            },
        };
}
