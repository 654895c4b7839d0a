namespace Summit.Ops.Lab;

/// <summary>The name, the certificate that is served, and the TLS that is spoken.</summary>
internal static class TlsScenarios
{
    // OpenSSL's level 1 and above refuse keys of 1024 bits and versions before 1.2: an old server has its own opinion
    private const string Lax = "ssl_ciphers DEFAULT@SECLEVEL=0;";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("name-not-found", SummitCause.DnsNameNotFound, "the site's name does not resolve; nginx and the backend are well")
        {
            ServerName = "summit-api.invalid",
            InjectAsync = (_, _) => Task.CompletedTask,
        },

        Served("certificate-expired", SummitCause.CertificateExpired, "the certificate expired yesterday", LabCertificateKind.Expired),
        Served("certificate-not-yet-valid", SummitCause.CertificateNotYetValid, "the certificate becomes valid tomorrow",
            LabCertificateKind.NotYetValid),
        Served("certificate-wrong-name", SummitCause.CertificateNameMismatch, "the certificate is for another name",
            LabCertificateKind.WrongName),
        Served("certificate-self-signed", SummitCause.CertificateUntrusted, "the certificate is signed by its own key",
            LabCertificateKind.SelfSigned),
        Served(
            "certificate-other-authority", SummitCause.CertificateUntrusted,
            "an authority that nobody knows signed the certificate",
            LabCertificateKind.OtherAuthority)
            with { AlsoTrue = [SummitCause.CertificateChainIncomplete] },
        Served("certificate-chain-incomplete", SummitCause.CertificateChainIncomplete,
            "the certificate's file lacks the intermediate certificate", LabCertificateKind.ChainIncomplete),
        Scenario.MainFile("certificate-weak", SummitCause.CertificateWeak, "the certificate's key has 1024 bits", (lab, text) =>
        {
            lab.WriteCertificate(LabCertificateKind.WeakKey);
            return text.After("ssl_protocols TLSv1.2 TLSv1.3;", " " + Lax);
        }),
        Stopped(
            "certificate-weak-refused", SummitCause.CertificateWeak,
            "nginx was restarted and does not start: OpenSSL refuses the certificate's key of 1024 bits",
            lab => lab.WriteCertificate(LabCertificateKind.WeakKey)),
        Stopped("certificate-missing", SummitCause.CertificateMissing,
            "nginx was restarted and does not start: the certificate's file is gone", lab => File.Delete(lab.CertificatePath)),
        Stopped("certificate-key-missing", SummitCause.CertificateMissing, "nginx was restarted and does not start: the key's file is gone",
            lab => File.Delete(lab.CertificateKeyPath)),
        Stopped("certificate-empty", SummitCause.CertificateMissing,
            "nginx was restarted and does not start: the certificate's file is empty", lab => File.WriteAllText(lab.CertificatePath, "")),
        Stopped("certificate-key-mismatch", SummitCause.CertificateMissing,
            "nginx was restarted and does not start: the key belongs to another certificate", lab =>
            {
                var key = File.ReadAllText(lab.CertificateKeyPath);
                lab.WriteCertificate(LabCertificateKind.Valid);
                File.WriteAllText(lab.CertificateKeyPath, key);
            }),
        Renewed("certificate-not-reloaded", "the certificate was renewed on the disk, and nginx still serves the one that expired",
            LabCertificateKind.Expired),
        Renewed(
            "certificate-name-not-reloaded",
            "the certificate on the disk has the right name by now, and nginx still serves the one that has not",
            LabCertificateKind.WrongName),

        Scenario.Edited(
            "client-certificate", SummitCause.ClientCertificateRequired, "the server block demands a client certificate", (lab, text) =>
                text.After(
                    $"ssl_certificate_key {lab.CertificateKeyPath};",
                    $"\n    ssl_verify_client on;\n    ssl_client_certificate {lab.CaPath};")) with { Answer = 400 },
        Scenario.MainFile(
            "tls-versions", SummitCause.TlsProtocolMismatch, "nginx speaks TLS 1.1 at most",
            (_, text) => text.Swap("ssl_protocols TLSv1.2 TLSv1.3;", "ssl_protocols TLSv1 TLSv1.1; " + Lax)) with { Answer = 0 },
        Scenario.MainFile(
            "tls-ciphers", SummitCause.TlsProtocolMismatch,
            "nginx offers only ciphers that its certificate's key cannot be used with",
            (_, text) =>
                text.Swap("ssl_protocols TLSv1.2 TLSv1.3;", "ssl_protocols TLSv1.2; ssl_ciphers AES256-GCM-SHA384;")) with { Answer = 0 },
        new("tls-missing", SummitCause.PlainHttpOnTlsPort, "the listen lines have no ssl, so the port speaks plain HTTP")
        {
            Answer = 0,
            // with ssl on one listen line the other server of the port would speak TLS too
            Repairable = false,
            InjectAsync = async (lab, cancellation) =>
            {
                lab.EditMain(
                    text => text.Swap($"listen 127.0.0.1:{lab.Port} ssl default_server;", $"listen 127.0.0.1:{lab.Port} default_server;"));
                lab.WriteSite(lab.SiteText.Swap($"listen 127.0.0.1:{lab.Port} ssl;", $"listen 127.0.0.1:{lab.Port};"));
                await lab.Nginx.ReloadAsync(cancellation);
            },
        },
    ];

    private static Scenario Served(string name, SummitCause expected, string description, LabCertificateKind kind) =>
        new(name, expected, description)
        {
            InjectAsync = async (lab, cancellation) =>
            {
                lab.WriteCertificate(kind);
                await lab.Nginx.ReloadAsync(cancellation);
            },
        };

    private static Scenario Renewed(string name, string description, LabCertificateKind old) =>
        new(name, SummitCause.CertificateNotReloaded, description)
        {
            InjectAsync = async (lab, cancellation) =>
            {
                lab.WriteCertificate(old);
                await lab.Nginx.ReloadAsync(cancellation);
                lab.WriteCertificate(LabCertificateKind.Valid);
            },
        };

    private static Scenario Stopped(string name, SummitCause expected, string description, Action<LabInstance> change) =>
        new(name, expected, description)
        {
            Answer = 0,
            InjectAsync = async (lab, _) =>
            {
                await lab.Nginx.StopAsync();
                change(lab);
            },
        };
}
