using Summit.Ops.Checks;

namespace Summit.Ops.Network;

/// <summary>The way through a load balancer: the clients to it, and it to the instance.</summary>
/// <remarks>
/// EC2 does not say which targets a load balancer has. It is taken to be in front of an instance whose groups let its group
/// in, or where the caller names it.
/// </remarks>
internal sealed class LoadBalancerPath(NetworkPath path, PathQuestion question, IReadOnlyList<NetworkInterface> front)
{
    private readonly Ec2Command _command = new(path.Region);
    private readonly string _name = front[0].LoadBalancer!;
    private readonly int _targetPort = question.TargetPort ?? question.Port;

    private bool KeepsClients => _name.StartsWith("net/", StringComparison.Ordinal);

    /// <summary>The interfaces of the load balancer in front of the instance; none where there is none.</summary>
    public static IReadOnlyList<NetworkInterface> InFront(NetworkPath path, PathQuestion question)
    {
        if (question.LoadBalancer is { } name)
        {
            return [.. path.LoadBalancers.Where(
                card => card.LoadBalancer == name || card.LoadBalancer!.EndsWith("/" + name, StringComparison.Ordinal))];
        }

        var trusted = path.Interfaces.SelectMany(card => path.GroupsOf(card) ?? []).SelectMany(group => group.Ingress)
            .Select(rule => rule.GroupId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var own = path.Interfaces.SelectMany(card => card.GroupIds).ToHashSet(StringComparer.Ordinal);
        var found = path.LoadBalancers.FirstOrDefault(
            card => card.GroupIds.Any(group => trusted.Contains(group) && !own.Contains(group)))?.LoadBalancer;
        return [.. path.LoadBalancers.Where(card => card.LoadBalancer == found)];
    }

    /// <summary>What is said where the VPC has load balancers and none is known to be in front.</summary>
    public static SummitCheck Beside(NetworkPath path)
    {
        var names = string.Join(", ", path.LoadBalancers.Select(card => card.LoadBalancer).Distinct(StringComparer.Ordinal));
        return Finding(path.InstanceId).Skipped("No group of the instance names the group of a load balancer. "
            + $"The VPC has {names}: where one of them is in front, name it with -LoadBalancer.");
    }

    /// <summary>Judges both halves.</summary>
    /// <param name="clients">The clients.</param>
    public IEnumerable<SummitCheck> Judge(AddressSet clients)
    {
        var six = clients.IsIPv6;
        if (six && question.Source.Count == 0 && front.All(card => card.IPv6Addresses.Count == 0))
        {
            return [Finding($"{_name} over IPv6").Skipped("The load balancer has no IPv6 address: clients come over IPv4.")];
        }

        var halves = front.Select(card => new ReachChecks(path, $"{_name} {card.Id} over {PathJudge.Family(six)}", question.Blocks(six))
            .All(Reach.Of(path, card, clients, question.Port)).ToList()).ToList();
        // each zone has its own interface: what is wrong in one of them is shown, what is right is shown once
        var outside = halves[0]
            .Select((first, i) => halves.Select(half => half[i]).FirstOrDefault(check => check.Status == SummitCheckStatus.Fail)
                ?? halves.Select(half => half[i]).FirstOrDefault(check => check.Status != SummitCheckStatus.Pass) ?? first).ToList();
        return [.. outside, Inside(clients)];
    }

    /// <summary>
    /// To the address that a target most often is, the primary interface's of the clients' family. Where that one is closed and another
    /// is not, the target group's type decides, and EC2 does not say it.
    /// </summary>
    private SummitCheck Inside(AddressSet clients)
    {
        var ways = Receivers(clients.IsIPv6).Select(receiver => Worst(
            [.. front.Select(from => Inside(receiver.Card, from, clients, receiver.Six))])).ToList();
        var first = ways[0];
        return first.Status == SummitCheckStatus.Pass || ways.TrueForAll(way => way.Status == first.Status)
            ? first
            : Finding(first.Target).Unknown(
                $"Which of its addresses {path.InstanceId} is a target by was not read (the target group's type and family). "
                    + string.Join(" ", ways.Select(way => $"{way.Target}: {(way.Status == SummitCheckStatus.Pass ? "open, " : "")}"
                        + $"{way.Evidence.TrimEnd('.')}.")),
                TargetHealth.Look(_name, path.Region));
    }

    /// <summary>The interfaces that a target may be, each with the family in which the load balancer can speak to it.</summary>
    private List<(NetworkInterface Card, bool Six)> Receivers(bool clientsAreSix)
    {
        var all = path.Interfaces.SelectMany(card => new[] { clientsAreSix, !clientsAreSix }.Select(six => (Card: card, Six: six)))
            .Where(way => !way.Card.Own(way.Six).IsEmpty && front.Any(from => !from.Own(way.Six).IsEmpty))
            // a target group has IPv4 targets unless it was made for IPv6
            .Where(way => clientsAreSix || !way.Six || way.Card.Own(isIPv6: false).IsEmpty).ToList();
        return all.Count > 0 ? all : [(path.Interfaces[0], false)];
    }

    private static SummitCheck Worst(IReadOnlyList<SummitCheck> checks) =>
        checks.FirstOrDefault(check => check.Status == SummitCheckStatus.Fail)
            ?? checks.FirstOrDefault(check => check.Status != SummitCheckStatus.Pass) ?? checks[0];

    private static Finding Finding(string target) => NetworkChecks.LoadBalancer.On(target);

    /// <summary>One interface of the load balancer to the instance.</summary>
    private SummitCheck Inside(NetworkInterface card, NetworkInterface from, AddressSet clients, bool six)
    {
        var second = card.DeviceIndex > 0 ? $" {card.Id}" : "";
        var finding = Finding($"{_name} {from.Id} to {path.InstanceId}{second}:{_targetPort}");
        var sender = from.Own(six);
        var receiver = card.Own(six);
        if (receiver.IsEmpty || sender.IsEmpty) return finding.Unknown("The addresses of both ends are not known.");
        var into = Reach.Of(path, card, sender, _targetPort);
        List<string> blocked = [], fixes = [], unread = [];
        if (from.GroupIds.Count > 0)
        {
            if (path.GroupsOf(from) is not { } groups) unread.Add("the load balancer's groups");
            else if (GroupFilter.Apply(groups, egress: true, receiver, _targetPort, path) is { Refused.IsEmpty: false } sends)
            {
                if (!sends.Refused.Intersect(sends.Perhaps).IsEmpty)
                {
                    unread.Add($"who is in {string.Join(", ", sends.Unread)}, which the load balancer may send to");
                }
                else
                {
                    blocked.Add($"no outbound rule of {string.Join(", ", from.GroupIds)} lets it send to {receiver} on tcp {_targetPort}");
                    fixes.Add(_command.Authorize(from.GroupIds[0], _targetPort, [.. receiver.Blocks()], egress: true));
                }
            }
        }

        var admitted = Admitted(card, into.Groups, clients);
        if (admitted == SummitCheckStatus.Unknown)
        {
            unread.Add(into.Groups is null
                ? "the instance's groups"
                : $"whether {_name} keeps the clients' addresses, which decides whether {string.Join(", ", card.GroupIds)} lets them in");
        }
        else if (admitted == SummitCheckStatus.Fail)
        {
            blocked.Add($"no rule of {string.Join(", ", card.GroupIds)} lets "
                + $"{(from.GroupIds.Count > 0 ? from.GroupIds[0] : sender.ToString())} in on tcp {_targetPort}");
            if (card.GroupIds.Count > 0)
            {
                fixes.Add(from.GroupIds.Count > 0
                    ? _command.AuthorizeGroup(card.GroupIds[0], _targetPort, from.GroupIds[0])
                    : _command.Authorize(card.GroupIds[0], _targetPort, [.. sender.Blocks()]));
            }
        }

        if (card.SubnetId != from.SubnetId)
        {
            // what a network load balancer hands on may have the clients' addresses there
            var perhaps = KeepsClients && clients.IsIPv6 == sender.IsIPv6 ? clients : sender;
            Acl(into.Acl, card, inbound: true, sender, _targetPort, _targetPort, perhaps);
            Acl(into.Acl, card, inbound: false, sender, Reach.FirstClientPort, Reach.LastPort, perhaps);
            Acl(path.AclOf(from.SubnetId), from, inbound: false, receiver, _targetPort, _targetPort);
            Acl(path.AclOf(from.SubnetId), from, inbound: true, receiver, Reach.FirstClientPort, Reach.LastPort);
        }

        if (blocked.Count > 0 && question.TargetPort is null && OtherPort(card, from) is { } other)
        {
            return finding.Unknown(
                $"The port of its targets was not read: on tcp {_targetPort} {string.Join("; ", blocked)}, and there is {other}. "
                + "Name the port with -TargetPort.");
        }

        if (blocked.Count > 0)
        {
            return finding.Fail(SummitCause.LoadBalancerBlocked, string.Join("; ", blocked)
                + ".", $"tcp {_targetPort} from {_name} to {path.InstanceId}", "blocked", string.Join(" && ", fixes));
        }

        if (unread.Count > 0)
        {
            return finding.Unknown(($"Not known: {string.Join(", ", unread.Distinct(StringComparer.Ordinal))}. "
                + string.Join(" ", path.Missing.Select(missing => $"{missing.Key}: {missing.Value}"))).TrimEnd());
        }

        var by = into.Groups!.By.Count > 0
            ? $"{into.Groups.By[0].Group}: {into.Groups.By[0].Rule}"
            : "a rule for the clients' own addresses";
        return finding.Pass($"{_name} may send to {receiver} on tcp {_targetPort}, and the instance lets it in by {by}");

        void Acl(NetworkAcl? acl, NetworkInterface at, bool inbound, AddressSet peers, int low, int high, AddressSet? perhaps = null)
        {
            if (acl is null)
            {
                unread.Add($"the network ACL of {at.SubnetId}");
                return;
            }

            var filter = AclFilter.Apply(acl, !inbound, peers, low, high);
            var stopped = !peers.Except(filter.Always).IsEmpty;
            if (perhaps is not null && stopped == perhaps.Except(AclFilter.Apply(acl, !inbound, perhaps, low, high).Always).IsEmpty)
            {
                unread.Add($"whether {_name} keeps the clients' addresses, which decides whether {acl.Id} lets them through");
                return;
            }

            if (!stopped) return;
            blocked.Add($"{acl.Id} stops tcp {low}-{high} {(inbound ? "from" : "to")} {peers}"
                + $"{(filter.Stopping.Count > 0 ? $" by {filter.Stopping[0]}" : "")}");
            fixes.Add(_command.AclEntry(acl, !inbound, peers.Blocks().First(), low, high, filter.Stopping));
        }
    }

    /// <summary>A rule that lets the load balancer in on another port.</summary>
    private SecurityGroupRule? OtherPort(NetworkInterface card, NetworkInterface from) => (path.GroupsOf(card) ?? [])
        .SelectMany(group => group.Ingress)
        .FirstOrDefault(rule => Protocols.IsTcp(rule.Protocol) && !rule.Carries(_targetPort)
            && (rule.Block is { } block ? !AddressSet.Of(block.IsIPv6, [block]).Intersect(from.Own(block.IsIPv6)).IsEmpty
                : rule.GroupId is { } group && from.GroupIds.Contains(group, StringComparer.Ordinal)));

    /// <summary>
    /// Whether the instance's groups let it in. A network load balancer may keep the clients' addresses, and
    /// EC2 does not say whether it does.
    /// </summary>
    private SummitCheckStatus Admitted(NetworkInterface card, GroupFilter? filter, AddressSet clients)
    {
        if (filter is null) return SummitCheckStatus.Unknown;
        if (!KeepsClients || front[0].GroupIds.Any(group => filter.By.Any(by => by.Rule.GroupId == group)))
        {
            return filter.Refused.IsEmpty
                ? SummitCheckStatus.Pass
                : filter.Refused.Intersect(filter.Perhaps).IsEmpty ? SummitCheckStatus.Fail : SummitCheckStatus.Unknown;
        }

        var clientsIn = GroupFilter.Apply(path.GroupsOf(card) ?? [], egress: false, clients, _targetPort, path).Refused.IsEmpty;
        return (clientsIn, filter.Refused.IsEmpty) switch
        {
            (true, true) => SummitCheckStatus.Pass,
            (false, false) => SummitCheckStatus.Fail,
            _ => SummitCheckStatus.Unknown,
        };
    }
}
