namespace Summit.Ops.Network;

/// <summary>A route table (DescribeRouteTables).</summary>
public sealed record RouteTable
{
    /// <summary>Its id, <c>rtb-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its VPC.</summary>
    public string VpcId { get; init; } = "";

    /// <summary>Whether it is the VPC's main table: that of subnets without one of their own.</summary>
    public bool Main { get; init; }

    /// <summary>The subnets that name it.</summary>
    public IReadOnlyList<string> SubnetIds { get; init; } = [];

    /// <summary>Its routes.</summary>
    public IReadOnlyList<Route> Routes { get; init; } = [];
}

/// <summary>One route; the most specific that matches decides.</summary>
public sealed record Route
{
    /// <summary>The destination; null where it is a prefix list.</summary>
    public AddressBlock? Destination { get; init; }

    /// <summary>The prefix list that holds the destinations.</summary>
    public string? PrefixListId { get; init; }

    /// <summary>Where it goes: <c>local</c>, <c>igw-…</c>, <c>nat-…</c>, <c>eigw-…</c>, <c>pcx-…</c>, <c>tgw-…</c> and so on.</summary>
    public required string Target { get; init; }

    /// <summary>Whether its target is there; else the route is a black hole.</summary>
    public bool Active { get; init; } = true;

    /// <summary>Whether a gateway announced it: one written by hand wins over it.</summary>
    public bool Propagated { get; init; }

    /// <summary>Destination, target and whether it is a black hole.</summary>
    public override string ToString() => $"{Destination?.ToString() ?? PrefixListId} to {Target}{(Active ? "" : " (blackhole)")}";
}
