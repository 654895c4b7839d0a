using System.Runtime.CompilerServices;
using Amazon.EC2.Model;
using Amazon.SimpleSystemsManagement.Model;
using Summit.Ops.Aws.Calls;
using Filter = Amazon.EC2.Model.Filter;

namespace Summit.Ops.Aws.Targets;

/// <summary>What EC2 and Systems Manager know of instances, page by page.</summary>
internal sealed class Inventory(AwsClients clients, ApiCalls calls)
{
    // filters with so many values are the most that both take; a filter never fails for an id that does not exist
    private const int IdsAtOnce = 50;
    private const int Ec2PageSize = 1000;

    /// <summary>The region asked.</summary>
    public string Region => clients.Region;

    /// <summary>The agents of these instances; those that never registered are left out.</summary>
    public async IAsyncEnumerable<InstanceInformation> AgentsAsync(
        IReadOnlyList<string> ids, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var some in ids.Chunk(IdsAtOnce))
        {
            await foreach (var agent in AgentsAsync([Equal("InstanceIds", some)], cancellation)) yield return agent;
        }
    }

    /// <summary>The hybrid nodes with these tags: EC2 does not know them.</summary>
    public IAsyncEnumerable<InstanceInformation> HybridAsync(
        IReadOnlyDictionary<string, IReadOnlyList<string>> tags, CancellationToken cancellation) =>
        AgentsAsync([.. tags.Select(tag => Equal($"tag:{tag.Key}", tag.Value)), Equal("ResourceType", ["ManagedInstance"])], cancellation);

    private static InstanceInformationStringFilter Equal(string key, IEnumerable<string> values) =>
        new() { Key = key, Values = [.. values] };

    private async IAsyncEnumerable<InstanceInformation> AgentsAsync(
        List<InstanceInformationStringFilter> filters, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new DescribeInstanceInformationRequest { MaxResults = IdsAtOnce, Filters = filters };
        do
        {
            var answer = await CallAsync(
                "ssm:DescribeInstanceInformation", token => clients.Ssm.DescribeInstanceInformationAsync(request, token), cancellation);
            foreach (var agent in answer.InstanceInformationList ?? []) yield return agent;
            request.NextToken = answer.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));
    }

    /// <summary>Instances by id, or by tags (none: all) where no id is named; those that do not exist are left out.</summary>
    public async IAsyncEnumerable<Instance> MachinesAsync(
        IReadOnlyList<string> ids,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? tags,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (ids.Count == 0 && tags is null) yield break;
        var filters = (tags ?? new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal))
            .Select(tag => new Filter($"tag:{tag.Key}", [.. tag.Value])).ToList();
        IEnumerable<string[]> groups = ids.Count == 0 ? [[]] : ids.Chunk(IdsAtOnce);
        foreach (var some in groups)
        {
            var request = new DescribeInstancesRequest
            {
                MaxResults = Ec2PageSize,
                Filters = some.Length == 0 ? filters : [.. filters, new Filter("instance-id", [.. some])],
            };
            do
            {
                var answer = await CallAsync(
                    "ec2:DescribeInstances", token => clients.Ec2.DescribeInstancesAsync(request, token), cancellation);
                foreach (var instance in (answer.Reservations ?? []).SelectMany(reservation => reservation.Instances ?? []))
                {
                    yield return instance;
                }

                request.NextToken = answer.NextToken;
            }
            while (!string.IsNullOrEmpty(request.NextToken));
        }
    }

    private async Task<T> CallAsync<T>(string action, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await calls.CallAsync(action, call, cancellation);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            throw calls.Describe(error, action);
        }
    }
}
