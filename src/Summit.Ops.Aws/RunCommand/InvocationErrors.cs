using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Aws.RunCommand;

/// <summary>What it means that a command did not run to its end.</summary>
internal static class InvocationErrors
{
    // what a host's clock may be off while a script runs
    private static readonly TimeSpan ClockError = TimeSpan.FromSeconds(1);

    /// <summary>The error for a terminal state without an exit code of the script's own.</summary>
    /// <param name="invocation">How it was last seen.</param>
    /// <param name="spec">What was run.</param>
    /// <param name="command">The command's id.</param>
    /// <param name="took">How long it ran at most.</param>
    public static SummitException For(Invocation invocation, CommandSpec spec, string command, TimeSpan took)
    {
        var id = invocation.InstanceId;
        var look = $"aws ssm list-command-invocations --command-id {command} --instance-id {id} --details";
        return invocation.Details switch
        {
            "ExecutionTimedOut" when invocation.WasKilled && took < SystemsManager.ExecutionTime(spec) - ClockError =>
                new SummitHostException(
                    "ScriptKilled", SummitErrorKind.OperationFailed,
                    $"'{spec.Name}' on {id} was killed (exit code 137) after {took.TotalSeconds:0} s, before its time was up: "
                        + "the host had no memory left, or somebody ended it."
                        + $"{(spec.ReadOnly ? "" : " What it had begun, the host ends or puts back.")}", id,
                    $"aws ssm send-command --instance-ids {id} --document-name {spec.Document} "
                        + "--parameters 'commands=[\"free -m; journalctl -k -n 500 | grep -i -e oom -e killed\"]'"),
            "ExecutionTimedOut" => new SummitHostException(
                "ScriptTimedOut", SummitErrorKind.Timeout,
                $"'{spec.Name}' was delivered to {id} and did not end within {spec.Timeout.TotalSeconds:0} s; the agent killed it.", id,
                $"See what hangs on the host: aws ssm start-session --target {id}"),
            "DeliveryTimedOut" => new SummitAwsException(
                "DeliveryTimedOut", SummitErrorKind.Unavailable,
                $"The agent of {id} did not pick '{spec.Name}' up within {SystemsManager.DeliveryTime.TotalSeconds:0} s. "
                    + "Nothing ran there.", id, $"Get-SummitTarget -InstanceId {id}"),
            "Undeliverable" => new SummitAwsException(
                "Undeliverable", SummitErrorKind.Unavailable,
                $"Systems Manager cannot deliver to {id}: the instance is gone, or its agent does not answer (it may be updating itself). "
                    + "Nothing ran there.",
                id, $"Get-SummitTarget -InstanceId {id}"),
            "Terminated" => new SummitAwsException(
                "CommandTerminated", SummitErrorKind.OperationFailed,
                $"Systems Manager ended the command before it reached {id}: too many other instances had failed.", id, look),
            "Cancelled" => new SummitAwsException(
                "CommandCancelled", SummitErrorKind.OperationFailed,
                $"Somebody cancelled '{spec.Name}' on {id} (command {command}).",
                id, look),
            "InvalidPlatform" => new SummitAwsException(
                "InvalidPlatform", SummitErrorKind.NotSupported,
                $"{id} does not run the document {spec.Document}: it is for another platform (Windows, for example).",
                id, $"Get-SummitTarget -InstanceId {id}"),
            "AccessDenied" => new SummitAwsException(
                "InvocationAccessDenied", SummitErrorKind.PermissionDenied,
                $"The credentials in use may not run {spec.Document} on {id} (a condition of the policy, by tag or resource).",
                id, "Get-Help about_Summit_Permissions"),
            var details => new SummitAwsException(
                "CommandFailed", SummitErrorKind.OperationFailed,
                $"'{spec.Name}' on {id} ended as '{ForeignText.Visible(details)}'.",
                id, look),
        };
    }

    /// <summary>The error for a command of which no end is heard.</summary>
    public static SummitException Lost(string id, string command) => new SummitAwsException(
        "CommandLost", SummitErrorKind.Timeout,
        $"Systems Manager does not say how command {command} ended on {id}, though all its time is up. It was cancelled.", id,
        $"aws ssm get-command-invocation --command-id {command} --instance-id {id}");
}
