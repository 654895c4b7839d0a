using System.Net;
using System.Net.Sockets;
using Summit.Ops.Checks.Host;
using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.WebSocket;

/// <summary>What a client sees at one hop: the symptom that everything else explains.</summary>
internal sealed class ClientView(string hop, string id, string title) : ICheck
{
    /// <summary>The probe through the loopback.</summary>
    public static ClientView Loopback { get; } = new(
        SiteEvidence.LoopbackHop, "WebSocket.NginxLoopback", "WebSocket opens through nginx on the host");

    /// <summary>The probe of the public name.</summary>
    public static ClientView Public { get; } = new(SiteEvidence.PublicHop, "WebSocket.Public", "WebSocket opens for a client");

    public CheckDefinition Definition { get; } = new(
        id, title, SummitSeverity.Error, hop == SiteEvidence.PublicHop ? SummitRuleScope.Outside : SummitRuleScope.Host)
    {
        Causes = [.. Enum.GetValues<SummitCause>().Where(cause => cause is not (SummitCause.None or SummitCause.Unknown))],
        IsSymptom = true,
    };

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var finding = Definition.On(evidence.Site.Uri);
        if (evidence.Hop(hop) is not { } probe)
        {
            return finding.Unknown("Not probed.", $"Test-SummitWebSocket -Uri {PowerShellWord.Of(evidence.Site.Uri)}");
        }

        if (probe.Success)
        {
            return finding.Pass(
                $"101 Switching Protocols{(probe.FirstMessage is { } message ? $", first message {message}" : "")}",
                "101 Switching Protocols", "101 Switching Protocols");
        }

        var (cause, explanation) = Bisection.Refine(probe, evidence);
        var fix = probe.Fix;
        if (hop == SiteEvidence.PublicHop && probe.FailedStage == SummitProbeStage.Tcp)
        {
            (cause, explanation, fix) = OnTheWay(evidence, cause, explanation, fix);
        }

        // a refusal alone may be an nginx that does not run; where it runs, it is asked at a port that is not its own
        if (cause == SummitCause.NginxNotRunning && probe.FailedStage == SummitProbeStage.Tcp
            && ListensElsewhere(evidence, probe.Addresses) is { } elsewhere)
        {
            cause = SummitCause.NginxWrongServer;
            explanation = $"Nothing listens at {string.Concat(probe.Addresses.Select(address => $"{address} "))}port {evidence.Site.Port}, "
                + $"and nginx runs: {elsewhere}.";
        }

        return finding.Fail(
            cause, explanation, "101 Switching Protocols",
            probe.HttpStatus is { } status ? $"{status} {probe.HttpReason}".TrimEnd() : $"failed at {probe.FailedStage}", fix);
    }

    /// <summary>
    /// Where a running nginx listens by its configuration, when no socket has the site's port for the dialled family of
    /// addresses; null where that is not so.
    /// </summary>
    private static string? ListensElsewhere(SiteEvidence evidence, IReadOnlyList<string> dialled)
    {
        var site = evidence.Site;
        if (evidence.Host is not { Listeners: { } sockets, Disk: { } disk } host || host.Workers(site).Count == 0) return null;
        var on = sockets.Where(socket => socket.Port == site.Port).ToList();
        if (NginxRunning.OnlyWithin(evidence, host) is { } within) return $"it listens there on {within} alone";
        if (on.Exists(socket => IsOfFamily(socket.Address, dialled))) return null;
        if (on.Count > 0)
        {
            return $"it listens there by {(on[0].AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4")} alone, "
                + $"on {string.Join(", ", on)}";
        }

        if (evidence.Rules.Any(rule => rule is { Id: "Nginx.ServerBlock", Cause: not SummitCause.NginxWrongServer })) return null;
        var listens = disk.Servers.SelectMany(server => server.Listen).Select(listen => $"{listen}")
            .Distinct(StringComparer.Ordinal).ToList();
        return listens.Count == 0 ? null : $"its configuration listens on {string.Join(", ", listens)}";
    }

    // a socket of IPv6 that took IPv4 as well would not have refused
    private static bool IsOfFamily(IPAddress bound, IReadOnlyList<string> dialled) =>
        dialled.Count == 0
            || dialled.Any(text => !IPAddress.TryParse(text, out var address) || bound.AddressFamily == address.AddressFamily);

    /// <summary>What stopped a client before it had a connection: a probe can only guess, EC2 and the host's own rules know.</summary>
    private static (SummitCause Cause, string Explanation, string Fix) OnTheWay(
        SiteEvidence evidence, SummitCause guess, string explanation, string fix)
    {
        var cause = guess == SummitCause.SecurityGroupBlocked && evidence.Way is { } way ? way.Dropped : guess;
        if (cause == SummitCause.HostFirewallBlocked) fix = Command.For("Test-SummitFirewall", evidence);
        // a refusal may be a rule's that rejects
        if (evidence.HostRules.StopsAll
            && (cause == SummitCause.HostFirewallBlocked
                || (evidence.Way is null or { Blockers.Count: 0 }
                    && guess is SummitCause.SecurityGroupBlocked or SummitCause.NginxNotRunning && cause != SummitCause.DnsWrongAddress)))
        {
            return (SummitCause.HostFirewallBlocked, explanation, evidence.HostRules.Checks[0].Fix);
        }

        return cause == SummitCause.HostFirewallBlocked && evidence.HostRules.IsOpen
            ? (
                SummitCause.Unknown,
                $"{explanation} The host's own firewall lets clients in, and so does what was seen of the way to it.",
                Command.Network(evidence))
            : (cause, explanation, fix);
    }
}
