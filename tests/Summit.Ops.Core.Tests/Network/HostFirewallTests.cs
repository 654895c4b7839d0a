using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Network;
using Summit.Ops.Network.Firewalls;

namespace Summit.Ops.Core.Tests.Network;

/// <summary>Real rulesets, in a network namespace of their own: made with the real tools, gathered by the script, judged.</summary>
[Trait("Category", "Lab")]
public sealed class HostFirewallTests
{
    private const string Lan = "ip link add eth0 type veth peer name p0 && ip link set eth0 up && ip addr add 192.0.2.2/24 dev eth0 && ip "
        + "route add default via 192.0.2.1";

    private const string Nft = """
        nft -f - <<'X'
        table inet filter {
          set office { type ipv4_addr; flags interval; elements = { 198.51.100.0/25, 198.51.100.200-198.51.100.207 } }
          chain input {
            type filter hook input priority 0; policy drop;
            ct state vmap { established : accept, related : accept, invalid : drop }
            iifname "lo" accept
            meta l4proto { icmp, ipv6-icmp } accept
            tcp dport 22 ip saddr @office accept
            tcp dport { 80, 443, 8000-8010 } jump web
            limit rate 5/second log prefix "dropped "
          }
          chain web {
            ip saddr 203.0.113.0/24 counter drop
            ip6 saddr 2001:db8::/32 reject
            accept
          }
        }
        X
        """;

    public static TheoryData<string, string, int, string, SummitCheckStatus, string, string> Rulesets => new()
    {
        { "nothing at all", "true", 443, "0.0.0.0/0", SummitCheckStatus.Pass, "no firewall", "" },
        { "nft, allowed by a chain", Nft, 443, "8.8.8.8", SummitCheckStatus.Pass, "inet filter web: accept", "" },
        { "nft, allowed by a range", Nft, 8005, "2001:4860::1", SummitCheckStatus.Pass, "inet filter web: accept", "" },
        { "nft, a source stopped", Nft, 443, "203.0.113.9", SummitCheckStatus.Fail, "ip "
            + "saddr 203.0.113.0/24", "sudo nft insert rule inet filter input ip saddr 203.0.113.9/32 tcp dport 443 accept" },
        { "nft, an IPv6 source stopped", Nft, 443, "2001:db8::9", SummitCheckStatus.Fail, "ip6 saddr 2001:db8::/32", "sudo nft insert rule "
            + "inet filter input ip6 saddr 2001:db8::9/128 tcp dport 443 accept" },
        { "nft, stopped by the policy", Nft, 8443, "0.0.0.0/0", SummitCheckStatus.Fail, "policy drop of nftables inet filter input", "sudo "
            + "nft insert rule inet filter input tcp dport 8443 accept" },
        { "nft, a named set", Nft, 22, "198.51.100.5", SummitCheckStatus.Pass, "@office", "" },
        { "nft, a named set's range", Nft, 22, "198.51.100.203", SummitCheckStatus.Pass, "@office", "" },
        { "nft, not in the set", Nft, 22, "198.51.100.130", SummitCheckStatus.Fail, "policy drop", "sudo nft insert rule" },
        { "nft, two tables: both are asked", "nft add table ip a; nft 'add chain ip a in { type filter hook input priority -5; "
            + "}'; nft add rule ip a in tcp dport 443 accept; nft add table ip b; nft 'add chain ip b in { type filter hook input priority "
            + "5; policy drop; }'", 443, "8.8.8.8", SummitCheckStatus.Fail, "policy "
            + "drop of nftables ip b in", "sudo nft insert rule ip b in" },
        { "nft, a rate", "nft add table inet f; nft 'add chain inet f in { type filter hook "
            + "input priority 0; policy drop; }'; nft add rule inet f in tcp dport 443 limit "
            + "rate 10/second accept", 443, "8.8.8.8", SummitCheckStatus.Unknown, "limit rate", "Test-SummitWebSocket" },
        { "nft, a redirect", "nft add table ip n; nft 'add chain ip n pre { type nat hook prerouting priority -100; "
            + "}'; nft add rule ip n pre tcp dport 443 redirect to "
            + ":8443", 443, "8.8.8.8", SummitCheckStatus.Unknown, "redirect", "Test-SummitWebSocket" },
        { "nft, a reverse path filter and multicast stop no client", "nft add table inet f; nft 'add chain inet f pre { type filter hook "
            + "prerouting priority -10; }'; nft add rule inet f pre fib saddr . iif oif missing drop; "
            + "nft add rule inet f pre ip daddr 224.0.0.0/4 drop", 443, "8.8.8.8", SummitCheckStatus.Pass, "no rule that stops", "" },
        { "iptables, a reverse path filter and multicast stop no client", "iptables -t raw -A PREROUTING -m rpfilter --invert -j DROP; "
            + "iptables -A INPUT -d 224.0.0.0/4 -j DROP", 443, "8.8.8.8", SummitCheckStatus.Pass, "no rule that stops", "" },
        { "nft, another protocol", "nft add table inet f; nft 'add chain inet f in { type filter hook input priority 0; policy drop; }'; "
            + "nft add rule inet f in udp dport 443 "
            + "accept", 443, "8.8.8.8", SummitCheckStatus.Fail, "policy drop", "sudo nft insert rule inet f in" },
        { "nft, another interface", "nft add table inet f; nft 'add chain inet f in { type filter hook input priority 0; policy drop; }'; "
            + "nft add rule inet f in iifname docker0 tcp dport 443 "
            + "accept", 443, "8.8.8.8", SummitCheckStatus.Fail, "policy drop", "sudo nft insert rule inet f in" },
        { "nft, this interface", "nft add table inet f; nft 'add chain inet f in { type filter hook input priority 0; "
            + "policy drop; }'; nft add rule inet f in iifname 'eth*' tcp dport 443 "
            + "accept", 443, "8.8.8.8", SummitCheckStatus.Pass, "iifname \"eth*\"", "" },
    };

