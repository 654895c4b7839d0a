using System.Net;
using System.Net.Sockets;
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

    /// <summary>Whether there was no connection at all: nobody listens there, or the name is not known. Nothing was sent.</summary>
    public static bool IsUnreachable(Exception error) => error.GetBaseException() is SocketException
    {
        SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery or SocketError.NetworkUnreachable or SocketError.HostUnreachable,
    };

    /// <summary>Whether all its time went by without a word.</summary>
    public static bool IsSilence(Exception error) => error.GetBaseException() is TimeoutException or TaskCanceledException or SocketException { SocketErrorCode: SocketError.TimedOut };

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
    public static SummitException Describe(Exception error, string action, AwsPlace place)
    {
        var (region, profile) = (place.Region, place.Profile);
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

        if (IsUnreachable(error) || IsTransient(error))
        {
            var why = error.GetBaseException().Message.TrimEnd('.');
            var endpoint = place.Endpoint(action);
            return new SummitAwsException(
                "AwsUnreachable", SummitErrorKind.Unavailable, $"{action} got no answer from {endpoint}: {ForeignText.Visible(why)}. {(place.IsOwnEndpoint ? "That endpoint was named by -EndpointUrl, the profile or AWS_ENDPOINT_URL." : "A proxy may be in the way, a VPC endpoint missing, or the region may not exist.")}", action,
                $"curl -sI {ShellWord.Quote(endpoint)}", error);
        }

        // no service answered, and nothing was sent: the credentials could not be had when they were needed
        if (error is AmazonClientException) return AwsClients.NoCredentials(profile, error);
        return new SummitAwsException("AwsCallFailed", SummitErrorKind.OperationFailed, $"{action} in {region} failed: {code} {said}".TrimEnd(), action, "aws sts get-caller-identity", error);
    }
}
