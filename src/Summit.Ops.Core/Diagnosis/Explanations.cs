namespace Summit.Ops.Diagnosis;

/// <summary>One sentence for each cause: what it means for a WebSocket.</summary>
internal static class Explanations
{
    /// <summary>What a configuration that nginx refuses means where no nginx runs.</summary>
    public const string NothingToKeep = "The configuration on the disk does not pass nginx -t, so nginx does not start.";

    /// <summary>What is said of an nginx that runs, and that no client reaches.</summary>
    public const string OnlyWithin = "nginx runs, and does not listen where clients connect, so every connection from outside is refused.";

    /// <summary>The sentence.</summary>
    public static string Of(SummitCause cause) => cause switch
    {
        SummitCause.None => "Nothing that breaks WebSockets was found.",
        SummitCause.Unknown => "A WebSocket does not open, and what could be looked at does not say why.",
        SummitCause.DnsNameNotFound => "The host name does not resolve, so no client gets as far as a connection.",
        SummitCause.DnsWrongAddress => "The host name leads to an address that is not this server's.",
        SummitCause.ProxyFailed => "The HTTP proxy between the client and the server does not connect.",
        SummitCause.SecurityGroupBlocked => "The packets do not reach the server: most often no rule of its security groups lets the client in on this port.",
        SummitCause.NetworkAclBlocked => "A network ACL of the subnet drops the packets, on their way in or the answers on their way out.",
        SummitCause.NoPublicRoute => "The server cannot be reached from the internet: it has no public address, or its subnet no route to an internet gateway.",
        SummitCause.LoadBalancerBlocked => "The load balancer in front does not pass the connection on to the server.",
        SummitCause.HostFirewallBlocked => "A firewall on the server itself drops or rejects the port.",
        SummitCause.NginxNotInstalled => "There is no nginx on the server under the name that the site gives it.",
        SummitCause.NginxNotRunning => "nginx does not run, so every connection is refused.",
        SummitCause.NginxSyntaxInvalid => "The configuration on the disk does not pass nginx -t: the running nginx keeps an old one, and after its next restart there is none.",
        SummitCause.NginxConfigNotDeployed => "The site's nginx configuration is not on the server, so another server block answers for it.",
        SummitCause.NginxConfigNotEnabled => "The site's configuration is on the server, and nginx does not read it: it is not linked into what nginx includes.",
        SummitCause.NginxLocationMissing => "The site's server block has no location for the WebSocket path, so the handshake never gets to the backend.",
        SummitCause.NginxUpgradeHeadersMissing => "nginx does not pass Upgrade and Connection on, so the backend sees an ordinary request and refuses it.",
        SummitCause.NginxHttpVersion => "nginx speaks HTTP/1.0 to the backend, and HTTP/1.0 has no upgrade.",
        SummitCause.NginxLocationShadowed => "Another location takes the requests for the WebSocket path.",
        SummitCause.NginxWrongServer => "Another server block answers for this name and port.",
        SummitCause.NginxRedirect => "nginx answers the handshake with a redirect, and a WebSocket client does not follow one.",
        SummitCause.NginxRejectsHandshake => "nginx itself refuses the handshake: a limit, an access rule or an auth_request stands in front of the backend.",
        SummitCause.NginxConnectionLimit => "nginx has no connections or file descriptors left for new clients.",
        SummitCause.NginxUpstreamMismatch => "nginx passes the handshake to an address or path at which the backend has no WebSocket.",
        SummitCause.NginxIdleTimeout => "nginx closes the connection when nothing has been sent for proxy_read_timeout; the client sees 1006.",
        SummitCause.NginxNotReloaded => "The configuration on the disk is right, and the running nginx still works with the one before it.",
        SummitCause.NginxReloadFailed => "nginx was told to reload, could not take the new configuration, and kept the old one.",
        SummitCause.NginxHeaderTooBig => "The header of the backend's answer is larger than nginx's proxy_buffer_size, so nginx drops the answer and says 502.",
        SummitCause.NginxResolverMissing => "nginx cannot look up the backend's name: proxy_pass has it in a variable, and nginx's own resolver is missing or does not know it.",
        SummitCause.UpstreamSocketDenied => "nginx's workers may not write to the backend's UNIX socket.",
        SummitCause.SelinuxDenied => "SELinux forbids nginx to connect to the backend.",
        SummitCause.BackendNotRunning => "The backend does not run, so nginx answers 502.",
        SummitCause.BackendNotListening => "Nothing listens on the backend's port, so nginx answers 502.",
        SummitCause.BackendRestartLoop => "The backend starts, ends and is started again; connections break each time.",
        SummitCause.BackendWrongAddress => "The backend listens on an address that nginx does not connect to.",
        SummitCause.BackendTimeout => "The backend takes the connection and does not answer in time, so nginx answers 504.",
        SummitCause.BackendRejectsUpgrade => "The backend itself, asked past nginx, does not upgrade on this path.",
        SummitCause.NginxUpstreamScheme => "nginx speaks TLS to the backend, and the backend speaks plain HTTP.",
        SummitCause.BackendRejectsOrigin => "The backend refuses the handshake for its Origin: it does not allow the one that a browser sends, or nginx takes that one away.",
        SummitCause.BackendRejectsHost => "The backend refuses the Host header that nginx sends; with the client's own the WebSocket opens.",
        SummitCause.BackendRejectsProxyHeaders => "The backend refuses the handshake because of a header that nginx adds as a proxy, or leaves out.",
        SummitCause.BackendError => "The backend fails while it handles the connection.",
        SummitCause.AuthenticationFailed => "The application does not accept the token or the credentials; nginx and the network are fine.",
        SummitCause.CertificateMissing => "A certificate or key that the configuration names is missing, cannot be read, or does not belong to the other.",
        SummitCause.CertificateExpired => "The certificate has expired, so clients end the TLS handshake.",
        SummitCause.CertificateNotYetValid => "The certificate is not valid yet, or the clock of one side is wrong.",
        SummitCause.CertificateNameMismatch => "The certificate is for other names, so clients end the TLS handshake.",
        SummitCause.CertificateUntrusted => "The certificate's authority is not one that clients trust.",
        SummitCause.CertificateChainIncomplete => "The server does not send the intermediate certificates; some clients have them, others fail.",
        SummitCause.CertificateWeak => "The certificate's key or signature is too weak for today's clients.",
        SummitCause.CertificateNotReloaded => "The certificate was renewed on the disk, and nginx still serves the old one.",
        SummitCause.ClientCertificateRequired => "The server demands a client certificate.",
        SummitCause.TlsProtocolMismatch => "Client and server have no TLS version or cipher in common.",
        SummitCause.PlainHttpOnTlsPort => "The port speaks plain HTTP where clients expect TLS.",
        SummitCause.TlsOnPlainPort => "The port expects TLS and was asked in plain HTTP.",
        SummitCause.WebSocketProtocolError => "The server breaks the WebSocket protocol (RFC 6455).",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "No explanation for this cause."),
    };
}
