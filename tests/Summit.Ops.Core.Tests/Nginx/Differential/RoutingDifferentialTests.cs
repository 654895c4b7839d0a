using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Core.Tests.Nginx.Differential;

/// <summary>Server and location as the engine predicts them, against the ones that the real nginx answers from.</summary>
/// <remarks>SUMMIT_NGINX_REQUESTS sets how many requests are made (20,000), SUMMIT_NGINX_SEED where the generator begins.</remarks>
[Trait("Category", "Lab")]
public sealed class RoutingDifferentialTests(ITestOutputHelper output)
{
    private const int RequestsPerConfig = 400;

    internal static int Setting(string name, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : standard;

    [Fact]
    public async Task Every_request_ends_where_the_engine_says()
    {
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
        var wanted = Setting("SUMMIT_NGINX_REQUESTS", 20_000);
        var seed = Setting("SUMMIT_NGINX_SEED", 1);
        await using var backend = new EchoBackend();
        using var authority = new LabAuthority();
        var keys = Directory.CreateTempSubdirectory("summit-keys-").FullName;
        var certificate = new Lazy<Task<(string, string)>>(() => IssueAsync(authority, keys));
        var (requests, unknown) = (0, 0);
        var wrong = new List<string>();
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        while (requests < wanted && wrong.Count < 10)
        {
            var folder = Directory.CreateTempSubdirectory("summit-diff-").FullName;
            try
            {
                var ports = RealNginx.FreePorts(2);
                var tls = seed % 3 == 0 ? await certificate.Value : ((string, string)?)null;
                var generator = new RouteGenerator(seed, folder, ports, backend.Port, tls);
                generator.Write();
                var config = NginxConfigReader.FromFile(Path.Combine(folder, "nginx.conf"), new LocalConfigFiles(), prefix: null);
                Assert.Empty(config.Diagnostics);
                await using var nginx = await RealNginx.StartAsync(folder, ports[0]);
                using var clients = new Clients();
                for (var i = 0; i < RequestsPerConfig && requests < wanted; i++, requests++)
                {
                    var (address, port, secure, host, uri) = generator.Request();
                    var predicted = NginxRouter.Resolve(config, new NginxRequest(
                        NginxText.Utf8(host), port, secure, NginxText.Utf8(uri), address) { Headers = new Dictionary<string, string>() });
                    var actual = await clients.To(address, port, secure ? host : null)
                        .SendAsync($"GET {uri} HTTP/1.1\r\nHost: {host}\r\n\r\n");
                    var end = $"{actual.Status} {predicted.Location?.Modifier ?? "none"}";
                    var socket = secure
                        ? "TLS"
                        : address == "127.0.0.1" ? "plain" : address == "127.0.0.2" ? "second address" : "UNIX socket";
                    ends[socket] = ends.GetValueOrDefault(socket) + 1;
                    ends[end] = ends.GetValueOrDefault(end) + 1;
                    if (predicted.Kind == SummitNginxRouteKind.Unknown)
                    {
                        unknown++;
                    }
                    else if (Difference(predicted, actual) is { } difference)
                    {
                        wrong.Add($"seed {seed}, {address}:{port} {host} {uri}: {difference}\n"
                            + $"  {string.Join("\n  ", predicted.Steps)}\n"
                            + $"{(wrong.Count == 0 ? File.ReadAllText(Path.Combine(folder, "nginx.conf")) : "")}");
                    }
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
                seed++;
            }
        }

        Directory.Delete(keys, recursive: true);
        output.WriteLine($"{requests} requests, {wrong.Count} disagreements, {unknown} unknown; "
            + $"{string.Join(", ", ends.Select(end => $"{end.Key}: {end.Value}"))}");
        // a generator that never gets anywhere proves nothing
        foreach (var kind in (string[])["200 ", "204 =", "204 ^~", "204 ~", "204 ~*", "301 ", "404 ", "400 none", "404 none", "TLS",
            "plain", "second address", "UNIX socket"])
        {
            if (requests >= 4000)
            {
                Assert.True(ends.Keys.Any(end => end.StartsWith(kind, StringComparison.Ordinal)), $"no request ended as {kind}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(unknown * 100 < requests, $"{unknown} of {requests} unknown");
    }

    private static async Task<(string Certificate, string Key)> IssueAsync(LabAuthority authority, string folder)
    {
        var (certificate, key) = authority.Issue(LabCertificateKind.Valid, "a.test");
        var (certificatePath, keyPath) = (Path.Combine(folder, "a.pem"), Path.Combine(folder, "a.key"));
        await File.WriteAllTextAsync(certificatePath, certificate);
        await File.WriteAllTextAsync(keyPath, key);
        return (certificatePath, keyPath);
    }

    /// <summary>A connection to each socket, and with TLS for each name.</summary>
    private sealed class Clients : IDisposable
    {
        private readonly Dictionary<(string Address, int Port, string? Name), RawHttpClient> _clients = [];

        public RawHttpClient To(string address, int port, string? tlsName)
        {
            if (_clients.TryGetValue((address, port, tlsName), out var client)) return client;
            EndPoint server = address.StartsWith("unix:", StringComparison.Ordinal)
                ? new UnixDomainSocketEndPoint(address["unix:".Length..])
                : new IPEndPoint(IPAddress.Parse(address), port);
            return _clients[(address, port, tlsName)] = new RawHttpClient(server, tlsName);
        }

        public void Dispose()
        {
            foreach (var client in _clients.Values) client.Dispose();
        }
    }

    private static string? Difference(SummitNginxRoute predicted, RawResponse actual)
    {
        var id = actual.Header("X-Id");
        var level = predicted.Location?.Directives ?? predicted.Server?.Directives ?? [];
        var expected = level.FirstOrDefault(directive => directive.Name == "add_header")?.Arguments[1];
        var (status, location) = predicted.Kind switch
        {
            SummitNginxRouteKind.Return => (predicted.Status!.Value, predicted.RedirectTo),
            SummitNginxRouteKind.Proxy => (200, ""),
            // no file is there; a folder is not listed
            _ => (actual.Status is 403 or 404 ? actual.Status : 404, ""),
        };
        if (actual.Status != status) return $"predicted {status}, nginx answers {actual.Status} from {id}";
        if (status == 400) return null;
        if (id != expected) return $"predicted {expected}, nginx answers from {id}";
        if (location.Length == 0) return null;
        var redirect = actual.Header("Location") ?? "";
        var path = redirect.IndexOf("://", StringComparison.Ordinal) is var scheme && scheme > 0
            ? redirect[redirect.IndexOf('/', scheme + 3)..]
            : redirect;
        return NginxText.Utf8(path) == location
            ? null
            : $"predicted a redirect to {location}, nginx sends {Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(redirect))}";
    }
}
