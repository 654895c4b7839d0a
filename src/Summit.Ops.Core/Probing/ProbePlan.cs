using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Summit.Ops.Errors;
using Summit.Ops.Probing.Connecting;
using Summit.Ops.Probing.Tls;
using Summit.Ops.Text;

namespace Summit.Ops.Probing;

/// <summary>A request that was checked and taken apart: all that the layers need, and nothing that can still be wrong.</summary>
internal sealed record ProbePlan
{
    private static readonly TimeSpan MatchBudget = TimeSpan.FromMilliseconds(200);
    private const int MostRedirections = 100;
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(20);

    private static readonly string[] OwnHeaders =
    [
        "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions", "Content-Length",
        "Transfer-Encoding", "Expect", "TE", "Trailer",
    ];

    public required ProbeRequest Request { get; init; }

    /// <summary>The endpoint; its target holds the token where that travels in the query.</summary>
    public required ProbeUri Uri { get; init; }

    /// <summary>The URI for outputs.</summary>
    public required string Shown { get; init; }

    public required Secrets Secrets { get; init; }

    public required string DialHost { get; init; }

    public required int DialPort { get; init; }

    public required IReadOnlyList<SummitHeader> Headers { get; init; }

    public required IReadOnlyList<string> SubProtocols { get; init; }

    public required Regex? Expect { get; init; }

    public required TrustAnchors? Anchors { get; init; }

    public required ProxyServer? Proxy { get; init; }

    /// <summary>Whether a redirect led here: what was given for the first address may not be part of it.</summary>
    public required bool Redirected { get; init; }

    /// <summary>Checks a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="known">The secrets of the request that was redirected here; null for a first one.</param>
    /// <exception cref="SummitArgumentException">Something in it makes no sense.</exception>
    public static ProbePlan From(ProbeRequest request, Secrets? known = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        var uri = ProbeUri.Parse(request.Uri, request.Command);
        var secrets = known ?? new Secrets();
        secrets.AddFromUri(request.Uri);
        if (request.TlsOnly && !uri.Tls)
        {
            var shown = ForeignText.Visible(Secrets.RedactUri(request.Uri));
            throw new SummitArgumentException(
                "UriWithoutTls", $"{shown} is without TLS, so it has no certificate.", shown,
                $"{request.Command} -Uri {PowerShellWord.Quote("wss" + shown[shown.IndexOf(':', StringComparison.Ordinal)..])}");
        }

        secrets.Add(request.Token);
        CheckNumbers(request);

        var headers = new List<SummitHeader>();
        var subProtocols = request.SubProtocols.ToList();
        uri = PlaceToken(request, uri, headers, subProtocols, secrets);
        AddHeaders(request, uri, headers, secrets);
        // a browser has no other place for a token: one that follows such a name is a secret
        var shownProtocols = TextRedaction.OfSubProtocols(string.Join(',', subProtocols)).Split(',');
        if (shownProtocols.Length == subProtocols.Count)
        {
            secrets.AddRange(subProtocols.Where((name, index) => name != shownProtocols[index]));
        }

        foreach (var name in subProtocols) CheckSubProtocol(request, name, secrets);
        if (subProtocols.Distinct(StringComparer.Ordinal).Count() != subProtocols.Count)
        {
            throw Bad(request, "SubProtocolTwice", "A subprotocol is offered twice.", "-SubProtocol 'v2', 'v1'");
        }

        var (host, port) = string.IsNullOrEmpty(request.ConnectTo)
            ? (uri.AsciiHost, uri.Port)
            : ProbeUri.SplitHostPort(request.ConnectTo, uri.Port, problem => BadConnectTo(request, problem.Text));
        if (!string.IsNullOrEmpty(request.ConnectTo)) host = ConnectToHost(request, host);

        return new ProbePlan
        {
            Request = request,
            Uri = uri,
            Shown = ForeignText.Visible(secrets.Redact(Secrets.RedactUri(request.Uri))),
            Secrets = secrets,
            DialHost = host,
            DialPort = port,
            Headers = headers,
            SubProtocols = subProtocols,
            Expect = Pattern(request),
            Anchors = string.IsNullOrEmpty(request.CertificateAuthority) ? null : TrustAnchors.Load(
                request.CertificateAuthority,
                (id, message, inner) => Bad(request, id, message, "-CertificateAuthority ./ca.pem", inner: inner)),
            Proxy = ProxyServer.For(request, uri, secrets),
            Redirected = known is not null,
        };
    }

