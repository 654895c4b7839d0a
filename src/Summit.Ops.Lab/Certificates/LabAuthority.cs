using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Summit.Ops.Lab;

/// <summary>What is wrong with a certificate that the lab makes.</summary>
public enum LabCertificateKind
{
    /// <summary>Nothing.</summary>
    Valid,

    /// <summary>Its validity ended yesterday.</summary>
    Expired,

    /// <summary>Its validity begins tomorrow.</summary>
    NotYetValid,

    /// <summary>It is for another name.</summary>
    WrongName,

    /// <summary>It is signed by its own key.</summary>
    SelfSigned,
}

/// <summary>A certificate authority of the lab's own; nobody else trusts it, and its key never leaves this process.</summary>
public sealed class LabAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly TimeProvider _time;
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes a new authority.</summary>
    public LabAuthority(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Summit.Ops lab authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = _time.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddYears(-1), now.AddYears(5));
    }

    /// <summary>The authority's certificate as PEM.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>Makes a server certificate (PEM) and its private key (PKCS #8 PEM).</summary>
    /// <param name="kind">What is wrong with it.</param>
    /// <param name="names">The DNS names it is for; 127.0.0.1 and ::1 are added.</param>
    public (string Certificate, string Key) Issue(LabCertificateKind kind, params IEnumerable<string> names)
    {
        string[] wanted = kind == LabCertificateKind.WrongName ? ["another-name.example"] : [.. names];
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={wanted[0]}", key, HashAlgorithmName.SHA256);
        var alternative = new SubjectAlternativeNameBuilder();
        foreach (var name in wanted) alternative.AddDnsName(name);
        if (kind != LabCertificateKind.WrongName)
        {
            alternative.AddIpAddress(IPAddress.Loopback);
            alternative.AddIpAddress(IPAddress.IPv6Loopback);
        }

        request.CertificateExtensions.Add(alternative.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        var now = _time.GetUtcNow();
        var (from, to) = kind switch
        {
            LabCertificateKind.Expired => (now.AddDays(-90), now.AddDays(-1)),
            LabCertificateKind.NotYetValid => (now.AddDays(1), now.AddDays(90)),
            _ => (now.AddDays(-1), now.AddDays(90)),
        };
        using var certificate = kind == LabCertificateKind.SelfSigned ? request.CreateSelfSigned(from, to) : Sign(request, from, to);
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Lets the key go.</summary>
    public void Dispose() => _certificate.Dispose();

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset from, DateTimeOffset to)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40); // positive, and never shorter
        return request.Create(_certificate, from, to, serial);
    }
}
