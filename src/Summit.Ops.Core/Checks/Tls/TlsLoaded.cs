using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Tls;

/// <summary>Whether nginx serves the certificate that lies on its disk: one that was renewed is served after a reload only.</summary>
internal sealed class TlsLoaded : ICheck
{
    public CheckDefinition Definition { get; } = new(
        "Tls.Loaded", "The certificate on the disk is the one that is served", SummitSeverity.Error, SummitRuleScope.Host)
    {
        Causes = [SummitCause.CertificateNotReloaded],
        LooksAt = [SummitCause.CertificateNotReloaded],
    };

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var site = evidence.Site;
        var finding = Definition.On(evidence.Target.Name);
        var look = $"Test-SummitCertificate -Uri {PowerShellWord.Of(site.Uri)}";
        if (evidence.Host is null) return finding.Unknown(evidence.HostMissing);
        // the public name may lead elsewhere (a load balancer, old DNS): only what this host's own nginx serves
        // can be an old copy of what it has
        if (evidence.Hop(SiteEvidence.LoopbackHop)?.Certificate is not { } served)
        {
            return finding.Unknown("nginx on the host served no certificate to compare with.", look);
        }

        if (DiskCertificate.Find(evidence, served) is not { } disk)
        {
            return finding.Unknown("The certificate on the disk could not be read.", look);
        }

        var lies = $"{disk.Path} holds a certificate valid to {disk.Certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}";
        var hash = disk.Certificate.GetCertHashString(HashAlgorithmName.SHA256);
        if (hash == served.Sha256) return finding.Pass($"{lies}, and that is what is served") with { File = disk.Path };

        // the public probe is stricter: on the loopback a certificate's problems end nothing, and are seen all the same
        var mends = served.Problems.Count > 0
            && Mends(disk.Certificate, served.Problems[0].Cause, served, site, evidence.Taken.UtcDateTime);
        return (mends ? finding : finding with { Severity = SummitSeverity.Warning }).Fail(
            SummitCause.CertificateNotReloaded,
            $"{lies}, and nginx still serves another"
                + (mends ? $" with this problem: {served.Problems[0].Explanation}" : $", valid to {served.NotAfter:yyyy-MM-dd}"),
            "the certificate on the disk", $"{served.Subject}, valid to {served.NotAfter:yyyy-MM-dd}",
            Command.For("Restart-SummitNginx", evidence), disk.Path);
    }

    /// <summary>Whether a reload would put the certificate on the disk in the place of one with this problem.</summary>
    private static bool Mends(X509Certificate2 disk, SummitCause problem, SummitCertificate served, SummitSite site, DateTime now)
    {
        if (disk.GetCertHashString(HashAlgorithmName.SHA256) == served.Sha256 || disk.NotAfter.ToUniversalTime() <= now) return false;
        return problem == SummitCause.CertificateNameMismatch
            ? disk.MatchesHostname(site.ServerName, allowWildcards: true, allowCommonName: false)
            : disk.NotAfter.ToUniversalTime() > served.NotAfter.UtcDateTime;
    }
}
