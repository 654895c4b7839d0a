using Amazon;

namespace Summit.Ops.Aws.Calls;

/// <summary>Where calls go, for the words of an error.</summary>
/// <param name="Region">The region.</param>
/// <param name="Profile">The profile; null for the chain.</param>
/// <param name="EndpointUrl">The endpoint that was named instead of the region's; null for the region's.</param>
internal sealed record AwsPlace(string Region, string? Profile, string? EndpointUrl)
{
    /// <summary>Whether somebody named the endpoint.</summary>
    public bool IsOwnEndpoint => !string.IsNullOrEmpty(EndpointUrl);

    /// <summary>The endpoint that serves an action, <c>ssm:SendCommand</c> for one.</summary>
    public string Endpoint(string action) => IsOwnEndpoint ? EndpointUrl! : $"https://{action.Split(':')[0]}.{Region}.{RegionEndpoint.GetBySystemName(Region).PartitionDnsSuffix}/";
}
