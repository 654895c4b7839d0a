using System.Net;
using System.Net.Sockets;
using Summit.Ops.Causes;
using Summit.Ops.Evidence;
using Summit.Ops.Network;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Network;

/// <summary>
/// What EC2's word on the way to an instance means for a site's clients: each filter on the way is a check, weighed by what a
/// client's own connection has shown.
/// </summary>
internal sealed class NetworkWay
{
    private const int FirstGatewayError = 502, LastGatewayError = 504;
    private static readonly AddressBlock[] PrivateIPv4 =
    [
        .. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10" }.Select(AddressBlock.Parse),
    ];
    private static readonly AddressBlock[] PrivateIPv6 = [AddressBlock.Parse("fc00::/7")];

    private NetworkWay(SummitCheck? address, IReadOnlyList<SummitCheck> checks) => (Address, Checks) = (address, checks);

    /// <summary>Whether the name leads to the instance; null where that cannot be said of the address that was dialled.</summary>
    public SummitCheck? Address { get; }

    /// <summary>Every filter on the way, as a check.</summary>
    public IReadOnlyList<SummitCheck> Checks { get; }

    /// <summary>What stops clients: what breaks it for all of them first, then in the order of their way.</summary>
    public IReadOnlyList<SummitCheck> Blockers => [.. Checks.Where(check => check.Status == SummitCheckStatus.Fail)
        .OrderByDescending(check => check.Severity)
        .ThenBy(check => CauseCatalogue.Rank(check.Cause))];

    /// <summary>Whether EC2 was asked about all of it, and lets everybody through.</summary>
    public bool IsOpen => Checks.All(check => check.Status == SummitCheckStatus.Pass || IsOfTarget(check));

    /// <summary>
    /// What a connection that got no answer was stopped by, as far as EC2 knows; what EC2 lets through, the host's own firewall drops.
    /// </summary>
    public SummitCause Dropped => Address is { Status: SummitCheckStatus.Fail } elsewhere ? elsewhere.Cause
        : Blockers is { Count: > 0 } all && all[0].Severity == SummitSeverity.Error ? all[0].Cause
        : IsOpen ? SummitCause.HostFirewallBlocked : SummitCause.SecurityGroupBlocked;

    /// <summary>Judges the way of a site's clients.</summary>
    public static NetworkWay Judge(SiteEvidence evidence)
    {
        var (path, hop) = (evidence.NetworkPath!, evidence.Hop(SiteEvidence.PublicHop));
        var address = IPAddress.TryParse(hop?.Address, out var dialled) && !IPAddress.IsLoopback(dialled)
            ? dialled.Plain()
            : null;
        var six = address?.AddressFamily == AddressFamily.InterNetworkV6;
        var arrived = address is not null && hop is not null && Arrives(hop);
        var passedOn = arrived && (hop!.Success || hop.HttpStatus is not (null or (>= FirstGatewayError and <= LastGatewayError)));
        // where a client was seen to be stopped, what the groups let in on some other port is no way of its
        var target = TargetPort(evidence) ?? (hop is null || passedOn ? null : evidence.Site.Port);
        var question = new PathQuestion
        {
            Port = evidence.Site.Port,
            TargetPort = target,
            LoadBalancer = path.LoadBalancers.FirstOrDefault(card => Carries(card, address))?.LoadBalancer,
        };

        IEnumerable<SummitCheck> checks = PathJudge.Instance(path, question with { Source = Clients(address, six) })
            .Select(check => Proven(check) ? Lighter(check) : check);
        var leads = LeadsHere(evidence, path, address, arrived);
        // the other family breaks it for those who come that way, if the name has an address of it at all
        if (address is null || !IsPrivate(address))
        {
            if (HasFamily(path, question.LoadBalancer, !six))
            {
                checks = checks.Concat(PathJudge.Instance(path, question with { Source = Clients(null, !six) }).Select(Lighter));
            }
        }

        // the proxy, not the client, is the source then, and its addresses and the port that it goes on to are not known here
        if (leads?.Status == SummitCheckStatus.Skipped && arrived && IsOpenToSome(path))
        {
            var why = $"{ProxyInFront.Name(hop!)} is in front: its addresses and the port that it goes on to were not read.";
            var look = ProxyInFront.Look(hop!, path.Region);
            checks = checks.Select(check => HiddenWay.Unsure(check, why, look));
        }

        // said once for both families; and who got an answer from behind the load balancer has shown that a target takes clients
        var judged = checks.Where(check => check.Status != SummitCheckStatus.Skipped).ToList();
        var health = passedOn ? [] : judged.Where(IsOfTarget).Take(1);
        return new NetworkWay(leads, [.. judged.Where(check => !IsOfTarget(check)), .. health]);

        // who came through has shown that not everybody is stopped; but a load balancer takes a connection
        // before it has one to the instance
        bool Proven(SummitCheck check) => check.Id == NetworkChecks.LoadBalancer.Id ? passedOn : arrived;
    }

