using System.Text.Json.Nodes;

namespace Summit.Ops.Lab.Aws.Ssm;

/// <summary>A command that was sent.</summary>
internal sealed record SsmCommand
{
    public required string CommandId { get; init; }

    public required string Region { get; init; }

    public required string Document { get; init; }

    public required string Comment { get; init; }

    public required JsonObject Parameters { get; init; }

    public required JsonArray InstanceIds { get; init; }

    public required JsonArray Targets { get; init; }

    public required int TimeoutSeconds { get; init; }

    public required string MaxConcurrency { get; init; }

    public required string MaxErrors { get; init; }

    public required DateTimeOffset Requested { get; init; }

    /// <summary>One for each instance, in the order they were named.</summary>
    public required IReadOnlyList<SsmInvocation> Invocations { get; init; }

    /// <summary>The lines that are run: those of the parameter "commands", or those of a document of the account's own.</summary>
    public required JsonArray Lines { get; init; }

    /// <summary>How many seconds they may take.</summary>
    public required string Timeout { get; init; }

    /// <summary>The script: the lines, joined as the agent joins them.</summary>
    public string Script => string.Join('\n', Lines.Select(line => line!.GetValue<string>()));

    /// <summary>How long the script may run; a value out of range silently becomes 3600, as in the agent.</summary>
    public TimeSpan ExecutionTimeout => TimeSpan.FromSeconds(
        int.TryParse(Timeout, out var seconds) && seconds is >= 5 and <= 172_800 ? seconds : 3600);

    /// <summary>Where it runs; empty for the agent's own folder.</summary>
    public string WorkingDirectory => Parameters["workingDirectory"]?[0]?.GetValue<string>() ?? "";

    /// <summary>The status of all together.</summary>
    public (string Status, string Details) Status
    {
        get
        {
            if (Invocations.Any(invocation => !invocation.Ended))
            {
                return Invocations.All(invocation => invocation.Status == "Pending")
                    ? ("Pending", "Pending")
                    : ("InProgress", "InProgress");
            }

            var worst = Invocations.FirstOrDefault(invocation => invocation.Status == "Failed")
                ?? Invocations.FirstOrDefault(invocation => invocation.Status != "Success");
            return worst is null ? ("Success", "Success") : (worst.Status, worst.Details);
        }
    }
}

/// <summary>A command on one instance.</summary>
internal sealed class SsmInvocation(LabMachine machine) : IDisposable
{
    private readonly object _lock = new();

    public LabMachine Machine { get; } = machine;

    public string Status { get; private set; } = "Pending";

    public string Details { get; private set; } = "Pending";

    public int ResponseCode { get; private set; } = -1;

    public DateTimeOffset? Started { get; private set; }

    public DateTimeOffset? Finished { get; private set; }

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public bool Ended => Finished is not null;

    /// <summary>Cancelled by CancelCommand.</summary>
    public CancellationTokenSource Cancelling { get; } = new();

    public void Begin(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (Ended) return;
            (Status, Details, Started) = ("InProgress", "InProgress", now);
        }
    }

    public void End(string status, string details, int code, DateTimeOffset now, string output = "", string error = "")
    {
        lock (_lock)
        {
            if (Ended) return;
            (Output, Error, ResponseCode, Status, Details, Finished) = (output, error, code, status, details, now);
        }
    }

    /// <summary>Nothing has ended after all: the agent is back.</summary>
    public void Return()
    {
        lock (_lock) (Status, Details, Finished) = ("Pending", "Pending", null);
    }

    public void Dispose() => Cancelling.Dispose();
}