    [Theory]
    [MemberData(nameof(Rulesets))]
    public async Task A_real_ruleset_of_nftables_is_followed(
        string name, string setup, int port, string source, SummitCheckStatus status, string rule, string fix)
    {
        Assert.NotEmpty(name);
        Expect(await JudgedAsync("nft", $"{Lan}; {setup}", port, source), status, rule, fix);
    }

    [Theory]
    [InlineData("iptables", "iptables (nft)", "iptables")]
    [InlineData("iptables-legacy", "iptables (legacy)", "iptables-legacy")]
    public async Task A_real_ruleset_of_iptables_is_followed(string command, string tool, string mender)
    {
        var setup = $"""
            {Lan}
            {command} -P INPUT DROP
            {command} -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            {command} -A INPUT -i lo -j ACCEPT
            {command} -N WEB
            {command} -A INPUT -p tcp --dport 443 -j WEB
            {command} -A INPUT ! -s 10.0.0.0/8 -p tcp -m multiport --dports 80,8000:8010 -m comment --comment 'our "web"' -j ACCEPT
            {command} -A INPUT -p tcp --dport 9443 -m limit --limit 5/min -j ACCEPT
            {command} -A WEB -s 203.0.113.0/24 -j DROP
            {command} -A WEB -j ACCEPT
            {command} -A INPUT -j REJECT
            """;
        Expect(await JudgedAsync(command, setup, 443, "8.8.8.8"), SummitCheckStatus.Pass, "-A WEB -j ACCEPT", "");
        Expect(
            await JudgedAsync(command, setup, 443, "203.0.113.7"),
            SummitCheckStatus.Fail, "-A WEB -s 203.0.113.0/24 -j DROP",
            $"sudo {mender} -I INPUT 1 -s 203.0.113.7/32 -p tcp --dport 443 -j ACCEPT");
        Expect(await JudgedAsync(command, setup, 8005, "8.8.8.8"), SummitCheckStatus.Pass, "our", "");
        Expect(await JudgedAsync(command, setup, 8005, "10.1.1.1"), SummitCheckStatus.Fail, "-j REJECT", $"sudo {mender} -I INPUT 1");
        Expect(await JudgedAsync(command, setup, 9443, "8.8.8.8"), SummitCheckStatus.Unknown, "--limit", "");
        var closed = await JudgedAsync(command, setup, 8443, "0.0.0.0/0");
        Expect(closed, SummitCheckStatus.Fail, "-j REJECT", $"sudo {mender} -I INPUT 1 -p tcp --dport 8443 -j ACCEPT");
        Assert.StartsWith(tool, closed.Evidence);
    }

