using System.Net;

namespace Summit.Ops.Network;

/// <summary>
/// Whether clients of one family reach one interface on one port: each filter on the way by itself, so that every blocker
/// is seen and not the first only.
/// </summary>
internal sealed record Reach
{
    /// <summary>The ports that a client may connect from: RFC 6056 and what NAT gateways and load balancers use.</summary>
    public const int FirstClientPort = 1024;

    /// <summary>The last port.</summary>
    public const int LastPort = 65535;

    /// <summary>The interface.</summary>
    public required NetworkInterface Card { get; init; }

    /// <summary>The clients.</summary>
    public required AddressSet Clients { get; init; }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>The groups' word; null where they could not be read.</summary>
    public required GroupFilter? Groups { get; init; }

    /// <summary>The ACL; null where it could not be read.</summary>
    public required NetworkAcl? Acl { get; init; }

    /// <summary>Its word on what comes in; null where it could not be read.</summary>
    public required AclFilter? In { get; init; }

    /// <summary>Its word on the way back, to the clients' ports.</summary>
    public required AclFilter? Back { get; init; }

    /// <summary>The route table; null where it could not be read.</summary>
    public required RouteTable? Table { get; init; }

    /// <summary>The routes back to the clients; null where they could not be read.</summary>
    public required RouteChoice? Routes { get; init; }

    /// <summary>The clients that come from the internet, and not from inside the VPC.</summary>
    public required AddressSet Strangers { get; init; }

    /// <summary>Whether the interface has an address that strangers can call.</summary>
    public bool IsPublic => Card.Public(Clients.IsIPv6).Count > 0;

    /// <summary>Applies all of it.</summary>
    /// <param name="path">What EC2 says.</param>
    /// <param name="card">The interface.</param>
    /// <param name="clients">The clients.</param>
    /// <param name="port">The port.</param>
    public static Reach Of(NetworkPath path, NetworkInterface card, AddressSet clients, int port)
    {
        var groups = path.GroupsOf(card);
        // a load balancer without a group lets everybody in
        var open = card.LoadBalancer is not null && card.GroupIds.Count == 0;
        var acl = path.AclOf(card.SubnetId);
        var table = path.TableOf(card);
        var routes = table is null ? null : RouteChoice.Of(table, clients, path);
        var outside = clients.Except(AddressSet.Of(clients.IsIPv6, path.Subnets.GetValueOrDefault(card.SubnetId) ?? []));
        var local = routes?.Taken.Where(taken => RouteChoice.IsInside(taken.Route))
            .Aggregate(AddressSet.Empty(clients.IsIPv6), (all, taken) => all.Union(taken.Peers)) ?? AddressSet.Empty(clients.IsIPv6);
        return new Reach
        {
            Card = card,
            Clients = clients,
            Port = port,
            Groups = open
                ? new GroupFilter { Peers = clients, Allowed = clients, Perhaps = AddressSet.Empty(clients.IsIPv6), By = [], Unread = [] }
                : groups is null ? null : GroupFilter.Apply(groups, egress: false, clients, port, path),
            Acl = acl,
            In = acl is null ? null : AclFilter.Apply(acl, egress: false, outside, port, port),
            Back = acl is null ? null : AclFilter.Apply(acl, egress: true, outside, FirstClientPort, LastPort),
            Table = table,
            Routes = routes,
            Strangers = clients.Intersect(AddressSet.Internet(clients.IsIPv6)).Except(local),
        };
    }

    /// <summary>Whether one client, from one of its ports, gets its connection. For what could not be read the answer is no.</summary>
    public bool Connects(IPAddress client, int clientPort)
    {
        var address = AddressBlock.Number(client);
        return Clients.Contains(client)
            && Groups is not null && Groups.Allowed.Contains(address)
            && In is not null && (!In.Peers.Contains(address) || In.Passes(address, Port))
            && Back is not null && (!Back.Peers.Contains(address) || Back.Passes(address, clientPort))
            && Routes is not null && Routes.Reached.Contains(address)
            && (IsPublic || !Strangers.Contains(address));
    }
}
