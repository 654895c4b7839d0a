using Summit.Ops.Core.Tests.Network;
using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Repair;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>
/// The host's own firewall in a verdict. The rules are real ones, gathered by the diagnosis's own script in a network
/// namespace, and judged with what a real lab said of the rest; only where the name leads to and how a client outside ended is
/// put in, since the lab has no outside.
/// </summary>
[Trait("Category", "Lab")]
public sealed class HostFirewallVerdictTests
{
    private const string Outside = "203.0.113.10";
    private const string Lan = "ip link add eth0 type veth peer name p0 && ip link set eth0 up && ip addr add 192.0.2.2/24 dev eth0 && ip "
        + "route add default via 192.0.2.1";

    private const string Nft = $"{Lan}; nft add table inet f; nft 'add chain inet f in {{ type filter hook input priority 0; policy drop; "
        + "}'; nft add rule inet f in iif lo accept; nft add rule inet f in tcp dport 22 accept";

    private const string Iptables =
        $"{Lan}; iptables -A INPUT -i lo -j ACCEPT; iptables -A INPUT -p tcp --dport 22 -j ACCEPT; iptables -A INPUT -j REJECT";

    [Theory]
    [InlineData("nft", Nft, SummitCause.SecurityGroupBlocked, "sudo nft insert rule inet f in tcp dport ")]
    [InlineData("iptables", Iptables, SummitCause.NginxNotRunning, "sudo iptables -I INPUT 1 -p tcp --dport ")]
    [InlineData("iptables", Iptables, SummitCause.HostFirewallBlocked, "sudo iptables -I INPUT 1 -p tcp --dport ")]
    public async Task A_port_that_its_rules_stop_is_the_host_s_firewall_and_not_the_group(
        string tool, string rules, SummitCause guess, string fix)
    {
        var evidence = await EvidenceAsync(tool, rules, hop => hop with
        {
            FailedStage = SummitProbeStage.Tcp, Cause = guess, Explanation = "No connection.", HttpStatus = null, Address = Outside,
        });
        var verdict = Verdict.Over(evidence, TimeSpan.Zero);

        var cause = Assert.Single(verdict.Causes);
        Assert.Equal((SummitCause.HostFirewallBlocked, SummitConfidence.High), (cause.Cause, cause.Confidence));
        Assert.StartsWith(fix, cause.Fix);
        Assert.Equal(SummitCheckStatus.Pass, verdict.Checks.Single(check => check.Id == "WebSocket.NginxLoopback").Status);
        var beyond = Assert.Single(RepairPlan.For(verdict).Beyond);
        Assert.Equal((SummitCause.HostFirewallBlocked, cause.Fix), (beyond.Cause, beyond.Fix));
        Assert.Empty(RepairPlan.For(verdict).Steps);
    }

    [Fact]
    public async Task Who_got_through_from_outside_makes_it_a_warning()
    {
        var verdict = Verdict.Over(await EvidenceAsync("nft", Nft, hop => hop with { Address = Outside }), TimeSpan.Zero);
        var check = verdict.Checks.First(check => check.Id == "Network.HostFirewall");
        Assert.Equal((SummitCheckStatus.Fail, SummitSeverity.Warning), (check.Status, check.Severity));
        Assert.Contains("got through", check.Evidence);
        Assert.Equal((SummitCause.None, true), (verdict.RootCause, verdict.Healthy));
        // an address of the machine's own is reached by the loopback, and contradicts nothing
        Assert.Equal(
            SummitCause.HostFirewallBlocked,
            Verdict.Over(await EvidenceAsync("nft", Nft, hop => hop with { Address = "192.0.2.2" }), TimeSpan.Zero).RootCause);
    }

    [Fact]
    public async Task Rules_that_let_clients_in_clear_the_firewall()
    {
        var verdict = Verdict.Over(await EvidenceAsync("nft", Nft + "; nft insert rule inet f in tcp dport 1-65535 accept", hop => hop with
        {
            FailedStage = SummitProbeStage.Tcp, Cause = SummitCause.HostFirewallBlocked, Explanation = "Reset.", HttpStatus = null,
            Address = Outside,
        }), TimeSpan.Zero);
        Assert.Equal(SummitCheckStatus.Pass, verdict.Checks.First(check => check.Id == "Network.HostFirewall").Status);
        Assert.DoesNotContain(verdict.Causes, cause => cause.Cause == SummitCause.HostFirewallBlocked);
    }

