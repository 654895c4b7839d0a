using System.Net;
using System.Security.Authentication;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Aws.Calls;

/// <summary>What is met on the way to AWS: names, proxies, TLS, silence.</summary>
internal static class ConnectionErrors
{
    /// <summary>The rows.</summary>
    public static IReadOnlyList<KnownError> Rows { get; } =
    [
        new("AwsProxyRefused", SummitErrorKind.Unavailable, facts => ProxyStatus(facts) == 407,
            facts => $"The proxy on the way to {Endpoint(facts)} wants a user and password (407). "
                + "Write them into HTTPS_PROXY, or add the host to NO_PROXY.",
            facts => $"curl -sI {ShellWord.Quote(Endpoint(facts))}"),
        new("AwsProxyRefused", SummitErrorKind.Unavailable, facts => ProxyStatus(facts) is not null,
            facts => $"The proxy on the way does not let {facts.Action} through to {Endpoint(facts)} ({ProxyStatus(facts)}). "
                + "Let it allow the host, or add the host to NO_PROXY.",
            facts => $"curl -sI {ShellWord.Quote(Endpoint(facts))}"),
        new("AwsCertificateNotTrusted", SummitErrorKind.Unavailable, facts => facts.Chain.Any(error => error is AuthenticationException),
            facts => $"{Endpoint(facts)} shows a certificate that this machine does not trust: {facts.Root}. "
                + "Where a proxy opens TLS, name the file of its authority in AWS_CA_BUNDLE or in the profile's ca_bundle.",
            facts => $"openssl s_client -connect {ShellWord.Quote(Authority(facts))} -showcerts"),
        new("AwsUnreachable", SummitErrorKind.Unavailable, facts => AwsErrors.IsNameUnknown(facts.Error),
            facts => $"{facts.Action} got no answer from {Endpoint(facts)}: DNS knows no {Host(facts)} ({facts.Root}). " + Where(
                facts, $"Either {facts.Region} is not a region, or this network resolves no public names and has no VPC endpoint for it."),
            facts => $"nslookup {ShellWord.Quote(Host(facts))}"),
        new("AwsUnreachable", SummitErrorKind.Unavailable,
            facts => AwsErrors.IsUnreachable(facts.Error) || (!AwsErrors.IsThrottling(facts.Error) && AwsErrors.IsTransient(facts.Error)),
            facts => $"{facts.Action} got no answer from {Endpoint(facts)}: {facts.Root}. "
                + $"{Where(facts, "A proxy may be in the way, a VPC endpoint missing, or the region may not exist.")}",
            facts => $"curl -sI {ShellWord.Quote(Endpoint(facts))}"),
    ];

    private static string Endpoint(ErrorFacts facts) => facts.Place.Endpoint(facts.Action);

    private static string Where(ErrorFacts facts, string otherwise) =>
        facts.Place.IsOwnEndpoint(facts.Action) ? "That endpoint was named by -EndpointUrl, the profile or AWS_ENDPOINT_URL." : otherwise;

    private static string Host(ErrorFacts facts) =>
        Uri.TryCreate(Endpoint(facts), UriKind.Absolute, out var url) ? url.IdnHost : Endpoint(facts);

    private static string Authority(ErrorFacts facts) =>
        Uri.TryCreate(Endpoint(facts), UriKind.Absolute, out var url) ? $"{url.IdnHost}:{url.Port}" : Endpoint(facts);

    /// <summary>What a proxy answered instead of AWS: to CONNECT, or (407) to the call.</summary>
    private static int? ProxyStatus(ErrorFacts facts)
    {
        foreach (var error in facts.Chain)
        {
            if (error is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } tunnel)
            {
                var words = tunnel.Message.Split('\'');
                return tunnel.StatusCode is { } status
                    ? (int)status
                    : Array.Find(words, word => word.Length == 3 && int.TryParse(word, out _)) is { } text
                        ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
                        : 0;
            }

            if (error is Amazon.Runtime.AmazonServiceException { StatusCode: HttpStatusCode.ProxyAuthenticationRequired }) return 407;
        }

        return null;
    }
}
