using System.Net;
using Summit.Ops.Errors;
using Summit.Ops.Network;

namespace Summit.Ops.Core.Tests.Network;

/// <summary>What is said of a way, and the command that would open it.</summary>
public sealed class PathJudgeTests
{
    private static readonly NetworkAclEntry[] AllowAll =
    [
        new() { RuleNumber = 100, Allow = true, Protocol = "-1", Block = AddressBlock.AllIPv4 },
        new() { RuleNumber = 100, Allow = true, Protocol = "-1", Block = AddressBlock.AllIPv4, Egress = true },
    ];

    private static NetworkPath Good => new()
    {
        InstanceId = "i-1",
        Region = "eu-west-1",
        Interfaces = [new NetworkInterface { Id = "eni-1", SubnetId = "subnet-1", VpcId = "vpc-1", GroupIds =
        [
            "sg-web",
        ], PrivateAddresses = [IPAddress.Parse("10.0.1.5")], PublicAddresses = [IPAddress.Parse("203.0.113.200")] }],
        Groups = [Group("sg-web", Rule("0.0.0.0/0"))],
        Acls = [new NetworkAcl { Id = "acl-1", SubnetIds = ["subnet-1", "subnet-2"], Entries = AllowAll }],
        RouteTables = [new RouteTable { Id = "rtb-1", VpcId = "vpc-1", Main = true, Routes =
        [
            new Route { Destination = AddressBlock.Parse("10.0.0.0/16"), Target = "local" },
            new Route { Destination = AddressBlock.AllIPv4, Target = "igw-1" },
        ] }],
        Subnets = new Dictionary<string, IReadOnlyList<AddressBlock>> { ["subnet-1"] = [AddressBlock.Parse("10.0.1.0/24")] },
    };

    [Fact]
    public void A_way_that_is_open_names_the_rules_that_open_it()
    {
        var checks = PathJudge.Instance(Good, new PathQuestion());
        Assert.Equal(
            [
                "Network.PublicAddress Pass", "Network.Route Pass", "Network.Acl Pass", "Network.SecurityGroup Pass",
                "Network.PublicAddress Skipped",
            ], checks.Select(check => $"{check.Id} {check.Status}"));
        Assert.Contains("sg-web", checks[3].Evidence);
        Assert.Contains("tcp 443 from 0.0.0.0/0", checks[3].Evidence);
        Assert.Contains("rule 100", checks[2].Evidence);
        Assert.Contains("igw-1", checks[1].Evidence);
    }

    [Fact]
    public void Every_blocker_is_listed_each_with_its_command()
    {
        var path = Good with
        {
            Groups = [Group("sg-web")],
            Interfaces = [Good.Interfaces[0] with { PublicAddresses = [] }],
            Acls =
            [
                Good.Acls[0] with { Entries = [new NetworkAclEntry
                {
                    RuleNumber = 50, Allow = false, Protocol = "6", FromPort = 443, ToPort = 443, Block = AddressBlock.AllIPv4,
                }, .. AllowAll[..1]] },
            ],
            RouteTables = [Good.RouteTables[0] with
            {
                Routes = [Good.RouteTables[0].Routes[0], new Route { Destination = AddressBlock.AllIPv4, Target = "nat-1" }],
            }, new RouteTable { Id = "rtb-2", VpcId = "vpc-1", SubnetIds =
            [
                "subnet-9",
            ], Routes = [new Route { Destination = AddressBlock.AllIPv4, Target = "igw-7" }] }],
        };
        var failed = PathJudge.Instance(path, new PathQuestion { Source = [AddressBlock.Parse("198.51.100.0/24")] });
        Assert.All(failed, check => Assert.Equal(SummitCheckStatus.Fail, check.Status));
        Assert.Equal(
            [SummitCause.NoPublicRoute, SummitCause.NoPublicRoute, SummitCause.NetworkAclBlocked, SummitCause.SecurityGroupBlocked],
            failed.Select(check => check.Cause));
        Assert.Equal(
            [
                "aws ec2 associate-address --network-interface-id eni-1 --allocation-id \"$(aws ec2 allocate-address --domain vpc --query "
                    + "AllocationId --output text --region eu-west-1)\" --region eu-west-1",
                "aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 198.51.100.0/24 "
                    + "--gateway-id igw-7 --region eu-west-1",
                "aws ec2 create-network-acl-entry --network-acl-id acl-1 --ingress --rule-number 49 --protocol tcp "
                    + "--port-range From=443,To=443 --cidr-block 198.51.100.0/24 --rule-action allow --region eu-west-1 && aws ec2 "
                    + "create-network-acl-entry --network-acl-id acl-1 --egress --rule-number 10 --protocol tcp "
                    + "--port-range From=1024,To=65535 --cidr-block 198.51.100.0/24 --rule-action allow --region eu-west-1",
                "aws ec2 authorize-security-group-ingress --group-id sg-web --protocol tcp --port 443 --cidr "
                    + "198.51.100.0/24 --region eu-west-1",
            ],
            failed.Select(check => check.Fix));
        Assert.Contains("inbound rule 50", failed[2].Evidence);
        Assert.Contains("answers", failed[2].Evidence);
    }

