using Amazon;
using Summit.Ops.Aws.Credentials;

namespace Summit.Ops.Aws.Calls;

/// <summary>Where calls go, for the words of an error.</summary>
/// <param name="Region">The region.</param>
/// <param name="Source">Where the credentials come from.</param>
/// <param name="Settings">The endpoints that are named instead of the region's.</param>
internal sealed record AwsPlace(string Region, CredentialSource Source, AwsSettings Settings)
{
    /// <summary>Whether somebody named the endpoint that serves an action.</summary>
    public bool IsOwnEndpoint(string action) => !string.IsNullOrEmpty(Settings.Endpoint(Service(action)));

    /// <summary>The endpoint that serves an action, <c>ssm:SendCommand</c> for one.</summary>
    public string Endpoint(string action) => IsOwnEndpoint(action) ? $"{Settings.Endpoint(Service(action))!.TrimEnd('/')}/"
        : $"https://{Service(action)}.{Region}.{RegionEndpoint.GetBySystemName(Region).PartitionDnsSuffix}/";

    private static string Service(string action) => action.Split(':')[0];
}