    [Fact]
    public async Task Legacy_and_nft_rules_beside_each_other_are_both_asked()
    {
        const string setup = "iptables -A INPUT -p tcp --dport 443 -j ACCEPT; iptables-legacy -A INPUT -p tcp --dport 443 -j DROP";
        var check = await JudgedAsync("iptables-legacy", setup, 443, "8.8.8.8");
        Expect(check, SummitCheckStatus.Fail, "-A INPUT -p tcp -m tcp --dport 443 -j DROP", "sudo iptables-legacy -I INPUT 1");
    }

    [Fact]
    public async Task Ufw_is_recognised_and_mended_by_its_own_command()
    {
        // its files are the host's: a copy is put over them in a mount namespace
        const string setup = """
            mkdir copy && cp -a /etc/ufw/. copy && mount --bind copy /etc/ufw
            ufw allow 443/tcp && ufw insert 1 deny from 203.0.113.0/24 to any port 443 proto tcp && ufw --force enable
            """;
        Expect(await JudgedAsync(
            "ufw", setup, 443, "8.8.8.8"), SummitCheckStatus.Pass, "ufw-user-input -p tcp -m tcp --dport 443 -j ACCEPT", "");
        var part = await JudgedAsync("ufw", setup, 443, "0.0.0.0/0");
        Expect(part, SummitCheckStatus.Fail, "-s 203.0.113.0/24", "sudo ufw insert 1 allow 443/tcp");
        Assert.Equal(SummitSeverity.Warning, part.Severity);
        Expect(
            await JudgedAsync("ufw", setup, 8443, "8.8.8.8"),
            SummitCheckStatus.Fail, "policy drop of iptables (nft) filter INPUT",
            "sudo ufw allow from 8.8.8.8/32 to any port 8443 proto tcp");
        Expect(await JudgedAsync("ufw", setup, 443, "2001:db8::1"), SummitCheckStatus.Pass, "ufw6-user-input", "");
    }

    [Fact]
    public void What_may_not_be_read_is_Unknown_with_the_command()
    {
        var seen = new Dictionary<string, EvidenceSection>
        {
            ["who"] = new(0, "1000\n"),
            ["nft.json"] = new(1, ""),
            ["nft.json.err"] = new(1, "Operation not permitted (you must be root)\n"),
        };
        var check = Judge(seen, "8.8.8.8", 443);
        Expect(check, SummitCheckStatus.Unknown, "may only be asked by root", "sudo nft list ruleset");
        Expect(
            Judge(new Dictionary<string, EvidenceSection> { ["nf_tables"] = new(0, "loaded\n") }, "8.8.8.8", 443),
            SummitCheckStatus.Unknown, "nft, which shows its tables, is not installed", "sudo apt-get install nftables");
        Expect(
            Judge(
                new Dictionary<string, EvidenceSection> { ["nft.json"] = new(0, "Error: JSON output not compiled-in\n") }, "8.8.8.8", 443),
            SummitCheckStatus.Unknown, "not understood", "sudo nft list ruleset");
    }

