using Summit.Ops.Checks;
using static Summit.Ops.SummitCause;

namespace Summit.Ops.Diagnosis;

/// <summary>What a cause looks like elsewhere, as data: the order of the layers, and for each cause the symptoms it explains.</summary>
/// <remarks>
/// The order is the request's own way, outermost first: what fails first for a client is named first.
/// A cause explains another where the other is what it looks like from further on: a missing site file shows as another server's
/// 404, as that server's certificate, as no listener at all. What is explained is shown under its cause and not counted again.
/// </remarks>
internal static class CausalGraph
{
    /// <summary>Every cause, from the name to the frames.</summary>
    public static IReadOnlyList<SummitCause> Order { get; } =
    [
        DnsNameNotFound, DnsWrongAddress, ProxyFailed,
        NoPublicRoute, NetworkAclBlocked, SecurityGroupBlocked, LoadBalancerBlocked, HostFirewallBlocked,
        NginxNotInstalled, NginxNotRunning, NginxSyntaxInvalid, NginxReloadFailed,
        NginxConfigNotDeployed, NginxConfigNotEnabled, NginxNotReloaded,
        CertificateMissing, CertificateNotReloaded, CertificateExpired, CertificateNotYetValid, CertificateNameMismatch, CertificateChainIncomplete, CertificateUntrusted, CertificateWeak,
        ClientCertificateRequired, TlsProtocolMismatch, PlainHttpOnTlsPort, TlsOnPlainPort,
        NginxConnectionLimit, NginxWrongServer, NginxRedirect, NginxLocationShadowed, NginxLocationMissing, NginxRejectsHandshake,
        NginxUpgradeHeadersMissing, NginxHttpVersion, NginxUpstreamMismatch, NginxUpstreamScheme, NginxResolverMissing, UpstreamSocketDenied, SelinuxDenied, NginxHeaderTooBig,
        BackendRestartLoop, BackendNotRunning, BackendNotListening, BackendWrongAddress, BackendTimeout, BackendRejectsOrigin, BackendRejectsHost, BackendRejectsProxyHeaders, BackendRejectsUpgrade, BackendError,
        AuthenticationFailed, NginxIdleTimeout, WebSocketProtocolError,
        Unknown, None,
    ];

    private static readonly SummitCause[] TcpSymptoms = [NginxNotRunning, Unknown];

    private static readonly SummitCause[] OtherServer =
        [NginxWrongServer, NginxLocationMissing, NginxUpgradeHeadersMissing, NginxHttpVersion, NginxRedirect, NginxRejectsHandshake, NginxUpstreamMismatch, CertificateNameMismatch, CertificateUntrusted, PlainHttpOnTlsPort, BackendNotListening, BackendError, Unknown];

    private static readonly SummitCause[] BackendSymptoms = [BackendNotListening, BackendTimeout, BackendError, BackendRejectsUpgrade, Unknown];

    /// <summary>What a probe takes the answer of a backend for that refuses: 400, 401, 403, 404, a redirect, 5xx.</summary>
    private static readonly SummitCause[] Refusals =
        [NginxUpgradeHeadersMissing, NginxUpstreamMismatch, NginxLocationMissing, NginxRedirect, AuthenticationFailed, BackendRejectsUpgrade, BackendError, Unknown];

    private static readonly SummitCause[] OldCertificate = [CertificateExpired, CertificateNotYetValid, CertificateNameMismatch, CertificateUntrusted, CertificateChainIncomplete, CertificateWeak];

