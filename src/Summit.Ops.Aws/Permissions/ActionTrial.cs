using Amazon.EC2.Model;
using Amazon.Runtime;
using Amazon.SimpleSystemsManagement.Model;
using Summit.Ops.Aws.Calls;
using Summit.Ops.Errors;

namespace Summit.Ops.Aws.Permissions;

/// <summary>
/// Tries actions without doing anything: what reads is asked for next to nothing, EC2 by its own dry run; what
/// changes something is not tried.
/// </summary>
internal sealed class ActionTrial(AwsClients clients, ApiCalls calls)
{
    // refusals that come after the permission was found good
    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "DryRunOperation", "InvocationDoesNotExist", "InvalidCommandId", "InvalidPrefixListID.NotFound", "InvalidPrefixListId.NotFound",
        "InvalidPrefixListID.Malformed",
    };
    private static readonly string Nothing = Guid.Empty.ToString();

    /// <summary>Tries one.</summary>
    /// <returns>Whether the credentials may do it, null where that was not tried or is not known, and AWS's word.</returns>
    /// <exception cref="SummitAwsException">AWS cannot be asked at all.</exception>
    public async Task<(bool? Allowed, string Evidence)> TryAsync(string action, CancellationToken cancellation)
    {
        if (Call(action) is not { } call) return (null, "Not tried: it would change something.");
        try
        {
            await calls.CallAsync(action, call, cancellation);
            return (true, "AWS answered.");
        }
        catch (AmazonServiceException said) when (said.ErrorCode is { } code && Allowed.Contains(code))
        {
            return (true, $"AWS would carry it out ({code}).");
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            var described = calls.Describe(error, action);
            return described.ErrorId == "AwsAccessDenied"
                ? (false, described.Message)
                : AwsErrorIds.EndAll.Contains(described.ErrorId) ? throw described : (null, described.Message);
        }
    }

    private Func<CancellationToken, Task<AmazonWebServiceResponse>>? Call(string action) => action switch
    {
        "ec2:DescribeInstances" =>
            async token => await clients.Ec2.DescribeInstancesAsync(new DescribeInstancesRequest { DryRun = true }, token),
        "ec2:DescribeNetworkInterfaces" =>
            async token => await clients.Ec2.DescribeNetworkInterfacesAsync(new DescribeNetworkInterfacesRequest { DryRun = true }, token),
        "ec2:DescribeSecurityGroups" =>
            async token => await clients.Ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest { DryRun = true }, token),
        "ec2:DescribeNetworkAcls" =>
            async token => await clients.Ec2.DescribeNetworkAclsAsync(new DescribeNetworkAclsRequest { DryRun = true }, token),
        "ec2:DescribeRouteTables" =>
            async token => await clients.Ec2.DescribeRouteTablesAsync(new DescribeRouteTablesRequest { DryRun = true }, token),
        "ec2:DescribeSubnets" => async token => await clients.Ec2.DescribeSubnetsAsync(new DescribeSubnetsRequest { DryRun = true }, token),
        "ec2:GetManagedPrefixListEntries" => async token => await clients.Ec2.GetManagedPrefixListEntriesAsync(
            new GetManagedPrefixListEntriesRequest { DryRun = true, PrefixListId = "pl-00000000000000000" }, token),
        "ssm:DescribeInstanceInformation" => async token => await clients.Ssm.DescribeInstanceInformationAsync(
            new DescribeInstanceInformationRequest { MaxResults = 5 }, token),
        "ssm:ListCommands" => async token => await clients.Ssm.ListCommandsAsync(new ListCommandsRequest { MaxResults = 1 }, token),
        "ssm:ListCommandInvocations" =>
            async token => await clients.Ssm.ListCommandInvocationsAsync(new ListCommandInvocationsRequest { MaxResults = 1 }, token),
        "ssm:GetCommandInvocation" => async token => await clients.Ssm.GetCommandInvocationAsync(
            new GetCommandInvocationRequest { CommandId = Nothing, InstanceId = "i-00000000000000000" }, token),
        _ => null,
    };
}
