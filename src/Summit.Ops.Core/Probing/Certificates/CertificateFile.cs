using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Certificates;

/// <summary>A certificate file as nginx's <c>ssl_certificate</c> names it: the server's own first, then its intermediates.</summary>
/// <param name="Path">The file.</param>
/// <param name="Target">The host it lies on.</param>
/// <param name="Certificate">The first certificate in it; those that follow are its chain.</param>
public sealed record CertificateFile(string Path, SummitTarget Target, SummitCertificate Certificate)
{
    private const long LongestFile = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Reads a file of this machine.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SummitFileException">It cannot be read, or holds no certificate.</exception>
    public static CertificateFile Read(string path)
    {
        var shown = ForeignText.Visible(path);
        try
        {
            var file = new FileInfo(path);
            if (Directory.Exists(path))
            {
                throw Failed("CertificateFileInvalid", SummitErrorKind.InvalidData, $"'{shown}' is a folder.", shown);
            }

            if (!file.Exists)
            {
                throw Failed(
                    "CertificateFileNotFound", SummitErrorKind.NotFound, $"There is no certificate file '{shown}' on this machine.", shown);
            }

            if (file.Length > LongestFile)
            {
                throw Failed(
                    "CertificateFileInvalid", SummitErrorKind.InvalidData,
                    $"'{shown}' is too large for a certificate file ({file.Length} bytes).", shown);
            }

            return Parse(File.ReadAllText(path), path, SummitTarget.Local);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failed(
                "CertificateFileUnreadable", SummitErrorKind.PermissionDenied,
                $"The certificate file '{shown}' cannot be read: {error.Message}",
                shown, error);
        }
    }

    /// <summary>Reads a file of a host; a key that stands in it does not leave the host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="path">The file there.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SummitHostException">The host cannot be reached.</exception>
    /// <exception cref="SummitFileException">The file cannot be read, or holds no certificate.</exception>
    public static async Task<CertificateFile> ReadAsync(IHost host, string path, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(host);
        var script = new HostScript(
            "read certificate",
            ShellScript.Compose([new("CERTIFICATE_PATH", path)], "prelude.sh", "certificates.sh", "certificate.sh"),
            Patience, ReadOnly: true);
        var result = await host.RunAsync(script, cancellation);
        var shown = ForeignText.Visible(path);
        return result.ExitCode switch
        {
            0 => Parse(result.Output, path, host.Target),
            66 => throw Failed(
                "CertificateFileNotFound", SummitErrorKind.NotFound, $"There is no certificate file '{shown}' on {host.Target}.", shown),
            77 => throw Failed(
                "CertificateFileUnreadable", SummitErrorKind.PermissionDenied,
                $"The certificate file '{shown}' on {host.Target} cannot be read without root.", shown),
            _ => throw Failed(
                "CertificateFileUnreadable", SummitErrorKind.OperationFailed,
                $"The certificate file '{shown}' on {host.Target} cannot be read: {ForeignText.Visible(result.Error.Trim())}", shown),
        };
    }

    private static CertificateFile Parse(string text, string path, SummitTarget target)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
            if (certificates.Count > 0)
            {
                return new CertificateFile(path, target, CertificateFacts.Describe(certificates[0]) with
                {
                    Chain = [.. certificates.Skip(1).Select(CertificateFacts.Describe)],
                });
            }
        }
        catch (CryptographicException)
        {
            // as good as none: said below
        }
        finally
        {
            foreach (var certificate in certificates) certificate.Dispose();
        }

        var shown = ForeignText.Visible(path);
        throw Failed(
            "CertificateFileInvalid", SummitErrorKind.InvalidData,
            $"'{shown}' on {target} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).", shown);
    }

    private static SummitFileException Failed(string id, SummitErrorKind kind, string message, string path, Exception? inner = null) =>
        new(id, kind, message, path, "Look at it where it lies: sudo openssl x509 -noout -subject -dates -in "
            + $"{(path.StartsWith('/') && !path.Contains(' ', StringComparison.Ordinal) ? path : $"'{path}'")}", inner);
}
