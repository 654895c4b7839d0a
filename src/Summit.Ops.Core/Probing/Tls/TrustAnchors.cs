using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Tls;

/// <summary>The authorities of a PEM file, to be trusted beside the system's.</summary>
/// <param name="Path">The file.</param>
/// <param name="Certificates">Its certificates, at least one.</param>
internal sealed record TrustAnchors(string Path, IReadOnlyList<X509Certificate2> Certificates)
{
    private const long LongestFile = 8 * 1024 * 1024;

    private static readonly ConcurrentDictionary<(string Path, DateTime Written, long Length), TrustAnchors> Loaded = new();

    /// <summary>Reads the file; the same unchanged file is read once for many probes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bad">Makes the error of an id and a message.</param>
    /// <exception cref="SummitArgumentException">There is no such file, or no certificate in it.</exception>
    public static TrustAnchors Load(string path, Func<string, string, Exception?, SummitArgumentException> bad)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw Directory.Exists(path)
                ? Bad(bad, "CertificateAuthorityInvalid", path, "is a folder")
                : Bad(bad, "CertificateAuthorityNotFound", path, "does not exist");
        }

        if (file.Length > LongestFile)
        {
            throw Bad(bad, "CertificateAuthorityInvalid", path, $"is larger than {LongestFile / 1024 / 1024} MiB, so it is no PEM file");
        }

        var key = (file.FullName, file.LastWriteTimeUtc, file.Length);
        if (Loaded.TryGetValue(key, out var known)) return known;
        var anchors = Read(path, bad);
        if (Loaded.Count > 64) Loaded.Clear();
        return Loaded.GetOrAdd(key, anchors);
    }

    private static TrustAnchors Read(string path, Func<string, string, Exception?, SummitArgumentException> bad)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(File.ReadAllText(path));
            return certificates.Count > 0
                ? new TrustAnchors(path, [.. certificates])
                : throw Bad(bad, "CertificateAuthorityInvalid", path, "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
        }
        catch (CryptographicException error)
        {
            throw Bad(bad, "CertificateAuthorityInvalid", path, "holds a certificate that cannot be read", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Bad(bad, "CertificateAuthorityUnreadable", path, "cannot be read by this account", error);
        }
    }

    private static SummitArgumentException Bad(
        Func<string, string, Exception?, SummitArgumentException> bad, string id, string path, string problem, Exception? inner = null) =>
        bad(id, $"The certificate authority file '{ForeignText.Visible(path)}' {problem}.", inner);
}
