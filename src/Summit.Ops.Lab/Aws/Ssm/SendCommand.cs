using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Summit.Ops.Lab.Aws.Ssm;

/// <summary>SendCommand: its constraints, its errors, and the command that it makes.</summary>
internal static partial class SendCommand
{
    private const int MaxInstances = 50;
    private const int MaxComment = 100;
    private const int MaxDocument = 64 * 1024;

    // a quote is written in two bytes, as every client writes it, and not in six
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Answer(RunCommand commands, string region, JsonObject input)
    {
        Validate(input);
        var document = input.Text("DocumentName");
        // a document of one's own that does the same is what -DocumentName is for
        var parameters = input["Parameters"] as JsonObject ?? [];
        var stored = commands.Documents.Run(region, document, parameters);
        if (stored is null && document != "AWS-RunShellScript" && !document.StartsWith("Lab-", StringComparison.Ordinal))
        {
            throw new AwsErrorException("InvalidDocument", $"Document with name {document} does not exist.");
        }

        if (stored is null) DeclaredParameters.Values(document, DeclaredParameters.RunShellScript, parameters);

        if (Encoding.UTF8.GetByteCount(parameters.ToJsonString(Plain)) > MaxDocument)
        {
            throw new AwsErrorException("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB.");
        }

        if (Interpolation().IsMatch(parameters.ToJsonString()))
        {
            throw new AwsErrorException("InvalidParameters", "A parameter of Parameter Store that the command refers to does not exist.");
        }

        var machines = Machines(commands.Fleet, region, input);
        var command = new SsmCommand
        {
            CommandId = Guid.NewGuid().ToString(),
            Region = region,
            Document = document,
            Comment = input.Text("Comment"),
            Parameters = (JsonObject)parameters.DeepClone(),
            Lines = stored?.Lines ?? (JsonArray)parameters["commands"]!.DeepClone(),
            Timeout = stored?.Timeout ?? parameters["executionTimeout"]?[0]?.GetValue<string>() ?? "",
            InstanceIds = (input["InstanceIds"]?.DeepClone() as JsonArray) ?? [],
            Targets = (input["Targets"]?.DeepClone() as JsonArray) ?? [],
            TimeoutSeconds = input.Number("TimeoutSeconds") ?? 3600,
            MaxConcurrency = input.Text("MaxConcurrency") is { Length: > 0 } concurrency ? concurrency : "50",
            MaxErrors = input.Text("MaxErrors") is { Length: > 0 } errors ? errors : "0",
            Requested = commands.Now,
            Invocations = [.. machines.Select(machine => new SsmInvocation(machine))],
        };
        commands.Start(command);
        return new JsonObject { ["Command"] = CommandViews.Command(command) };
    }

    private static void Validate(JsonObject input)
    {
        var violations = new List<string>();
        var ids = input.Texts("InstanceIds");
        if (ids.Count > MaxInstances)
        {
            violations.Add($"Value '[{string.Join(", ", ids)}]' at 'instanceIds' failed to satisfy constraint: "
                + $"Member must have length less than or equal to {MaxInstances}");
        }

        if (ids.Any(id => !InstanceId().IsMatch(id)))
        {
            violations.Add($"Value '[{string.Join(", ", ids)}]' at 'instanceIds' failed to satisfy constraint: "
                + "Member must satisfy regular expression pattern: (^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)");
        }

        if (input.Text("Comment").Length > MaxComment)
        {
            violations.Add($"Value '{input.Text("Comment")}' at 'comment' failed to satisfy constraint: "
                + $"Member must have length less than or equal to {MaxComment}");
        }

        if (input.Number("TimeoutSeconds") is { } timeout and (< 30 or > 2_592_000))
        {
            violations.Add($"Value '{timeout}' at 'timeoutSeconds' failed to satisfy constraint: "
                + $"Member must have value {(timeout < 30 ? "greater than or equal to 30" : "less than or equal to 2592000")}");
        }

        if (violations.Count > 0)
        {
            throw new AwsErrorException(
                "ValidationException",
                $"{violations.Count} validation error{(violations.Count == 1 ? "" : "s")} detected: {string.Join("; ", violations)}");
        }

        if (ids.Distinct(StringComparer.Ordinal).Count() != ids.Count) throw new AwsErrorException("DuplicateInstanceId", "");
    }

    private static List<LabMachine> Machines(LabFleet fleet, string region, JsonObject input)
    {
        var ids = input.Texts("InstanceIds");
        if (ids.Count > 0)
        {
            var invalid = ids.Where(id => fleet.Find(id, region) is not { State: "running" or "pending" } machine
                || machine.Agent == LabAgent.NotRegistered).ToList();
            if (invalid.Count > 0)
            {
                throw new AwsErrorException(
                    "InvalidInstanceId",
                    $"Instances [[{string.Join(", ", invalid)}]] not in a valid state for account {AwsEndpoint.Account}");
            }

            return [.. ids.Select(id => fleet.Find(id, region)!)];
        }

        var targets = input["Targets"] as JsonArray
            ?? throw new AwsErrorException("InvalidParameters", "InstanceIds or Targets is required");
        // several targets all have to match; instances that cannot be reached are left out without a word
        return [.. fleet.Machines.Where(machine => machine is { State: "running" } && machine.Region == region
            && machine.Agent is LabAgent.Online or LabAgent.ConnectionLost
            && targets.All(target => Matches(machine, (JsonObject)target!)))];
    }

    private static bool Matches(LabMachine machine, JsonObject target)
    {
        var (key, values) = (target.Text("Key"), target.Texts("Values"));
        return key == "InstanceIds" ? values.Contains(machine.InstanceId)
            : key.StartsWith("tag:", StringComparison.Ordinal) ? machine.Tags.TryGetValue(key[4..], out var tag) && values.Contains(tag)
            : throw new AwsErrorException("InvalidTarget", $"The target {key} is not valid.");
    }

    [GeneratedRegex(@"^(i-(\w{8}|\w{17})|mi-\w{17})$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InstanceId();

    // Parameter Store is interpolated into parameters before the command is sent
    [GeneratedRegex(@"\{\{ *ssm(-secure)?:[^}]+\}\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Interpolation();
}
