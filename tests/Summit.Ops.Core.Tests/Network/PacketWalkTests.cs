using System.Net;
using Summit.Ops.Network;

namespace Summit.Ops.Core.Tests.Network;

/// <summary>The evaluator, which works on sets, and a walk of single packets agree, whatever the rules are.</summary>
public sealed class PacketWalkTests
{
    private const int Cases = 100_000;
    private const int Port = 443;

    private static readonly string[] Blocks4 =
    [
        "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "203.0.113.0/24", "203.0.113.0/25", "203.0.113.128/25",
        "203.0.113.7/32", "203.0.112.0/23", "198.51.100.0/24", "10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24",
        "10.0.1.64/26", "10.0.1.70/32", "172.31.0.0/16",
    ];

    private static readonly string[] Blocks6 =
    [
        "::/0", "2000::/3", "2001:db8::/32", "2001:db8:1::/48", "2001:db8:1:1::/64", "2001:db8:1:1::7/128", "2600:1f00::/24", "fd00::/8",
    ];
    private static readonly string[] Hosts4 =
    [
        "203.0.113.0", "203.0.113.7", "203.0.113.127", "203.0.113.128", "203.0.113.255", "203.0.112.255", "198.51.100.9", "8.8.8.8",
        "10.0.1.70", "10.0.1.63", "10.0.1.128", "10.0.2.1", "10.255.255.255", "11.0.0.0", "127.255.255.255", "128.0.0.0", "172.31.0.5",
        "192.168.0.1",
    ];
    private static readonly string[] Hosts6 =
    ["2001:db8:1:1::7", "2001:db8:1:1::8", "2001:db8:1:2::1", "2001:db8:ffff::", "2001:db9::", "2600:1f00::1", "3fff::1", "fd00::1", "::1"];
    private static readonly int[] Ports = [1024, 1025, 32767, 32768, 49151, 49152, 60999, 61000, 65534, 65535];

    [Fact]
    public void They_agree_on_a_hundred_thousand_seeded_cases()
    {
        var (connected, refused, passed, failed, partly) = (0, 0, 0, 0, 0);
        var gate = new Lock();
        Parallel.For(0, 2, half =>
        {
            var counts = (Yes: 0, No: 0, Pass: 0, Fail: 0, Partly: 0);
            for (var seed = half; seed < Cases; seed += 2)
            {
                var random = new Random(seed);
                var six = random.Next(3) == 0;
                var path = Case(random, six);
                var card = path.Interfaces[0];
                // the family by itself, or a block: the internet is what an empty source means
                var source = random.Next(3) == 0
                    ? new PathQuestion()
                    : new PathQuestion { Source = [AddressBlock.Parse(Pick(random, six ? Blocks6 : Blocks4))] };
                var reach = Reach.Of(path, card, source.Clients(six), Port);
                var checks = new ReachChecks(path, "here", source.Blocks(six)).All(reach).ToList();
                // only a route to a hop whose way on is not read leaves something open
                var open = reach.Routes is { } routes && routes.Unseen.Any() ? "Network.Route" : "";
                Assert.DoesNotContain(
                    checks, check => (check.Status is SummitCheckStatus.Unknown or SummitCheckStatus.Skipped) && check.Id != open);
                var whole = checks.All(check => check.Status == SummitCheckStatus.Pass);
                // an error means that nobody comes through this filter, a warning that some do not
                var nobody = checks.Any(check => check.Status == SummitCheckStatus.Fail && check.Severity == SummitSeverity.Error
                    && check.Id != "Network.PublicAddress");
                if (whole) counts.Pass++;
                else if (nobody) counts.Fail++;
                else counts.Partly++;
                foreach (var client in (six ? Hosts6 : Hosts4).Select(IPAddress.Parse)
                    .Where(client => source.Clients(six).Contains(client)))
                {
                    var clientPort = Pick(random, Ports);
                    var walked = PacketWalk.Connects(path, card, client, clientPort, Port);
                    if (walked != reach.Connects(client, clientPort))
                    {
                        Assert.Fail($"seed {seed}: {client}:{clientPort} walks {walked}, and the evaluator says otherwise");
                    }

                    if (whole && !walked) Assert.Fail($"seed {seed}: every check passes, and {client}:{clientPort} does not");
                    if (nobody && walked)
                    {
                        Assert.Fail($"seed {seed}: a check says that nobody comes through, and {client}:{clientPort} does");
                    }

                    if (walked) counts.Yes++;
                    else counts.No++;
                }
            }

            lock (gate)
            {
                connected += counts.Yes;
                refused += counts.No;
                passed += counts.Pass;
                failed += counts.Fail;
                partly += counts.Partly;
            }
        });

        // the cases are no good where one answer is rare
        Assert.All([connected, refused], count => Assert.True(count > 50_000, $"{connected} packets arrive, {refused} do not"));
        Assert.All([passed, failed, partly], count => Assert.True(count > 3_000, $"{passed} pass, {failed} fail, {partly} fail for some"));
    }

