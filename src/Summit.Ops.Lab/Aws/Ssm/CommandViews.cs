using System.Globalization;
using System.Text.Json.Nodes;

namespace Summit.Ops.Lab.Aws.Ssm;

/// <summary>Commands and invocations as the API shows them, output cut where it cuts it.</summary>
internal static class CommandViews
{
    private const string PluginName = "aws:runShellScript";
    private const string ErrorRuler = "\n----------ERROR-------\n";
    private const string OutputMark = "--output truncated--";

    /// <summary>GetCommandInvocation.</summary>
    public static JsonObject Invocation(RunCommand commands, string region, JsonObject input)
    {
        var invocation = commands.Find(input.Text("CommandId"), region)?.Invocations
            .FirstOrDefault(invocation => invocation.Machine.InstanceId == input.Text("InstanceId"))
            ?? throw new AwsErrorException("InvocationDoesNotExist", "");
        if (input.Text("PluginName") is { Length: > 0 } plugin && plugin != PluginName)
        {
            throw new AwsErrorException("InvalidPluginName", "");
        }

        var command = commands.Find(input.Text("CommandId"), region)!;
        var knobs = commands.Knobs;
        return new JsonObject
        {
            ["CommandId"] = command.CommandId,
            ["InstanceId"] = invocation.Machine.InstanceId,
            ["Comment"] = command.Comment,
            ["DocumentName"] = command.Document,
            ["DocumentVersion"] = "$DEFAULT",
            ["PluginName"] = PluginName,
            ["ResponseCode"] = invocation.ResponseCode,
            ["ExecutionStartDateTime"] = Iso(invocation.Started),
            ["ExecutionElapsedTime"] = invocation is { Started: { } started, Finished: { } finished }
                ? $"PT{(finished - started).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)}S"
                : "",
            ["ExecutionEndDateTime"] = Iso(invocation.Finished),
            ["Status"] = invocation.Status,
            ["StatusDetails"] = invocation.Details,
            ["StandardOutputContent"] = Cut(invocation.Output, knobs.OutputLimit, knobs.MarksCuts ? OutputMark : ""),
            ["StandardOutputUrl"] = "",
            ["StandardErrorContent"] = Cut(ErrorOf(invocation), knobs.ErrorLimit, knobs.MarksCuts ? OutputMark : ""),
            ["StandardErrorUrl"] = "",
            ["CloudWatchOutputConfig"] = new JsonObject { ["CloudWatchLogGroupName"] = "", ["CloudWatchOutputEnabled"] = false },
        };
    }

    /// <summary>ListCommandInvocations.</summary>
    public static JsonObject Invocations(RunCommand commands, string region, JsonObject input)
    {
        var (id, instance) = (input.Text("CommandId"), input.Text("InstanceId"));
        var details = input["Details"]?.GetValue<bool>() == true;
        var all = commands.Known(region).Where(command => (id.Length == 0 || command.CommandId == id) && Passes(command, input))
            .SelectMany(command => command.Invocations.Select(invocation => (command, invocation)))
            .Where(pair => instance.Length == 0 || pair.invocation.Machine.InstanceId == instance).ToList();
        var (page, next) = input.Page(all, size: 50, "InvalidNextToken");
        var answer = new JsonObject { ["CommandInvocations"] = new JsonArray(
            [.. page.Select(pair => Invocation(pair.command, pair.invocation, details, commands.Knobs))]) };
        if (next is not null) answer["NextToken"] = next;
        return answer;
    }

    /// <summary>ListCommands.</summary>
    public static JsonObject Commands(RunCommand commands, string region, JsonObject input)
    {
        var (id, instance) = (input.Text("CommandId"), input.Text("InstanceId"));
        var all = commands.Known(region).Where(command => (id.Length == 0 || command.CommandId == id) && Passes(command, input)
            && (instance.Length == 0 || command.Invocations.Any(invocation => invocation.Machine.InstanceId == instance))).ToList();
        var (page, next) = input.Page(all, size: 50, "InvalidNextToken");
        var answer = new JsonObject { ["Commands"] = new JsonArray([.. page.Select(Command)]) };
        if (next is not null) answer["NextToken"] = next;
        return answer;
    }

