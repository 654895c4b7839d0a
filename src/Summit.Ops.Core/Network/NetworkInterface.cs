using System.Net;
using System.Text.Json.Serialization;

namespace Summit.Ops.Network;

/// <summary>A network interface (DescribeNetworkInterfaces): an instance's, or a load balancer's.</summary>
public sealed record NetworkInterface
{
    /// <summary>Its id, <c>eni-…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The instance that it belongs to; empty for a load balancer's.</summary>
    public string InstanceId { get; init; } = "";

    /// <summary>Its place on the instance, from 0; 0 is the primary one.</summary>
    public int DeviceIndex { get; init; }

    /// <summary>Its description; a load balancer's is <c>ELB app/NAME/ID</c>, <c>ELB net/NAME/ID</c> or <c>ELB NAME</c>.</summary>
    public string Description { get; init; } = "";

    /// <summary>Its subnet.</summary>
    public string SubnetId { get; init; } = "";

    /// <summary>Its VPC.</summary>
    public string VpcId { get; init; } = "";

    /// <summary>Its security groups.</summary>
    public IReadOnlyList<string> GroupIds { get; init; } = [];

    /// <summary>Its private IPv4 addresses.</summary>
    public IReadOnlyList<IPAddress> PrivateAddresses { get; init; } = [];

    /// <summary>The public IPv4 addresses that lead to it.</summary>
    public IReadOnlyList<IPAddress> PublicAddresses { get; init; } = [];

    /// <summary>Its IPv6 addresses.</summary>
    public IReadOnlyList<IPAddress> IPv6Addresses { get; init; } = [];

    /// <summary>The load balancer's name, <c>app/NAME</c>, <c>net/NAME</c> or <c>NAME</c>; null where it is none's.</summary>
    [JsonIgnore]
    public string? LoadBalancer
    {
        get
        {
            const string mark = "ELB ";
            if (!Description.StartsWith(mark, StringComparison.Ordinal)) return null;
            var parts = Description[mark.Length..].Split('/');
            return parts.Length == 3 ? $"{parts[0]}/{parts[1]}" : parts[0];
        }
    }

    /// <summary>Its own addresses of a family, as a peer in the VPC sees them.</summary>
    internal AddressSet Own(bool isIPv6) => AddressSet.Of(isIPv6, (isIPv6 ? IPv6Addresses : PrivateAddresses).Select(Single));

    /// <summary>The addresses by which a client on the internet reaches it.</summary>
    internal IReadOnlyList<IPAddress> Public(bool isIPv6) => isIPv6 ? IPv6Addresses : PublicAddresses;

    private static AddressBlock Single(IPAddress address) => AddressBlock.Parse(address.ToString());
}