    [Fact]
    public void Firewalld_is_recognised_and_mended_by_its_own_command()
    {
        // what firewalld 1.3 with its nftables backend puts into the kernel, cut to one zone
        const string json = """
            {"nftables":[{"metainfo":{"json_schema_version":1}},{"table":{"family":"inet","name":"firewalld","handle":1}},
            {"chain":{"family":"inet","table":"firewalld","name":"filter_INPUT","handle":2,
                "type":"filter","hook":"input","prio":10,"policy":"accept"}},
            {"chain":{"family":"inet","table":"firewalld","name":"filter_INPUT_ZONES","handle":3}},
            {"chain":{"family":"inet","table":"firewalld","name":"filter_IN_public","handle":4}},
            {"chain":{"family":"inet","table":"firewalld","name":"filter_IN_public_allow","handle":5}},
            {"rule":{"family":"inet","table":"firewalld","chain":"filter_INPUT","handle":6,"expr":
                [{"vmap":{"key":{"ct":{"key":"state"}},"data":{"set":[["established",{"accept":null}],["related",{"accept":null}]]}}}]}},
            {"rule":{"family":"inet","table":"firewalld","chain":"filter_INPUT","handle":7,"expr":
                [{"match":{"op":"==","left":{"meta":{"key":"iifname"}},"right":"lo"}},{"accept":null}]}},
            {"rule":{"family":"inet","table":"firewalld","chain":"filter_INPUT","handle":8,"expr":
                [{"jump":{"target":"filter_INPUT_ZONES"}}]}},
            {"rule":{"family":"inet","table":"firewalld","chain":"filter_INPUT","handle":9,"expr":
                [{"reject":{"type":"icmpx","expr":"admin-prohibited"}}]}},
            {"rule":{"family":"inet","table":"firewalld","chain":"filter_INPUT_ZONES","handle":10,"expr":
                [{"goto":{"target":"filter_IN_public"}}]}},
            {"rule":{"family":"inet","table":"firewalld","chain":"filter_IN_public","handle":11,"expr":
                [{"jump":{"target":"filter_IN_public_allow"}}]}},
            {"rule":{"family":"inet","table":"firewalld","chain":"filter_IN_public_allow","handle":12,"expr":
                [{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":443}},{"accept":null}]}}]}
            """;
        var seen = new Dictionary<string, EvidenceSection> { ["who"] = new(0, "0\n"), ["nft.json"] = new(
            0, json), ["firewalld"] = new(0, "running\n") };
        Expect(Judge(seen, "8.8.8.8", 443), SummitCheckStatus.Pass, "firewalld allows tcp 443", "");
        Expect(
            Judge(seen, "0.0.0.0/0", 8443), SummitCheckStatus.Fail, "firewalld stops",
            "sudo firewall-cmd --permanent --add-port=8443/tcp && sudo firewall-cmd --reload");
    }

    [Theory]
    [InlineData("8.8.8.8", 443, SummitCheckStatus.Pass, "firewalld allows tcp 443")]
    [InlineData("8.8.8.8", 22, SummitCheckStatus.Pass, "firewalld allows tcp 22")]
    [InlineData("8.8.8.8", 8443, SummitCheckStatus.Fail, "firewalld stops")]
    [InlineData("198.51.100.7", 443, SummitCheckStatus.Fail, "firewalld stops")]
    [InlineData("203.0.113.7", 443, SummitCheckStatus.Fail, "firewalld stops")]
    public void What_a_running_firewalld_put_into_the_kernel_is_judged(string source, int port, SummitCheckStatus status, string evidence)
    {
        // recorded from firewalld 1.3.3: --add-port=443/tcp, a rich rule that rejects 443 from 198.51.100.0/24, and
        // the zone drop for 203.0.113.0/24
        var json = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Network", "data", "firewalld-1.3.3.json"));
        var seen = new Dictionary<string, EvidenceSection> { ["who"] = new(0, "0\n"), ["nft.json"] = new(
            0, json), ["firewalld"] = new(0, "running\n") };
        var check = Judge(seen, source, port);
        Assert.True(status == check.Status, $"{check.Status}: {check.Evidence}");
        Assert.Contains(evidence, check.Evidence);
    }

    private static void Expect(SummitCheck check, SummitCheckStatus status, string evidence, string fix)
    {
        Assert.True(status == check.Status, $"{check.Status}: {check.Evidence}");
        Assert.Contains(evidence, check.Evidence);
        Assert.StartsWith(fix, check.Fix);
        Assert.Equal(status == SummitCheckStatus.Fail ? SummitCause.HostFirewallBlocked : SummitCause.None, check.Cause);
    }

    private static SummitCheck Judge(IReadOnlyDictionary<string, EvidenceSection> seen, string source, int port) =>
        Assert.Single(
            HostFirewall.Judge(seen, SummitTarget.Local, new PathQuestion { Port = port, Source = [AddressBlock.Parse(source)] }));

    /// <summary>Makes the ruleset in a network namespace of its own, runs the script there, and judges.</summary>
    private static async Task<SummitCheck> JudgedAsync(string tool, string setup, int port, string source)
    {
        var (code, output, error) = await NetworkNamespace.RunAsync(tool, setup, HostFirewall.Script.Text);
        return Judge(EvidenceSections.Read(new HostResult(code, output, error, TimeSpan.Zero), SummitTarget.Local), source, port);
    }
}
