using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Summit.Ops.Evidence;

namespace Summit.Ops.Checks.Tls;

/// <summary>The certificate that lies on the host's disk.</summary>
internal static class DiskCertificate
{
    /// <summary>The configured chain on the disk that is served, else the site's own.</summary>
    public static (string Path, X509Certificate2 Certificate)? Find(SiteEvidence evidence, SummitCertificate served)
    {
        (string, X509Certificate2)? own = null;
        var routed = evidence.Route?.Server?.Directives.FirstOrDefault(directive => directive.Name == "ssl_certificate")?.Arguments
            is [var configured, ..] ? configured : evidence.Site.CertificatePath;
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
}
