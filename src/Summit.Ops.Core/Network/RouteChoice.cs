namespace Summit.Ops.Network;

/// <summary>Which route of a table takes the packets to which peers: the most specific one.</summary>
internal sealed record RouteChoice
{
    /// <summary>Who was asked about.</summary>
    public required AddressSet Peers { get; init; }

    /// <summary>The routes that take something, each with whom.</summary>
    public required IReadOnlyList<(Route Route, AddressSet Peers)> Taken { get; init; }

    /// <summary>The prefix lists of routes that could not be read.</summary>
    public required IReadOnlyList<string> Unread { get; init; }

    /// <summary>Who is reached both ways.</summary>
    public AddressSet Reached => Taken.Where(taken => taken.Route.Active).Aggregate(AddressSet.Empty(Peers.IsIPv6), (all, taken) =>
    {
        var internet = AddressSet.Internet(Peers.IsIPv6);
        return all.Union(IsInternetGateway(taken.Route)
            ? taken.Peers.Intersect(internet)
            : IsOneWay(taken.Route) ? AddressSet.Empty(Peers.IsIPv6) : Inside(taken.Route, taken.Peers, internet));
    });

    /// <summary>The active routes to a hop whose own way on is not read: an endpoint, an appliance, a transit gateway, a VPN.</summary>
    public IEnumerable<(Route Route, AddressSet Peers)> Unseen => Taken.Where(taken => taken.Route.Active && IsUnseen(taken.Route));

    /// <summary>Chooses for each peer.</summary>
    public static RouteChoice Of(RouteTable table, AddressSet peers, NetworkPath path)
    {
        var six = peers.IsIPv6;
        var unread = table.Routes.Where(route => route.PrefixListId is { } list && !path.PrefixLists.ContainsKey(list))
            .Select(route => route.PrefixListId!);
        var candidates = table.Routes.SelectMany(
            route => Destinations(route, path).Where(block => block.IsIPv6 == six).Select(block => (Route: route, Block: block)))
            // one written by hand wins over one that was announced, and over one of a list
            .OrderByDescending(candidate => candidate.Block.PrefixLength)
            .ThenBy(candidate => candidate.Route.PrefixListId is not null)
            .ThenBy(candidate => candidate.Route.Propagated);
        var (left, taken) = (peers, new List<(Route, AddressSet)>());
        foreach (var (route, block) in candidates)
        {
            var hit = left.Intersect(AddressSet.Of(six, [block]));
            if (hit.IsEmpty) continue;
            taken.Add((route, hit));
            left = left.Except(hit);
        }

        return new RouteChoice { Peers = peers, Taken = taken, Unread = [.. unread] };
    }

    /// <summary>Whether it leads to the internet and back.</summary>
    public static bool IsInternetGateway(Route route) => route.Target.StartsWith("igw-", StringComparison.Ordinal);

    /// <summary>Whether it leads to this VPC or a peered one, which needs no public address.</summary>
    public static bool IsInside(Route route) => route.Target == "local" || route.Target.StartsWith("pcx-", StringComparison.Ordinal);

    /// <summary>Whether what happens behind its target is not read.</summary>
    public static bool IsUnseen(Route route) => !IsInternetGateway(route) && !IsInside(route) && !IsOneWay(route);

    // what comes in by these was asked for from inside
    private static bool IsOneWay(Route route) =>
        route.Target.StartsWith("nat-", StringComparison.Ordinal) || route.Target.StartsWith("eigw-", StringComparison.Ordinal);

    // a public client comes through the internet gateway; IPv6 addresses of a VPC are public ones too, and are inside
    private static AddressSet Inside(Route route, AddressSet peers, AddressSet internet) =>
        IsInside(route) ? peers : peers.Except(internet);

    private static IEnumerable<AddressBlock> Destinations(Route route, NetworkPath path) =>
        route.Destination is { } block ? [block] : route.PrefixListId is { } list ? path.PrefixLists.GetValueOrDefault(list) ?? [] : [];
}