    private static NetworkPath Case(Random random, bool six)
    {
        var blocks = six ? Blocks6 : Blocks4;
        var lists = new Dictionary<string, IReadOnlyList<AddressBlock>>
        {
            ["pl-1"] = [.. Enumerable.Range(0, random.Next(4)).Select(_ => AddressBlock.Parse(Pick(random, blocks)))],
            ["pl-2"] = [.. Enumerable.Range(0, random.Next(3)).Select(_ => AddressBlock.Parse(Pick(random, blocks)))],
        };
        var groups = Enumerable.Range(1, random.Next(1, 4)).Select(i => new SecurityGroup
        {
            Id = $"sg-{i}",
            Ingress = [.. Enumerable.Range(0, random.Next(5)).Select(_ => Rule(random, blocks))],
        }).ToList();
        return new NetworkPath
        {
            InstanceId = "i-1",
            Interfaces =
            [
                new NetworkInterface
                {
                    Id = "eni-1", SubnetId = "subnet-1", VpcId = "vpc-1", GroupIds = [.. groups.Select(group => group.Id)],
                    PrivateAddresses = [IPAddress.Parse("10.0.1.5")],
                    PublicAddresses = random.Next(5) == 0 ? [] : [IPAddress.Parse("203.0.113.200")],
                    IPv6Addresses = random.Next(5) == 0 ? [] : [IPAddress.Parse("2001:db8:1:1::5")],
                },
            ],
            Members = [new NetworkInterface
            {
                Id = "eni-2",
                GroupIds = ["sg-m"],
                PrivateAddresses = [IPAddress.Parse("10.0.1.70"), IPAddress.Parse("172.31.0.5")],
                IPv6Addresses = [IPAddress.Parse("2001:db8:1:2::1")],
            }],
            MembersKnown = ["sg-m"],
            Groups = groups,
            PrefixLists = lists,
            Subnets = new Dictionary<string, IReadOnlyList<AddressBlock>>
            {
                ["subnet-1"] = [AddressBlock.Parse("10.0.1.0/24"), AddressBlock.Parse("2001:db8:1:1::/64")],
            },
            Acls = [new NetworkAcl
            {
                Id = "acl-1",
                SubnetIds = ["subnet-1"],
                Entries = [.. Entries(random, blocks, egress: false), .. Entries(random, blocks, egress: true)],
            }],
            RouteTables =
            [
                new RouteTable { Id = "rtb-main", VpcId = "vpc-1", Main = true, Routes = Routes(random, blocks) },
                new RouteTable { Id = "rtb-own", VpcId = "vpc-1", SubnetIds = random.Next(2) == 0
                    ? ["subnet-1"]
                    : ["subnet-9"], Routes = Routes(random, blocks) },
            ],
        };
    }

    private static SecurityGroupRule Rule(Random random, string[] blocks)
    {
        var (from, to) = random.Next(5) switch { 0 => (0, 65535), 1 => (443, 443), 2 => (80, 443), 3 => (444, 8443), _ => (443, 500) };
        var protocol = Pick(random, ["tcp", "tcp", "tcp", "6", "-1", "udp", "47"]);
        var rule = protocol is "-1" or "47"
            ? new SecurityGroupRule { Protocol = protocol }
            : new SecurityGroupRule { Protocol = protocol, FromPort = from, ToPort = to };
        return random.Next(6) switch
        {
            0 => rule with { PrefixListId = Pick(random, ["pl-1", "pl-2"]) },
            1 => rule with { GroupId = Pick(random, ["sg-m", "sg-m"]) },
            2 => rule with { Block = AddressBlock.Parse(blocks[0]) },
            _ => rule with { Block = AddressBlock.Parse(Pick(random, blocks)) },
        };
    }

    private static IEnumerable<NetworkAclEntry> Entries(Random random, string[] blocks, bool egress)
    {
        var numbers = Enumerable.Range(1, 40).OrderBy(_ => random.Next()).Take(random.Next(5)).ToList();
        foreach (var number in numbers)
        {
            var port = egress ? Pick(random, Ports) : random.Next(441, 446);
            var protocol = Pick(random, ["6", "6", "-1", "17"]);
            yield return new NetworkAclEntry
            {
                RuleNumber = number * 10, Egress = egress, Allow = random.Next(3) > 0, Protocol = protocol,
                Block = AddressBlock.Parse(random.Next(3) == 0 ? blocks[0] : Pick(random, blocks)),
                FromPort = protocol == "-1" ? null : random.Next(2) == 0 ? 0 : port,
                ToPort = protocol == "-1" ? null : Math.Min(65535, port + random.Next(3) * 20_000),
            };
        }

        // most ACLs let everything through in the end, as the default one does
        if (random.Next(4) > 0)
        {
            yield return new NetworkAclEntry
            {
                RuleNumber = 1000, Egress = egress, Allow = true, Protocol = "-1", Block = AddressBlock.Parse(blocks[0]),
            };
        }

        yield return new NetworkAclEntry
        {
            RuleNumber = 32767, Egress = egress, Allow = false, Protocol = "-1", Block = AddressBlock.Parse(blocks[0]),
        };
    }

    private static List<Route> Routes(Random random, string[] blocks)
    {
        List<Route> routes =
        [
            new() { Destination = AddressBlock.Parse("10.0.0.0/16"), Target = "local" },
            new() { Destination = AddressBlock.Parse("2001:db8:1::/48"), Target = "local" },
        ];
        // a table holds a destination once
        foreach (var block in blocks.Where(block => block is not ("10.0.0.0/16" or "2001:db8:1::/48")).OrderBy(_ => random.Next())
            .Take(random.Next(3)))
        {
            routes.Add(new Route
            {
                Destination = AddressBlock.Parse(block),
                Target = Target(random),
                Active = random.Next(8) > 0,
                Propagated = random.Next(4) == 0,
            });
        }

        if (random.Next(4) > 0 && routes.All(route => route.Destination?.ToString() != blocks[0]))
        {
            routes.Add(new Route { Destination = AddressBlock.Parse(blocks[0]), Target = "igw-1" });
        }

        if (random.Next(6) == 0) routes.Add(new Route { PrefixListId = "pl-2", Target = Target(random) });
        return routes;
    }

    private static string Target(Random random) => Pick(random, ["igw-1", "igw-1", "nat-1", "eigw-1", "tgw-1", "vgw-1"]);

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
