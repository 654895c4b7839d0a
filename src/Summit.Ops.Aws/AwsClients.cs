namespace Summit.Ops.Aws;

/// <summary>Makes the AWS clients that the adapters use.</summary>
public static class AwsClients
{
}
