using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests;

/// <summary>What the endpoint knows of the commands that it was sent, as another client of it sees them.</summary>
internal static class SentCommands
{
    public static async Task<IReadOnlyList<CommandInvocation>> ListAsync(AwsEndpoint aws, string region)
    {
        using var client = new AmazonSimpleSystemsManagementClient(
            aws.AccessKeyId, aws.SecretAccessKey,
            new AmazonSimpleSystemsManagementConfig { ServiceURL = aws.Url, AuthenticationRegion = region });
        var listed = await client.ListCommandInvocationsAsync(new ListCommandInvocationsRequest { Details = true }, Account.Stop);
        return listed.CommandInvocations ?? [];
    }
}
