using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Aws.Tests;

/// <summary>A lab's machine over its own Systems Manager.</summary>
internal static class LabHost
{
    public static IHost Of(LabInstance lab, SummitTarget? target = null) => new AwsServices().Host(
        target ?? lab.Target,
        new AwsConnection
        {
            Region = lab.Region, EndpointUrl = lab.AwsEndpoint,
            Key = new AwsKey(lab.Aws.AccessKeyId, lab.Aws.SecretAccessKey, SessionToken: null),
        },
        progress: null);
}
