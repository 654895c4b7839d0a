using System.Management.Automation;

namespace Summit.Ops.Errors;

/// <summary>The one place where Core's errors become PowerShell's.</summary>
internal static class ErrorRecords
{
    public static ErrorRecord From(SummitException error, object? target = null) =>
        new(error, error.ErrorId, Category(error.Kind), target ?? error.Subject)
        {
            ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = error.RecommendedAction },
        };

    private static ErrorCategory Category(SummitErrorKind kind) => kind switch
    {
        SummitErrorKind.InvalidArgument => ErrorCategory.InvalidArgument,
        SummitErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        SummitErrorKind.PermissionDenied => ErrorCategory.PermissionDenied,
        SummitErrorKind.InvalidData => ErrorCategory.InvalidData,
        SummitErrorKind.Unavailable => ErrorCategory.ResourceUnavailable,
        SummitErrorKind.Timeout => ErrorCategory.OperationTimeout,
        SummitErrorKind.NotSupported => ErrorCategory.NotImplemented,
        SummitErrorKind.OperationFailed => ErrorCategory.InvalidOperation,
        _ => ErrorCategory.NotSpecified,
    };
}
