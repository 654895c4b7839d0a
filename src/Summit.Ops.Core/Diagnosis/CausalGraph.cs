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
        NginxUpgradeHeadersMissing, NginxHttpVersion, NginxUpstreamMismatch, SelinuxDenied,
        BackendRestartLoop, BackendNotRunning, BackendNotListening, BackendWrongAddress, BackendTimeout, BackendRejectsUpgrade, BackendError,
        AuthenticationFailed, NginxIdleTimeout, WebSocketProtocolError,
        Unknown, None,
    ];

    private static readonly SummitCause[] TcpSymptoms = [NginxNotRunning, Unknown];

    private static readonly SummitCause[] OtherServer =
        [NginxWrongServer, NginxLocationMissing, NginxUpgradeHeadersMissing, NginxHttpVersion, NginxRedirect, NginxRejectsHandshake, NginxUpstreamMismatch, CertificateNameMismatch, CertificateUntrusted, PlainHttpOnTlsPort, BackendNotListening, BackendError, Unknown];

    private static readonly SummitCause[] BackendSymptoms = [BackendNotListening, BackendTimeout, BackendError, BackendRejectsUpgrade, NginxNotRunning, Unknown];

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
        [NginxNotRunning] = [CertificateNotReloaded, NginxNotReloaded, Unknown],
        [NginxSyntaxInvalid] = [NginxNotReloaded, NginxReloadFailed, NginxNotRunning, CertificateNotReloaded, .. OtherServer],
        [NginxReloadFailed] = [NginxNotReloaded, CertificateNotReloaded, .. OtherServer],
        [NginxConfigNotDeployed] = [NginxConfigNotEnabled, NginxNotRunning, .. OtherServer],
        [NginxConfigNotEnabled] = [NginxNotRunning, .. OtherServer],
        [NginxNotReloaded] = [CertificateNotReloaded, .. OtherServer],
        [CertificateMissing] = [NginxSyntaxInvalid, NginxNotRunning, TlsProtocolMismatch, PlainHttpOnTlsPort, Unknown],
        [CertificateNotReloaded] = OldCertificate,
        [NginxConnectionLimit] = [BackendError, BackendNotListening, NginxRejectsHandshake, Unknown],
        [NginxWrongServer] = OtherServer,
        [NginxRedirect] = [NginxLocationMissing, Unknown],
        [NginxLocationShadowed] = [NginxLocationMissing, NginxUpgradeHeadersMissing, NginxHttpVersion, NginxRedirect, NginxRejectsHandshake, NginxUpstreamMismatch, BackendRejectsUpgrade, BackendNotListening, Unknown],
        [NginxLocationMissing] = [NginxUpgradeHeadersMissing, NginxHttpVersion, NginxRedirect, NginxRejectsHandshake, BackendRejectsUpgrade, Unknown],
        [NginxRejectsHandshake] = [AuthenticationFailed, Unknown],
        [NginxUpgradeHeadersMissing] = [NginxHttpVersion, BackendRejectsUpgrade, BackendError, NginxLocationMissing, Unknown],
        [NginxHttpVersion] = [NginxUpgradeHeadersMissing, BackendRejectsUpgrade, BackendError, NginxLocationMissing, Unknown],
        [NginxUpstreamMismatch] = BackendSymptoms,
        [SelinuxDenied] = [BackendNotListening, BackendError, Unknown],
        [BackendRestartLoop] = [BackendNotRunning, .. BackendSymptoms],
        [BackendNotRunning] = BackendSymptoms,
        [BackendNotListening] = [BackendTimeout, BackendError, NginxNotRunning, Unknown],
        [BackendWrongAddress] = BackendSymptoms,
        [BackendTimeout] = [BackendError, Unknown],
        [BackendRejectsUpgrade] = [NginxUpgradeHeadersMissing, NginxLocationMissing, Unknown],
        [BackendError] = [BackendTimeout, Unknown],
        [AuthenticationFailed] = [NginxRejectsHandshake, Unknown],
        [NginxIdleTimeout] = [WebSocketProtocolError, Unknown],
    };

    /// <summary>The place of a cause on the request's way, from 0.</summary>
    public static int Rank(SummitCause cause) => Ranks[cause];

    /// <summary>Whether the first cause accounts for the second one's being seen.</summary>
    public static bool Explains(SummitCause cause, SummitCause symptom) => cause != symptom && Explained.TryGetValue(cause, out var symptoms) && symptoms.Contains(symptom);

    private static readonly Dictionary<SummitCause, int> Ranks = Order.Select((cause, rank) => (cause, rank)).ToDictionary(entry => entry.cause, entry => entry.rank);
}