    /// <summary>One command.</summary>
    public static JsonObject Command(SsmCommand command)
    {
        var (status, details) = command.Status;
        return new JsonObject
        {
            ["CommandId"] = command.CommandId,
            ["DocumentName"] = command.Document,
            ["DocumentVersion"] = "$DEFAULT",
            ["Comment"] = command.Comment,
            ["ExpiresAfter"] = Epoch(command.Requested + TimeSpan.FromSeconds(command.TimeoutSeconds) + command.ExecutionTimeout),
            ["Parameters"] = command.Parameters.DeepClone(),
            ["InstanceIds"] = command.InstanceIds.DeepClone(),
            ["Targets"] = command.Targets.DeepClone(),
            ["RequestedDateTime"] = Epoch(command.Requested),
            ["Status"] = status,
            ["StatusDetails"] = details,
            ["MaxConcurrency"] = command.MaxConcurrency,
            ["MaxErrors"] = command.MaxErrors,
            ["TargetCount"] = command.Invocations.Count,
            ["CompletedCount"] = command.Invocations.Count(invocation => invocation.Ended),
            ["ErrorCount"] = command.Invocations.Count(
                invocation => invocation.Status == "Failed" || invocation.Details == "ExecutionTimedOut"),
            ["DeliveryTimedOutCount"] = command.Invocations.Count(invocation => invocation.Details == "DeliveryTimedOut"),
            ["TimeoutSeconds"] = command.TimeoutSeconds,
        };
    }

    private static JsonObject Invocation(SsmCommand command, SsmInvocation invocation, bool details, AwsKnobs knobs)
    {
        var view = new JsonObject
        {
            ["CommandId"] = command.CommandId,
            ["InstanceId"] = invocation.Machine.InstanceId,
            ["InstanceName"] = invocation.Machine.Tags.GetValueOrDefault("Name", ""),
            ["Comment"] = command.Comment,
            ["DocumentName"] = command.Document,
            ["DocumentVersion"] = "$DEFAULT",
            ["RequestedDateTime"] = Epoch(command.Requested),
            ["Status"] = invocation.Status,
            ["StatusDetails"] = invocation.Details,
            ["StandardOutputUrl"] = "",
            ["StandardErrorUrl"] = "",
            ["CommandPlugins"] = new JsonArray(),
        };
        if (details && invocation.Started is not null)
        {
            var error = ErrorOf(invocation);
            var plugin = new JsonObject
            {
                ["Name"] = PluginName,
                ["Status"] = invocation.Status,
                ["StatusDetails"] = invocation.Details,
                ["ResponseCode"] = invocation.ResponseCode,
                ["ResponseStartDateTime"] = Epoch(invocation.Started.Value),
                ["Output"] = Cut(invocation.Output
                    + (error.Length > 0 ? ErrorRuler + error : ""), knobs.ListLimit, knobs.MarksCuts ? "--output truncated--" : ""),
                ["StandardOutputUrl"] = "",
                ["StandardErrorUrl"] = "",
            };
            if (invocation.Finished is { } finished) plugin["ResponseFinishDateTime"] = Epoch(finished);
            view["CommandPlugins"] = new JsonArray(plugin);
        }

        return view;
    }

    // the agent says so itself where a script fails
    private static string ErrorOf(SsmInvocation invocation) => invocation is { Status: "Failed", ResponseCode: > 0 }
        ? $"{invocation.Error}failed to run commands: exit status {invocation.ResponseCode}"
        : invocation.Error;

    private static bool Passes(SsmCommand command, JsonObject input) =>
        (input["Filters"] as JsonArray ?? []).OfType<JsonObject>().All(filter => filter.Text("key") switch
        {
            "InvokedAfter" => command.Requested >= Time(filter),
            "InvokedBefore" => command.Requested <= Time(filter),
            "Status" => command.Status.Status == filter.Text("value"),
            "DocumentName" => command.Document == filter.Text("value"),
            var key => throw new AwsErrorException("InvalidFilterKey", $"The filter key {key} is not valid."),
        });

    private static DateTimeOffset Time(JsonObject filter) =>
        DateTimeOffset.TryParse(filter.Text("value"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new AwsErrorException("ValidationException", $"'{filter.Text("value")}' is no time.");

    private static string Cut(string text, int limit, string mark) => text.Length <= limit ? text : text[..(limit - mark.Length)] + mark;

    private static double Epoch(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    private static string Iso(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) ?? "";
}