    private static void CheckNumbers(ProbeRequest request)
    {
        if (request.Timeout <= TimeSpan.Zero || request.Timeout > LongestWait)
        {
            throw Bad(
                request, "TimeoutInvalid",
                $"A time-out of {request.Timeout} makes no sense: it is more than zero and at most 20 days.",
                "-TimeoutSec 10");
        }

        if (request.Settle < TimeSpan.Zero || request.Settle > LongestWait)
        {
            throw Bad(
                request, "SettleInvalid", $"A settle time of {request.Settle} makes no sense: it is zero to 20 days.", "-Settle 0.25");
        }

        if (request.Hold < TimeSpan.Zero || request.Hold > LongestWait)
        {
            throw Bad(request, "HoldInvalid", $"A hold time of {request.Hold} makes no sense: it is zero to 20 days.", "-Hold 70");
        }

        if (request.MaximumRedirection is < 0 or > MostRedirections)
        {
            throw Bad(
                request, "MaximumRedirectionInvalid",
                $"{request.MaximumRedirection} redirects make no sense: 0 to {MostRedirections} are followed.",
                "-MaximumRedirection 5");
        }
    }

    private static ProbeUri PlaceToken(
        ProbeRequest request, ProbeUri uri, List<SummitHeader> headers, List<string> subProtocols, Secrets secrets)
    {
        if (string.IsNullOrEmpty(request.Token))
        {
            return request.Token is null || string.IsNullOrEmpty(request.TokenHeader)
                ? uri
                : throw Bad(request, "TokenEmpty", "The token is empty.", "-Token (Read-Host -AsSecureString)");
        }

        if (string.IsNullOrEmpty(request.TokenHeader))
        {
            var at = uri.Target.IndexOf('?', StringComparison.Ordinal);
            var query = at < 0 ? "" : uri.Target[(at + 1)..];
            if (query.Split('&')
                .Any(part => part.Equals("token", StringComparison.Ordinal) || part.StartsWith("token=", StringComparison.Ordinal)))
            {
                throw Bad(
                    request, "TokenGivenTwice",
                    "There is a token in the URI and another in -Token. Take the one in the URI away: "
                        + "it is the one that a command line shows.",
                    "-Token (Read-Host -AsSecureString)", withoutQuery: true);
            }

            var token = "token=" + System.Uri.EscapeDataString(request.Token);
            return uri.WithTarget(at < 0 ? $"{uri.Target}?{token}" : query.Length == 0 ? uri.Target + token : $"{uri.Target}&{token}");
        }

        if (request.TokenHeader.Equals("Sec-WebSocket-Protocol", StringComparison.OrdinalIgnoreCase))
        {
            // the way of browsers, which cannot set a header: the token poses as a subprotocol
            subProtocols.Add(request.Token);
            return uri;
        }

        CheckHeader(request, request.TokenHeader, request.Token, secrets);
        var bearer = request.TokenHeader.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
            && !request.Token.Contains(' ', StringComparison.Ordinal);
        headers.Add(new SummitHeader(request.TokenHeader, bearer ? "Bearer " + request.Token : request.Token));
        return uri;
    }

