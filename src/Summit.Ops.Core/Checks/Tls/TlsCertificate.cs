using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Summit.Ops.Evidence;

namespace Summit.Ops.Checks.Tls;

/// <summary>The guide's item "SSL certificate valid": the chain as it was served, and the one on the disk against it.</summary>
internal sealed class TlsCertificate : ICheck
{
    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var site = evidence.Site;
        var finding = new Finding("Tls.Certificate", "SSL certificate valid", SummitSeverity.Error, $"{site.ServerName}:{site.Port}");
        var hop = Served(evidence, SiteEvidence.PublicHop) ?? Served(evidence, SiteEvidence.LoopbackHop);
        if (hop?.Certificate is not { } served)
        {
            var tls = evidence.Hops.FirstOrDefault(probe => probe.FailedStage == SummitProbeStage.Tls);
            return tls is null
                ? finding.Unknown("No certificate was served: no connection got as far as TLS.", $"Test-SummitCertificate -Uri {site.Uri}")
                : finding.Fail(tls.Cause, tls.Explanation, "a valid certificate", "no TLS session", tls.Fix);
        }

        var names = $"{served.Subject}, for {string.Join(", ", served.Names)}, {served.NotBefore:yyyy-MM-dd} to {served.NotAfter:yyyy-MM-dd}";
        if (served.Problems.Count == 0) return finding.Pass(names, "valid", "valid");

        var first = served.Problems[0];
        var disk = Disk(evidence, served);
        // the public name may lead elsewhere (a load balancer, old DNS): only what this host's own nginx serves can be an old copy of what it has
        var servedHere = Served(evidence, SiteEvidence.LoopbackHop)?.Certificate?.Sha256 == served.Sha256;
        if (servedHere && disk is { } newer && newer.Certificate.NotAfter.ToUniversalTime() > served.NotAfter.UtcDateTime && newer.Certificate.NotAfter.ToUniversalTime() > evidence.Taken.UtcDateTime)
        {
            return finding.Fail(
                SummitCause.CertificateNotReloaded, $"{newer.Path} holds a certificate valid to {newer.Certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}, and nginx still serves one with this problem: {first.Explanation}",
                "the certificate on the disk", names, Command.For("Restart-SummitNginx", evidence), newer.Path);
        }

        return finding.Fail(
            first.Cause, string.Join(" ", served.Problems.Select(problem => problem.Explanation)) + (disk is { } same ? $" It is read from {same.Path}." : ""),
            "valid", names, Renew(first.Cause, site, disk?.Path), disk?.Path);
    }

    private static SummitWebSocketResult? Served(SiteEvidence evidence, string name) => evidence.Hop(name) is { Certificate: not null } hop ? hop : null;

    /// <summary>The configured chain on the disk that is served, else the site's own.</summary>
    private static (string Path, X509Certificate2 Certificate)? Disk(SiteEvidence evidence, SummitCertificate served)
    {
        (string, X509Certificate2)? own = null;
        var routed = evidence.Route?.Server?.Directives.FirstOrDefault(directive => directive.Name == "ssl_certificate")?.Arguments is [var configured, ..] ? configured : evidence.Site.CertificatePath;
        foreach (var (path, pem) in evidence.Host?.Certificates() ?? [])
        {
            if (pem is null) continue;
            try
            {
                var certificate = X509Certificate2.CreateFromPem(pem);
                if (certificate.GetCertHashString(HashAlgorithmName.SHA256) == served.Sha256) return (path, certificate);
                if (path == routed) own = (path, certificate);
            }
            catch (CryptographicException)
            {
                // no certificate in it: nginx -t says so
            }
        }

        return own;
    }

    private static string Renew(SummitCause cause, SummitSite site, string? path) => cause switch
    {
        // what certbot did not make it does not renew
        SummitCause.CertificateExpired or SummitCause.CertificateNameMismatch or SummitCause.CertificateUntrusted when path is not null && !path.StartsWith("/etc/letsencrypt/", StringComparison.Ordinal) =>
            $"{Command.For("Restart-SummitNginx", site, SummitTarget.Local)}   # once {path} is replaced by a certificate for {site.ServerName} that clients trust",
        SummitCause.CertificateExpired => $"sudo certbot renew --cert-name {site.ServerName} --deploy-hook 'nginx -s reload'",
        SummitCause.CertificateNameMismatch => $"sudo certbot --nginx -d {site.ServerName}",
        SummitCause.CertificateChainIncomplete => $"{Command.For("Restart-SummitNginx", site, SummitTarget.Local)}   # once ssl_certificate names fullchain.pem and not cert.pem",
        SummitCause.CertificateUntrusted => $"sudo certbot --nginx -d {site.ServerName}   # or, with a private authority: -CertificateAuthority ca.pem",
        _ => $"Test-SummitCertificate -Uri {site.Uri}",
    };
}
