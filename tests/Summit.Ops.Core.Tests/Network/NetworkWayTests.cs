using System.Net;
using System.Text.RegularExpressions;
using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;
using Summit.Ops.Network;

namespace Summit.Ops.Core.Tests.Network;

/// <summary>What EC2 says, weighed by what a client's own connection has shown.</summary>
public sealed class NetworkWayTests
{
    private static readonly SummitSite Site = new() { ServerName = "api.example.com" };

    private static NetworkInterface Card =>
        new() { Id = "eni-1", InstanceId = "i-0123456789abcdef0", SubnetId = "subnet-1", VpcId = "vpc-1", GroupIds =
        [
            "sg-web",
        ], PrivateAddresses = [IPAddress.Parse("10.0.0.10")], PublicAddresses = [IPAddress.Parse("203.0.113.10")] };

    [Theory]
    [InlineData("203.0.113.10", SummitProbeStage.None, SummitCause.None, SummitSeverity.Warning, SummitCause.Unknown)]
    [InlineData("203.0.113.10", SummitProbeStage.Tcp, SummitCause.NginxNotRunning, SummitSeverity.Warning, SummitCause.Unknown)]
    [InlineData(
        "203.0.113.10", SummitProbeStage.Tcp, SummitCause.SecurityGroupBlocked, SummitSeverity.Error, SummitCause.SecurityGroupBlocked)]
    [InlineData("127.0.0.1", SummitProbeStage.None, SummitCause.None, SummitSeverity.Error, SummitCause.SecurityGroupBlocked)]
    [InlineData(null, SummitProbeStage.Dns, SummitCause.DnsNameNotFound, SummitSeverity.Error, SummitCause.DnsNameNotFound)]
    // nobody has looked at the host here: what only the host could confirm is Unknown
    public void A_closed_group_breaks_it_for_all_unless_a_client_came_through(
        string? address, SummitProbeStage stage, SummitCause seen, SummitSeverity severity, SummitCause root)
    {
        var verdict = Judge(Path(rule: "198.51.100.0/24"), Hop(address, stage, seen));
        var item = Item(verdict);
        Assert.Equal(SummitCheckStatus.Fail, item.Status);
        // a part of the internet is let in, so it is a warning in any case
        Assert.Equal(SummitSeverity.Warning, item.Severity);

        verdict = Judge(Path(rule: null), Hop(address, stage, seen));
        item = Item(verdict);
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.SecurityGroupBlocked, severity), (item.Status, item.Cause, item.Severity));
        Assert.Equal(root, verdict.RootCause);
    }

    [Fact]
    public void Silence_behind_an_open_way_is_the_firewall_of_the_host()
    {
        var verdict = Judge(Path("0.0.0.0/0"), Hop("203.0.113.10", SummitProbeStage.Tcp, SummitCause.SecurityGroupBlocked));
        Assert.Equal(SummitCheckStatus.Pass, Item(verdict).Status);
        Assert.Contains("sg-web", Item(verdict).Evidence);
        Assert.Equal(SummitCause.HostFirewallBlocked, verdict.RootCause);
        Assert.StartsWith("Test-SummitFirewall ", verdict.Causes[0].Fix);
        Assert.Contains("-InstanceId i-0123456789abcdef0 -Region eu-west-1", verdict.Causes[0].Fix);
    }

    [Theory]
    [InlineData("203.0.113.10", SummitProbeStage.Tcp, SummitCheckStatus.Pass, SummitCause.HostFirewallBlocked)]
    [InlineData("198.51.100.99", SummitProbeStage.Tcp, SummitCheckStatus.Fail, SummitCause.DnsWrongAddress)]
    [InlineData("198.51.100.99", SummitProbeStage.Tls, SummitCheckStatus.Skipped, SummitCause.SecurityGroupBlocked)]
    public void A_name_that_leads_elsewhere_is_the_cause_where_nothing_answers_there(
        string address, SummitProbeStage stage, SummitCheckStatus status, SummitCause root)
    {
        var verdict = Judge(Path("0.0.0.0/0"), Hop(address, stage, SummitCause.SecurityGroupBlocked));
        var check = verdict.Checks.Single(check => check.Id == "Network.Address");
        Assert.Equal(status, check.Status);
        Assert.Contains(address, check.Evidence);
        Assert.Equal(root, Assert.Single(verdict.Causes).Cause);
    }

    [Fact]
    public void Every_blocker_is_a_cause_and_the_item_has_them_all()
    {
        var verdict = Judge(Path(rule: null) with
        {
            RouteTables = [],
            Interfaces = [Card with { PublicAddresses = [] }],
            Acls = [new NetworkAcl { Id = "acl-1", SubnetIds = ["subnet-1"] }],
        }, Hop("203.0.113.10", SummitProbeStage.Tcp, SummitCause.SecurityGroupBlocked));
        Assert.Equal(
            [SummitCause.NoPublicRoute, SummitCause.NetworkAclBlocked, SummitCause.SecurityGroupBlocked],
            verdict.Causes.Select(cause => cause.Cause));
        Assert.Matches("no public IPv4 address.* Also: .*acl-1.*No rule of sg-web", Item(verdict).Evidence);
        Assert.Equal(SummitCheckStatus.Unknown, verdict.Checks.Single(check => check.Id == "Network.Route").Status);
    }

    [Fact]
    public void The_family_that_the_name_does_not_lead_to_is_a_warning()
    {
        var dual = Path("0.0.0.0/0") with { Interfaces = [Card with { IPv6Addresses = [IPAddress.Parse("2001:db8::10")] }] };
        var four = Judge(dual, Hop("203.0.113.10", SummitProbeStage.Tcp, SummitCause.SecurityGroupBlocked));
        Assert.Equal(SummitSeverity.Warning, Item(four).Severity);
        var six = Judge(dual, Hop("2001:db8::10", SummitProbeStage.Tcp, SummitCause.SecurityGroupBlocked));
        Assert.Equal(SummitSeverity.Error, Item(six).Severity);
        Assert.Contains("::/0", Item(six).Evidence);
        Assert.DoesNotContain(
            Judge(Path("0.0.0.0/0"), Hop("203.0.113.10", SummitProbeStage.None, SummitCause.None)).Checks,
            check => check.Target.Contains("IPv6", StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_that_leads_to_a_private_address_has_its_clients_inside()
    {
        var inside = Path("10.0.0.0/8") with { Interfaces = [Card with { PublicAddresses = [] }] };
        var verdict = Judge(inside, Hop("10.0.0.10", SummitProbeStage.None, SummitCause.None));
        Assert.DoesNotContain(verdict.Checks, check => check is { Severity: SummitSeverity.Error, Status: SummitCheckStatus.Fail }
            && check.Id.StartsWith("Network.", StringComparison.Ordinal));
        Assert.True(verdict.Checks.Single(check => check.Id == "Network.PublicAddress").Status == SummitCheckStatus.Pass);
    }

    [Fact]
    public void The_load_balancer_that_the_name_leads_to_is_in_front_whatever_the_groups_say()
    {
        var front = new NetworkInterface { Id = "eni-lb", Description = "ELB net/web/50dc6c495c0c9188", SubnetId = "subnet-1", VpcId =
            "vpc-1", PrivateAddresses = [IPAddress.Parse("10.0.0.9")], PublicAddresses = [IPAddress.Parse("203.0.113.9")] };
        var path = Path("0.0.0.0/0") with { Interfaces = [Card with { PublicAddresses = [] }], LoadBalancers = [front] };
        var verdict = Judge(path, Hop("203.0.113.9", SummitProbeStage.Tcp, SummitCause.SecurityGroupBlocked));
        Assert.DoesNotContain(verdict.Causes, cause => cause.Cause == SummitCause.NoPublicRoute);
        Assert.Equal(SummitCheckStatus.Pass, verdict.Checks.Single(check => check.Id == "Network.LoadBalancer").Status);

        // whether it counts the instance as healthy is not EC2's to say, until an answer from behind it has come
        var health = verdict.Checks.Single(check => check.Id == "Network.TargetHealth");
        Assert.Equal(SummitCheckStatus.Unknown, health.Status);
        Assert.StartsWith("aws elbv2 describe-target-health --target-group-arn ", health.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Judge(path, Hop("203.0.113.9", SummitProbeStage.None, SummitCause.None, status: 101)).Checks,
            check => check.Id == "Network.TargetHealth");

        // it takes connections before it has one to the instance, so an answer of its own proves nothing of that half
        path = path with { Groups = [Group(null)] };
        Assert.Equal(
            SummitCause.LoadBalancerBlocked,
            Judge(path, Hop("203.0.113.9", SummitProbeStage.Upgrade, SummitCause.BackendTimeout, status: 504)).RootCause);
        Assert.NotEqual(
            SummitCause.LoadBalancerBlocked,
            Judge(path, Hop("203.0.113.9", SummitProbeStage.None, SummitCause.None, status: 101)).RootCause);
    }

    [Fact]
    public void Evidence_from_before_EC2_was_asked_is_still_read()
    {
        var file = System.IO.Path.GetTempFileName();
        EvidenceFile.Write(Evidence(Path("0.0.0.0/0"), Hop("203.0.113.10", SummitProbeStage.None, SummitCause.None)), file);
        var text = File.ReadAllText(file);
        Assert.Contains("\"0.0.0.0/0\"", text);
        File.WriteAllText(file, Regex.Replace(
            text,
            """,\s*"NetworkPath": \{.*\},\s*"NetworkMissing": "[^"]*",\s*"Replays": \[\],\s*"HasToken": false(?=\s*\})""",
            "", RegexOptions.Singleline, TimeSpan.FromSeconds(1)));
        Assert.DoesNotContain("NetworkPath", File.ReadAllText(file));
        var old = EvidenceFile.Read(file);
        Assert.Null(old.NetworkPath);
        Assert.Equal(SummitCheckStatus.Pass, Item(Verdict.Over(old, TimeSpan.Zero)).Status);

        File.WriteAllText(file, text.Replace("\"203.0.113.10\"", "\"203.0.113.10; drop\"", StringComparison.Ordinal));
        Assert.Equal("EvidenceInvalid", Assert.Throws<Errors.SummitFileException>(() => EvidenceFile.Read(file)).ErrorId);
        File.Delete(file);
    }

    private static SummitCheck Item(SummitDiagnosis verdict) => verdict.Checks.Single(check => check.Id == "Network.Port443");

    private static SummitDiagnosis Judge(NetworkPath path, SummitWebSocketResult hop) => Verdict.Over(Evidence(path, hop), TimeSpan.Zero);

    private static SiteEvidence Evidence(NetworkPath path, SummitWebSocketResult hop) => new(
        Site, new SummitTarget { Name = "web", Kind = SummitTargetKind.Ssm, InstanceId = "i-0123456789abcdef0", Region = "eu-west-1" },
        DateTimeOffset.UnixEpoch, null, "not asked", [hop], path);

    private static SummitWebSocketResult Hop(string? address, SummitProbeStage stage, SummitCause cause, int? status = null) => new()
    {
        Hop = SiteEvidence.PublicHop, Uri = Site.Uri, FailedStage = stage, Cause = cause, Explanation = "seen",
        Address = address ?? "", RemotePort = 443, HttpStatus = status,
    };

    private static SecurityGroup Group(string? rule) => new() { Id = "sg-web", Ingress = rule is null
        ? []
        : [new SecurityGroupRule { Protocol = "tcp", FromPort = 443, ToPort = 443, Block = AddressBlock.Parse(rule) }] };

    private static NetworkPath Path(string? rule) => new()
    {
        InstanceId = "i-0123456789abcdef0",
        Region = "eu-west-1",
        Interfaces = [Card],
        Groups = [Group(rule)],
        Acls = [new NetworkAcl { Id = "acl-1", SubnetIds = ["subnet-1"], Entries =
        [
            .. new[] { false, true }.SelectMany(egress => new[] { AddressBlock.AllIPv4, AddressBlock.AllIPv6 }.Select(
                (block, i) => new NetworkAclEntry { RuleNumber = 100 + i, Egress = egress, Allow = true, Protocol = "-1", Block = block })),
        ] }],
        RouteTables = [new RouteTable { Id = "rtb-1", VpcId = "vpc-1", Main = true, Routes =
        [
            new Route { Destination = AddressBlock.Parse("10.0.0.0/16"), Target = "local" },
            new Route { Destination = AddressBlock.AllIPv4, Target = "igw-1" },
            new Route { Destination = AddressBlock.AllIPv6, Target = "igw-1" },
        ] }],
        Subnets = new Dictionary<string, IReadOnlyList<AddressBlock>>(StringComparer.Ordinal)
        {
            ["subnet-1"] = [AddressBlock.Parse("10.0.0.0/24")],
        },
    };
}
