using static Summit.Ops.Causes.CauseNature;
using static Summit.Ops.Causes.Symptoms;
using static Summit.Ops.SummitCause;
using static Summit.Ops.SummitRepairAction;

namespace Summit.Ops.Causes;

/// <summary>The certificate and the TLS handshake.</summary>
internal static class TlsCauses
{
    public static CauseLayer Layer { get; } = new(
        "TLS",
        new(CertificateMissing, OnDisk,
            "A certificate or key that the configuration names is missing, cannot be read, or does not belong to the other.")
        {
            Explains = [NginxSyntaxInvalid, NginxNotRunning, TlsProtocolMismatch, PlainHttpOnTlsPort, Unknown],
            Remedy = Remedy.OfTheAuthority,
        },
        new(CertificateNotReloaded, OnDisk, "The certificate was renewed on the disk, and nginx still serves the old one.")
        {
            Explains = OfAnOldCertificate,
            Remedy = new(ReloadNginx),
        },
        new(CertificateExpired, OnDisk, "The certificate has expired, so clients end the TLS handshake.")
        {
            Explains = [],
            StandsAsSeen = true,
            Remedy = Remedy.OfTheAuthority,
        },
        new(CertificateNotYetValid, OnDisk, "The certificate is not valid yet, or the clock of one side is wrong.")
        {
            Explains = [],
            StandsAsSeen = true,
            Remedy = Remedy.OfTheAuthority,
        },
        new(CertificateNameMismatch, OnDisk, "The certificate is for other names, so clients end the TLS handshake.")
        {
            Explains = [],
            StandsAsSeen = true,
            Remedy = Remedy.OfTheAuthority,
        },
        new(CertificateChainIncomplete, OnDisk,
            "The server does not send the intermediate certificates; some clients have them, others fail.")
        {
            Explains = [],
            StandsAsSeen = true,
            Remedy = Remedy.OfTheAuthority,
        },
        new(CertificateUntrusted, OnDisk, "The certificate's authority is not one that clients trust.")
        {
            Explains = [],
            StandsAsSeen = true,
            Remedy = Remedy.OfTheAuthority,
        },
        new(CertificateWeak, OnDisk, "The certificate's key or signature is too weak for today's clients.")
        {
            Explains = [NginxNotRunning, TlsProtocolMismatch, Unknown],
            StandsAsSeen = true,
            Remedy = Remedy.OfTheAuthority,
        },
        new(ClientCertificateRequired, OnDisk, "The server demands a client certificate.")
        {
            Explains = [NginxRejectsHandshake, TlsProtocolMismatch, Unknown],
            Remedy = Remedy.Beyond("the server was told by somebody to demand one"),
        },
        new(TlsProtocolMismatch, OnDisk, "Client and server have no TLS version or cipher in common.")
        {
            Explains = [Unknown],
            Remedy = Remedy.Beyond("which TLS versions are spoken was set by somebody who meant it"),
        },
        new(PlainHttpOnTlsPort, OnDisk, "The port speaks plain HTTP where clients expect TLS.")
        {
            Explains = [TlsProtocolMismatch, Unknown],
            Remedy = new(DeployConfig),
        },
        new(TlsOnPlainPort, OfTheMoment, "The port expects TLS and was asked in plain HTTP.")
        {
            Explains = [.. OfADeadBackend, NginxUpgradeHeadersMissing],
            Remedy = new(DeployConfig),
        });
}
