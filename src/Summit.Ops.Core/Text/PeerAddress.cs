using System.Net;

namespace Summit.Ops.Text;

/// <summary>An address as rules and routes name it.</summary>
internal static class PeerAddress
{
    /// <summary>
    /// The IPv4 address of <c>::ffff:203.0.113.9</c>, which is how a dual-stack socket shows an IPv4 peer: on the wire there is only IPv4.
    /// </summary>
    public static IPAddress Plain(this IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
