using System.Security.Cryptography.X509Certificates;
using Summit.Ops.Probing.Tls;

namespace Summit.Ops.Probing.Certificates;

/// <summary>How a served chain is followed: with nothing downloaded and nobody asked.</summary>
/// <remarks>
/// A missing intermediate that is fetched from the issuer's site would hide the very fault that other clients trip over,
/// and a revocation call would make the probe depend on a third party.
/// </remarks>
internal static class ChainPolicies
{
    public static X509ChainPolicy For(TrustAnchors? anchors)
    {
        var policy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            // validity is judged by the probe's own clock, certificate by certificate
            VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid,
        };
        if (anchors is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            foreach (var certificate in anchors.Certificates) policy.CustomTrustStore.Add(certificate);
        }

        return policy;
    }
}
