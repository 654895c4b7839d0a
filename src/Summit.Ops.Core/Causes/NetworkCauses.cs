using static Summit.Ops.Causes.CauseNature;
using static Summit.Ops.Causes.Symptoms;
using static Summit.Ops.SummitCause;

namespace Summit.Ops.Causes;

/// <summary>What lies between a client and the host.</summary>
internal static class NetworkCauses
{
    public static CauseLayer Layer { get; } = new(
        "The network",
        new(NoPublicRoute, BeforeTheHost,
            "The server cannot be reached from the internet: it has no public address, or its subnet no route to an internet gateway.")
        {
            Explains = OfAClosedPort,
            Remedy = Remedy.OfTheAccount,
        },
        new(NetworkAclBlocked, BeforeTheHost,
            "A network ACL of the subnet drops the packets, on their way in or the answers on their way out.")
        {
            Explains = OfAClosedPort,
            Remedy = Remedy.OfTheAccount,
        },
        new(SecurityGroupBlocked, BeforeTheHost,
            "The packets do not reach the server: most often no rule of its security groups lets the client in on this port.")
        {
            Explains = OfAClosedPort,
            Remedy = Remedy.OfTheAccount,
        },
        new(LoadBalancerBlocked, BeforeTheHost, "The load balancer in front does not pass the connection on to the server.")
        {
            Explains = [.. OfAClosedPort, BackendNotListening, BackendTimeout, BackendError],
            Remedy = Remedy.OfTheAccount,
        },
        new(HostFirewallBlocked, BeforeTheHost, "A firewall on the server itself drops or rejects the port.")
        {
            Explains = OfAClosedPort,
            Remedy = Remedy.Beyond("what a host lets in is for those to say who wrote its rules"),
        });
}
