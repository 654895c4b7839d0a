using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Amazon.Runtime.Internal;
using Summit.Ops.Hosts;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests.Failures;

/// <summary>The tests that change this process's environment: they run alone.</summary>
[CollectionDefinition(nameof(OwnEnvironment), DisableParallelization = true)]
public sealed class OwnEnvironment;

/// <summary>An endpoint, and an environment without anything of the account that runs the tests.</summary>
internal sealed class ErrorBench : IAsyncDisposable
{
    private static readonly string[] Cleared =
    [
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION",
        "AWS_DEFAULT_REGION", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL_STS",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_CA_BUNDLE",
        "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    ];

    private readonly Dictionary<string, string?> _before = new(StringComparer.Ordinal);
    private readonly IWebProxy _proxy = HttpClient.DefaultProxy;
    private readonly List<TcpListener> _listeners = [];

    public ErrorBench()
    {
        foreach (var name in Cleared) Set(name, null);
        Set("HOME", Folder);
        Set("AWS_CONFIG_FILE", Config);
        Set("AWS_SHARED_CREDENTIALS_FILE", Path.Combine(Folder, "credentials"));
        Set("AWS_EC2_METADATA_DISABLED", "true");
    }

    public Account Account { get; } = new();

    /// <summary>Home, with nothing in it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("summit-test-").FullName;

    public string Config => Path.Combine(Folder, "config");

    public string Key => $"aws_access_key_id = {Account.Aws.AccessKeyId}\naws_secret_access_key = {Account.Aws.SecretAccessKey}\n";

    /// <summary>The region, and credentials from wherever the environment says.</summary>
    public AwsConnection Chain => new() { Region = Account.Region, EndpointUrl = Account.Aws.Url, ProfileLocation = Config };

    public AwsConnection Profile(string name) => Chain with { ProfileName = name };

    public void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
        FallbackInternalConfigurationFactory.Reset();
    }

    public void Write(string text) => File.WriteAllText(Config, text.Replace("[profile ", "[", StringComparison.Ordinal));

    public string Store(string name, string text)
    {
        var file = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>What SSM answers.</summary>
    public AwsConnection Says(string code, string message = "", int status = 400, string action = "ssm:SendCommand")
    {
        Account.Aws.Knobs.Errors[action] = new AwsErrorException(code, message, status);
        return Account.Connection;
    }

    /// <summary>A port where nobody listens.</summary>
    public static string Closed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }

    /// <summary>A listener that answers each connection with a text.</summary>
    public string Serve(string answer, X509Certificate2? certificate = null)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _listeners.Add(listener);
        _ = Task.Run(() => ServeAsync(listener, answer, certificate));
        return $"{(certificate is null ? "http" : "https")}://{listener.LocalEndpoint}";
    }

    /// <summary>A certificate that nobody trusts, and its file.</summary>
    public (X509Certificate2 Certificate, string File) Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return (X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null), Store(
            "authority.pem", certificate.ExportCertificatePem()));
    }

    public async ValueTask DisposeAsync()
    {
        HttpClient.DefaultProxy = _proxy;
        foreach (var (name, value) in _before) Environment.SetEnvironmentVariable(name, value);
        FallbackInternalConfigurationFactory.Reset();
        foreach (var listener in _listeners) listener.Dispose();
        await Account.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task ServeAsync(TcpListener listener, string answer, X509Certificate2? certificate)
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                await using var stream = certificate is null ? (Stream)client.GetStream() : new SslStream(client.GetStream());
                if (stream is SslStream tls) await tls.AuthenticateAsServerAsync(certificate!);
                var head = new StringBuilder();
                var part = new byte[4096];
                while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal)
                    && await stream.ReadAsync(part) is > 0 and var length)
                {
                    head.Append(Encoding.ASCII.GetString(part, 0, length));
                }

                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
            catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
            {
                // the caller does not trust it
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
