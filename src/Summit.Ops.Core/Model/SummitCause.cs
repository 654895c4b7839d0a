namespace Summit.Ops;

/// <summary>Why a WebSocket does not work: the one closed list that every cmdlet answers with.</summary>
/// <remarks>The groups follow the request on its way: name, network, host, nginx, backend, TLS, protocol.</remarks>
public enum SummitCause
{
    /// <summary>Nothing is broken.</summary>
    None,

    /// <summary>Something is broken, and what was seen does not say what.</summary>
    Unknown,

    /// <summary>The host name does not resolve.</summary>
    DnsNameNotFound,

    /// <summary>The host name resolves to an address that is not the server's.</summary>
    DnsWrongAddress,

    /// <summary>The HTTP proxy on the client's side refused or failed.</summary>
    ProxyFailed,

    /// <summary>No security group of the interface lets the client in.</summary>
    SecurityGroupBlocked,

    /// <summary>A network ACL of the subnet drops the packet, there or on its way back.</summary>
    NetworkAclBlocked,

    /// <summary>The instance has no public address or its subnet no route to an internet gateway.</summary>
    NoPublicRoute,

    /// <summary>The load balancer in front does not pass the connection on.</summary>
    LoadBalancerBlocked,

    /// <summary>A firewall on the host itself drops or rejects the port.</summary>
    HostFirewallBlocked,

    /// <summary>There is no nginx on the host.</summary>
    NginxNotInstalled,

    /// <summary>nginx is installed and does not run.</summary>
    NginxNotRunning,

    /// <summary>The configuration on the disk does not pass <c>nginx -t</c>.</summary>
    NginxSyntaxInvalid,

    /// <summary>The site's configuration file is not on the server.</summary>
    NginxConfigNotDeployed,

    /// <summary>The file is on the server and nginx does not include it.</summary>
    NginxConfigNotEnabled,

    /// <summary>The server block has no location for the WebSocket path.</summary>
    NginxLocationMissing,

    /// <summary>The location proxies without the Upgrade and Connection request headers.</summary>
    NginxUpgradeHeadersMissing,

    /// <summary>The location speaks HTTP/1.0 to the backend, which cannot upgrade.</summary>
    NginxHttpVersion,

    /// <summary>Another location takes the WebSocket path's requests.</summary>
    NginxLocationShadowed,

    /// <summary>Another server block answers for the name.</summary>
    NginxWrongServer,

    /// <summary>nginx answers with a redirect, which a WebSocket client cannot follow.</summary>
    NginxRedirect,

    /// <summary>nginx itself refuses the handshake: a limit, <c>auth_request</c>, <c>deny</c>.</summary>
    NginxRejectsHandshake,

    /// <summary>nginx has run out of connections or of file descriptors.</summary>
    NginxConnectionLimit,

    /// <summary>nginx sends the request to a port, host or path other than the backend's.</summary>
    NginxUpstreamMismatch,

    /// <summary>nginx speaks TLS to a backend that speaks plain HTTP.</summary>
    NginxUpstreamScheme,

    /// <summary>The header of the backend's answer does not fit into nginx's <c>proxy_buffer_size</c>.</summary>
    NginxHeaderTooBig,

    /// <summary>nginx cannot look the backend's name up: it has no resolver, or one that does not know the name.</summary>
    NginxResolverMissing,

    /// <summary>nginx may not write to the backend's UNIX socket.</summary>
    UpstreamSocketDenied,

    /// <summary>nginx closes the idle connection after <c>proxy_read_timeout</c>.</summary>
    NginxIdleTimeout,

    /// <summary>The disk is right, and the running nginx still has an older configuration.</summary>
    NginxNotReloaded,

    /// <summary>nginx was told to reload and kept its old configuration.</summary>
    NginxReloadFailed,

    /// <summary>SELinux denies nginx the connection to the backend.</summary>
    SelinuxDenied,

    /// <summary>The backend's process does not run.</summary>
    BackendNotRunning,

    /// <summary>The backend runs, or seems to, and nothing listens on its port.</summary>
    BackendNotListening,

    /// <summary>The backend starts, crashes and starts again.</summary>
    BackendRestartLoop,

    /// <summary>The backend listens on an address that nginx does not connect to.</summary>
    BackendWrongAddress,

    /// <summary>The backend accepts the connection and does not answer in time.</summary>
    BackendTimeout,

    /// <summary>The backend answers the upgrade request with something other than 101.</summary>
    BackendRejectsUpgrade,

    /// <summary>The backend refuses the Origin that a browser sends, and opens without it.</summary>
    BackendRejectsOrigin,

    /// <summary>The backend refuses the Host that nginx sends, and opens for the one that the client asked for.</summary>
    BackendRejectsHost,

    /// <summary>The backend refuses a header that a proxy adds, or misses one: X-Forwarded-For, X-Forwarded-Proto.</summary>
    BackendRejectsProxyHeaders,

    /// <summary>The backend fails while it handles the connection (1011, 5xx of its own).</summary>
    BackendError,

    /// <summary>The application does not accept the token or the credentials.</summary>
    AuthenticationFailed,

    /// <summary>A certificate or key file that the configuration names is missing or unreadable.</summary>
    CertificateMissing,

    /// <summary>The certificate's validity has ended.</summary>
    CertificateExpired,

    /// <summary>The certificate's validity has not begun.</summary>
    CertificateNotYetValid,

    /// <summary>The certificate is for other names.</summary>
    CertificateNameMismatch,

    /// <summary>The chain ends in an authority that the client does not trust.</summary>
    CertificateUntrusted,

    /// <summary>The server does not send the intermediate certificates.</summary>
    CertificateChainIncomplete,

    /// <summary>The key or the signature is too weak for today's clients.</summary>
    CertificateWeak,

    /// <summary>The certificate on the disk is newer than the one that is served.</summary>
    CertificateNotReloaded,

    /// <summary>The server demands a client certificate.</summary>
    ClientCertificateRequired,

    /// <summary>Client and server have no TLS version or cipher in common.</summary>
    TlsProtocolMismatch,

    /// <summary>The port answers plain HTTP where TLS is expected.</summary>
    PlainHttpOnTlsPort,

    /// <summary>The port expects TLS and was asked in plain HTTP.</summary>
    TlsOnPlainPort,

    /// <summary>The peer breaks RFC 6455.</summary>
    WebSocketProtocolError,
}
