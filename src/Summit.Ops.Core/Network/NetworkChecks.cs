using Summit.Ops.Checks;

namespace Summit.Ops.Network;

/// <summary>The checks of the way to a host: what EC2 says of it, and what the host's own firewall does.</summary>
internal static class NetworkChecks
{
    /// <summary>The name.</summary>
    public static CheckDefinition Address { get; } = new(
        "Network.Address", "The name leads to this server", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.DnsWrongAddress],
    };

    /// <summary>An address of the instance that clients can call.</summary>
    public static CheckDefinition PublicAddress { get; } = new(
        "Network.PublicAddress", "An address that the client can call", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.NoPublicRoute],
    };

    /// <summary>The route table.</summary>
    public static CheckDefinition Route { get; } = new(
        "Network.Route", "A route back to the client", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.NoPublicRoute],
    };

    /// <summary>The subnet's network ACL.</summary>
    public static CheckDefinition Acl { get; } = new(
        "Network.Acl", "Network ACL lets the connection in and its answers out", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.NetworkAclBlocked],
    };

    /// <summary>The security groups.</summary>
    public static CheckDefinition SecurityGroup { get; } = new(
        "Network.SecurityGroup", site => $"Port {site.Port} open in security group", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.SecurityGroupBlocked],
    };

    /// <summary>The load balancer.</summary>
    public static CheckDefinition LoadBalancer { get; } = new(
        "Network.LoadBalancer", "The load balancer reaches the instance", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.LoadBalancerBlocked],
    };

    /// <summary>What the load balancer thinks of its target: shown, and never read from EC2.</summary>
    public static CheckDefinition TargetHealth { get; } = new(
        "Network.TargetHealth", "The load balancer counts the instance as healthy", SummitSeverity.Warning, SummitRuleScope.Outside);

    /// <summary>The host's own firewall: no matter of the host alone, since it decides what a client outside sees.</summary>
    public static CheckDefinition HostFirewall { get; } = new(
        "Network.HostFirewall", site => $"EC2 firewall allows {site.Port}", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.HostFirewallBlocked],
        LooksAt = [SummitCause.HostFirewallBlocked],
    };

    /// <summary>All of them, in the order of a packet.</summary>
    public static IReadOnlyList<CheckDefinition> All { get; } =
    [
        Address, PublicAddress, Route, Acl, SecurityGroup, LoadBalancer, TargetHealth, HostFirewall,
    ];

    /// <summary>The same on a port.</summary>
    public static Finding On(this CheckDefinition definition, string target, int port) =>
        definition.On(target, new SummitSite { Port = port });
}
