using System.Net;
using Summit.Ops.Checks.Network;
using Summit.Ops.Evidence;
using Summit.Ops.Lab.Aws;
using Summit.Ops.Lab.Aws.Ec2;
using Summit.Ops.Network;

namespace Summit.Ops.Aws.Tests.Networking;

/// <summary>A VPC to build a topology in: an instance in a public subnet, open on 443, until a row changes it.</summary>
internal sealed class PathBench
{
    public const string Private = "subnet-0aaaaaaaaaaaaaaa1";
    private readonly Account _account;

    public PathBench(Account account)
    {
        _account = account;
        Network.Groups.Clear();
        Network.Subnets[Private] = [AddressBlock.Parse("10.0.1.0/24")];
        Network.Acls[0] = Network.Acls[0] with { SubnetIds = [LabNetwork.Subnet, Private] };
        Network.Tables.Add(new RouteTable
        {
            Id = "rtb-private", VpcId = LabNetwork.Vpc, SubnetIds = [Private],
            Routes = [To("10.0.0.0/16", "local"), To("0.0.0.0/0", "nat-1")],
        });
        Card = new NetworkInterface
        {
            Id = "eni-web", InstanceId = Account.Id, SubnetId = LabNetwork.Subnet, VpcId = LabNetwork.Vpc, GroupIds = ["sg-web"],
            PrivateAddresses = [IPAddress.Parse("10.0.0.10")], PublicAddresses = [IPAddress.Parse("203.0.113.10")],
        };
        Web(From("0.0.0.0/0"));
    }

    public LabNetwork Network => _account.Aws.Ec2.Network;

    public AwsKnobs Knobs => _account.Aws.Knobs;

    public NetworkInterface Card { get; set; }

    public PathQuestion Question { get; set; } = new() { Source = [AddressBlock.AllIPv4] };

    /// <summary>What a client met at the name; null where no client was tried.</summary>
    public SummitWebSocketResult? Hop { get; set; }

    public static Route To(string block, string target, bool active = true) =>
        new() { Destination = AddressBlock.Parse(block), Target = target, Active = active };

    public static SecurityGroupRule From(string block, int port = 443) =>
        new() { Protocol = "tcp", FromPort = port, ToPort = port, Block = AddressBlock.Parse(block) };

    public static SecurityGroupRule Of(string group, int port = 443, bool foreign = false) =>
        new() { Protocol = "tcp", FromPort = port, ToPort = port, GroupId = group, IsForeignGroup = foreign };

    public static SecurityGroupRule List(string list, int port = 443) =>
        new() { Protocol = "tcp", FromPort = port, ToPort = port, PrefixListId = list };

    public void Web(params SecurityGroupRule[] ingress) => Group("sg-web", ingress, [Everything]);

    public void Group(string id, SecurityGroupRule[] ingress, SecurityGroupRule[] egress)
    {
        foreach (var old in Network.Groups.Where(group => group.Id == id).ToList()) Network.Groups.Remove(old);
        Network.Groups.Add(new SecurityGroup { Id = id, Name = id, Ingress = ingress, Egress = egress });
    }

    /// <summary>The routes of the public subnet beside the VPC's own.</summary>
    public void Routes(params Route[] routes) =>
        Network.Tables[0] = Network.Tables[0] with { Routes = [To("10.0.0.0/16", "local"), .. routes] };

    public void Acl(params NetworkAclEntry[] entries) => Network.Acls[0] = Network.Acls[0] with { Entries = entries };

    public static NetworkAclEntry Entry(
        bool egress, string block = "0.0.0.0/0", int from = 0, int to = 65535, bool allow = true, int number = 100) =>
        new()
        {
            RuleNumber = number, Egress = egress, Allow = allow, Protocol = "6", FromPort = from, ToPort = to,
            Block = AddressBlock.Parse(block),
        };

    /// <summary>Moves the instance to the subnet without a public address.</summary>
    public void Hide() => Card = Card with { SubnetId = Private, PublicAddresses = [], PrivateAddresses = [IPAddress.Parse("10.0.1.10")] };

    /// <summary>A load balancer in the public subnet, and the instance behind it.</summary>
    public void Balancer(
        string kind = "app", bool grouped = true, SecurityGroupRule[]? egress = null, int target = 443, params SecurityGroupRule[] web)
    {
        Hide();
        Network.Interfaces.Add(new NetworkInterface
        {
            Id = "eni-lb", Description = $"ELB {kind}/front/50dc6c495c0c9188", SubnetId = LabNetwork.Subnet, VpcId = LabNetwork.Vpc,
            GroupIds = grouped ? ["sg-lb"] : [],
            PrivateAddresses = [IPAddress.Parse("10.0.0.99")], PublicAddresses = [IPAddress.Parse("203.0.113.99")],
        });
        Group("sg-lb", [From("0.0.0.0/0")], egress ?? [Everything]);
        Web(web.Length > 0 ? web : [Of("sg-lb", target)]);
        if (target != 443) Question = Question with { TargetPort = target };
    }

    /// <summary>A client dials an address that is none of the VPC's.</summary>
    public void Proxy(bool answers = true, string server = "CloudFront", bool open = false) => Hop = new SummitWebSocketResult
    {
        Hop = SiteEvidence.PublicHop, Uri = "wss://api.example.com/",
        FailedStage = open ? SummitProbeStage.None : answers ? SummitProbeStage.Upgrade : SummitProbeStage.Tcp,
        Cause = SummitCause.Unknown, Explanation = "seen", Address = "198.51.100.77", RemotePort = 443,
        HttpStatus = open ? 101 : answers ? 504 : null,
        ResponseHeaders = answers ? [new SummitHeader("Server", server)] : [],
    };

    private static SecurityGroupRule Everything => new() { Protocol = "-1", Block = AddressBlock.AllIPv4 };

    public async Task<IReadOnlyList<SummitCheck>> JudgeAsync()
    {
        Network.Interfaces.Add(Card);
        var path = await _account.Services.NetworkPathAsync(Account.Id, _account.Connection, Account.Stop);
        if (Hop is null) return PathJudge.Instance(path, Question);
        var target = new SummitTarget { Name = "web", Kind = SummitTargetKind.Ssm, InstanceId = Account.Id, Region = Account.Region };
        var way = NetworkWay.Judge(new SiteEvidence(
            new SummitSite { ServerName = "api.example.com" }, target, DateTimeOffset.UnixEpoch, null, "", [Hop], path));
        return [.. way.Address is { } address ? [address] : Array.Empty<SummitCheck>(), .. way.Checks];
    }
}
