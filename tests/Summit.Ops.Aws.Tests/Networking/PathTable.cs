using System.Net;
using Summit.Ops.Lab.Aws.Ec2;
using Summit.Ops.Network;
using static Summit.Ops.Aws.Tests.Networking.PathBench;

namespace Summit.Ops.Aws.Tests.Networking;

/// <summary>What a client of the internet really gets.</summary>
internal enum Gets
{
    /// <summary>A connection to the instance's port.</summary>
    Connection,

    /// <summary>None.</summary>
    Nothing,

    /// <summary>What it gets is decided by something that EC2 does not show to the caller.</summary>
    Depends,
}

/// <summary>One topology.</summary>
/// <param name="Name">In words.</param>
/// <param name="Build">Makes it.</param>
/// <param name="Gets">The truth.</param>
/// <param name="Names">What a Fail or an Unknown must name.</param>
internal sealed record PathRow(string Name, Action<PathBench> Build, Gets Gets, string Names = "");

/// <summary>Topologies as AWS draws them, each with the truth.</summary>
internal static class PathTable
{
    private const string Cloud = "pl-0123456789abcdef0", Six = "2001:db8:1::/64";

    public static IReadOnlyList<PathRow> Rows { get; } =
    [
        new("a public instance, open", _ => { }, Gets.Connection),
        new("no rule for the port", b => b.Web(From("0.0.0.0/0", 80)), Gets.Nothing, "sg-web"),
        new("a rule for a group, which is no client", b => b.Web(Of("sg-app")), Gets.Nothing, "sg-web"),
        new("a group of a peered account", b => b.Web(Of("sg-0peer", foreign: true)), Gets.Nothing, "sg-web"),
        new("a list that is read", b => { b.Network.PrefixLists[Cloud] = [AddressBlock.AllIPv4]; b.Web(List(Cloud)); }, Gets.Connection),
        new("a list of another owner", b => b.Web(List("pl-0other")), Gets.Depends, "pl-0other"),
        new("two lists, one of another owner",
            b => { b.Network.PrefixLists[Cloud] = [AddressBlock.AllIPv4]; b.Web(List("pl-0other"), List(Cloud)); }, Gets.Connection),
        new("lists may not be read",
            b => { b.Web(List(Cloud));
                b.Knobs.Denied["ec2:GetManagedPrefixListEntries"] = true; }, Gets.Depends, "GetManagedPrefixListEntries"),
        new("groups may not be read", b => b.Knobs.Denied["ec2:DescribeSecurityGroups"] = true, Gets.Depends, "DescribeSecurityGroups"),
        new("no route to the internet", b => b.Routes(), Gets.Nothing, "rtb-"),
        new("NAT only", b => b.Routes(To("0.0.0.0/0", "nat-1")), Gets.Nothing, "nat-1"),
        new("a route into nothing", b => b.Routes(To("0.0.0.0/0", "igw-1", active: false)), Gets.Nothing, "blackhole"),
        new("Network Firewall in the route", b => b.Routes(To("0.0.0.0/0", "vpce-0firewall")), Gets.Depends, "vpce-0firewall"),
        new("Gateway Load Balancer for half of the internet",
            b => b.Routes(To("0.0.0.0/1", "vpce-0gwlb"), To("128.0.0.0/1", "igw-1")), Gets.Depends, "vpce-0gwlb"),
        new("an appliance's interface in the route", b => b.Routes(To("0.0.0.0/0", "eni-0appliance")), Gets.Depends, "eni-0appliance"),
        new("transit gateway in the route", b => b.Routes(To("0.0.0.0/0", "tgw-1")), Gets.Depends, "tgw-1"),
        new("VPN in the route", b => b.Routes(To("0.0.0.0/0", "vgw-1")), Gets.Depends, "vgw-1"),
        new("a route by a list of another owner",
            b => b.Routes(new Route { PrefixListId = "pl-0other", Target = "igw-1" }), Gets.Depends, "pl-0other"),
        new("a firewall, and a closed group", b => { b.Routes(To("0.0.0.0/0", "vpce-0firewall")); b.Web(); }, Gets.Nothing, "sg-web"),
        new("NACL without the clients' ports", b => b.Acl(Entry(false), Entry(true, from: 443, to: 443)), Gets.Nothing, "1024"),
        new("NACL with the clients' ports only", b => b.Acl(Entry(false, from: 443, to: 443), Entry(true, from: 1024)), Gets.Connection),
        new("NACL: an early deny",
            b => b.Acl(Entry(false, number: 50, allow: false, from: 443, to: 443), Entry(false), Entry(true)), Gets.Nothing, "rule 50"),
        new("NACL may not be read", b => b.Knobs.Denied["ec2:DescribeNetworkAcls"] = true, Gets.Depends, "DescribeNetworkAcls"),
        new("a private instance", b => b.Hide(), Gets.Nothing, "no public IPv4 address"),
        new("a private instance, and a transit gateway",
            b => { b.Hide(); PrivateRoutes(b, To("10.0.0.0/16", "local"), To("10.0.0.0/8", "tgw-1")); }, Gets.Depends, "tgw-1"),
        new("a private instance, and a balancer let in by its address",
            b => b.Balancer(web: [From("10.0.0.0/16")]), Gets.Depends, "app/front"),
        new("a shared subnet, whose table and NACL are not shown",
            b => { b.Network.Acls.Clear(); b.Network.Tables.Clear();
                b.Network.SubnetOwners[LabNetwork.Subnet] = "111122223333"; }, Gets.Depends, "The account 111122223333 owns the subnet"),
        new("a shared subnet, whose table and NACL are shown",
            b => b.Network.SubnetOwners[LabNetwork.Subnet] = "111122223333", Gets.Connection),
        new("IPv6 only", b => SixOnly(b, "igw-1"), Gets.Connection),
        new("IPv6 only, out only", b => SixOnly(b, "eigw-1"), Gets.Nothing, "eigw-1"),
        new("IPv6 only, a rule for IPv4", b => { SixOnly(b, "igw-1"); b.Web(From("0.0.0.0/0")); }, Gets.Nothing, "sg-web"),
        new("a second interface carries the address", b => Second(b, From("0.0.0.0/0")), Gets.Connection),
        new("a second interface with a closed group", b => Second(b), Gets.Nothing, "sg-second"),
        new("many pages of interfaces", b => Pages(b), Gets.Connection),
        new("ALB", b => b.Balancer(), Gets.Connection),
        new("ALB that may send to the instances' group only", b => b.Balancer(egress: [Of("sg-web")]), Gets.Connection),
        new("ALB that may send to another group only", b => b.Balancer(egress: [Of("sg-app")]), Gets.Nothing, "sg-lb"),
        new("ALB that may send to a group of a peered account",
            b => b.Balancer(egress: [Of("sg-0peer", foreign: true)]), Gets.Depends, "sg-0peer"),
        new("ALB ends TLS, target on port 80, named", b => b.Balancer(target: 80), Gets.Connection),
        new("ALB ends TLS, target on port 80, not named",
            b => { b.Balancer(target: 80); b.Question = b.Question with { TargetPort = null }; }, Gets.Depends, "TargetPort"),
        new("ALB, the health check on a port of its own", b => b.Balancer(web: [Of("sg-lb"), Of("sg-lb", 8080)]), Gets.Connection),
        new("ALB, the target an address of a second interface",
            b => TwoCards(b, From("192.0.2.0/24"), Of("sg-lb")), Gets.Depends, "eni-second"),
        new("ALB, both interfaces of the target closed", b => TwoCards(b, From("192.0.2.0/24")), Gets.Nothing, "sg-web"),
        new("ALB, the second interface of the target closed", b => TwoCards(b, Of("sg-lb")), Gets.Connection),
        new("ALB with IPv6, and targets of IPv6 only", b => SixTarget(b, Of("sg-lb")), Gets.Connection),
        new("ALB with IPv6, and closed targets of IPv6 only", b => SixTarget(b, From("0.0.0.0/0")), Gets.Nothing, "sg-web"),
        new("a classic load balancer", b => Rename(b, "ELB front"), Gets.Connection),
        new("Gateway Load Balancer beside, and no way by it", b => { Rename(b, "ELB gwy/front/50dc6c495c0c9188");
                b.Web(From("192.0.2.0/24")); }, Gets.Nothing, "no public IPv4 address"),
        new("ALB closed to clients", b => { b.Balancer(); b.Group("sg-lb", [From("10.0.0.0/8")], []); }, Gets.Nothing, "sg-lb"),
        new("ALB, the instance's NACL closed to it",
            b => { b.Balancer(); Split(b, Entry(false, "192.0.2.0/24"), Entry(true)); }, Gets.Nothing, "acl-private"),
        new("ALB behind a firewall endpoint",
            b => { b.Balancer(); b.Routes(To("0.0.0.0/0", "vpce-0firewall")); }, Gets.Depends, "vpce-0firewall"),
        new("NLB without groups, clients let in", b => Nlb(b, From("0.0.0.0/0")), Gets.Connection),
        new("NLB without groups, only its own address let in",
            b => Nlb(b, From("10.0.0.0/24")), Gets.Depends, "keeps the clients' addresses"),
        new("NLB without groups, nobody let in", b => Nlb(b, From("192.0.2.0/24")), Gets.Nothing, "sg-web"),
        new("NLB with groups, referred to", b => b.Balancer("net"), Gets.Connection),
        new("NLB with groups, closed", b => { b.Balancer("net"); b.Group("sg-lb", [], [Of("sg-web")]); }, Gets.Nothing, "sg-lb"),
        new("NLB, the instance's NACL lets only the VPC in",
            b => { Nlb(b, From("0.0.0.0/0")); Split(b, Entry(false, "10.0.0.0/16"), Entry(true)); },
            Gets.Depends, "keeps the clients' addresses"),
        new("CloudFront, open to everybody", b => b.Proxy(open: true), Gets.Connection),
        new("CloudFront, open to its list",
            b => { b.Network.PrefixLists[Cloud] = [AddressBlock.Parse("198.51.100.0/24")];
                b.Web(List(Cloud)); b.Proxy(); }, Gets.Depends, "com.amazonaws.global.cloudfront.origin-facing"),
        new("CloudFront, open to an office only",
            b => { b.Web(From("192.0.2.0/24")); b.Proxy(); }, Gets.Depends, "get-managed-prefix-list-entries"),
        new("CloudFront, closed to everybody", b => { b.Web(); b.Proxy(); }, Gets.Nothing, "sg-web"),
        new("CloudFront, a private origin", b => { b.Hide(); b.Proxy(); }, Gets.Depends, "CloudFront"),
        new("another proxy, open to its addresses",
            b => { b.Web(From("198.51.100.0/24")); b.Proxy(server: "edge"); }, Gets.Depends, "proxy"),
        new("an old record, where nothing answers", b => b.Proxy(answers: false), Gets.Nothing, "198.51.100.77"),
    ];

