using System.Net;
using Summit.Ops.Evidence;

namespace Summit.Ops.Checks.Network;

/// <summary>The guide's item "Port 443 open in security group": as EC2 describes the way, and as a connection from here shows it.</summary>
internal sealed class Port443 : ICheck
{
    public CheckDefinition Definition { get; } = new(
        "Network.Port443", site => $"Port {site.Port} open in security group", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes =
        [
            SummitCause.NoPublicRoute, SummitCause.NetworkAclBlocked, SummitCause.SecurityGroupBlocked,
            SummitCause.LoadBalancerBlocked, SummitCause.HostFirewallBlocked, SummitCause.DnsWrongAddress,
        ],
    };

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var site = evidence.Site;
        var finding = Definition.On($"{site.ServerName}:{site.Port}", site);
        var look = Command.Network(evidence);
        if (evidence.Way is not { } way) return FromHere(finding, evidence, look);

        if (way.Blockers is { Count: > 0 } blockers)
        {
            var first = blockers[0];
            var more = blockers.Count == 1
                ? ""
                : $" Also: {string.Join(" ", blockers.Skip(1).Select(other => other.Evidence).Distinct(StringComparer.Ordinal))}";
            return (finding with { Severity = first.Severity }).Fail(
                first.Cause, first.Evidence + more, first.Expected, first.Actual, first.Fix);
        }

        if (way.IsOpen)
        {
            var group = way.Checks.FirstOrDefault(check => check.Id == "Network.SecurityGroup");
            return finding.Pass(
                group is null ? $"EC2 lets clients through to tcp {site.Port}." : group.Evidence,
                group?.Expected ?? "", group?.Actual ?? "");
        }

        var here = FromHere(finding, evidence, look);
        var unseen = way.Checks.First(check => check.Status == SummitCheckStatus.Unknown);
        return here.Status == SummitCheckStatus.Pass ? here : finding.Unknown(unseen.Evidence, unseen.Fix.Length > 0 ? unseen.Fix : look);
    }

    private static SummitCheck FromHere(Finding finding, SiteEvidence evidence, string look)
    {
        var site = evidence.Site;
        var unasked = evidence.NetworkMissing.Length > 0 ? $" EC2 could not be asked: {evidence.NetworkMissing}" : "";
        if (evidence.Hop(SiteEvidence.PublicHop) is not { } hop)
        {
            return finding.Unknown($"The public name was not probed from here.{unasked}", look);
        }

        if (hop.FailedStage == SummitProbeStage.Dns)
        {
            return finding.Unknown(
                $"{site.ServerName} does not resolve here, so its port could not be tried.{unasked}",
                $"Resolve-DnsName {site.ServerName}   # or: dig {site.ServerName}");
        }

        if (IPAddress.TryParse(hop.Address, out var address) && (IPAddress.IsLoopback(address) || HostRules.IsItself(evidence, address)))
        {
            return unasked.Length > 0
                ? finding.Unknown(
                    $"{site.ServerName} leads to this machine itself ({hop.Address}), so a connection says nothing of the "
                        + $"instance's groups.{unasked}",
                    look)
                : finding.Skipped($"{site.ServerName} leads to this machine itself ({hop.Address}), and no security group is on that way.");
        }

        if (hop.FailedStage == SummitProbeStage.Proxy)
        {
            return finding.Unknown($"The proxy on the way did not connect: {hop.Explanation}{unasked}");
        }

        if (hop.FailedStage != SummitProbeStage.Tcp)
        {
            return finding.Pass($"{hop.Address}:{hop.RemotePort} accepts connections from here", "open", "open");
        }

        if (NetworkWay.Arrives(hop))
        {
            // a refusal is an answer: the packet came through, and nobody listened
            return finding.Pass(
                $"{hop.Address}:{hop.RemotePort} refuses the connection, so the packet arrived and nothing listens",
                "open", "reachable, and refused");
        }

        if (evidence.HostRules.StopsAll)
        {
            return finding.Unknown(
                $"{hop.Explanation} The host's own firewall drops or rejects the port (Network.HostFirewall), so this says nothing of the "
                    + $"security group.{unasked}",
                look);
        }

        if (hop.Cause == SummitCause.HostFirewallBlocked && evidence.HostRules.IsOpen)
        {
            return finding.Unknown(
                $"{hop.Explanation} The host's own firewall lets clients in, so something else on the way refuses them.{unasked}", look);
        }

        var opens = evidence.Hop(SiteEvidence.LoopbackHop) is { FailedStage: not SummitProbeStage.Tcp };
        return opens
            ? finding.Fail(
                hop.Cause is SummitCause.None or SummitCause.Unknown ? SummitCause.SecurityGroupBlocked : hop.Cause,
                $"{hop.Explanation} On the host itself nginx answers on that port, so something on the way drops the packets; "
                    + $"most often it is the security group.{unasked}", "open", "no answer", look)
            : finding.Unknown(
                $"{hop.Explanation} nginx does not answer on the host either, so this says nothing of the security group.{unasked}", look);
    }
}
