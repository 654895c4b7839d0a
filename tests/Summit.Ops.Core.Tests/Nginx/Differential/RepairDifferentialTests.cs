using System.Net;
using System.Text;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;

namespace Summit.Ops.Core.Tests.Nginx.Differential;

/// <summary>What a repair gives, in the real nginx with TLS: the backend gets the handshake that it did not get before.</summary>
[Trait("Category", "Lab")]
public sealed class RepairDifferentialTests
{
    private const string Handshake = "GET /ws HTTP/1.1\r\nHost: x.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    private const string Works = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; "
        + "proxy_set_header Host $host; proxy_read_timeout 1d;";

    /// <summary>LISTEN is the address and port, BACKEND the backend's, TLS a certificate and key.</summary>
    public static TheoryData<string> Broken => new(
        "server {\n  listen LISTEN ssl;\n  server_name x.test;\n  TLS\n  location /api { proxy_pass http://BACKEND; }\n}\n",
        "server {\n  listen LISTEN ssl;\n  server_name x.test;\n  TLS\n  location /ws { proxy_pass http://BACKEND; }\n}\n",
        "server {\n  listen LISTEN ssl;\n  server_name x.test;\n  TLS\n  location /ws/ { proxy_pass http://BACKEND; }\n}\n",
        $"server {{\n  listen LISTEN ssl;\n  server_name x.test;\n  TLS\n  location /ws {{ proxy_pass http://127.0.0.1:9; {Works} }}\n}}\n",
        "upstream app { server 127.0.0.1:9; }\nserver {\n  listen LISTEN ssl;\n  server_name x.test;\n  TLS\n"
            + $"  location /ws {{ proxy_pass http://app; {Works} }}\n}}\n",
        $"server {{\n  listen LISTEN ssl;\n  server_name x.test;\n  TLS\n  location /ws {{ proxy_pass http://BACKEND; {Works} }}\n"
            + "  location ~ ^/w { return 404; }\n}\n",
        "server {\n  listen LISTEN ssl;\n  server_name x.test;\n  TLS\n  proxy_set_header Upgrade $http_upgrade;\n"
            + "  proxy_set_header Connection upgrade;\n  location /ws { proxy_pass http://BACKEND; "
            + "proxy_http_version 1.1; proxy_set_header Host $host; }\n}\n",
        "server {\n  listen LISTEN ssl default_server;\n  TLS\n  return 404;\n}\nserver {\n  listen LISTEN ssl;\n"
            + $"  server_name y.test;\n  TLS\n  location /ws {{ proxy_pass http://BACKEND; {Works} }}\n}}\n",
        $"server {{\n  listen LISTEN;\n  server_name x.test;\n  location /ws {{ proxy_pass http://BACKEND; {Works} }}\n}}\n");

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task The_backend_gets_the_handshake_after_the_repair_and_not_before(string text)
    {
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
        var folder = Directory.CreateTempSubdirectory("summit-repair-").FullName;
        try
        {
            using var authority = new LabAuthority();
            var (certificate, key) = authority.Issue(LabCertificateKind.Valid, "x.test");
            var (certificatePath, keyPath) = (Path.Combine(folder, "x.pem"), Path.Combine(folder, "x.key"));
            await File.WriteAllTextAsync(certificatePath, certificate, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(keyPath, key, TestContext.Current.CancellationToken);
            await using var backend = new EchoBackend();
            var port = RealNginx.FreePorts(1)[0];
            var site = new SummitSite { ServerName = "x.test", Port = port, BackendHost =
                "127.0.0.1", BackendPort = backend.Port, CertificatePath = certificatePath, CertificateKeyPath = keyPath };
            text = text.Replace("LISTEN", $"127.0.0.1:{port}", StringComparison.Ordinal)
                .Replace("BACKEND", $"127.0.0.1:{backend.Port}", StringComparison.Ordinal)
                .Replace("TLS", $"ssl_certificate {certificatePath};\n  ssl_certificate_key {keyPath};", StringComparison.Ordinal);
            var broken = NginxConfigReader.FromBytes(Path.Combine(folder, "site"), Encoding.UTF8.GetBytes(text));
            Assert.False(await GetsHandshakeAsync(folder, broken, port));
            Assert.True(await GetsHandshakeAsync(folder, NginxRepair.Apply(broken, site), port));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> GetsHandshakeAsync(string folder, SummitNginxConfig site, int port)
    {
        await File.WriteAllBytesAsync(site.Path, site.ToBytes());
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nginx.conf"), $"{RealNginx.Head(folder)}http {{\n{RealNginx.HttpHead(folder)}include {site.Path};\n}}\n");
        await using var nginx = await RealNginx.StartAsync(folder, port);
        using var client = new RawHttpClient(new IPEndPoint(IPAddress.Loopback, port), "x.test");
        try
        {
            var answer = await client.SendAsync(Handshake);
            return answer.Body.StartsWith("GET /ws HTTP/1.1\r\n", StringComparison.Ordinal)
                && answer.Body.Contains("\r\nUpgrade: websocket\r\n", StringComparison.OrdinalIgnoreCase)
                && answer.Body.Contains("\r\nConnection: upgrade\r\n", StringComparison.OrdinalIgnoreCase)
                && answer.Body.Contains("\r\nHost: x.test\r\n", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }
}