    private static void AddHeaders(ProbeRequest request, ProbeUri uri, List<SummitHeader> headers, Secrets secrets)
    {
        foreach (var (name, value) in request.Headers)
        {
            CheckHeader(request, name, value, secrets);
            if (IsSecretHeader(name))
            {
                secrets.Add(value);
                secrets.Add(value[(value.LastIndexOf(' ') + 1)..]);
            }

            headers.Add(new SummitHeader(name, value));
        }

        if (request.Origin is { Length: > 0 } origin)
        {
            CheckHeader(request, "Origin", origin, secrets);
            headers.Add(new SummitHeader("Origin", origin));
        }

        if (uri.UserInfo.Length > 0 && !headers.Exists(header => header.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)))
        {
            var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes(System.Uri.UnescapeDataString(uri.UserInfo)));
            secrets.Add(basic);
            headers.Add(new SummitHeader("Authorization", "Basic " + basic));
        }
    }

    private static bool IsSecretHeader(string name) =>
        UriRedaction.IsSecret(name) || name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("-Key", StringComparison.OrdinalIgnoreCase);

    private static void CheckHeader(ProbeRequest request, string name, string value, Secrets secrets)
    {
        if (!IsToken(name))
        {
            throw Bad(
                request, "HeaderNameInvalid",
                $"'{ForeignText.Visible(secrets.Redact(name))}' is no header name.",
                "-Header @{ 'X-Api-Version' = '2' }");
        }

        if (Array.Exists(OwnHeaders, own => own.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw Bad(
                request, "HeaderReserved",
                $"The header {name} belongs to the handshake and cannot be set: leave it out.",
                "-Header @{ 'X-Api-Version' = '2' }");
        }

        if (name.Equals("Sec-WebSocket-Protocol", StringComparison.OrdinalIgnoreCase))
        {
            throw Bad(request, "HeaderReserved", "Subprotocols are not given as a header.", "-SubProtocol 'v2', 'v1'");
        }

        if (value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
        {
            throw Bad(
                request, "HeaderValueInvalid",
                $"The value of the header {name} has a line end or a NUL in it.",
                "-Header @{ 'X-Api-Version' = '2' }");
        }
    }

    private static void CheckSubProtocol(ProbeRequest request, string name, Secrets secrets)
    {
        if (!IsToken(name))
        {
            throw Bad(request, "SubProtocolInvalid", $"'{ForeignText.Visible(secrets.Redact(name))}' is no subprotocol name: "
                + "it is an HTTP token, with no blanks, commas or slashes.", "-SubProtocol 'graphql-transport-ws'");
        }
    }

    private static bool IsToken(string text) =>
        text.Length > 0
            && text.All(
                character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal));

    private static Regex? Pattern(ProbeRequest request)
    {
        var pattern = request.ExpectMessage;
        if (string.IsNullOrEmpty(pattern)) return null;
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchBudget);
        }
        catch (ArgumentException error)
        {
            throw new SummitArgumentException(
                "ExpectMessageInvalid",
                $"The pattern for the expected message is no regular expression: {ForeignText.Visible(error.Message)}",
                pattern,
                $"{request.Command} -Uri {PowerShellWord.Quote(ForeignText.Visible(Secrets.RedactUri(request.Uri)))} "
                    + "-ExpectMessage 'connected'",
                error);
        }
    }

    private static string ConnectToHost(ProbeRequest request, string host)
    {
        if (IPAddress.TryParse(host, out _)) return host;
        try
        {
            return ProbeUri.Ascii(host, request.ConnectTo!);
        }
        catch (SummitArgumentException)
        {
            throw BadConnectTo(request, "its host is no valid name");
        }
    }

    private static SummitArgumentException BadConnectTo(ProbeRequest request, string problem) =>
        Bad(
            request, "ConnectToInvalid",
            $"'{ForeignText.Visible(request.ConnectTo!)}' is no place to connect to: {problem}.",
            "-ConnectTo '127.0.0.1:443'");

    private static SummitArgumentException Bad(
        ProbeRequest request, string id, string message, string option, bool withoutQuery = false, Exception? inner = null)
    {
        var shown = ForeignText.Visible(Secrets.RedactUri(request.Uri));
        return new(
            id, message, null,
            $"{request.Command} -Uri {PowerShellWord.Quote(withoutQuery ? shown.Split('?')[0] : shown)} {option}",
            inner);
    }
}