    /// <summary>Whether the client's packets got to somebody: also a refusal is an answer.</summary>
    public static bool Arrives(SummitWebSocketResult hop) => hop.FailedStage is not (SummitProbeStage.Dns or SummitProbeStage.Proxy)
        && (hop.FailedStage != SummitProbeStage.Tcp || hop.Cause == SummitCause.NginxNotRunning);

    /// <summary>
    /// Whether the name leads to an address of the instance or of a load balancer beside it. Who answers at another one may be a proxy in
    /// front; silence there is an old record.
    /// </summary>
    private static SummitCheck? LeadsHere(SiteEvidence evidence, NetworkPath path, IPAddress? address, bool arrived)
    {
        var hop = evidence.Hop(SiteEvidence.PublicHop);
        if (address is null || path.Interfaces.Count == 0) return null;
        var finding = NetworkChecks.Address.On(evidence.Site.ServerName);
        if (path.Interfaces.Any(card => Carries(card, address)))
        {
            return finding.Pass($"{evidence.Site.ServerName} leads to {address}, an address of {path.InstanceId}.");
        }

        if (path.LoadBalancers.FirstOrDefault(card => Carries(card, address)) is { } balancer)
        {
            return finding.Pass($"{evidence.Site.ServerName} leads to {address}, an address of the load balancer {balancer.LoadBalancer}.");
        }

        var own = path.Interfaces.SelectMany(card => IsPrivate(address)
            ? card.PrivateAddresses.Concat(card.IPv6Addresses)
            : card.PublicAddresses.Concat(card.IPv6Addresses)).Select(each => each.ToString()).ToList();
        if (own.Count == 0 && !arrived)
        {
            return finding.Skipped(
                $"{evidence.Site.ServerName} leads to {address}, and {path.InstanceId} has no public address that it could lead to.");
        }

        return arrived
            ? finding.Skipped($"{evidence.Site.ServerName} leads to {address}, which is none of {path.InstanceId} and answers: "
                + $"{ProxyInFront.Describe(hop!)}")
            : finding.Fail(
                SummitCause.DnsWrongAddress,
                $"{evidence.Site.ServerName} leads to {address}, where nothing answers, and which is no address of "
                    + $"{path.InstanceId} ({string.Join(", ", own)}) nor of a load balancer in its VPC. "
                    + "An instance that was stopped and started has another address.",
                string.Join(", ", own), address.ToString(), $"dig +short {evidence.Site.ServerName}   # its record has to name {own[0]}");
    }

    /// <summary>
    /// The port that a load balancer has to send to, where that cannot be the clients' own: nginx does not listen on it, and
    /// has the site on one other port.
    /// </summary>
    private static int? TargetPort(SiteEvidence evidence)
    {
        if (evidence.Host?.Disk is not { } config || config.Model.Listens.On(evidence.Site.Port).Any()) return null;
        var ports = config.Model.Listens.Sockets.Where(
            socket => socket.Servers.Any(server => server.Names.Contains(evidence.Site.ServerName, StringComparer.OrdinalIgnoreCase)))
            .Select(socket => socket.Port).Distinct().ToList();
        return ports is [var only] ? only : null;
    }

    // a name that leads to a private address has its clients inside
    private static AddressBlock[] Clients(IPAddress? address, bool six) =>
        address is not null && IsPrivate(address) ? six ? PrivateIPv6 : PrivateIPv4 : [six ? AddressBlock.AllIPv6 : AddressBlock.AllIPv4];

    /// <summary>The clients of a family: those inside a private network, or the internet's.</summary>
    public static AddressSet ClientsOf(bool six, bool inside) =>
        inside ? AddressSet.Of(six, six ? PrivateIPv6 : PrivateIPv4) : AddressSet.Internet(six);

    /// <summary>Whether an address is one that only a private network has.</summary>
    public static bool IsPrivate(IPAddress address) =>
        AddressSet.Of(address.AddressFamily == AddressFamily.InterNetworkV6, [.. PrivateIPv4, .. PrivateIPv6]).Contains(address);

    private static bool Carries(NetworkInterface card, IPAddress? address) =>
        address is not null
            && (card.PublicAddresses.Contains(address) || card.PrivateAddresses.Contains(address) || card.IPv6Addresses.Contains(address));

    private static bool IsOfTarget(SummitCheck check) => check.Id == NetworkChecks.TargetHealth.Id;

    // a group without a rule for TCP lets no proxy in either
    private static bool IsOpenToSome(NetworkPath path) => path.Interfaces.Any(card => path.GroupsOf(card)?
        .Any(group => group.Ingress.Any(rule => Protocols.IsAll(rule.Protocol) || Protocols.IsTcp(rule.Protocol))) ?? true);

    private static bool HasFamily(NetworkPath path, string? loadBalancer, bool six) =>
        (loadBalancer is null
            ? path.Interfaces
            : path.LoadBalancers.Where(card => card.LoadBalancer == loadBalancer)).Any(card => card.Public(six).Count > 0);

    private static SummitCheck Lighter(SummitCheck check) => check is { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error }
        ? check with { Severity = SummitSeverity.Warning }
        : check;
}