    [Fact]
    public void A_part_of_the_clients_is_a_warning_that_names_the_part()
    {
        var check = Single(Good with { Groups = [Group("sg-web", Rule("203.0.113.0/25"))] }, "203.0.113.0/24");
        Assert.Equal((SummitCheckStatus.Fail, SummitSeverity.Warning), (check.Status, check.Severity));
        Assert.Contains("not 203.0.113.128/25", check.Evidence);
    }

    [Fact]
    public void An_answer_to_high_ports_only_is_a_warning_that_names_the_ports()
    {
        var path = Good with { Acls =
        [
            Good.Acls[0] with { Entries = [AllowAll[0], new NetworkAclEntry { RuleNumber =
                100, Egress = true, Allow = true, Protocol = "6", FromPort = 32768, ToPort = 65535, Block = AddressBlock.AllIPv4 }] },
        ] };
        var check = PathJudge.Instance(path, new PathQuestion()).Single(check => check.Id == "Network.Acl");
        Assert.Equal((SummitCheckStatus.Fail, SummitSeverity.Warning), (check.Status, check.Severity));
        Assert.Contains("1024-32767", check.Evidence);
    }

    [Theory]
    [InlineData("udp", 443, false)]
    [InlineData("47", null, false)]
    [InlineData("-1", null, true)]
    [InlineData("6", 443, true)]
    [InlineData("tcp", 444, false)]
    public void A_protocol_opens_its_own_ports_only(string protocol, int? port, bool open)
    {
        var rule = new SecurityGroupRule { Protocol = protocol, FromPort = port, ToPort = port, Block = AddressBlock.AllIPv4 };
        Assert.Equal(
            open ? SummitCheckStatus.Pass : SummitCheckStatus.Fail,
            Single(Good with { Groups = [Group("sg-web", rule)] }, "8.8.8.8").Status);
    }

    [Fact]
    public void A_group_reference_is_no_way_in_for_the_internet_and_one_for_a_member()
    {
        var path = Good with
        {
            Groups = [Group("sg-web", new SecurityGroupRule { Protocol = "tcp", FromPort = 443, ToPort = 443, GroupId = "sg-app" })],
        };
        Assert.Equal(SummitCheckStatus.Fail, Single(path, "0.0.0.0/0").Status);
        Assert.Equal(SummitCheckStatus.Unknown, Single(path, "10.0.1.70").Status);
        var known = path with
        {
            MembersKnown = ["sg-app"],
            Members = [new NetworkInterface { Id = "eni-9", GroupIds = ["sg-app"], PrivateAddresses = [IPAddress.Parse("10.0.1.70")] }],
        };
        Assert.Equal(SummitCheckStatus.Pass, Single(known, "10.0.1.70").Status);
        Assert.Equal(SummitCheckStatus.Fail, Single(known, "10.0.1.71").Status);
    }

    [Fact]
    public void What_could_not_be_read_is_Unknown_and_names_the_action()
    {
        var path = Good with
        {
            Groups = [Group("sg-web", new SecurityGroupRule { Protocol = "tcp", FromPort = 443, ToPort = 443, PrefixListId = "pl-1" })],
            Acls = [],
            RouteTables = [],
            Missing = new Dictionary<string, string>
            {
                ["ec2:DescribeNetworkAcls"] = "not allowed",
                ["ec2:DescribeRouteTables"] = "not allowed",
                ["ec2:GetManagedPrefixListEntries"] = "not allowed",
            },
        };
        var unknown = PathJudge.Instance(path, new PathQuestion { Source = [AddressBlock.Parse("8.8.8.8")] })
            .Where(check => check.Status == SummitCheckStatus.Unknown).ToList();
        Assert.Equal(
            [
                "ec2:DescribeRouteTables: not allowed", "ec2:DescribeNetworkAcls: not allowed",
                "ec2:GetManagedPrefixListEntries: not allowed",
            ], unknown.Select(check => check.Evidence));
        Assert.All(unknown, check => Assert.StartsWith("aws ec2 ", check.Fix));
    }

