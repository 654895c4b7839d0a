using System.Net;
using System.Net.Sockets;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Connecting;

/// <summary>What a failure of DNS or TCP means.</summary>
internal static class ConnectFailures
{
    /// <summary>The name has no address.</summary>
    public static LayerFailedException Name(string host, SocketException? error, ProbePlan plan)
    {
        var why = error?.SocketErrorCode switch
        {
            null or SocketError.NoData => "it exists and has no address (no A or AAAA record)",
            SocketError.HostNotFound => "no such name",
            SocketError.TryAgain => "the name servers did not answer",
            _ => error.Message,
        };
        return new LayerFailedException(
            SummitProbeStage.Dns,
            SummitCause.DnsNameNotFound,
            $"The name {host} does not resolve: {why}. Check the spelling and the zone's record, or probe an address under "
                + "this name with -ConnectTo.",
            $"[System.Net.Dns]::GetHostAddresses({PowerShellWord.Quote(host)})",
            error);
    }

    /// <summary>No address answered: the failure that says most speaks for all.</summary>
    public static LayerFailedException Connection(
        IReadOnlyList<(IPAddress Address, SocketException Error)> failures, string host, int port, ProbePlan plan)
    {
        var (address, error) = failures.MinBy(failure => Rank(failure.Error.SocketErrorCode));
        var others = failures.Count == 1 ? "" : $" (all {failures.Count} addresses of {host} failed)";
        var (cause, text) = error.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => (
                SummitCause.NginxNotRunning,
                $"Connection refused: {address} answers, and nothing listens on port {port}{others}. "
                    + "nginx is not running or does not listen there; a firewall that rejects looks the same."),
            SocketError.TimedOut when IPAddress.IsLoopback(address) =>
                (SummitCause.HostFirewallBlocked, DroppedHere(address.ToString(), port)),
            SocketError.TimedOut => (
                SummitCause.SecurityGroupBlocked,
                $"Nothing came back from {address} port {port}{others}: the packets are dropped on the way, as a security group or a "
                    + "firewall without a rule for the port does."),
            SocketError.HostUnreachable => (
                SummitCause.HostFirewallBlocked,
                $"{address} is unreachable on port {port}{others}: a router or the host's own firewall sent a rejection (or "
                    + "the host is down)."),
            SocketError.NetworkUnreachable => (
                SummitCause.NoPublicRoute,
                $"There is no route from here to {address}{others}: the address is private, or this machine has no such "
                    + "network (IPv6, VPN)."),
            SocketError.ConnectionReset => (
                SummitCause.HostFirewallBlocked,
                $"{address} reset the connection to port {port} before it stood{others}: "
                    + "a firewall or a load balancer without targets does that."),
            _ => (SummitCause.Unknown, $"Connecting to {address} port {port} failed{others}: {error.Message}."),
        };
        return new LayerFailedException(SummitProbeStage.Tcp, cause, text, NextCommand.Diagnose(plan.Uri), error);
    }

    /// <summary>Nothing came back from this machine itself: no network is on that way.</summary>
    public static string DroppedHere(string address, int port) =>
        $"Nothing came back from {address} port {port}, on this machine itself: a rule of its own firewall drops the packets, "
            + "also those of the loopback (or what listens there takes no more connections).";

    /// <summary>The outcome of one attempt, in a word or two.</summary>
    public static string Outcome(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "refused",
        SocketError.TimedOut => "timed out",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "unreachable",
        SocketError.ConnectionReset => "reset",
        _ => error.ToString(),
    };

    private static int Rank(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => 0,
        SocketError.ConnectionReset => 1,
        SocketError.HostUnreachable => 2,
        SocketError.TimedOut => 3,
        SocketError.NetworkUnreachable => 4,
        _ => 5,
    };
}
