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

    /// <summary>An authority that nobody knows signed it.</summary>
    OtherAuthority,

    /// <summary>An intermediate authority signed it, whose certificate is in the file too.</summary>
    Chained,

    /// <summary>An intermediate authority signed it, whose certificate is not in the file.</summary>
    ChainIncomplete,

    /// <summary>Its key is RSA with 1024 bits.</summary>
    WeakKey,
}

/// <summary>A certificate authority of the lab's own; nobody else trusts it, and its key never leaves this process.</summary>
public sealed class LabAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly TimeProvider _time;
    private readonly X509Certificate2 _certificate;
    private readonly Lazy<X509Certificate2> _intermediate;

    /// <summary>Makes a new authority.</summary>
    public LabAuthority(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _certificate = Found("CN=Summit.Ops lab authority", issuer: null);
        _intermediate = new(() => Found("CN=Summit.Ops lab intermediate", _certificate));
    }

    /// <summary>The authority's certificate as PEM.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>Makes a server certificate (PEM) and its private key (PKCS #8 PEM).</summary>
    /// <param name="kind">What is wrong with it.</param>
    /// <param name="names">The DNS names it is for; 127.0.0.1 and ::1 are added.</param>
    public (string Certificate, string Key) Issue(LabCertificateKind kind, params IEnumerable<string> names)
    {
        string[] wanted = kind == LabCertificateKind.WrongName ? ["another-name.example"] : [.. names];
        using AsymmetricAlgorithm key = kind == LabCertificateKind.WeakKey ? RSA.Create(1024) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = key is RSA rsa
            ? new CertificateRequest($"CN={wanted[0]}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest($"CN={wanted[0]}", (ECDsa)key, HashAlgorithmName.SHA256);
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
        using var stranger = kind == LabCertificateKind.OtherAuthority ? Found("CN=An authority of somebody else's", issuer: null) : null;
        using var certificate = kind switch
        {
            LabCertificateKind.SelfSigned => request.CreateSelfSigned(from, to),
            LabCertificateKind.Chained or LabCertificateKind.ChainIncomplete => Sign(request, _intermediate.Value, from, to),
            _ => Sign(request, stranger ?? _certificate, from, to),
        };
        var chain = kind == LabCertificateKind.Chained ? _intermediate.Value.ExportCertificatePem() + "\n" : "";
        return (certificate.ExportCertificatePem() + "\n" + chain, key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Lets the keys go.</summary>
    public void Dispose()
    {
        if (_intermediate.IsValueCreated) _intermediate.Value.Dispose();
        _certificate.Dispose();
    }

    private X509Certificate2 Found(string name, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, issuer is null ? 1 : 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = _time.GetUtcNow();
        if (issuer is null) return request.CreateSelfSigned(now.AddYears(-1), now.AddYears(5));
        using var signed = Sign(request, issuer, now.AddMonths(-6), now.AddYears(4));
        return signed.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Sign(CertificateRequest request, X509Certificate2 issuer, DateTimeOffset from, DateTimeOffset to)
    {
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40); // positive, and never shorter
        return request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!), from, to, serial);
    }
}
