namespace Summit.Ops.Errors;

/// <summary>What kind of "could not find out" it is; the cmdlets map it to PowerShell's error categories.</summary>
public enum SummitErrorKind
{
    /// <summary>An argument makes no sense.</summary>
    InvalidArgument,

    /// <summary>Something named does not exist.</summary>
    NotFound,

    /// <summary>Something may not be read or done.</summary>
    PermissionDenied,

    /// <summary>Something exists and its content is not what it should be.</summary>
    InvalidData,

    /// <summary>A host or a service does not answer.</summary>
    Unavailable,

    /// <summary>It took longer than allowed.</summary>
    Timeout,

    /// <summary>It cannot be done on this platform.</summary>
    NotSupported,

    /// <summary>It was tried, and refused or failed.</summary>
    OperationFailed,
}

/// <summary>An error that Core throws: one of the sealed types below, each with a stable id and the next command.</summary>
public abstract class SummitException : Exception
{
    private protected SummitException(
        string errorId, SummitErrorKind kind, string message, object? subject, string recommendedAction, Exception? inner)
        : base(message, inner)
    {
        ErrorId = errorId;
        Kind = kind;
        Subject = subject;
        RecommendedAction = recommendedAction;
    }

    /// <summary>The stable id, for example <c>ConfigFileNotFound</c>.</summary>
    public string ErrorId { get; }

    /// <summary>The kind.</summary>
    public SummitErrorKind Kind { get; }

    /// <summary>What it is about: a path, an instance id, a URI without its secrets.</summary>
    public object? Subject { get; }

    /// <summary>What to run or change next.</summary>
    public string RecommendedAction { get; }
}

/// <summary>An argument makes no sense; nothing was looked at or changed.</summary>
public sealed class SummitArgumentException(
    string errorId, string message, object? subject, string recommendedAction, Exception? inner = null)
    : SummitException(errorId, SummitErrorKind.InvalidArgument, message, subject, recommendedAction, inner);

/// <summary>A file on this machine cannot be read, written or understood.</summary>
public sealed class SummitFileException(
    string errorId, SummitErrorKind kind, string message, object? subject, string recommendedAction, Exception? inner = null)
    : SummitException(errorId, kind, message, subject, recommendedAction, inner);

/// <summary>A host cannot be reached, or its shell did not do what was asked.</summary>
public sealed class SummitHostException(
    string errorId, SummitErrorKind kind, string message, object? subject, string recommendedAction, Exception? inner = null)
    : SummitException(errorId, kind, message, subject, recommendedAction, inner);

/// <summary>A deployment, reload or restore was refused or undone.</summary>
public sealed class SummitDeploymentException(
    string errorId, SummitErrorKind kind, string message, object? subject, string recommendedAction, Exception? inner = null)
    : SummitException(errorId, kind, message, subject, recommendedAction, inner);

/// <summary>AWS refused, throttled or does not know what was asked for.</summary>
public sealed class SummitAwsException(
    string errorId, SummitErrorKind kind, string message, object? subject, string recommendedAction, Exception? inner = null)
    : SummitException(errorId, kind, message, subject, recommendedAction, inner);
