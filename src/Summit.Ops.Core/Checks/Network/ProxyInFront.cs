namespace Summit.Ops.Checks.Network;

/// <summary>What stands in front where the name leads to an address outside the VPC: told by the headers of its answer.</summary>
internal static class ProxyInFront
{
    private const string CloudFront = "CloudFront";

    /// <summary>Its name, or that it is a proxy.</summary>
    public static string Name(SummitWebSocketResult hop) => IsCloudFront(hop) ? CloudFront : "A proxy or a load balancer elsewhere";

    /// <summary>What it is, and what it needs for WebSocket.</summary>
    public static string Describe(SummitWebSocketResult hop) => IsCloudFront(hop)
        ? "CloudFront is in front. For WebSocket its behavior has to pass on the viewer's Sec-WebSocket headers "
          + "(origin request policy AllViewer) and must not cache; it closes a connection that is idle for 10 minutes. "
          + "The instance sees CloudFront's addresses (the prefix list com.amazonaws.global.cloudfront.origin-facing), not the clients'."
        : "a proxy or a load balancer elsewhere may stand in front. It has to pass Upgrade and Connection on for WebSocket, "
          + "and the instance sees its addresses, not the clients'.";

    private static bool IsCloudFront(SummitWebSocketResult hop) => hop.ResponseHeaders.Any(header =>
        header.Name.StartsWith("X-Amz-Cf-", StringComparison.OrdinalIgnoreCase)
        || (IsOfProxy(header) && header.Value.Contains(CloudFront, StringComparison.OrdinalIgnoreCase)));

    private static bool IsOfProxy(SummitHeader header) =>
        header.Name.Equals("Server", StringComparison.OrdinalIgnoreCase) || header.Name.Equals("Via", StringComparison.OrdinalIgnoreCase);
}
