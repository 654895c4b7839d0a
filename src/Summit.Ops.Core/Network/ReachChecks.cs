using Summit.Ops.Checks;

namespace Summit.Ops.Network;

/// <summary>What a way says, as checks: each filter on it is one.</summary>
/// <param name="path">What EC2 says.</param>
/// <param name="target">What the checks are about, in words.</param>
/// <param name="clients">The blocks that a command names for the clients.</param>
internal sealed class ReachChecks(NetworkPath path, string target, IReadOnlyList<AddressBlock> clients)
{
    private readonly Ec2Command _command = new(path.Region);

    /// <summary>All of a way.</summary>
    public IEnumerable<SummitCheck> All(Reach reach) => [PublicAddress(reach), Route(reach), Acl(reach), Group(reach)];

    /// <summary>Whether groups let the clients in.</summary>
    /// <param name="filter">Their word; null where they could not be read.</param>
    /// <param name="groupIds">The groups that were asked.</param>
    /// <param name="port">The port.</param>
    public SummitCheck Group(GroupFilter? filter, IReadOnlyList<string> groupIds, int port)
    {
        var finding = NetworkChecks.SecurityGroup.On(target, port);
        var named = string.Join(", ", groupIds);
        if (filter is null)
        {
            return finding.Unknown(
                Missing("ec2:DescribeSecurityGroups", $"The groups {named} could not be read."),
                _command.Aws($"describe-security-groups --group-ids {string.Join(' ', groupIds)}"));
        }

        if (groupIds.Count == 0) return finding.Pass("It has no security group, and lets everybody in.");
        var by = string.Join("; ", filter.By.Take(5).Select(by => $"{by.Group}: {by.Rule}"));
        var expected = $"tcp {port} from {filter.Peers}";
        var refused = filter.Refused;
        if (refused.IsEmpty) return finding.Pass($"allowed by {by}", expected, by);
        var unread = string.Join(", ", filter.Unread);
        if (!refused.Intersect(filter.Perhaps).IsEmpty)
        {
            return finding.Unknown(
                filter.Unread.Any(id => id.StartsWith("pl-", StringComparison.Ordinal))
                    ? Missing("ec2:GetManagedPrefixListEntries", $"A rule of {named} names {unread}, and what is in it was not asked.")
                    : Missing(
                        "ec2:DescribeNetworkInterfaces",
                        $"A rule of {named} names the members of {unread}, and who they are was not asked."),
                filter.Unread[0].StartsWith("pl-", StringComparison.Ordinal)
                    ? _command.Aws($"get-managed-prefix-list-entries --prefix-list-id {filter.Unread[0]}")
                    : _command.Aws($"describe-network-interfaces --filters Name=group-id,Values={filter.Unread[0]}"));
        }

        var none = filter.Allowed.IsEmpty;
        var evidence = none
            ? $"No rule of {named} lets {filter.Peers} in on tcp {port}."
            : $"{named} lets in on tcp {port} only {filter.Allowed} ({by}), not {refused}.";
        return Partly(finding, none).Fail(
            SummitCause.SecurityGroupBlocked, evidence, expected, none ? "no rule" : by, _command.Authorize(groupIds[0], port, clients));
    }

    private SummitCheck Group(Reach reach) => Group(reach.Groups, reach.Card.GroupIds, reach.Port);

    private SummitCheck PublicAddress(Reach reach)
    {
        var six = reach.Clients.IsIPv6;
        var finding = NetworkChecks.PublicAddress.On(target);
        var (shown, own) = (
            string.Join(", ", reach.Card.Public(six)), string.Join(", ", six ? reach.Card.IPv6Addresses : reach.Card.PrivateAddresses));
        if (reach.Strangers.IsEmpty)
        {
            return own.Length > 0
                ? finding.Pass($"{reach.Clients} comes from inside, where {own} is enough.")
                : finding.Fail(
                    SummitCause.NoPublicRoute,
                    $"{reach.Card.Id} has no {(six ? "IPv6" : "IPv4")} address.",
                    "an address", "none", _command.PublicAddress(reach.Card, six));
        }

        return reach.IsPublic
            ? finding.Pass($"{reach.Card.Id} is reached by {shown}", "a public address", shown)
            : finding.Fail(
                SummitCause.NoPublicRoute,
                $"{reach.Card.Id} has no {(six ? "IPv6" : "public IPv4")} address{(own.Length > 0 ? $", only {own}" : "")}.",
                "a public address", "none", _command.PublicAddress(reach.Card, six));
    }

