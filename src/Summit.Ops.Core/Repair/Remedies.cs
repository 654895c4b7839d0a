using static Summit.Ops.SummitCause;
using static Summit.Ops.SummitRepairAction;

namespace Summit.Ops.Repair;

/// <summary>What mends a cause from here, or why nothing does.</summary>
/// <param name="Action">The step that mends it; null where none does.</param>
/// <param name="Why">Where none does: whose it is.</param>
internal sealed record Remedy(SummitRepairAction? Action, string Why = "");

/// <summary>For each cause its remedy, as data.</summary>
/// <remarks>
/// Mended is what belongs to the site: its configuration file, its backend's process, the running nginx. What belongs to somebody else
/// (the account's network, certificates, names, the host's own rules, the application's code) is named and left alone.
/// </remarks>
internal static class Remedies
{
    private const string Account = "it belongs to the AWS account and not to the host";
    private const string Certificate = "a certificate comes from its authority, and nothing on the host can stand in for one";
    private const string Application = "it is the application's own answer, and a restart would only end its open connections";

    private static readonly Dictionary<SummitCause, Remedy> All = new()
    {
        [None] = new(null, "nothing is broken"),
        [Unknown] = new(null, "the evidence does not say what is wrong, and nothing is changed on a guess"),
        [DnsNameNotFound] = new(null, "the name's records belong to its DNS zone"),
        [DnsWrongAddress] = new(null, "the name's records belong to its DNS zone"),
        [ProxyFailed] = new(null, "the proxy stands on the client's side"),
        [SecurityGroupBlocked] = new(null, Account),
        [NetworkAclBlocked] = new(null, Account),
        [NoPublicRoute] = new(null, Account),
        [LoadBalancerBlocked] = new(null, Account),
        [HostFirewallBlocked] = new(null, "what a host lets in is for those to say who wrote its rules"),
        [NginxNotInstalled] = new(null, "packages are not installed unasked"),
        [NginxNotRunning] = new(ReloadNginx),
        [NginxSyntaxInvalid] = new(DeployConfig),
        [NginxConfigNotDeployed] = new(DeployConfig),
        [NginxConfigNotEnabled] = new(DeployConfig),
        [NginxLocationMissing] = new(DeployConfig),
        [NginxUpgradeHeadersMissing] = new(DeployConfig),
        [NginxHttpVersion] = new(DeployConfig),
        [NginxLocationShadowed] = new(DeployConfig),
        [NginxWrongServer] = new(DeployConfig),
        [NginxRedirect] = new(DeployConfig),
        [NginxUpstreamMismatch] = new(DeployConfig),
        [NginxIdleTimeout] = new(DeployConfig),
        [NginxRejectsHandshake] = new(null, "a limit or an access rule was written by somebody who meant it"),
        [NginxConnectionLimit] = new(null, "how many connections nginx may hold is a matter of the whole host"),
        [NginxNotReloaded] = new(ReloadNginx),
        [NginxReloadFailed] = new(ReloadNginx),
        [NginxResolverMissing] = new(null, "which name server this network has is not for nginx's file to guess"),
        [UpstreamSocketDenied] = new(null, "the application makes its socket, and says who may write to it"),
        [NginxHeaderTooBig] = new(DeployConfig),
        [SelinuxDenied] = new(null, "the host's security policy is not changed unasked"),
        [BackendNotRunning] = new(RestartBackend),
        [BackendNotListening] = new(RestartBackend),
        [BackendRestartLoop] = new(DeployBackend, "it ends by itself each time it is started, which one more start does not change, and the site has no DeployCommand that would bring it up to date"),
        [BackendWrongAddress] = new(null, "on which address it listens stands in the application's own settings"),
        [BackendTimeout] = new(RestartBackend),
        [BackendRejectsUpgrade] = new(null, Application),
        [NginxUpstreamScheme] = new(DeployConfig),
        [BackendRejectsOrigin] = new(null, "which origins may connect is set in the application, and nginx must not hide the browser's own from it"),
        [BackendRejectsHost] = new(DeployConfig),
        [BackendRejectsProxyHeaders] = new(DeployConfig),
        [BackendError] = new(null, Application),
        [AuthenticationFailed] = new(null, "the token or the account behind it is the caller's"),
        [CertificateMissing] = new(null, Certificate),
        [CertificateExpired] = new(null, Certificate),
        [CertificateNotYetValid] = new(null, Certificate),
        [CertificateNameMismatch] = new(null, Certificate),
        [CertificateUntrusted] = new(null, Certificate),
        [CertificateChainIncomplete] = new(null, Certificate),
        [CertificateWeak] = new(null, Certificate),
        [CertificateNotReloaded] = new(ReloadNginx),
        [ClientCertificateRequired] = new(null, "the server was told by somebody to demand one"),
        [TlsProtocolMismatch] = new(null, "which TLS versions are spoken was set by somebody who meant it"),
        [PlainHttpOnTlsPort] = new(DeployConfig),
        [TlsOnPlainPort] = new(DeployConfig),
        [WebSocketProtocolError] = new(null, "it is the application's code that breaks the protocol"),
    };

    /// <summary>A cause's remedy.</summary>
    public static Remedy For(SummitCause cause) => All[cause];
}
