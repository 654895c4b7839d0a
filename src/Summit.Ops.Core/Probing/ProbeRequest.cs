using System.Text.Json.Serialization;
using Summit.Ops.Text;

namespace Summit.Ops.Probing;

/// <summary>
/// What to probe, and how. Make one with <see cref="Create"/>, which checks everything that can be checked before a packet is sent.
/// </summary>
public sealed record ProbeRequest
{
    /// <summary>The endpoint, <c>wss://host[:port]/path</c> or <c>ws://…</c>; path and query are sent exactly as written.</summary>
    public string Uri { get; init; } = "";

    /// <summary>
    /// The token, sent as <c>?token=…</c> unless <see cref="TokenHeader"/> is set; null for none. It appears in no output.
    /// </summary>
    [JsonIgnore]
    public string? Token { get; init; }

    /// <summary>
    /// The header that carries the token instead; for <c>Authorization</c> a token without a scheme is sent as
    /// <c>Bearer</c>. Null for the query.
    /// </summary>
    public string? TokenHeader { get; init; }

    /// <summary>More request headers, in this order; a Host among them replaces the URI's.</summary>
    [JsonIgnore]
    public IReadOnlyList<SummitHeader> Headers { get; init; } = [];

    /// <summary>The Origin header, as a browser would send it (<c>https://app.example.com</c>); null for none.</summary>
    public string? Origin { get; init; }

    /// <summary>The subprotocols to offer, the preferred one first.</summary>
    public IReadOnlyList<string> SubProtocols { get; init; } = [];

    /// <summary>Whether the Connection header is <c>keep-alive, Upgrade</c>, as Firefox sends it.</summary>
    internal bool KeepAlive { get; init; }

    /// <summary>A text message to send once it is open; null for none.</summary>
    [JsonIgnore]
    public string? Message { get; init; }

    /// <summary>A regular expression that a message must match before the time is up; null for none.</summary>
    public string? ExpectMessage { get; init; }

    /// <summary>How long to wait after the 101 for a first message or a Close frame; 250 ms.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long it must stay open, idle; zero for not at all. This time is not part of <see cref="Timeout"/>.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>
    /// The <c>host:port</c> to connect to instead of the URI's own; SNI, Host and the certificate's name stay
    /// the URI's. Null for the URI's.
    /// </summary>
    public string? ConnectTo { get; init; }

    /// <summary>
    /// How many redirects are followed (301, 302, 303, 307, 308); 0. Token, credentials, headers and message stay with
    /// the origin they were given for.
    /// </summary>
    public int MaximumRedirection { get; init; }

    /// <summary>One budget for everything but <see cref="Hold"/>; 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The path of a PEM file with authorities to trust beside the system's; null or empty for the system's alone.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>Whether to go on where the certificate is not good; its problems are reported all the same.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>The HTTP proxy, <c>http://[user:password@]host:port</c>; null for the system's, <c>none</c> for none.</summary>
    [JsonIgnore]
    public string? Proxy { get; init; }

    /// <summary>The command that advice names.</summary>
    internal string Command { get; init; } = "Test-SummitWebSocket";

    /// <summary>
    /// The site that was named instead of a URI; null where none was. It says more than the URI does: where
    /// the configuration lies, for one.
    /// </summary>
    internal SummitSite? Site { get; init; }

    /// <summary>Whether it is for TLS alone, so that a URI without is refused.</summary>
    internal bool TlsOnly { get; init; }

    /// <summary>Checks a request.</summary>
    /// <param name="uri">The endpoint.</param>
    /// <param name="options">Everything else; its <see cref="Uri"/> is ignored. Null for the defaults.</param>
    /// <returns>The request, ready to run.</returns>
    /// <exception cref="Errors.SummitArgumentException">Something in it makes no sense; the message shows no secret.</exception>
    public static ProbeRequest Create(string uri, ProbeRequest? options = null)
    {
        var request = (options ?? new ProbeRequest()) with { Uri = uri };
        _ = ProbePlan.From(request);
        return request;
    }

    /// <summary>The URI without its secrets.</summary>
    public override string ToString()
    {
        // a token may stand in the path as well
        var secrets = new Secrets();
        secrets.AddFromUri(Uri);
        secrets.Add(Token);
        return ForeignText.Visible(secrets.Redact(Secrets.RedactUri(Uri)));
    }
}
