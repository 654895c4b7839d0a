using System.Text.RegularExpressions;
using static Summit.Ops.SummitCause;

namespace Summit.Ops.Checks.Host;

/// <summary>Words of nginx's error log, and what they say of a handshake.</summary>
/// <param name="Words">What the line holds, all of it.</param>
/// <param name="Cause">The cause.</param>
/// <param name="Means">What it means, in one sentence.</param>
/// <param name="Statuses">What the client sees; empty for what is no matter of one request, or where the client sees no status.</param>
internal sealed record ErrorLogEntry(string[] Words, SummitCause Cause, string Means, params int[] Statuses)
{
    /// <summary>Whether it is written for one request, and so only counts beside an answer that it explains.</summary>
    public bool IsOfRequest { get; init; } = true;

    /// <summary>Whether it only says how a fault looks from nginx, which other checks look at themselves.</summary>
    public bool IsSymptom { get; init; }

    /// <summary>Whether the host has to enforce SELinux for it to mean that.</summary>
    public bool NeedsSelinux { get; init; }

    /// <summary>What to do; empty for a new diagnosis.</summary>
    public string Fix { get; init; } = "";
}

/// <summary>The error log's words that are known, from nginx's source: the first entry that fits a line holds.</summary>
internal static partial class ErrorLogTable
{
    private const string Resolver =
        "sudo grep -rn resolver /etc/nginx   # nginx resolves a name in a variable only with a resolver of its own";

    private const string Limit =
        "sudo grep -rnE 'limit_(req|conn)' /etc/nginx   # raise the rate or the number, or give limit_req a burst with nodelay, "
            + "then: sudo nginx -t && sudo systemctl reload nginx";

