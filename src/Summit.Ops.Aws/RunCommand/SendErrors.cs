using Summit.Ops.Aws.Calls;
using Summit.Ops.Errors;

namespace Summit.Ops.Aws.RunCommand;

/// <summary>The two ends of a SendCommand without an answer: it may have arrived, or it did not.</summary>
internal static class SendErrors
{
    /// <summary>It may have arrived, and may run.</summary>
    public static SummitAwsException Uncertain(string run, CommandSpec spec, string why, AmbiguousCallException? lost) => new(
        "AwsCommandUncertain", SummitErrorKind.Unavailable,
        $"It is not known whether the command was sent: ssm:SendCommand got no answer, and {why}. "
        + $"It is not sent again{(spec.ReadOnly ? "" : ": it might run twice")}.{Reason(lost)} "
        + $"Its comment has run={run}: look for it before you run the cmdlet again.",
        run, Look(run), lost);

    /// <summary>It did not arrive.</summary>
    public static SummitAwsException NotSent(string run, int times, AmbiguousCallException lost) => new(
        "AwsCommandNotSent", SummitErrorKind.Unavailable,
        $"The command was not sent: ssm:SendCommand got no answer {times} times, and each time ssm:ListCommands showed no command with "
            + $"run={run}. Nothing ran.{Reason(lost)}", run, Look(run), lost);

    /// <summary>The command that finds what was sent.</summary>
    public static string Look(string run) => $"aws ssm list-commands --query 'Commands[?contains(Comment, `run={run}`)]'";

    private static string Reason(AmbiguousCallException? lost) => lost is null ? "" : $" ({Text.ForeignText.Visible(lost.Message.Trim())})";
}
