using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Tls;

/// <summary>The guide's item "SSL certificate valid": the chain as it was served.</summary>
internal sealed class TlsCertificate : ICheck
{
    public CheckDefinition Definition { get; } = new(
        "Tls.Certificate", "SSL certificate valid", SummitSeverity.Error, SummitRuleScope.Host)
    {
        Causes =
        [
            SummitCause.CertificateMissing, SummitCause.CertificateExpired, SummitCause.CertificateNotYetValid,
            SummitCause.CertificateNameMismatch, SummitCause.CertificateUntrusted, SummitCause.CertificateChainIncomplete,
            SummitCause.CertificateWeak, SummitCause.ClientCertificateRequired, SummitCause.TlsProtocolMismatch,
            SummitCause.PlainHttpOnTlsPort, SummitCause.NginxWrongServer,
        ],
        Restates = "Nginx.ServerBlock",
    };

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var site = evidence.Site;
        var finding = Definition.On($"{site.ServerName}:{site.Port}");
        var hop = Served(evidence, SiteEvidence.PublicHop);
        // a client that got as far as TLS and was served nothing is not helped by what the loopback is served
        var tls = hop is null
            ? evidence.Hops.FirstOrDefault(probe => probe is { FailedStage: SummitProbeStage.Tls, Certificate: null })
            : null;
        if (tls is null) hop ??= Served(evidence, SiteEvidence.LoopbackHop);
        if (hop?.Certificate is not { } served)
        {
            return tls is null
                ? finding.Unknown(
                    "No certificate was served: no connection got as far as TLS.",
                    $"Test-SummitCertificate -Uri {PowerShellWord.Of(site.Uri)}")
                : finding.Fail(tls.Cause, tls.Explanation, "a valid certificate", "no TLS session", tls.Fix);
        }

        var names =
            $"{served.Subject}, for {string.Join(", ", served.Names)}, {served.NotBefore:yyyy-MM-dd} to {served.NotAfter:yyyy-MM-dd}";
        if (served.Problems.Count == 0) return finding.Pass(names, "valid", "valid");

        var first = served.Problems[0];
        var disk = DiskCertificate.Find(evidence, served);
        return finding.Fail(
            first.Cause, string.Join(" ", served.Problems.Select(problem => problem.Explanation))
                + (disk is { } same ? $" It is read from {same.Path}." : ""),
            "valid", names, Renew(first.Cause, site, disk?.Path), disk?.Path);
    }

    private static SummitWebSocketResult? Served(SiteEvidence evidence, string name) =>
        evidence.Hop(name) is { Certificate: not null } hop ? hop : null;

    private static string Renew(SummitCause cause, SummitSite site, string? path) => cause switch
    {
        // what certbot did not make it does not renew
        SummitCause.CertificateExpired or SummitCause.CertificateNameMismatch
            or SummitCause.CertificateUntrusted when path is not null && !path.StartsWith("/etc/letsencrypt/", StringComparison.Ordinal) =>
            $"{Command.For("Restart-SummitNginx", site, SummitTarget.Local)}   # once {ForeignText.Visible(path)} is replaced by a "
                + $"certificate for {ForeignText.Visible(site.ServerName)} that clients trust",
        SummitCause.CertificateExpired =>
            $"sudo certbot renew --cert-name {ShellWord.Quote(site.ServerName)} --deploy-hook 'nginx -s reload'",
        SummitCause.CertificateNameMismatch => $"sudo certbot --nginx -d {ShellWord.Quote(site.ServerName)}",
        SummitCause.CertificateChainIncomplete =>
            $"{Command.For("Restart-SummitNginx", site, SummitTarget.Local)}   # once ssl_certificate names fullchain.pem and not cert.pem",
        SummitCause.CertificateUntrusted =>
            $"sudo certbot --nginx -d {ShellWord.Quote(site.ServerName)}   # or, with a private authority: -CertificateAuthority ca.pem",
        _ => $"Test-SummitCertificate -Uri {PowerShellWord.Of(site.Uri)}",
    };
}