    /// <summary>The entries, the most exact first.</summary>
    public static IReadOnlyList<ErrorLogEntry> All { get; } =
    [
        // the whole nginx
        new(["worker_connections are not enough"], NginxConnectionLimit, "nginx has no connection left")
        {
            IsOfRequest = false, Fix = "Restart-SummitNginx   # once worker_connections in the events block of nginx.conf is raised",
        },
        new(["Too many open files"], NginxConnectionLimit, "nginx has no file descriptor left")
        {
            IsOfRequest = false,
            Fix = "Restart-SummitNginx   # once worker_rlimit_nofile in nginx.conf is raised",
        },
        new(["still could not bind()"], NginxReloadFailed, "another process has the port, so nginx went on with the old configuration")
        {
            IsOfRequest = false, Fix = "sudo ss -ltnp   # see who has the port and end it, then: Restart-SummitNginx",
        },

        // the way to the backend
        new(["connect() to unix:", "(13: Permission denied)"], UpstreamSocketDenied,
            "nginx's workers may not write to the backend's UNIX socket", 502)
        {
            Fix = "sudo namei -l /path/to/app.sock   # each folder and the socket itself must be open to nginx's user; "
                + "the application sets the socket's mode",
        },
        new(["connect() to unix:", "(2: No such file or directory)"], BackendNotListening, "the backend's UNIX socket does not exist",
            502) { IsSymptom = true },
        new(["connect() to unix:", "failed ("], BackendNotListening, "the backend does not take connections at its UNIX socket",
            502) { IsSymptom = true },
        new(["connect() failed (13: Permission denied)"], SelinuxDenied, "SELinux does not let nginx connect",
            502) { NeedsSelinux = true, Fix = "sudo setsebool -P httpd_can_network_connect 1" },
        new(["connect() failed (111:"], BackendNotListening, "nothing listens at the address that nginx connects to",
            502) { IsSymptom = true },
        new(["connect() failed (113:"], BackendNotListening, "there is no route to the address that nginx connects to",
            502) { IsSymptom = true },
        new(["bind(", "while connecting to upstream"], NginxUpstreamMismatch, "proxy_bind names an address that this host does not have",
            500),
        new(["connect() failed (99:"], NginxConnectionLimit, "nginx has no local port left for connections to the backend", 502),
        new(["upstream timed out", "while connecting to upstream"], BackendTimeout, "the backend's address does not answer",
            504) { IsSymptom = true },
        new(["no live upstreams while connecting to upstream"], BackendNotListening,
            "all members of the upstream group failed a moment ago, and nginx leaves them alone for fail_timeout",
            502) { IsSymptom = true },
        new(["no resolver defined to resolve"], NginxResolverMissing,
            "proxy_pass has a name in a variable, and nginx has no resolver to look it up with", 502) { Fix = Resolver },
        new(["could not be resolved ("], NginxResolverMissing, "nginx's resolver does not know the name in proxy_pass",
            502) { Fix = Resolver },
        new(["invalid port in upstream"], NginxUpstreamMismatch, "the port in proxy_pass is no number", 500),
        new(["no port in upstream"], NginxUpstreamMismatch, "proxy_pass is left without a port", 500),
        new(["no host in upstream"], NginxUpstreamMismatch, "proxy_pass is left without a host: a variable in it is empty", 500),
        new(["invalid host in upstream"], NginxUpstreamMismatch, "the host in proxy_pass is not valid", 500),
        new(["invalid URL prefix in"], NginxUpstreamMismatch, "the variable in proxy_pass does not begin with http:// or https://", 500),

        // TLS to the backend
        new(["SSL_do_handshake() failed", "wrong version number", "while SSL handshaking to upstream"], NginxUpstreamScheme,
            "proxy_pass says https, and the backend speaks plain HTTP", 502),
        new(["SSL_do_handshake() failed", "while SSL handshaking to upstream"], TlsProtocolMismatch,
            "nginx and the backend agree on no TLS", 502),
        new(["peer closed connection in SSL handshake", "while SSL handshaking to upstream"], TlsProtocolMismatch,
            "the backend ends nginx's TLS handshake", 502),
        new(["upstream SSL certificate verify error"], CertificateUntrusted,
            "proxy_ssl_verify is on, and nginx does not trust the backend's certificate", 502),
        new(["upstream SSL certificate does not match"], CertificateNameMismatch,
            "proxy_ssl_verify is on, and the backend's certificate is for another name", 502),

        // what the backend answers
        new(["upstream sent too big header"], NginxHeaderTooBig, "the header of the backend's answer does not fit into proxy_buffer_size",
            502),
        new(["upstream prematurely closed connection while reading response header"], BackendError,
            "the backend closes the connection without an answer", 502) { IsSymptom = true },
        new(["recv() failed (104:", "while reading response header from upstream"], BackendError,
            "the backend resets the connection before it answers", 502) { IsSymptom = true },
        new(["upstream sent no valid HTTP/1.0 header"], BackendError, "what the backend sends is not HTTP", 9, 200,
            502) { IsSymptom = true },
        new(["upstream sent invalid header"], BackendError, "a header of the backend's answer is not valid", 502) { IsSymptom = true },
        new(["upstream sent unsupported FastCGI"], NginxUpstreamMismatch, "fastcgi_pass leads to a backend that speaks no FastCGI", 502),
        new(["upstream timed out", "while reading response header from upstream"], BackendTimeout,
            "the backend takes the request and does not answer within proxy_read_timeout", 504) { IsSymptom = true },

        // what nginx refuses itself
        new(["access forbidden by rule"], NginxRejectsHandshake, "an allow or deny rule refuses the client's address", 403),
        new(["limiting requests, excess:"], NginxRejectsHandshake, "limit_req refuses the request", 503, 429, 444) { Fix = Limit },
        new(["limiting connections by zone"], NginxRejectsHandshake, "limit_conn refuses the connection", 503, 429, 444) { Fix = Limit },
        new(["auth request unexpected status:"], NginxRejectsHandshake,
            "the service that auth_request asks answers neither 2xx, 401 nor 403", 500),
        new(["was not found in", "\", client:"], NginxRejectsHandshake, "auth_basic knows no such user", 401),
        new([": password mismatch"], NginxRejectsHandshake, "auth_basic refuses the password", 401),
        new(["client intended to send too large body"], NginxRejectsHandshake, "the request is larger than client_max_body_size", 413),
        new(["client sent too long URI"], NginxRejectsHandshake, "the URI does not fit into large_client_header_buffers", 414),
        new(["client sent too long header line"], NginxRejectsHandshake,
            "a header, often the cookies, does not fit into large_client_header_buffers", 400, 431, 494),
        new(["client sent too large request"], NginxRejectsHandshake, "the headers together do not fit into large_client_header_buffers",
            400, 431, 494),
        // what came instead is quoted, with its line ends
        new(["broken header:"], NginxRejectsHandshake,
            "the listen line expects the PROXY protocol of a balancer, and this client came without it") { IsOfRequest = false },
        new(["rewrite or internal redirection cycle"], NginxRedirect, "rewrites or error pages go round in circles", 500),
    ];

    /// <summary>The entry for a line; null where its words are not known.</summary>
    public static ErrorLogEntry? Find(string line) =>
        All.FirstOrDefault(entry => entry.Words.All(word => line.Contains(word, StringComparison.Ordinal)));

    /// <summary>The path of the request that a line was written for; null where it names none.</summary>
    public static string? PathOf(string line) => Request().Match(line) is { Success: true } match ? match.Groups["path"].Value : null;

    [GeneratedRegex(@", request: ""[A-Z]+ (?<path>[^ ?""]*)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Request();
}
