using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Certificates;

/// <summary>Reads from a certificate what the product shows.</summary>
internal static class CertificateFacts
{
    private const string AuthorityInformationAccess = "1.3.6.1.5.5.7.1.1";

    public static SummitCertificate Describe(X509Certificate2 certificate) => new()
    {
        Subject = ForeignText.Visible(certificate.Subject),
        Issuer = ForeignText.Visible(certificate.Issuer),
        Names = Names(certificate),
        NotBefore = new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
        NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime()),
        Sha256 = Fingerprint(certificate),
        SerialNumber = certificate.SerialNumber,
        Key = Key(certificate).Text,
        SignatureAlgorithm = certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value ?? "",
    };

    public static string Fingerprint(X509Certificate2 certificate) => Convert.ToHexString(SHA256.HashData(certificate.RawDataMemory.Span));

    /// <summary>The key's kind and size in bits, and whether it is too small for today (NIST SP 800-57: 112 bits of strength).</summary>
    public static (string Text, bool Weak) Key(X509Certificate2 certificate)
    {
        try
        {
            using var rsa = certificate.GetRSAPublicKey();
            if (rsa is not null) return ($"RSA {rsa.KeySize.ToString(CultureInfo.InvariantCulture)}", rsa.KeySize < 2048);
            using var ecdsa = certificate.GetECDsaPublicKey();
            if (ecdsa is not null) return ($"ECDSA {ecdsa.KeySize.ToString(CultureInfo.InvariantCulture)}", ecdsa.KeySize < 224);
            using var dsa = certificate.GetDSAPublicKey();
            if (dsa is not null) return ($"DSA {dsa.KeySize.ToString(CultureInfo.InvariantCulture)}", true);
        }
        catch (CryptographicException)
        {
            // an algorithm this platform does not know: named below
        }

        return (certificate.PublicKey.Oid.FriendlyName ?? certificate.PublicKey.Oid.Value ?? "unknown", false);
    }

    /// <summary>Whether the signature uses MD5 or SHA-1, with which it can be forged.</summary>
    public static bool HasWeakSignature(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value is
        "1.2.840.113549.1.1.2" or "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.3.14.3.2.29" or "1.2.840.10040.4.3"
            or "1.2.840.10045.4.1";

    public static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>Where the certificate says its issuer's can be had (RFC 5280, section 4.2.2.1); never fetched.</summary>
    public static string? IssuerUri(X509Certificate2 certificate)
    {
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value != AuthorityInformationAccess) continue;
            try
            {
                var access = extension as X509AuthorityInformationAccessExtension
                    ?? new X509AuthorityInformationAccessExtension(extension.RawData);
                if (access.EnumerateCAIssuersUris().FirstOrDefault() is { } uri) return ForeignText.Visible(uri);
            }
            catch (Exception error) when (error is CryptographicException or AsnContentException)
            {
                // a malformed extension says nothing
            }
        }

        return null;
    }

    private static List<string> Names(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            try
            {
                names.AddRange(extension.EnumerateDnsNames().Select(ForeignText.Visible));
                names.AddRange(extension.EnumerateIPAddresses().Select(address => address.ToString()));
            }
            catch (CryptographicException)
            {
                // a malformed extension names nobody
            }
        }

        return names;
    }
}
