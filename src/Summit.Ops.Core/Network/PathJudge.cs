using Summit.Ops.Checks;

namespace Summit.Ops.Network;

/// <summary>
/// Answers whether a source reaches an instance, or passes security groups, on a port: every blocker, not the first only.
/// </summary>
internal static class PathJudge
{
    /// <summary>Judges the way to an instance, through a load balancer where one stands in front.</summary>
    public static IReadOnlyList<SummitCheck> Instance(NetworkPath path, PathQuestion question)
    {
        if (path.Interfaces.Count == 0) return Unseen(path, question);
        var checks = new List<SummitCheck>();
        foreach (var six in Families(question))
        {
            var clients = question.Clients(six);
            var front = LoadBalancerPath.InFront(path, question);
            var own = path.Interfaces.SelectMany(card => six ? card.IPv6Addresses : card.PrivateAddresses).Any();
            if (front.Count > 0)
            {
                checks.AddRange(new LoadBalancerPath(path, question, front).Judge(clients));
                continue;
            }

            if (six && question.Source.Count == 0 && !own)
            {
                checks.Add((NetworkChecks.PublicAddress.On($"{path.InstanceId} over IPv6") with { Severity = SummitSeverity.Warning })
                    .Skipped("The instance has no IPv6 address: clients come over IPv4."));
                continue;
            }

            foreach (var card in Carriers(path, clients))
            {
                var reach = Reach.Of(path, card, clients, question.Port);
                var judged = new ReachChecks(path, $"{path.InstanceId} {card.Id} over {Family(six)}", question.Blocks(six)).All(reach);
                var hidden = reach.Strangers.IsEmpty || reach.IsPublic ? "" : HiddenWay.To(path, card);
                checks.AddRange(hidden.Length == 0 ? judged : judged.Select(check => HiddenWay.Unsure(check, hidden)));
            }
        }

        var balancer = LoadBalancerPath.InFront(path, question);
        if (balancer.Count > 0) checks.Add(TargetHealth.NotRead(path, balancer[0]));
        else if (path.LoadBalancers.Count > 0) checks.Add(LoadBalancerPath.Beside(path));
        return checks;
    }

    /// <summary>Judges groups by themselves, as one interface that has them all.</summary>
    public static IReadOnlyList<SummitCheck> Groups(NetworkPath path, PathQuestion question) =>
    [
        .. Families(question).Select(six =>
        {
            var filter = GroupFilter.Apply(path.Groups, egress: false, question.Clients(six), question.Port, path);
            var ids = path.Groups.Select(group => group.Id).ToList();
            var check = new ReachChecks(path, $"{string.Join(", ", ids)} over {Family(six)}", question.Blocks(six)).Group(
                filter, ids, question.Port);
            // whether clients come over IPv6 at all is not known of a group
            return six && question.Source.Count == 0 && check.Status == SummitCheckStatus.Fail
                ? check with { Severity = SummitSeverity.Warning }
                : check;
        }),
    ];

    /// <summary>Without its interfaces nothing is known of an instance's network.</summary>
    private static IReadOnlyList<SummitCheck> Unseen(NetworkPath path, PathQuestion question)
    {
        const string action = "ec2:DescribeNetworkInterfaces";
        var reason = $"{action}: {path.Missing.GetValueOrDefault(action, "the instance has no network interface")}";
        var fix = new Ec2Command(path.Region).Aws(
            $"describe-network-interfaces --filters Name=attachment.instance-id,Values={path.InstanceId}");
        CheckDefinition[] unseen = [NetworkChecks.PublicAddress, NetworkChecks.Route, NetworkChecks.Acl, NetworkChecks.SecurityGroup];
        return [.. unseen.Select(each => each.On(path.InstanceId, question.Port).Unknown(reason, fix))];
    }

    /// <summary>IPv4 or IPv6 in words.</summary>
    internal static string Family(bool six) => six ? "IPv6" : "IPv4";

    private static IEnumerable<bool> Families(PathQuestion question) =>
        question.Source.Count == 0 ? [false, true] : question.Source.Select(block => block.IsIPv6).Distinct().Order();

    /// <summary>The interfaces that carry an address for these clients; the primary one where none does.</summary>
    private static IEnumerable<NetworkInterface> Carriers(NetworkPath path, AddressSet clients)
    {
        var six = clients.IsIPv6;
        var stranger = !clients.Intersect(AddressSet.Internet(six)).IsEmpty;
        var carriers = path.Interfaces.Where(card => stranger ? card.Public(six).Count > 0 : !card.Own(six).IsEmpty).ToList();
        return carriers.Count > 0 ? carriers : path.Interfaces.Take(1);
    }
}
