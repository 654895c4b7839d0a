using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Summit.Ops.Errors;

namespace Summit.Ops.Aws.Calls;

/// <summary>What the SDK throws, sorted and put into words.</summary>
internal static class AwsErrors
{
    private static readonly HashSet<string> Throttling = new(StringComparer.Ordinal)
    {
        "Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "RequestThrottled",
        "RequestThrottledException", "TooManyRequestsException", "BandwidthLimitExceeded", "SlowDown",
        "PriorRequestNotComplete",
    };

    /// <summary>Whether the call came too often and was not carried out.</summary>
    public static bool IsThrottling(Exception error) =>
        error is AmazonServiceException { ErrorCode: { } code } && Throttling.Contains(code);

    /// <summary>Whether there was no connection at all: nobody listens there, or the name is not known. Nothing was sent.</summary>
    public static bool IsUnreachable(Exception error) => error.GetBaseException() is SocketException
    {
        SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
            or SocketError.NoRecovery or SocketError.NetworkUnreachable or SocketError.HostUnreachable,
    };

    /// <summary>Whether the name of the endpoint is not known to DNS.</summary>
    public static bool IsNameUnknown(Exception error) => error.GetBaseException() is SocketException
    {
        SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery,
    };

    /// <summary>Whether the credentials could not be had when they were needed: no service was asked to do the call itself.</summary>
    public static bool IsOfCredentials(Exception error) =>
        error is AmazonClientException or ProcessAWSCredentialException or InvalidOperationException or ArgumentException
            || (error is AmazonServiceException { ErrorCode: null or "" } and not AmazonUnmarshallingException
                && (error.Message.Contains("Metadata", StringComparison.Ordinal)
                    || error.Message.Contains("Unable to retrieve credentials", StringComparison.Ordinal)));

    /// <summary>
    /// Whether a proxy refused the way, or the certificate was not trusted: nothing was sent, and another attempt ends the same.
    /// </summary>
    public static bool IsStoppedOnTheWay(Exception error)
    {
        for (var each = error; each is not null; each = each.InnerException)
        {
            if (each is System.Security.Authentication.AuthenticationException
                or HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether all its time went by without a word.</summary>
    public static bool IsSilence(Exception error) =>
        error.GetBaseException() is TimeoutException or TaskCanceledException or SocketException { SocketErrorCode: SocketError.TimedOut };

    /// <summary>Whether it failed on the way or inside the service: it may have been carried out, or not.</summary>
    public static bool IsTransient(Exception error) => !IsStoppedOnTheWay(error) && error switch
    {
        AmazonServiceException { StatusCode: HttpStatusCode.NotImplemented } => false,
        AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError } => true,
        AmazonServiceException { ErrorCode: "InternalServerError" or "InternalError" or "InternalFailure" or "RequestTimeout"
            or "RequestTimeoutException" } => true,
        // an answer that broke off, or an empty one
        AmazonUnmarshallingException => true,
        AmazonServiceException { InnerException: { } inner } => IsTransient(inner),
        HttpRequestException or IOException or TimeoutException or TaskCanceledException or WebException => true,
        _ => false,
    };

    /// <summary>The error in words, with the action that was tried.</summary>
    public static SummitException Describe(Exception error, string action, AwsPlace place, string document = "")
    {
        if (error is SummitException known) return known;
        var facts = new ErrorFacts(error, action, place, TimeProvider.System.GetUtcNow(), document);
        if (KnownError.All.FirstOrDefault(row => row.IsMet(facts)) is { } row) return row.Describe(facts);
        return new SummitAwsException(
            "AwsCallFailed", SummitErrorKind.OperationFailed,
            $"{action} in {place.Region} failed: {facts.Code} {facts.Said}".TrimEnd(),
            action, place.Source.Who, error);
    }
}
