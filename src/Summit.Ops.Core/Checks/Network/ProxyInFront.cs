using Summit.Ops.Network;

namespace Summit.Ops.Checks.Network;

/// <summary>What stands in front where the name leads to an address outside the VPC: told by the headers of its answer.</summary>
internal static class ProxyInFront
{
    private const string CloudFront = "CloudFront", AddressList = "com.amazonaws.global.cloudfront.origin-facing";

    /// <summary>Its name, or that it is a proxy.</summary>
    public static string Name(SummitWebSocketResult hop) => IsCloudFront(hop) ? CloudFront : "A proxy or a load balancer elsewhere";

    /// <summary>What it is, and what it needs for WebSocket.</summary>
    public static string Describe(SummitWebSocketResult hop) => IsCloudFront(hop)
        ? "CloudFront is in front. For WebSocket its behavior has to pass on the viewer's Sec-WebSocket headers "
          + "(origin request policy AllViewer) and must not cache; it closes a connection that is idle for 10 minutes. "
          + $"The instance sees CloudFront's addresses (the prefix list {AddressList}), not the clients'."
        : "a proxy or a load balancer elsewhere may stand in front. It has to pass Upgrade and Connection on for WebSocket, "
          + "and the instance sees its addresses, not the clients'.";

    /// <summary>
    /// The command that lists the addresses which the instance's groups have to let in; empty where they are not published.
    /// </summary>
    public static string Look(SummitWebSocketResult hop, string region)
    {
        if (!IsCloudFront(hop)) return "";
        var command = new Ec2Command(region);
        var list = command.Aws($"describe-managed-prefix-lists --filters Name=prefix-list-name,Values={AddressList} "
            + "--query 'PrefixLists[0].PrefixListId' --output text");
        return command.Aws($"get-managed-prefix-list-entries --prefix-list-id \"$({list})\"");
    }

    private static bool IsCloudFront(SummitWebSocketResult hop) => hop.ResponseHeaders.Any(header =>
        header.Name.StartsWith("X-Amz-Cf-", StringComparison.OrdinalIgnoreCase)
        || (IsOfProxy(header) && header.Value.Contains(CloudFront, StringComparison.OrdinalIgnoreCase)));

    private static bool IsOfProxy(SummitHeader header) =>
        header.Name.Equals("Server", StringComparison.OrdinalIgnoreCase) || header.Name.Equals("Via", StringComparison.OrdinalIgnoreCase);
}
