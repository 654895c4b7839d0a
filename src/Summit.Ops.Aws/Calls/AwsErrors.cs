using System.Net;
using Amazon.Runtime;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Aws.Calls;

/// <summary>What the SDK throws, sorted and put into words.</summary>
internal static class AwsErrors
{
    private static readonly HashSet<string> Throttling = new(StringComparer.Ordinal)
    {
        "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "TooManyRequestsException", "BandwidthLimitExceeded", "SlowDown", "PriorRequestNotComplete",
    };

    private static readonly HashSet<string> Denied = new(StringComparer.Ordinal) { "AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized", "OptInRequired" };

    private static readonly HashSet<string> Expired = new(StringComparer.Ordinal) { "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired" };

    private static readonly HashSet<string> Refused = new(StringComparer.Ordinal)
    {
        "UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken",
    };

    /// <summary>Whether the call came too often and was not carried out.</summary>
    public static bool IsThrottling(Exception error) => error is AmazonServiceException { ErrorCode: { } code } && Throttling.Contains(code);

    /// <summary>Whether it failed on the way or inside the service: it may have been carried out, or not.</summary>
    public static bool IsTransient(Exception error) => error switch
    {
        AmazonServiceException { StatusCode: HttpStatusCode.NotImplemented } => false,
        AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError } => true,
        AmazonServiceException { ErrorCode: "InternalServerError" or "InternalError" or "InternalFailure" or "RequestTimeout" or "RequestTimeoutException" } => true,
        // an answer that broke off, or an empty one
        AmazonUnmarshallingException => true,
        AmazonServiceException { InnerException: { } inner } => IsTransient(inner),
        HttpRequestException or IOException or TimeoutException or TaskCanceledException or WebException => true,
        _ => false,
    };

    /// <summary>The error in words, with the action that was tried.</summary>
    public static SummitException Describe(Exception error, string action, string region, string? profile)
    {
        if (error is SummitException known) return known;
        var code = (error as AmazonServiceException)?.ErrorCode ?? "";
        var said = ForeignText.Visible(error.Message);
        if (Denied.Contains(code))
        {
            return new SummitAwsException(
                "AwsAccessDenied", SummitErrorKind.PermissionDenied, $"The credentials in use may not do {action} in {region}. AWS says: {said}", action,
                $"Let an administrator allow {action}; the policy for each cmdlet stands in: Get-Help about_Summit_Permissions", error);
        }

        if (Expired.Contains(code))
        {
            return new SummitAwsException("AwsCredentialsExpired", SummitErrorKind.PermissionDenied, $"The AWS credentials have expired: {said}", action, $"aws sso login{(profile is null ? "" : $" --profile {profile}")}", error);
        }

        if (Refused.Contains(code))
        {
            return new SummitAwsException("AwsCredentialsRefused", SummitErrorKind.PermissionDenied, $"AWS does not accept the credentials: {said}", action, "aws sts get-caller-identity", error);
        }

        if (IsThrottling(error))
        {
            return new SummitAwsException("AwsThrottled", SummitErrorKind.Unavailable, $"{action} was throttled again and again: other calls of this account use up its rate.", action, "Run it again later, or with fewer targets at a time: -MaxConcurrency 10", error);
        }

        if (IsTransient(error))
        {
            var why = error.GetBaseException().Message;
            return new SummitAwsException(
                "AwsUnreachable", SummitErrorKind.Unavailable, $"{action} in {region} got no answer: {ForeignText.Visible(why)}", action,
                $"curl -sI https://ssm.{region}.amazonaws.com/ (a proxy, a missing VPC endpoint, or a region that does not exist)", error);
        }

        // no service answered, and nothing was sent: the credentials could not be had when they were needed
        if (error is AmazonClientException) return AwsClients.NoCredentials(profile, error);
        return new SummitAwsException("AwsCallFailed", SummitErrorKind.OperationFailed, $"{action} in {region} failed: {code} {said}".TrimEnd(), action, "aws sts get-caller-identity", error);
    }
}
