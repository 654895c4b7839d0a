using System.Globalization;
using System.Xml;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Summit.Ops.Aws.Calls;

namespace Summit.Ops.Aws.RunCommand;

/// <summary>Run Command's operations, in our words.</summary>
internal sealed class SystemsManager(IAmazonSimpleSystemsManagement ssm, ApiCalls calls)
{
    /// <summary>How many instances one SendCommand may name, and one page of a list holds.</summary>
    public const int BatchSize = 50;

    /// <summary>
    /// How long a command may wait for an agent: the shortest that matters, since a diagnosis has somebody waiting for it.
    /// </summary>
    public static readonly TimeSpan DeliveryTime = TimeSpan.FromSeconds(60);

    private const int ShortestExecution = 5;
    private const int ListPages = 20;

    /// <summary>Turns an error into words.</summary>
    public Errors.SummitException Describe(Exception error, string action, string document = "") => calls.Describe(error, action, document);

    /// <summary>SendCommand.</summary>
    /// <returns>The command's id.</returns>
    /// <exception cref="InvalidInstanceIdException">At least one instance takes no command.</exception>
    /// <exception cref="AmbiguousCallException">Nobody knows whether it was sent.</exception>
    public async Task<string> SendAsync(
        CommandSpec spec, IReadOnlyCollection<string> instanceIds, string comment, CancellationToken cancellation)
    {
        var request = new SendCommandRequest
        {
            DocumentName = spec.Document,
            InstanceIds = [.. instanceIds],
            Comment = comment,
            TimeoutSeconds = (int)DeliveryTime.TotalSeconds,
            // how many at a time is the caller's business; one host's exit code must not keep the script from the next
            MaxConcurrency = "100%",
            MaxErrors = "100%",
            Parameters = new Dictionary<string, List<string>>(StringComparer.Ordinal)
            {
                ["commands"] = [spec.Script],
                ["executionTimeout"] =
                [
                    ((int)Math.Ceiling(ExecutionTime(spec).TotalSeconds)).ToString(CultureInfo.InvariantCulture),
                ],
            },
        };
        var answer = await calls.CallOnceAsync("ssm:SendCommand", token => ssm.SendCommandAsync(request, token), cancellation);
        return answer.Command.CommandId;
    }

    /// <summary>ListCommands: the command with this comment; null where there is none.</summary>
    public async Task<string?> FindAsync(string comment, DateTimeOffset since, CancellationToken cancellation)
    {
        var request = new ListCommandsRequest
        {
            MaxResults = BatchSize,
            Filters = [new CommandFilter
            {
                Key = CommandFilterKey.InvokedAfter,
                Value = since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            }],
        };
        for (var page = 0; page < ListPages; page++)
        {
            var answer = await calls.CallAsync("ssm:ListCommands", token => ssm.ListCommandsAsync(request, token), cancellation);
            if (answer.Commands?.Find(command => command.Comment == comment) is { } found) return found.CommandId;
            if (string.IsNullOrEmpty(answer.NextToken)) return null;
            request.NextToken = answer.NextToken;
        }

        return null;
    }

    /// <summary>GetCommandInvocation: one instance, with the first 24,000 characters of output; null where it is not known yet.</summary>
    public async Task<Invocation?> GetAsync(string commandId, string instanceId, CancellationToken cancellation)
    {
        var request = new GetCommandInvocationRequest { CommandId = commandId, InstanceId = instanceId };
        try
        {
            var answer = await calls.CallAsync(
                "ssm:GetCommandInvocation", token => ssm.GetCommandInvocationAsync(request, token), cancellation);
            return new Invocation(instanceId, Details(answer.StatusDetails, answer.Status?.Value), answer.ResponseCode
                ?? -1, answer.StandardOutputContent ?? "", answer.StandardErrorContent ?? "", Duration(answer.ExecutionElapsedTime));
        }
        catch (InvocationDoesNotExistException)
        {
            return null; // right after SendCommand
        }
    }

    /// <summary>
    /// ListCommandInvocations: every instance of a command, with the first 2,500 characters of output; none where it is not known yet.
    /// </summary>
    public async Task<IReadOnlyList<Invocation>> ListAsync(string commandId, CancellationToken cancellation)
    {
        var request = new ListCommandInvocationsRequest { CommandId = commandId, Details = true, MaxResults = BatchSize };
        var found = new List<Invocation>();
        do
        {
            var answer = await calls.CallAsync(
                "ssm:ListCommandInvocations", token => ssm.ListCommandInvocationsAsync(request, token), cancellation);
            foreach (var invocation in answer.CommandInvocations ?? [])
            {
                var plugin = invocation.CommandPlugins?.FirstOrDefault();
                found.Add(new Invocation(
                    invocation.InstanceId,
                    Details(invocation.StatusDetails, invocation.Status?.Value),
                    plugin?.ResponseCode ?? -1, plugin?.Output ?? "", ""));
            }

            request.NextToken = answer.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        return found;
    }

    /// <summary>CancelCommand, on some instances or (none named) on all.</summary>
    public Task CancelAsync(string commandId, IReadOnlyCollection<string> instanceIds, CancellationToken cancellation)
    {
        var request = new CancelCommandRequest { CommandId = commandId, InstanceIds = instanceIds.Count == 0 ? null : [.. instanceIds] };
        return calls.CallAsync("ssm:CancelCommand", token => ssm.CancelCommandAsync(request, token), cancellation);
    }

    /// <summary>How long a script of a command may run; never less than Run Command allows.</summary>
    public static TimeSpan ExecutionTime(CommandSpec spec) =>
        spec.Timeout.TotalSeconds > ShortestExecution ? spec.Timeout : TimeSpan.FromSeconds(ShortestExecution);

    // ISO 8601, PT0.5S for one
    private static TimeSpan? Duration(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : XmlConvert.ToTimeSpan(text);
        }
        catch (Exception error) when (error is FormatException or OverflowException)
        {
            return null;
        }
    }

    // the console's words have blanks ("Delivery Timed Out"), the API's mostly not
    private static string Details(string? details, string? status) =>
        (string.IsNullOrEmpty(details) ? status ?? "" : details).Replace(" ", "", StringComparison.Ordinal);
}
