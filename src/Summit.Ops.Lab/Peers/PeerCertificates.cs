using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Summit.Ops.Lab.Peers;

/// <summary>A private authority with one intermediate, and the certificates, good and bad, that it gives to peers.</summary>
public sealed class PeerCertificates : IDisposable
{
    private readonly TimeProvider _time;
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;
    private readonly List<X509Certificate2> _issued = [];

    /// <summary>Makes an authority that nobody trusts yet.</summary>
    /// <param name="time">The clock that validity is counted from; null for the system's.</param>
    public PeerCertificates(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _root = Authority("Summit Test Root", null, _time);
        _intermediate = Authority("Summit Test Intermediate", _root, _time);
    }

    /// <summary>The root, PEM.</summary>
    public string RootPem => _root.ExportCertificatePem();

    /// <summary>The intermediate, PEM.</summary>
    public string IntermediatePem => _intermediate.ExportCertificatePem();

    /// <summary>Writes the root where a probe can be told to trust it.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The file's path.</returns>
    public string WriteRoot(string folder)
    {
        var path = Path.Combine(folder, "ca.pem");
        File.WriteAllText(path, RootPem);
        return path;
    }

    /// <summary>Issues a server certificate.</summary>
    /// <param name="request">What is particular about it; null for a good one for localhost and 127.0.0.1.</param>
    public X509Certificate2 Issue(PeerCertificate? request = null)
    {
        request ??= new PeerCertificate();
        using var key = request.WeakKey ? (AsymmetricAlgorithm)RSA.Create(1024) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedName("CN=" + request.Names[0]);
        var csr = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        csr.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        csr.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(request.ForClients ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1")], false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in request.Names)
        {
            if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
            else names.AddDnsName(name);
        }

        if (!request.CommonNameOnly) csr.CertificateExtensions.Add(names.Build());
        var now = _time.GetUtcNow();
        var (from, to) = (now + request.From, now + request.To);
        using var certificate = request.SelfSigned
            ? csr.CreateSelfSigned(from, to)
            : Sign(csr, key, request.ByRoot ? _root : _intermediate, from, to);

        // a round trip through PKCS #12: keys made in memory do not serve TLS on every platform
        var usable = new X509Certificate2(certificate.Export(X509ContentType.Pkcs12));
        _issued.Add(usable);
        return usable;
    }

    /// <summary>A server's side of TLS with a certificate.</summary>
    /// <param name="certificate">The certificate; null for a good one.</param>
    /// <param name="withIntermediate">Whether the intermediate is sent as it should be.</param>
    public SslServerAuthenticationOptions Tls(X509Certificate2? certificate = null, bool withIntermediate = true) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(
            certificate ?? Issue(), withIntermediate ? [_intermediate] : null, offline: true),
        ApplicationProtocols = [SslApplicationProtocol.Http11],
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var certificate in _issued) certificate.Dispose();
        _intermediate.Dispose();
        _root.Dispose();
    }

    private static X509Certificate2 Authority(string name, X509Certificate2? issuer, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = new CertificateRequest(new X500DistinguishedName("CN=" + name), key, HashAlgorithmName.SHA256);
        csr.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        csr.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        var now = time.GetUtcNow();
        return issuer is null
            ? csr.CreateSelfSigned(now.AddYears(-4), now.AddYears(10))
            : Sign(csr, key, issuer, now.AddYears(-3), now.AddYears(9));
    }

    private static X509Certificate2 Sign(
        CertificateRequest csr, AsymmetricAlgorithm key, X509Certificate2 issuer, DateTimeOffset from, DateTimeOffset to)
    {
        var generator = X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!);
        using var certificate = csr.Create(issuer.SubjectName, generator, from, to, RandomNumberGenerator.GetBytes(12));
        return key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
    }
}

/// <summary>What is particular about a server certificate.</summary>
public sealed record PeerCertificate
{
    /// <summary>DNS names and addresses; the first is the common name too.</summary>
    public IReadOnlyList<string> Names { get; init; } = ["localhost", "127.0.0.1"];

    /// <summary>The begin of its validity, from now.</summary>
    public TimeSpan From { get; init; } = TimeSpan.FromDays(-1);

    /// <summary>The end of its validity, from now.</summary>
    public TimeSpan To { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Whether it signs itself.</summary>
    public bool SelfSigned { get; init; }

    /// <summary>Whether the root signs it and not the intermediate.</summary>
    public bool ByRoot { get; init; }

    /// <summary>Whether its key is RSA with 1024 bits.</summary>
    public bool WeakKey { get; init; }

    /// <summary>Whether it is for clients and not for servers.</summary>
    public bool ForClients { get; init; }

    /// <summary>Whether it has no subjectAltName.</summary>
    public bool CommonNameOnly { get; init; }
}