    private static readonly Dictionary<SummitCause, SummitCause[]> Explained = new()
    {
        [DnsNameNotFound] = [Unknown],
        [DnsWrongAddress] = [.. TcpSymptoms, CertificateNameMismatch, NginxLocationMissing],
        [ProxyFailed] = [Unknown],
        [NoPublicRoute] = TcpSymptoms,
        [NetworkAclBlocked] = TcpSymptoms,
        [SecurityGroupBlocked] = TcpSymptoms,
        [LoadBalancerBlocked] = [.. TcpSymptoms, BackendNotListening, BackendTimeout, BackendError],
        [HostFirewallBlocked] = TcpSymptoms,
        [NginxNotInstalled] = [NginxNotRunning, NginxConfigNotDeployed, NginxConfigNotEnabled, .. OtherServer],
        [NginxNotRunning] = [CertificateNotReloaded, NginxNotReloaded, TlsProtocolMismatch, .. OtherServer],
        [NginxSyntaxInvalid] = [NginxNotReloaded, NginxReloadFailed, NginxNotRunning, CertificateNotReloaded, .. OtherServer],
        [NginxReloadFailed] = [NginxNotReloaded, CertificateNotReloaded, .. OtherServer],
        [NginxConfigNotDeployed] = [NginxConfigNotEnabled, NginxNotRunning, .. OtherServer],
        [NginxConfigNotEnabled] = [NginxNotRunning, .. OtherServer],
        [NginxNotReloaded] = [CertificateNotReloaded, .. OtherServer],
        [CertificateMissing] = [NginxSyntaxInvalid, NginxNotRunning, TlsProtocolMismatch, PlainHttpOnTlsPort, Unknown],
        [CertificateNotReloaded] = OldCertificate,
        [CertificateWeak] = [NginxNotRunning, TlsProtocolMismatch, Unknown],
        [ClientCertificateRequired] = [NginxRejectsHandshake, TlsProtocolMismatch, Unknown],
        [TlsProtocolMismatch] = [Unknown],
        [PlainHttpOnTlsPort] = [TlsProtocolMismatch, Unknown],
        [TlsOnPlainPort] = [.. BackendSymptoms, NginxUpgradeHeadersMissing],
        [NginxConnectionLimit] = [BackendError, BackendNotListening, BackendTimeout, NginxRejectsHandshake, NginxUpstreamMismatch, NginxNotRunning, TlsProtocolMismatch, Unknown],
        [NginxWrongServer] = OtherServer,
        [NginxRedirect] = [NginxLocationMissing, Unknown],
        [NginxLocationShadowed] = [NginxLocationMissing, NginxUpgradeHeadersMissing, NginxHttpVersion, NginxRedirect, NginxRejectsHandshake, NginxUpstreamMismatch, BackendRejectsUpgrade, BackendNotListening, Unknown],
        [NginxLocationMissing] = [NginxUpgradeHeadersMissing, NginxHttpVersion, NginxRedirect, NginxRejectsHandshake, BackendRejectsUpgrade, Unknown],
        [NginxRejectsHandshake] = [AuthenticationFailed, Unknown],
        [NginxUpgradeHeadersMissing] = [NginxHttpVersion, BackendRejectsUpgrade, BackendError, NginxLocationMissing, Unknown],
        [NginxHttpVersion] = [NginxUpgradeHeadersMissing, BackendRejectsUpgrade, BackendError, NginxLocationMissing, Unknown],
        [NginxUpstreamMismatch] = BackendSymptoms,
        [SelinuxDenied] = [BackendNotListening, BackendError, NginxUpstreamMismatch, Unknown],
        [NginxResolverMissing] = [BackendNotListening, BackendError, NginxUpstreamMismatch, Unknown],
        [UpstreamSocketDenied] = [BackendNotListening, BackendNotRunning, BackendError, NginxUpstreamMismatch, Unknown],
        [NginxHeaderTooBig] = [BackendNotListening, BackendError, NginxUpstreamMismatch, Unknown],
        [BackendRestartLoop] = [BackendNotRunning, .. BackendSymptoms],
        [BackendNotRunning] = BackendSymptoms,
        [BackendNotListening] = [BackendTimeout, BackendError, Unknown],
        [BackendWrongAddress] = BackendSymptoms,
        [BackendTimeout] = [BackendError, BackendNotListening, Unknown],
        [NginxUpstreamScheme] = [.. BackendSymptoms, .. Refusals],
        [BackendRejectsOrigin] = Refusals,
        [BackendRejectsHost] = Refusals,
        [BackendRejectsProxyHeaders] = Refusals,
        [BackendRejectsUpgrade] = [NginxUpgradeHeadersMissing, NginxLocationMissing, NginxRedirect, Unknown],
        [BackendError] = [BackendTimeout, BackendNotListening, Unknown],
        [AuthenticationFailed] = [NginxRejectsHandshake, Unknown],
        [NginxIdleTimeout] = [WebSocketProtocolError, Unknown],
        [WebSocketProtocolError] = [BackendError, Unknown],
    };

