namespace Summit.Ops.Network;

/// <summary>Ways by which clients may come to an interface without a public address, and that EC2 does not show to their end.</summary>
internal static class HiddenWay
{
    /// <summary>In words, what may stand in front of the interface; empty where nothing of it is seen.</summary>
    /// <param name="path">What EC2 says.</param>
    /// <param name="card">An interface without a public address.</param>
    public static string To(NetworkPath path, NetworkInterface card)
    {
        if (path.GroupsOf(card) is not { } groups) return "";
        var rules = groups.SelectMany(group => group.Ingress)
            .Where(rule => Protocols.IsAll(rule.Protocol) || Protocols.IsTcp(rule.Protocol)).ToList();
        var balancers = path.LoadBalancers.Where(front => rules.Any(rule => Admits(rule, front))).Select(front => front.LoadBalancer!)
            .Distinct(StringComparer.Ordinal).ToList();
        if (balancers.Count > 0)
        {
            return $"{string.Join(", ", balancers)} may be in front of it: its targets were not read. "
                + "Name the one in front with -LoadBalancer.";
        }

        var inside = AddressSet.Of(false, [AddressBlock.AllIPv4]).Except(AddressSet.InternetIPv4);
        var fromInside = rules.Any(rule => rule.Block is not { } block || !AddressSet.Of(false, [block]).Intersect(inside).IsEmpty);
        var routes = fromInside ? path.TableOf(card)?.Routes ?? [] : [];
        var hops = routes.Where(route => route.Active)
            .Where(route => RouteChoice.IsUnseen(route) || route.Target.StartsWith("pcx-", StringComparison.Ordinal))
            .Select(route => route.Target).Distinct(StringComparer.Ordinal).ToList();
        return hops.Count == 0 ? ""
            : $"A load balancer or a proxy behind {string.Join(", ", hops)} may be in front of it: that was not read.";
    }

    /// <summary>A blocker of the direct way decides nothing where there may be another way.</summary>
    /// <param name="check">What is said of the direct way.</param>
    /// <param name="why">The other way.</param>
    /// <param name="look">The command that tells more of the other way; empty for the one of the direct way.</param>
    public static SummitCheck Unsure(SummitCheck check, string why, string look = "") => check.Status == SummitCheckStatus.Fail
        ? check with
        {
            Status = SummitCheckStatus.Unknown, Cause = SummitCause.Unknown, Evidence = $"{check.Evidence} {why}",
            Fix = look.Length > 0 ? look : check.Fix,
        }
        : check;

    private static bool Admits(SecurityGroupRule rule, NetworkInterface front) =>
        rule.Block is { } block && !AddressSet.Of(block.IsIPv6, [block]).Intersect(front.Own(block.IsIPv6)).IsEmpty;
}