    private static void SixOnly(PathBench bench, string gateway)
    {
        bench.Card = bench.Card with { PublicAddresses = [], IPv6Addresses = [IPAddress.Parse("2001:db8:1::10")] };
        bench.Network.Subnets[LabNetwork.Subnet] = [AddressBlock.Parse("10.0.0.0/24"), AddressBlock.Parse(Six)];
        bench.Routes(To(Six, "local"), To("::/0", gateway));
        bench.Acl(Entry(false, "::/0"), Entry(true, "::/0"));
        bench.Web(From("::/0"));
        bench.Question = bench.Question with { Source = [AddressBlock.AllIPv6] };
    }

    private static void Second(PathBench bench, params SecurityGroupRule[] rules)
    {
        bench.Network.Interfaces.Add(bench.Card with
        {
            Id = "eni-second", DeviceIndex = 1, GroupIds = ["sg-second"], PrivateAddresses = [IPAddress.Parse("10.0.0.11")],
        });
        bench.Group("sg-second", rules, []);
        bench.Card = bench.Card with { PublicAddresses = [] };
        bench.Web();
    }

    private static void PrivateRoutes(PathBench bench, params Route[] routes) =>
        bench.Network.Tables[^1] = bench.Network.Tables[^1] with { Routes = routes };

    // the balancer comes after a thousand others, on the second page
    private static void Pages(PathBench bench)
    {
        for (var i = 0; i < 1000; i++)
        {
            bench.Network.Interfaces.Add(new NetworkInterface
            {
                Id = $"eni-{i:x17}", Description = $"ELB app/other{i}/50dc6c495c0c9188", SubnetId = LabNetwork.Subnet,
                VpcId = LabNetwork.Vpc, GroupIds = ["sg-other"],
                PrivateAddresses = [IPAddress.Parse($"10.0.{2 + (i / 250)}.{1 + (i % 250)}")],
            });
        }

        bench.Group("sg-other", [], []);
        bench.Balancer();
    }