    /// <summary>The checks that look at a cause itself: where every one of them could not look, it is not ruled out.</summary>
    private static readonly Dictionary<SummitCause, string[]> LookedAt = CheckList.Definitions
        .SelectMany(check => check.LooksAt.Select(cause => (cause, check.Id)))
        .GroupBy(each => each.cause, each => each.Id)
        .ToDictionary(each => each.Key, each => each.ToArray());

    /// <summary>What nginx, the backend or the network does at this moment: it explains what a client sees, and nothing that is read in a file.</summary>
    private static readonly HashSet<SummitCause> AtThisMoment =
    [
        DnsNameNotFound, DnsWrongAddress, ProxyFailed, NoPublicRoute, NetworkAclBlocked, SecurityGroupBlocked, LoadBalancerBlocked, HostFirewallBlocked,
        NginxNotRunning, NginxReloadFailed, NginxNotReloaded, NginxConnectionLimit, SelinuxDenied,
        TlsOnPlainPort, BackendRestartLoop, BackendNotRunning, BackendNotListening, BackendWrongAddress, BackendTimeout,
        BackendRejectsOrigin, BackendRejectsHost, BackendRejectsProxyHeaders, BackendRejectsUpgrade, BackendError, AuthenticationFailed, WebSocketProtocolError,
    ];

    /// <summary>What lies between a client and the host: it explains what is seen from outside, and nothing that is seen on the host itself.</summary>
    private static readonly HashSet<SummitCause> BeforeTheHost = [NoPublicRoute, NetworkAclBlocked, SecurityGroupBlocked, LoadBalancerBlocked, HostFirewallBlocked];

    /// <summary>What is true as a check saw it, whatever lies behind it: a cause that could not be looked at makes it less certain, and not wrong.</summary>
    private static readonly HashSet<SummitCause> Plain =
        [.. OldCertificate, NginxNotRunning, NginxNotReloaded, BackendNotRunning, BackendNotListening, BackendRejectsUpgrade, AuthenticationFailed];

    /// <summary>The checks that look at the cause itself; none where only a client can see it.</summary>
    public static IReadOnlyList<string> ChecksOf(SummitCause cause) => LookedAt.GetValueOrDefault(cause, []);

    /// <summary>Whether the cause is a state of the running system, and not something that is read in a file.</summary>
    public static bool IsOfTheMoment(SummitCause cause) => AtThisMoment.Contains(cause);

    /// <summary>Whether the cause lies between a client and the host.</summary>
    public static bool IsBeforeTheHost(SummitCause cause) => BeforeTheHost.Contains(cause);

    /// <summary>Whether the cause stands although what might lie behind it could not be looked at.</summary>
    public static bool IsPlain(SummitCause cause) => Plain.Contains(cause);

    /// <summary>The causes that account for this one's being seen, in the request's order.</summary>
    public static IEnumerable<SummitCause> Behind(SummitCause symptom) => Order.Where(cause => Explains(cause, symptom));

    /// <summary>The place of a cause on the request's way, from 0.</summary>
    public static int Rank(SummitCause cause) => Ranks[cause];

    /// <summary>Whether the first cause accounts for the second one's being seen.</summary>
    public static bool Explains(SummitCause cause, SummitCause symptom) => cause != symptom && Explained.TryGetValue(cause, out var symptoms) && symptoms.Contains(symptom);

    private static readonly Dictionary<SummitCause, int> Ranks = Order.Select((cause, rank) => (cause, rank)).ToDictionary(entry => entry.cause, entry => entry.rank);
}
