using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amazon.Runtime;
using Summit.Ops.Errors;

namespace Summit.Ops.Aws;

/// <summary>HTTP clients that trust the authorities of a file, and no others: what AWS_CA_BUNDLE and ca_bundle mean.</summary>
internal sealed class TrustedAuthorities : HttpClientFactory
{
    private readonly X509Certificate2Collection _authorities = [];

    /// <summary>Reads the file.</summary>
    /// <exception cref="SummitAwsException">It holds no certificate.</exception>
    public TrustedAuthorities(string file)
    {
        try
        {
            _authorities.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw NoCertificate(file, error);
        }

        if (_authorities.Count == 0) throw NoCertificate(file, inner: null);
    }

    /// <inheritdoc/>
    public override HttpClient CreateHttpClient(IClientConfig clientConfig)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = clientConfig.ConnectTimeout ?? Timeout.InfiniteTimeSpan,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy =
                    new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
            },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities);
        return new HttpClient(handler) { Timeout = clientConfig.Timeout ?? Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    /// <inheritdoc/>
    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    private static SummitAwsException NoCertificate(string file, Exception? inner) => new(
        "AwsProfileSettingRefused", SummitErrorKind.InvalidArgument,
        $"{file}, which AWS_CA_BUNDLE or the profile's ca_bundle names, holds no certificate in PEM form.", file,
        $"openssl x509 -in {Text.ShellWord.Quote(file)} -noout -subject", inner);
}