    [Fact]
    public async Task It_explains_nothing_that_is_seen_on_the_host_itself()
    {
        var evidence = await EvidenceAsync("nft", Nft, hop => hop with
        {
            FailedStage = SummitProbeStage.Tcp, Cause = SummitCause.SecurityGroupBlocked, Explanation = "Silence.", HttpStatus = null,
            Address = Outside,
        });
        var loopback = evidence.Hop(SiteEvidence.LoopbackHop)! with
        {
            FailedStage = SummitProbeStage.Tcp, Cause = SummitCause.NginxNotRunning, Explanation = "Refused.", HttpStatus = null,
        };
        var both = Verdict.Over(new SiteEvidence(
            evidence.Site, evidence.Target, evidence.Taken, evidence.Host, "",
            [loopback, evidence.Hop(SiteEvidence.PublicHop)!]), TimeSpan.Zero);
        Assert.Equal(SummitCause.HostFirewallBlocked, both.RootCause);
        Assert.True(both.Causes.Count > 1, string.Join(", ", both.Causes));
    }

    [Fact]
    public async Task Rules_that_were_not_gathered_or_not_read_are_Unknown()
    {
        var evidence = await EvidenceAsync("nft", Nft, hop => hop with { Address = "192.0.2.2" });
        var refused = evidence.Host!.Sections.ToDictionary(section => section.Key, section => section.Key == "firewall.nft.json"
            ? new EvidenceSection(1, "")
            : section.Key == "firewall.who" ? new EvidenceSection(0, "1000\n") : section.Value, StringComparer.Ordinal);
        Assert.Equal((SummitCheckStatus.Unknown, "sudo nft list ruleset"), Check(refused));
        Assert.Equal((SummitCheckStatus.Unknown, "Test-SummitFirewall"), Check(evidence.Host.Sections
            .Where(section => !section.Key.StartsWith("firewall.", StringComparison.Ordinal))
            .ToDictionary(section => section.Key, section => section.Value, StringComparer.Ordinal)));
        refused["firewall.nft.json"] = new EvidenceSection(75, "");
        Assert.Equal((SummitCheckStatus.Unknown, "Test-SummitFirewall"), Check(refused));

        (SummitCheckStatus, string) Check(IReadOnlyDictionary<string, EvidenceSection> sections)
        {
            var judged = Verdict.Over(new SiteEvidence(
                evidence.Site, evidence.Target, evidence.Taken,
                new HostEvidence(evidence.Target, sections, TimeSpan.Zero),
                "", evidence.Hops), TimeSpan.Zero);
            var check = judged.Checks.First(check => check.Id == "Network.HostFirewall");
            return (check.Status, check.Fix.Split(" -Site")[0]);
        }
    }

    [Fact]
    public async Task Nginx_that_listens_on_the_loopback_alone_has_no_client_to_stop()
    {
        var (_, evidence) = await GatheredScenarios.OfAsync("healthy");
        Assert.Contains("firewall.who", evidence.Host!.Sections.Keys);
        Assert.Equal(
            SummitCheckStatus.Skipped,
            Verdict.Over(evidence, TimeSpan.Zero).Checks.Single(check => check.Id == "Network.HostFirewall").Status);
    }

    /// <summary>
    /// A healthy lab's evidence, with the firewall of a namespace, nginx on every address, and a public hop as it is changed.
    /// </summary>
    private static async Task<SiteEvidence> EvidenceAsync(
        string tool, string rules, Func<SummitWebSocketResult, SummitWebSocketResult> outside)
    {
        var (_, lab) = await GatheredScenarios.OfAsync("healthy");
        var (code, output, error) = await NetworkNamespace.RunAsync(tool, rules, HostGatherer.Script(new SummitSite()).Text);
        var host = EvidenceSections.Read(new HostResult(code, output, error, TimeSpan.Zero), SummitTarget.Local);
        var sections = lab.Host!.Sections.Where(section => !section.Key.StartsWith("firewall.", StringComparison.Ordinal))
            .Concat(host.Where(section => section.Key.StartsWith("firewall.", StringComparison.Ordinal)))
            .ToDictionary(section => section.Key, section => section.Key == "listeners"
                ? section.Value with { Text = section.Value.Text.Replace("0100007F:", "00000000:", StringComparison.Ordinal) }
                : section.Value, StringComparer.Ordinal);
        return new SiteEvidence(
            lab.Site, lab.Target, lab.Taken, new HostEvidence(lab.Target, sections, lab.Host.Duration), "",
            [.. lab.Hops.Select(hop => hop.Hop == SiteEvidence.PublicHop ? outside(hop) : hop)]);
    }
}
