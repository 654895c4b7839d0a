using System.Text.Json.Nodes;

namespace Summit.Ops.Lab.Aws.Ssm;

/// <summary>DescribeInstanceInformation: the agents that have registered.</summary>
internal static class InstanceInformation
{
    public static JsonObject Answer(LabFleet fleet, string region, JsonObject input)
    {
        if (input.Number("MaxResults") is { } size and (< 5 or > 50))
        {
            throw new AwsErrorException(
                "ValidationException",
                $"1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy constraint: "
                    + $"Member must have value {(size < 5 ? "greater than or equal to 5" : "less than or equal to 50")}");
        }

        var filters = Filters(input).ToList();
        // a stopped instance stays known for a while, its agent does not ping
        var all = fleet.Machines.Where(machine => machine.Region == region && machine.Agent != LabAgent.NotRegistered
            && machine.State != "terminated" && filters.All(filter => Passes(machine, filter.Key, filter.Values))).ToList();
        var (page, next) = input.Page(all, size: 10, "InvalidNextToken");
        var answer = new JsonObject { ["InstanceInformationList"] = new JsonArray([.. page.Select(View)]) };
        if (next is not null) answer["NextToken"] = next;
        return answer;
    }

    private static IEnumerable<(string Key, IReadOnlyList<string> Values)> Filters(JsonObject input) =>
        (input["Filters"] as JsonArray ?? []).OfType<JsonObject>().Select(filter => (filter.Text("Key"), filter.Texts("Values")))
            .Concat((input["InstanceInformationFilterList"] as JsonArray ?? []).OfType<JsonObject>()
                .Select(filter => (filter.Text("key"), filter.Texts("valueSet"))));

    private static bool Passes(LabMachine machine, string key, IReadOnlyList<string> values) => key switch
    {
        "InstanceIds" => values.Contains(machine.InstanceId),
        "PingStatus" => values.Contains(Ping(machine)),
        "PlatformTypes" => values.Contains("Linux"),
        "ResourceType" => values.Contains(machine.IsHybrid ? "ManagedInstance" : "EC2Instance"),
        _ when key.StartsWith("tag:", StringComparison.Ordinal) => machine.Tags.TryGetValue(key[4..], out var tag) && values.Contains(tag),
        _ => throw new AwsErrorException("InvalidFilterKey", $"The filter key {key} is not valid."),
    };

    private static string Ping(LabMachine machine) =>
        machine is { Agent: LabAgent.Online or LabAgent.Updating, State: "running" } ? "Online" : "ConnectionLost";

    private static JsonNode View(LabMachine machine) => new JsonObject
    {
        ["InstanceId"] = machine.InstanceId,
        ["PingStatus"] = Ping(machine),
        ["LastPingDateTime"] = machine.LastPing.ToUnixTimeMilliseconds() / 1000.0,
        ["AgentVersion"] = "3.3.0.0",
        ["IsLatestVersion"] = true,
        ["PlatformType"] = "Linux",
        ["PlatformName"] = machine.Platform,
        ["PlatformVersion"] = "24.04",
        ["ResourceType"] = machine.IsHybrid ? "ManagedInstance" : "EC2Instance",
        ["IPAddress"] = machine.PrivateAddress,
        ["ComputerName"] = machine.Tags.GetValueOrDefault("Name", machine.InstanceId),
        ["SourceId"] = machine.InstanceId,
        ["SourceType"] = machine.IsHybrid ? "AWS::SSM::ManagedInstance" : "AWS::EC2::Instance",
    };
}
