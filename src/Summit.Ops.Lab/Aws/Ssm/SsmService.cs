using System.Text.Json.Nodes;

namespace Summit.Ops.Lab.Aws.Ssm;

/// <summary>Systems Manager: Run Command and what it knows of its agents.</summary>
internal sealed class SsmService(LabFleet fleet, RunCommand commands) : IAwsService
{
    public string Name => "ssm";

    public AwsAnswer Answer(AwsRequest request) => AwsAnswer.Json(request.Operation switch
    {
        "SendCommand" => SendCommand.Answer(commands, request.Region, request.Json),
        "GetCommandInvocation" => CommandViews.Invocation(commands, request.Region, request.Json),
        "ListCommandInvocations" => CommandViews.Invocations(commands, request.Region, request.Json),
        "ListCommands" => CommandViews.Commands(commands, request.Region, request.Json),
        "CreateDocument" => commands.Documents.Create(request.Region, request.Json),
        "CancelCommand" => Cancel(request.Region, request.Json),
        "DescribeInstanceInformation" => InstanceInformation.Answer(fleet, request.Region, request.Json),
        _ => throw new AwsErrorException("UnknownOperationException", $"This loopback endpoint does not play {request.Operation}."),
    });

    private JsonObject Cancel(string region, JsonObject input)
    {
        var id = input.Text("CommandId");
        var command = commands.FindAtOnce(id, region) ?? throw new AwsErrorException("InvalidCommandId", "");
        var ids = input.Texts("InstanceIds");
        foreach (var invocation in command.Invocations.Where(invocation => ids.Count == 0 || ids.Contains(invocation.Machine.InstanceId)))
        {
            if (!invocation.Ended) invocation.Cancelling.Cancel();
        }

        return [];
    }
}

/// <summary>Fields of a JSON call.</summary>
internal static class JsonFields
{
    public static string Text(this JsonObject input, string name) => input[name]?.GetValue<string>() ?? "";

    public static IReadOnlyList<string> Texts(this JsonObject input, string name) =>
        input[name] is JsonArray array ? [.. array.Select(item => item!.GetValue<string>())] : [];

    public static int? Number(this JsonObject input, string name) => input[name]?.GetValue<int>();

    /// <summary>One page of a list, by MaxResults and NextToken.</summary>
    public static (IReadOnlyList<T> Page, string? Next) Page<T>(this JsonObject input, IReadOnlyList<T> all, int size, string tokenError)
    {
        var token = input.Text("NextToken");
        var from = 0;
        if (token.Length > 0 && !int.TryParse(token, out from)) throw new AwsErrorException(tokenError, "");
        size = input.Number("MaxResults") ?? size;
        return ([.. all.Skip(from).Take(size)], from + size < all.Count ? $"{from + size}" : null);
    }
}
