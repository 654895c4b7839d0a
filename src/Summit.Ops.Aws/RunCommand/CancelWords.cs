namespace Summit.Ops.Aws.RunCommand;

/// <summary>What became of a command that was cancelled, from the status that was read after the cancel.</summary>
internal static class CancelWords
{
    /// <summary>The words for one instance.</summary>
    /// <param name="spec">What was to run.</param>
    /// <param name="command">The command's id.</param>
    /// <param name="end">How it was last seen there; null where it was not.</param>
    /// <param name="failed">Why it could not be cancelled; null where it was.</param>
    public static string Of(CommandSpec spec, string command, Invocation? end, string? failed)
    {
        var name = $"Command {command} ({spec.Name})";
        var look = $"See: aws ssm list-command-invocations --command-id {command}";
        if (failed is not null) return $"{name} could not be cancelled and may still run: {failed} {look}";
        return end switch
        {
            { Details: "Cancelled" } when spec.ReadOnly => $"{name} was cancelled.",
            { Details: "Cancelled" } => $"{name} was cancelled; what it had begun, the host ends or puts back.",
            { Ran: true, ResponseCode: 0 } => $"{name} had finished before the cancel reached it.",
            { Ran: true } => $"{name} had ended with exit code {end.ResponseCode} before the cancel reached it.",
            { Ended: true } => $"{name} ended as '{Text.ForeignText.Visible(end.Details)}'.",
            null => $"{name} was asked to stop, and whether it did is not known. {look}",
            _ => $"{name} was asked to stop, and was still '{Text.ForeignText.Visible(end.Details)}' when it was last looked at. {look}",
        };
    }
}