    private SummitCheck Route(Reach reach)
    {
        var finding = NetworkChecks.Route.On(target);
        if (reach.Table is null || reach.Routes is null)
        {
            return finding.Unknown(
                Missing(
                    "ec2:DescribeRouteTables", $"The route table of {reach.Card.SubnetId} could not be read.{Shared(reach.Card.SubnetId)}"),
                _command.Aws($"describe-route-tables --filters Name=vpc-id,Values={reach.Card.VpcId}"));
        }

        var table = $"{reach.Table.Id}"
            + $"{(reach.Table.SubnetIds.Contains(reach.Card.SubnetId, StringComparer.Ordinal) ? "" : ", the VPC's main table,")}";
        var taken = string.Join("; ", reach.Routes.Taken.Take(5).Select(way => way.Route));
        var lost = reach.Clients.Except(reach.Routes.Reached);
        var expected = reach.Strangers.IsEmpty ? $"an active route to {reach.Clients}" : $"{reach.Strangers} to an internet gateway";
        if (lost.IsEmpty) return finding.Pass($"{table} leads {taken}", expected, taken);
        if (reach.Routes.Unread.Count > 0)
        {
            return finding.Unknown(
                Missing(
                    "ec2:GetManagedPrefixListEntries",
                    $"{table} has a route to the list {reach.Routes.Unread[0]}, and what is in it is not known."),
                _command.Aws($"get-managed-prefix-list-entries --prefix-list-id {reach.Routes.Unread[0]}"));
        }

        var unseen = reach.Routes.Unseen.Where(way => !way.Peers.Intersect(lost).IsEmpty).ToList();
        var perhaps = unseen.Aggregate(AddressSet.Empty(lost.IsIPv6), (all, way) => all.Union(way.Peers));
        if (unseen.Count > 0 && lost.Except(perhaps).IsEmpty)
        {
            var hops = string.Join(", ", unseen.Select(way => way.Route.Target).Distinct(StringComparer.Ordinal));
            var look = _command.Aws($"describe-route-tables --filters Name=vpc-id,Values={reach.Card.VpcId}");
            return finding.Unknown($"{table} leads {taken}. How it goes on behind {hops} was not read.", look);
        }

        var gateway = path.RouteTables.SelectMany(each => each.VpcId == reach.Card.VpcId ? each.Routes : [])
            .FirstOrDefault(RouteChoice.IsInternetGateway)?.Target;
        var none = reach.Routes.Reached.IsEmpty;
        var fix = reach.Strangers.IsEmpty
            ? _command.Aws($"describe-route-tables --route-table-ids {reach.Table.Id}")
            : _command.InternetRoute(reach.Table, clients[0], gateway, reach.Card.VpcId);
        return Partly(finding, none).Fail(
            SummitCause.NoPublicRoute,
            $"{table} has no route that brings an answer to {lost}: {(taken.Length > 0 ? taken : "no route matches")}.",
            expected, taken, fix);
    }

    private SummitCheck Acl(Reach reach)
    {
        var finding = NetworkChecks.Acl.On(target);
        if (reach.Acl is null || reach.In is null || reach.Back is null)
        {
            return finding.Unknown(
                Missing(
                    "ec2:DescribeNetworkAcls", $"The network ACL of {reach.Card.SubnetId} could not be read.{Shared(reach.Card.SubnetId)}"),
                _command.Aws($"describe-network-acls --filters Name=association.subnet-id,Values={reach.Card.SubnetId}"));
        }

        if (reach.In.Peers.IsEmpty) return finding.Pass($"{reach.Clients} is in the same subnet, where no network ACL is in between.");
        var passing = string.Join("; ", reach.In.Passing.Concat(reach.Back.Passing).Take(6));
        var (blocksIn, blocksBack) = (!reach.In.Peers.Except(reach.In.Always).IsEmpty, !reach.Back.Peers.Except(reach.Back.Always).IsEmpty);
        var expected = $"inbound tcp {reach.Port} and outbound tcp {Reach.FirstClientPort}-{Reach.LastPort}, {reach.In.Peers}";
        if (!blocksIn && !blocksBack) return finding.Pass($"{reach.Acl.Id} allows both ways: {passing}", expected, passing);
        List<string> said = [];
        if (blocksIn) said.Add($"it stops {reach.In.Peers.Except(reach.In.Always)} on tcp {reach.Port} by {By(reach.In)}");
        if (blocksBack)
        {
            var closed = reach.Back.Ports.Where(ports => !reach.Back.Peers.Except(ports.Allowed).IsEmpty)
                .Select(ports => $"{ports.From}-{ports.To}").Take(4);
            said.Add($"it stops answers to {reach.Back.Peers.Except(reach.Back.Always)} on the clients' ports {string.Join(", ", closed)} "
                + $"by {By(reach.Back)}");
        }

        // one command a blocker: both where both ways are closed
        List<string> fixes = [];
        if (blocksIn) fixes.Add(_command.AclEntry(reach.Acl, egress: false, clients[0], reach.Port, reach.Port, reach.In.Stopping));
        if (blocksBack)
        {
            fixes.Add(_command.AclEntry(reach.Acl, egress: true, clients[0], Reach.FirstClientPort, Reach.LastPort, reach.Back.Stopping));
        }

        // who is in the same subnet comes through in any case
        var none = reach.Clients.Except(reach.In.Peers).IsEmpty && (reach.In.Sometimes.IsEmpty || reach.Back.Sometimes.IsEmpty);
        return Partly(finding, none).Fail(
            SummitCause.NetworkAclBlocked, $"{reach.Acl.Id}: {string.Join("; and ", said)}.", expected,
            passing.Length > 0 ? passing : "nothing is allowed", string.Join(" && ", fixes));
    }

    private static string By(AclFilter filter) =>
        filter.Stopping.Count > 0 ? string.Join("; ", filter.Stopping.Take(4)) : "rule * (no entry allows it)";

    // what stops only a part of the clients breaks it for some
    private static Finding Partly(Finding finding, bool none) => none ? finding : finding with { Severity = SummitSeverity.Warning };

    private string Shared(string subnet) => path.SharedBy.TryGetValue(subnet, out var owner)
        ? $" The account {owner} owns the subnet and shares it: run the command there."
        : "";

    private string Missing(string action, string otherwise) =>
        path.Missing.TryGetValue(action, out var reason) ? $"{action}: {reason}" : otherwise;
}