    // the instance has a second interface, which may be the target by its address
    private static void TwoCards(PathBench bench, SecurityGroupRule web, params SecurityGroupRule[] second)
    {
        bench.Balancer(web: [web]);
        bench.Network.Interfaces.Add(bench.Card with
        {
            Id = "eni-second", DeviceIndex = 1, GroupIds = ["sg-second"], PrivateAddresses = [IPAddress.Parse("10.0.1.11")],
        });
        bench.Group("sg-second", second, []);
        bench.Question = bench.Question with { LoadBalancer = "front", TargetPort = 443 };
    }

    private static void SixTarget(PathBench bench, SecurityGroupRule web)
    {
        bench.Balancer(web: [web], egress: [Of("sg-web")]);
        bench.Network.Interfaces[0] = bench.Network.Interfaces[0] with { IPv6Addresses = [IPAddress.Parse("2001:db8:1::99")] };
        bench.Network.Subnets[Private] = [AddressBlock.Parse("2001:db8:1:1::/64")];
        bench.Card = bench.Card with { PrivateAddresses = [], IPv6Addresses = [IPAddress.Parse("2001:db8:1:1::10")] };
        foreach (var acl in bench.Network.Acls.ToList())
        {
            bench.Network.Acls.Remove(acl);
            bench.Network.Acls.Add(acl with
            {
                Entries = [.. acl.Entries, Entry(false, "::/0", number: 101), Entry(true, "::/0", number: 101)],
            });
        }

        bench.Question = bench.Question with { LoadBalancer = "front", TargetPort = 443 };
    }

    private static void Rename(PathBench bench, string description)
    {
        bench.Balancer();
        bench.Network.Interfaces[0] = bench.Network.Interfaces[0] with { Description = description };
    }

    private static void Nlb(PathBench bench, SecurityGroupRule web)
    {
        bench.Balancer("net", grouped: false, web: [web]);
        bench.Question = bench.Question with { LoadBalancer = "front" };
    }

    // the instance's subnet has a NACL of its own
    private static void Split(PathBench bench, params NetworkAclEntry[] entries)
    {
        bench.Network.Acls[0] = bench.Network.Acls[0] with { SubnetIds = [LabNetwork.Subnet] };
        bench.Network.Acls.Add(new NetworkAcl { Id = "acl-private", SubnetIds = [Private], Entries = entries });
    }
}
