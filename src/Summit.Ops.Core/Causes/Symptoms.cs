using static Summit.Ops.SummitCause;

namespace Summit.Ops.Causes;

/// <summary>What several causes look like from further on.</summary>
internal static class Symptoms
{
    public static IReadOnlyList<SummitCause> OfAClosedPort { get; } = [NginxNotRunning, Unknown];

    public static IReadOnlyList<SummitCause> OfAnotherServer { get; } =
    [
        NginxWrongServer, NginxLocationMissing, NginxUpgradeHeadersMissing, NginxHttpVersion, NginxRedirect, NginxRejectsHandshake,
        NginxUpstreamMismatch, CertificateNameMismatch, CertificateUntrusted, PlainHttpOnTlsPort,
        BackendNotListening, BackendError, Unknown,
    ];

    public static IReadOnlyList<SummitCause> OfADeadBackend { get; } =
        [BackendNotListening, BackendTimeout, BackendError, BackendRejectsUpgrade, Unknown];

    /// <summary>What a probe takes the answer of a backend for that refuses: 400, 401, 403, 404, a redirect, 5xx.</summary>
    public static IReadOnlyList<SummitCause> OfARefusal { get; } =
    [
        NginxUpgradeHeadersMissing, NginxUpstreamMismatch, NginxLocationMissing, NginxRedirect, AuthenticationFailed,
        BackendRejectsUpgrade, BackendError, Unknown,
    ];

    public static IReadOnlyList<SummitCause> OfAnOldCertificate { get; } =
    [
        CertificateExpired, CertificateNotYetValid, CertificateNameMismatch, CertificateUntrusted, CertificateChainIncomplete,
        CertificateWeak,
    ];
}
