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
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(20);

    private static readonly string[] OwnHeaders =
        ["Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Extensions", "Content-Length", "Transfer-Encoding", "Expect", "TE", "Trailer"];

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

    /// <summary>Checks a request.</summary>
    /// <exception cref="SummitArgumentException">Something in it makes no sense.</exception>
    public static ProbePlan From(ProbeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var uri = ProbeUri.Parse(request.Uri);
        var secrets = new Secrets();
        secrets.AddFromUri(request.Uri);
        secrets.Add(request.Token);
        CheckTimes(request);

        var headers = new List<SummitHeader>();
        var subProtocols = request.SubProtocols.ToList();
        uri = PlaceToken(request, uri, headers, subProtocols, secrets);
        AddHeaders(request, uri, headers, secrets);
        foreach (var name in subProtocols) CheckSubProtocol(name, secrets);
        if (subProtocols.Distinct(StringComparer.Ordinal).Count() != subProtocols.Count) throw Bad("SubProtocolTwice", "A subprotocol is offered twice.", "Give each name once: -SubProtocol 'v2', 'v1'");

        var (host, port) = string.IsNullOrEmpty(request.ConnectTo)
            ? (uri.AsciiHost, uri.Port)
            : ProbeUri.SplitHostPort(request.ConnectTo, uri.Port, problem => BadConnectTo(request.ConnectTo, problem.Text));
        if (!string.IsNullOrEmpty(request.ConnectTo)) host = ConnectToHost(request.ConnectTo, host);

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
            Expect = Pattern(request.ExpectMessage),
            Anchors = string.IsNullOrEmpty(request.CertificateAuthority) ? null : TrustAnchors.Load(request.CertificateAuthority),
            Proxy = ProxyServer.For(request, uri, secrets),
        };
    }

    private static void CheckTimes(ProbeRequest request)
    {
        if (request.Timeout <= TimeSpan.Zero || request.Timeout > LongestWait) throw Bad("TimeoutInvalid", $"A time-out of {request.Timeout} makes no sense: it is more than zero and at most 20 days.", "Give seconds: -TimeoutSec 10");
        if (request.Settle < TimeSpan.Zero || request.Settle > LongestWait) throw Bad("SettleInvalid", $"A settle time of {request.Settle} makes no sense: it is zero to 20 days.", "Give a time span: -Settle 00:00:00.250");
        if (request.Hold < TimeSpan.Zero || request.Hold > LongestWait) throw Bad("HoldInvalid", $"A hold time of {request.Hold} makes no sense: it is zero to 20 days.", "Give a time span: -Hold 00:01:10");
    }

    private static ProbeUri PlaceToken(ProbeRequest request, ProbeUri uri, List<SummitHeader> headers, List<string> subProtocols, Secrets secrets)
    {
        if (string.IsNullOrEmpty(request.Token))
        {
            return request.Token is null || string.IsNullOrEmpty(request.TokenHeader) ? uri : throw Bad("TokenEmpty", "The token is empty.", "Give one: -Token (Read-Host -AsSecureString)");
        }

        if (string.IsNullOrEmpty(request.TokenHeader))
        {
            var at = uri.Target.IndexOf('?', StringComparison.Ordinal);
            var query = at < 0 ? "" : uri.Target[(at + 1)..];
            if (query.Split('&').Any(part => part.Equals("token", StringComparison.Ordinal) || part.StartsWith("token=", StringComparison.Ordinal)))
            {
                throw Bad("TokenGivenTwice", "There is a token in the URI and another in -Token.", "Take the one in the URI away: it is the one that a command line shows.");
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

        CheckHeader(request.TokenHeader, request.Token, secrets);
        var bearer = request.TokenHeader.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && !request.Token.Contains(' ', StringComparison.Ordinal);
        headers.Add(new SummitHeader(request.TokenHeader, bearer ? "Bearer " + request.Token : request.Token));
        return uri;
    }

    private static void AddHeaders(ProbeRequest request, ProbeUri uri, List<SummitHeader> headers, Secrets secrets)
    {
        foreach (var (name, value) in request.Headers)
        {
            CheckHeader(name, value, secrets);
            if (IsSecretHeader(name))
            {
                secrets.Add(value);
                secrets.Add(value[(value.LastIndexOf(' ') + 1)..]);
            }

            headers.Add(new SummitHeader(name, value));
        }

        if (request.Origin is { Length: > 0 } origin)
        {
            CheckHeader("Origin", origin, secrets);
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
        UriRedaction.IsSecret(name) || name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) || name.EndsWith("-Key", StringComparison.OrdinalIgnoreCase);

    private static void CheckHeader(string name, string value, Secrets secrets)
    {
        if (!IsToken(name)) throw Bad("HeaderNameInvalid", $"'{ForeignText.Visible(secrets.Redact(name))}' is no header name.", "Give names and values: -Header @{ 'X-Api-Version' = '2' }");
        if (Array.Exists(OwnHeaders, own => own.Equals(name, StringComparison.OrdinalIgnoreCase))) throw Bad("HeaderReserved", $"The header {name} belongs to the handshake and cannot be set.", "Leave it out; subprotocols go into -SubProtocol.");
        if (name.Equals("Sec-WebSocket-Protocol", StringComparison.OrdinalIgnoreCase)) throw Bad("HeaderReserved", "Subprotocols are not given as a header.", "Give them by name: -SubProtocol 'v2', 'v1'");
        if (value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) throw Bad("HeaderValueInvalid", $"The value of the header {name} has a line end or a NUL in it.", "Give a value of one line.");
    }

    private static void CheckSubProtocol(string name, Secrets secrets)
    {
        if (!IsToken(name)) throw Bad("SubProtocolInvalid", $"'{ForeignText.Visible(secrets.Redact(name))}' is no subprotocol name: it is an HTTP token, with no blanks, commas or slashes.", "Give names as registered: -SubProtocol 'graphql-transport-ws'");
    }

    private static bool IsToken(string text) =>
        text.Length > 0 && text.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal));

    private static Regex? Pattern(string? pattern)
    {
        if (string.IsNullOrEmpty(pattern)) return null;
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchBudget);
        }
        catch (ArgumentException error)
        {
            throw new SummitArgumentException("ExpectMessageInvalid", $"The pattern for the expected message is no regular expression: {ForeignText.Visible(error.Message)}", pattern, "Give a regular expression: -ExpectMessage 'connected'", error);
        }
    }

    private static string ConnectToHost(string connectTo, string host)
    {
        if (IPAddress.TryParse(host, out _)) return host;
        try
        {
            return ProbeUri.Ascii(host, connectTo);
        }
        catch (SummitArgumentException)
        {
            throw BadConnectTo(connectTo, "its host is no valid name");
        }
    }

    private static SummitArgumentException BadConnectTo(string connectTo, string problem) =>
        new("ConnectToInvalid", $"'{ForeignText.Visible(connectTo)}' is no place to connect to: {problem}.", ForeignText.Visible(connectTo), "Give host and port: -ConnectTo '127.0.0.1:443'");

    private static SummitArgumentException Bad(string id, string message, string action) => new(id, message, null, action);
}
