using Summit.Ops.Errors;

namespace Summit.Ops.Aws.Calls;

/// <summary>A row of the table of errors: how it is recognised, what it means, and the command that helps.</summary>
/// <param name="Id">The ErrorId.</param>
/// <param name="Kind">The kind.</param>
/// <param name="IsMet">Whether this is it.</param>
/// <param name="Says">The message.</param>
/// <param name="Command">The command, which a shell and PowerShell can parse.</param>
internal sealed record KnownError(
    string Id, SummitErrorKind Kind, Func<ErrorFacts, bool> IsMet, Func<ErrorFacts, string> Says, Func<ErrorFacts, string> Command)
{
    /// <summary>The whole table: the first row that is met counts.</summary>
    public static IReadOnlyList<KnownError> All { get; } =
    [
        .. Credentials.CredentialErrors.Rows, .. ConnectionErrors.Rows, .. ServiceErrors.Rows, .. RunCommandErrors.Rows,
    ];

    /// <summary>The error in words.</summary>
    public SummitAwsException Describe(ErrorFacts facts) => new(Id, Kind, Says(facts), facts.Action, Command(facts), facts.Error);
}
