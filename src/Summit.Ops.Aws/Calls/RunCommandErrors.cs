using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Aws.Calls;

/// <summary>
/// What Run Command answers to SendCommand where it takes no command, InvalidInstanceId apart: that has three meanings,
/// which only the instances tell.
/// </summary>
internal static class RunCommandErrors
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<KnownError> Rows { get; } =
    [
        Of("UnsupportedPlatformType", "RunCommandPlatformUnsupported", SummitErrorKind.NotSupported,
            facts => $"The document {Name(facts)} is for another platform than the instance's: "
                + "Summit.Ops needs a document that runs a POSIX shell on Linux.", ShowDocument),
        Of("InvalidDocument", "RunCommandDocumentInvalid", SummitErrorKind.NotFound,
            facts => $"{facts.Region} has no document {Name(facts)} for these credentials: "
                + "it does not exist there, is another account's and not shared, or is no document of the type Command "
                + "(a Session or Automation document, for example).", ShowDocument),
        Of("InvalidDocumentVersion", "RunCommandDocumentVersionInvalid", SummitErrorKind.NotFound,
            facts => $"The document {Name(facts)} does not have that version, or the version is not active yet.",
            facts => $"aws ssm list-document-versions --name {Name(facts)} --region {ShellWord.Quote(facts.Region)}"),
        Of("InvalidDocumentContent", "RunCommandDocumentInvalid", SummitErrorKind.InvalidData,
            facts => $"Systems Manager cannot read the document {Name(facts)}.", ShowDocument),
        Of("MaxDocumentSizeExceeded", "RunCommandTooLarge", SummitErrorKind.InvalidData,
            facts =>
                $"The command is larger than Run Command allows: the document {Name(facts)} and its parameters together may have 64 KB.",
            ShowDocument),
        Of("DuplicateInstanceId", "RunCommandDuplicateInstance", SummitErrorKind.InvalidArgument,
            _ => "The same instance was named twice in one command.", _ => "Get-SummitTarget"),
        Of("InvalidOutputFolder", "RunCommandOutputInvalid", SummitErrorKind.InvalidArgument,
            facts => $"The S3 bucket that the document {Name(facts)} writes its output to cannot be used. "
                + "Summit.Ops names none: the document or a preference of the account does.", ShowDocument),
        Of("InvalidParameters", "RunCommandParametersInvalid", SummitErrorKind.InvalidArgument,
            facts => $"The document {Name(facts)} does not take these parameters. A document for -DocumentName needs the parameters "
                + "'commands' and 'executionTimeout', as AWS-RunShellScript has them.", ShowDocument),
        Of("InvalidRole", "RunCommandRoleInvalid", SummitErrorKind.PermissionDenied,
            _ => "Systems Manager may not use the service role for notifications.", ShowDocument),
    ];

    private static KnownError Of(
        string code, string id, SummitErrorKind kind, Func<ErrorFacts, string> says, Func<ErrorFacts, string> command) => new(
            id, kind, facts => facts.Code == code,
            facts => $"{says(facts)} AWS says: {(facts.Said.Length > 0 ? $"{facts.Said} ({code})" : code)}", command);

    private static string Name(ErrorFacts facts) => ShellWord.Quote(facts.Document.Length > 0 ? facts.Document : "AWS-RunShellScript");

    private static string ShowDocument(ErrorFacts facts) =>
        $"aws ssm describe-document --name {Name(facts)} --region {ShellWord.Quote(facts.Region)}";
}
