using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Summit.Ops.Evidence;
using Summit.Ops.Network;
using Summit.Ops.Network.Firewalls;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Network;

/// <summary>What the host's own firewall means for a site's clients, weighed by what a client's own connection has shown.</summary>
internal sealed partial class HostRules
{
    private const int FirstGatewayError = 502, LastGatewayError = 504, TooLong = 75;

    private HostRules(IReadOnlyList<SummitCheck> checks) => Checks = checks;

    /// <summary>One check for each family that clients come by, the one that the name leads to first.</summary>
    public IReadOnlyList<SummitCheck> Checks { get; }

    /// <summary>Whether all clients are stopped, as the rules say and nobody's connection contradicts.</summary>
    public bool StopsAll => Checks.Any(check => check is { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error });

    /// <summary>Whether the rules were read, and let everybody in.</summary>
    public bool IsOpen => Checks.All(check => check.Status == SummitCheckStatus.Pass);

    /// <summary>Judges the rules for a site's clients.</summary>
    public static HostRules Judge(SiteEvidence evidence)
    {
        var site = evidence.Site;
        var finding = NetworkChecks.HostFirewall.On(evidence.Target.ToString(), site);
        var look = Command.For("Test-SummitFirewall", evidence);
        if (evidence.Host is not { } host) return new([finding.Unknown(evidence.HostMissing, look)]);
        var seen = host.Firewall;
        var hop = evidence.Hop(SiteEvidence.PublicHop);
        var dialled = IPAddress.TryParse(hop?.Address, out var address) ? address.Plain() : null;
        var listening = host.Listeners?.Where(listener => listener.Port == site.Port).ToList() ?? [];
        // who dials a name that leads here comes by the loopback, and nobody else is listened to
        if (listening.TrueForAll(listener => IPAddress.IsLoopback(listener.Address))
            && (listening.Count > 0 || (dialled is not null && IPAddress.IsLoopback(dialled))))
        {
            return new([finding.Skipped(listening.Count > 0
                ? $"Only {string.Join(" and ", listening.Select(listener => listener.ToString()).Distinct(StringComparer.Ordinal))} "
                    + $"listens for tcp {site.Port}, and no packet from outside gets there, with a firewall or without."
                : $"{site.ServerName} leads to this machine itself ({dialled}), and its firewall is not on that way.")]);
        }

        if (seen.Count == 0) return new([finding.Unknown("What was gathered has nothing of the host's firewall.", look)]);
        // only a load balancer's nodes have to get in where one takes the clients' connections
        var behind = evidence.NetworkPath is { } path && dialled is not null
            && path.LoadBalancers.Any(card => card.PublicAddresses.Contains(dialled) || card.PrivateAddresses.Contains(dialled)
                || card.IPv6Addresses.Contains(dialled));
        var six = !behind && dialled?.AddressFamily == AddressFamily.InterNetworkV6;
        var own = Own(seen);
        // a host that calls itself by its private address says nothing of where its clients are
        var inside = behind || (dialled is not null && NetworkWay.IsPrivate(dialled) && !IsItself(evidence, dialled));
        var through = hop is not null && dialled is not null && GotThrough(hop) && IsOutside(evidence.Target, dialled, own);

        var judged = HostFirewall.Judge(seen, evidence.Target, site.Port, NetworkWay.ClientsOf(six, inside), anyone: !inside && !six);
        var checks = new List<SummitCheck> { Weigh(Redirected(judged, host, site.Port), through) };
        // the other family matters where the host has an address of it that strangers can call
        if (!inside && own.Any(each => AddressSet.Internet(!six).Contains(each)))
        {
            checks.Add(Lighter(HostFirewall.Judge(seen, evidence.Target, site.Port, AddressSet.Internet(!six), anyone: true)));
        }

        return new(
            [.. checks.Select(check => check.Status == SummitCheckStatus.Unknown && seen.Values.Any(section => section.ExitCode == TooLong)
                ? check with { Fix = look }
                : check)]);
    }

    /// <summary>
    /// Whether the name leads the machine that asked to an address of its own: such a packet comes in by the loopback,
    /// past every rule for strangers.
    /// </summary>
    public static bool IsItself(SiteEvidence evidence, IPAddress dialled) =>
        evidence.Target.Kind == SummitTargetKind.Local && evidence.Host is { } host
            && Own(host.Firewall).Contains(dialled.Plain());

    /// <summary>
    /// Whether a client had a connection to somebody behind the firewall; a load balancer's own answer is none, and a
    /// refusal may be the firewall's.
    /// </summary>
    private static bool GotThrough(SummitWebSocketResult hop) =>
        hop.FailedStage is not (SummitProbeStage.Dns or SummitProbeStage.Proxy or SummitProbeStage.Tcp)
            && hop.HttpStatus is not (>= FirstGatewayError and <= LastGatewayError);

    // what a machine sends to an address of its own comes in by the loopback, where no rule for strangers is met
    private static bool IsOutside(SummitTarget target, IPAddress dialled, List<IPAddress> own) =>
        !IPAddress.IsLoopback(dialled) && (target.Kind != SummitTargetKind.Local || (own.Count > 0 && !own.Contains(dialled)));

    private static SummitCheck Weigh(SummitCheck check, bool through) => !through ? check
        : check.Status is SummitCheckStatus.Fail or SummitCheckStatus.Unknown
            ? Lighter(check) with
            {
                Evidence = $"{check.Evidence} A client from outside got through all the same, so it does not stop all of them.",
            }
        : check;

    /// <summary>What a rule sends to another port of this host, where nothing listens, is refused to everybody.</summary>
    private static SummitCheck Redirected(SummitCheck check, HostEvidence host, int port)
    {
        if (check.Status != SummitCheckStatus.Unknown || host.Listeners is not { } listeners) return check;
        if (Redirect().Match(check.Evidence) is not { Success: true } rule) return check;
        if (!int.TryParse(rule.Groups["to"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var to)
            || listeners.Any(listener => listener.Port == to))
        {
            return check;
        }

        var command = rule.Groups["variant"].Value == "legacy" ? $"{rule.Groups["tool"].Value}-legacy" : rule.Groups["tool"].Value;
        return check with
        {
            Status = SummitCheckStatus.Fail,
            Cause = SummitCause.HostFirewallBlocked,
            Evidence = $"a rule sends tcp {port} to port {to} of this host, where nothing listens: {rule.Groups["rule"].Value}",
            Expected = $"tcp {port} as it is",
            Actual = $"port {to}, and nothing listens there",
            Fix = $"sudo {command} -t nat -D {rule.Groups["rule"].Value[3..]}",
        };
    }

    // without words that a shell would read
    [GeneratedRegex(
        @"^(?<tool>ip6?tables) \((?<variant>nft|legacy)\): .*in the rules: (?<rule>-A PREROUTING (-[a-z-]+ [A-Za-z0-9./]+ )+"
            + @"-j REDIRECT --to-ports (?<to>\d+))\.$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Redirect();

    private static SummitCheck Lighter(SummitCheck check) =>
        check is { Status: SummitCheckStatus.Fail or SummitCheckStatus.Unknown, Severity: SummitSeverity.Error }
            ? check with { Severity = SummitSeverity.Warning }
            : check;

    private static List<IPAddress> Own(IReadOnlyDictionary<string, EvidenceSection> seen) =>
        [.. (seen.GetValueOrDefault("addresses")?.Text ?? "").Split('\n')
            .Select(line => IPAddress.TryParse(line, out var own) ? own : null)
            .OfType<IPAddress>()];
}
