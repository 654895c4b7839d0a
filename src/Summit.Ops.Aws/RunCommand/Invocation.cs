namespace Summit.Ops.Aws.RunCommand;

/// <summary>A command on one instance as Systems Manager last showed it.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Details">StatusDetails without blanks, for example <c>InProgress</c> or <c>DeliveryTimedOut</c>.</param>
/// <param name="ResponseCode">The script's exit code; -1 where it has none.</param>
/// <param name="Output">Standard output, as far as the call shows it.</param>
/// <param name="Error">Standard error, as far as the call shows it.</param>
/// <param name="Elapsed">How long the script ran; null where the call does not tell.</param>
internal sealed record Invocation(
    string InstanceId, string Details, int ResponseCode, string Output, string Error, TimeSpan? Elapsed = null)
{
    // 128 and SIGKILL
    private const int Killed = 137;

    /// <summary>Whether it will not change any more.</summary>
    public bool Ended => Details is not ("Pending" or "InProgress" or "Delayed" or "Cancelling" or "");

    /// <summary>Whether the script ran to its own end, whatever its exit code.</summary>
    public bool Ran => Details is "Success" or "Failed";

    /// <summary>Whether it was killed: by the agent, whose time was up, or by somebody else; the agent calls both a timeout.</summary>
    public bool WasKilled => Details == "ExecutionTimedOut" && ResponseCode == Killed;

    /// <summary>Whether the command did not reach the agent.</summary>
    public bool IsUndelivered => Details == "Undeliverable";
}

/// <summary>What is run: the same for every instance of a command.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Script">POSIX sh.</param>
/// <param name="Timeout">How long it may run on the host.</param>
/// <param name="ReadOnly">Whether it changes nothing there.</param>
/// <param name="Document">The document that runs it.</param>
/// <param name="Purpose">Who asks.</param>
/// <param name="IsWhole">Whether an output holds all that was printed.</param>
internal sealed record CommandSpec(
    string Name, string Script, TimeSpan Timeout, bool ReadOnly, string Document, string Purpose, Func<string, bool> IsWhole);