    [Theory]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9/32")]
    [InlineData("::ffff:203.0.113.9/120", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.9/64", null)]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    public void A_source_as_a_dual_stack_socket_shows_it_is_the_IPv4_address(string text, string? block) =>
        Assert.Equal(block, AddressBlock.TryParse(text, out var read) ? read.ToString() : null);

    [Fact]
    public void Through_a_load_balancer_both_halves_are_judged()
    {
        var front = new NetworkInterface
        {
            Id = "eni-lb", Description = "ELB app/web/50dc6c495c0c9188", SubnetId = "subnet-2", VpcId = "vpc-1", GroupIds = ["sg-lb"],
            PrivateAddresses = [IPAddress.Parse("10.0.2.9")], PublicAddresses = [IPAddress.Parse("203.0.113.9")],
        };
        var fromLb = new SecurityGroupRule { Protocol = "tcp", FromPort = 8443, ToPort = 8443, GroupId = "sg-lb" };
        var path = Good with
        {
            Interfaces = [Good.Interfaces[0] with { PublicAddresses = [] }],
            LoadBalancers = [front],
            MembersKnown = ["sg-lb"],
            Groups = [Group("sg-web", fromLb), Group(
                "sg-lb", Rule("0.0.0.0/0")) with { Egress = [new SecurityGroupRule { Protocol = "-1", Block = AddressBlock.AllIPv4 }] }],
        };
        var open = PathJudge.Instance(path, new PathQuestion { TargetPort = 8443, Source = [AddressBlock.AllIPv4] });
        Assert.Equal(
            [
                "Network.PublicAddress", "Network.Route", "Network.Acl", "Network.SecurityGroup", "Network.LoadBalancer",
                "Network.TargetHealth",
            ],
            open.Select(check => check.Id));
        Assert.All(open.SkipLast(1), check => Assert.Equal(SummitCheckStatus.Pass, check.Status));
        Assert.Equal(SummitCheckStatus.Unknown, open[^1].Status);

        // the group lets it in on another port, which may be the targets'
        var unsure = Balancer(path, new PathQuestion { Source = [AddressBlock.AllIPv4] });
        Assert.Equal(SummitCheckStatus.Unknown, unsure.Status);
        Assert.Contains("-TargetPort", unsure.Evidence);
        var closed = Balancer(path, new PathQuestion { TargetPort = 443, Source = [AddressBlock.AllIPv4] });
        Assert.Equal(SummitCause.LoadBalancerBlocked, closed.Cause);
        Assert.Equal(
            "aws ec2 authorize-security-group-ingress --group-id sg-web --protocol tcp --port 443 --source-group sg-lb --region eu-west-1",
            closed.Fix);

        var mute = path with { Groups = [path.Groups[0], path.Groups[1] with { Egress = [] }] };
        Assert.Contains(
            "authorize-security-group-egress --group-id sg-lb",
            Balancer(mute, new PathQuestion { TargetPort = 8443, Source = [AddressBlock.AllIPv4] }).Fix);

        // it may send to the members of the instance's own group, and to nobody else
        var narrow = path with { MembersKnown = ["sg-lb", "sg-web"], Groups = [path.Groups[0], path.Groups[1] with
        {
            Egress = [new SecurityGroupRule { Protocol = "tcp", FromPort = 8443, ToPort = 8443, GroupId = "sg-web" }],
        }] };
        Assert.Equal(
            SummitCheckStatus.Pass,
            Balancer(narrow, new PathQuestion { TargetPort = 8443, Source = [AddressBlock.AllIPv4] }).Status);
        // who is in a group of a peered VPC cannot be read: neither open nor closed
        var peered = Balancer(
            narrow with { MembersKnown = ["sg-lb"] }, new PathQuestion { TargetPort = 8443, Source = [AddressBlock.AllIPv4] });
        Assert.Equal(SummitCheckStatus.Unknown, peered.Status);
        Assert.Contains("who is in sg-web", peered.Evidence);

        // one that no group names may still be in front: it is said, and nothing is claimed of it
        var beside = Balancer(Good with { LoadBalancers = [front] }, new PathQuestion { Source = [AddressBlock.AllIPv4] });
        Assert.Equal((SummitCheckStatus.Skipped, "Network.LoadBalancer"), (beside.Status, beside.Id));
        Assert.Contains("app/web", beside.Evidence);
    }

    private static SummitCheck Balancer(NetworkPath path, PathQuestion question) =>
        PathJudge.Instance(path, question).Last(check => check.Id == "Network.LoadBalancer");

    [Fact]
    public void Of_a_network_load_balancer_it_is_not_known_whose_address_the_instance_sees()
    {
        var front = new NetworkInterface { Id = "eni-lb", Description = "ELB net/web/50dc6c495c0c9188", SubnetId = "subnet-2", VpcId =
            "vpc-1", PrivateAddresses = [IPAddress.Parse("10.0.2.9")], PublicAddresses = [IPAddress.Parse("203.0.113.9")] };
        SummitCheck Judged(params SecurityGroupRule[] rules) => Balancer(
            Good with { LoadBalancers = [front], Groups = [Group("sg-web", rules)] },
            new PathQuestion { Source = [AddressBlock.AllIPv4], LoadBalancer = "web" });
        Assert.Equal(SummitCheckStatus.Pass, Judged(Rule("0.0.0.0/0")).Status);
        Assert.Equal(SummitCheckStatus.Unknown, Judged(Rule("10.0.0.0/16")).Status);
        Assert.Equal(SummitCheckStatus.Fail, Judged().Status);
    }

    [Theory]
    [InlineData("""{"SecurityGroups":[{"GroupId":"sg-"""
        + """1","GroupName":"web","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}"""
        + """],"Ipv6Ranges":[{"CidrIpv6":"::/0"}],"UserIdGroupPairs":[],"PrefixListIds":[]}]}]}""")]
    [InlineData("""[{"GroupId":"sg-1","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"Ipv4Ranges":[{"CidrIp":"0."""
        + """0.0.0/0"}],"Ipv6Ranges":[{"CidrIpv6":"::/0"}],"PrefixListIds":[{"Id":"pl-1"}]}]}]""")]
    [InlineData("""{"GroupId":"sg-1","IpPermissions":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}"""
        + """],"Ipv6Ranges":[{"CidrIpv6":"::/0"}]}]}""")]
    public void Saved_groups_are_judged_without_an_account(string json)
    {
        var checks = PathJudge.Groups(new NetworkPath { Groups = SecurityGroupFile.Parse(json, "groups.json") }, new PathQuestion());
        Assert.Equal([SummitCheckStatus.Pass, SummitCheckStatus.Pass], checks.Select(check => check.Status));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"SecurityGroups":[{"GroupName":"web"}]}""")]
    [InlineData("""{"GroupId":"sg-1","IpPermissions":[{"IpProtocol":"tcp","FromPort":"x","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}""")]
    [InlineData("""{"GroupId":"sg-1","IpPermissions":[{"IpProtocol":"tcp","FromPort":1,"IpRanges":[{"CidrIp":"0.0.0.0/40"}]}]}""")]
    [InlineData("""{"GroupId":"sg-1","IpPermissions":[7]}""")]
    public void What_is_no_saved_group_is_refused(string json) =>
        Assert.Equal(
            "SecurityGroupsInvalid", Assert.Throws<SummitFileException>(() => SecurityGroupFile.Parse(json, "groups.json")).ErrorId);

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7/32")]
    [InlineData("203.0.113.7/24", "203.0.113.0/24")]
    [InlineData("2001:DB8::1/32", "2001:db8::/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("10.1", null)]
    [InlineData("0x7f.0.0.1", null)]
    [InlineData("10.0.0.0/33", null)]
    [InlineData("10.0.0.0/-1", null)]
    [InlineData("fe80::1%eth0", null)]
    [InlineData("office", null)]
    public void A_block_is_read_as_EC2_reads_it(string text, string? block) =>
        Assert.Equal(block, AddressBlock.TryParse(text, out var read) ? read.ToString() : null);

    private static SummitCheck Single(NetworkPath path, string source) =>
        PathJudge.Instance(path, new PathQuestion { Source = [AddressBlock.Parse(source)] })
            .Single(check => check.Id == "Network.SecurityGroup");

    private static SecurityGroup Group(string id, params SecurityGroupRule[] rules) => new() { Id = id, Ingress = rules };

    private static SecurityGroupRule Rule(string block) =>
        new() { Protocol = "tcp", FromPort = 443, ToPort = 443, Block = AddressBlock.Parse(block) };
}
