using System.Net;
using Summit.Ops.Evidence;

namespace Summit.Ops.Checks.Network;

/// <summary>The guide's item "Port 443 open in security group", as far as a connection from here shows it.</summary>
internal sealed class Port443 : ICheck
{
    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var site = evidence.Site;
        var finding = new Finding("Network.Port443", $"Port {site.Port} open in security group", SummitSeverity.Error, $"{site.ServerName}:{site.Port}");
        var look = $"Test-SummitSecurityGroup -InstanceId {(evidence.Target.InstanceId.Length > 0 ? evidence.Target.InstanceId : "i-…")} -Port {site.Port}";
        if (evidence.Hop(SiteEvidence.PublicHop) is not { } hop) return finding.Unknown("The public name was not probed from here.", look);
        if (hop.FailedStage == SummitProbeStage.Dns) return finding.Unknown($"{site.ServerName} does not resolve here, so its port could not be tried.", $"Resolve-DnsName {site.ServerName}   # or: dig {site.ServerName}");
        if (IPAddress.TryParse(hop.Address, out var address) && IPAddress.IsLoopback(address))
        {
            return finding.Skipped($"{site.ServerName} leads to this machine itself ({hop.Address}), and no security group is on that way.");
        }

        if (hop.FailedStage == SummitProbeStage.Proxy) return finding.Unknown($"The proxy on the way did not connect: {hop.Explanation}");
        if (hop.FailedStage != SummitProbeStage.Tcp) return finding.Pass($"{hop.Address}:{hop.RemotePort} accepts connections from here", "open", "open");

        if (hop.Cause == SummitCause.NginxNotRunning)
        {
            // a refusal is an answer: the packet came through, and nobody listened
            return finding.Pass($"{hop.Address}:{hop.RemotePort} refuses the connection, so the packet arrived and nothing listens", "open", "reachable, and refused");
        }

        var opens = evidence.Hop(SiteEvidence.LoopbackHop) is { FailedStage: not SummitProbeStage.Tcp };
        return opens
            ? finding.Fail(
                hop.Cause is SummitCause.None or SummitCause.Unknown ? SummitCause.SecurityGroupBlocked : hop.Cause,
                $"{hop.Explanation} On the host itself nginx answers on that port, so something on the way drops the packets; most often it is the security group.", "open", "no answer", look)
            : finding.Unknown($"{hop.Explanation} nginx does not answer on the host either, so this says nothing of the security group.", look);
    }
}
