using System.Text;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Core.Tests.Nginx.Differential;

/// <summary>
/// What the engine says that a backend gets, or that nginx answers itself, against what the real backend got and the real nginx answered.
/// </summary>
/// <remarks>SUMMIT_NGINX_PROXIED sets how many requests are made (6,000), SUMMIT_NGINX_SEED where the generator begins.</remarks>
[Trait("Category", "Lab")]
public sealed class ProxyDifferentialTests(ITestOutputHelper output)
{
    private const int RequestsPerConfig = 100;

    [Fact]
    public async Task The_backend_gets_what_the_engine_says()
    {
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
        var wanted = RoutingDifferentialTests.Setting("SUMMIT_NGINX_PROXIED", 6_000);
        var seed = RoutingDifferentialTests.Setting("SUMMIT_NGINX_SEED", 1);
        await using var backend = new EchoBackend();
        var (requests, unknown, passed) = (0, 0, 0);
        var wrong = new List<string>();
        while (requests < wanted && wrong.Count < 5)
        {
            var folder = Directory.CreateTempSubdirectory("summit-diff-").FullName;
            try
            {
                var port = RealNginx.FreePorts(1)[0];
                var generator = new ProxyGenerator(seed, folder, port, backend.Port);
                generator.Write();
                var config = NginxConfigReader.FromFile(Path.Combine(folder, "nginx.conf"), new LocalConfigFiles(), prefix: null);
                Assert.Empty(config.Diagnostics);
                await using var nginx = await RealNginx.StartAsync(folder, port);
                using var client = new RawHttpClient(port);
                for (var i = 0; i < RequestsPerConfig && requests < wanted; i++, requests++)
                {
                    var (method, host, uri, headers) = generator.Request();
                    var trace = NginxRouter.Trace(
                        config,
                        new NginxRequest(host, port, Tls: false, uri) { Headers = headers, Method = method, RemoteAddress = "127.0.0.1" });
                    var wire = NginxText.Take($"{method} {uri} HTTP/1.1\r\nHost: {host}\r\n"
                        + $"{string.Concat(headers.Select(header => $"{header.Key}: {header.Value}\r\n"))}"
                        + $"{(method == "POST" ? "Content-Length: 0\r\n" : "")}\r\n");
                    var actual = await client.SendAsync(wire);
                    if (trace.Kind == SummitNginxRouteKind.Unknown)
                    {
                        unknown++;
                    }
                    else if (Difference(trace, actual, method) is { } difference)
                    {
                        wrong.Add($"seed {seed}: {wire}{difference}\n"
                            + $"  {string.Join("\n  ", trace.Steps)}\n"
                            + $"{(wrong.Count == 0 ? File.ReadAllText(Path.Combine(folder, "nginx.conf")) : "")}");
                    }
                    else if (trace.Kind == SummitNginxRouteKind.Proxy)
                    {
                        passed++;
                    }
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
                seed++;
            }
        }

        output.WriteLine($"{requests} requests, {passed} passed on, {wrong.Count} disagreements, {unknown} unknown");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(unknown * 100 <= requests, $"{unknown} of {requests} unknown");
        Assert.True(passed * 3 > requests, $"only {passed} of {requests} came to the backend");
    }

    private static string? Difference(RouteTrace trace, RawResponse actual, string method)
    {
        if (trace.Kind != SummitNginxRouteKind.Proxy)
        {
            // whether a folder is there, and what becomes of it, the configuration does not say
            if (trace.Kind == SummitNginxRouteKind.Static && trace.State!.Uri.EndsWith('/')) return null;
            var status = trace.Kind == SummitNginxRouteKind.Return
                ? trace.Status!.Value
                : actual.Status is 403 or 404 or 405 ? actual.Status : 404;
            if (status != actual.Status) return $"predicted {status}, nginx answers {actual.Status}";
            if (status is < 300 or >= 400) return null;
            var redirect = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(actual.Header("Location") ?? ""));
            return redirect.EndsWith(trace.RedirectTo, StringComparison.Ordinal) && trace.RedirectTo.Length > 0
                ? null
                : $"predicted a redirect to {trace.RedirectTo}, nginx sends {redirect}";
        }

        if (actual.Body.Length == 0 || !actual.Body.Contains("HTTP/1.", StringComparison.Ordinal))
        {
            return $"predicted a request to the backend, nginx answers {actual.Status}";
        }

        var request = UpstreamRequest.Of(trace);
        var lines = actual.Body.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var line = $"{method} {request.Uri.Text} HTTP/{request.Version}";
        // an error page is fetched with GET whatever the method was
        if (lines[0] != line && lines[0] != $"GET {request.Uri.Text} HTTP/{request.Version}")
        {
            return $"predicted {line}, the backend got {lines[0]}";
        }

        var expected = request.Headers.Select(header => $"{header.Name.ToLowerInvariant()}: {header.Value.Text}".TrimEnd())
            .Order(StringComparer.Ordinal).ToList();
        var got = lines.Skip(1)
            .Where(header => !header.StartsWith("Content-Length", StringComparison.Ordinal))
            .Select(header => header[..header.IndexOf(':', StringComparison.Ordinal)].ToLowerInvariant()
                + header[header.IndexOf(':', StringComparison.Ordinal)..].TrimEnd())
            .Order(StringComparer.Ordinal).ToList();
        return expected.SequenceEqual(got)
            ? null
            : $"predicted headers\n    {string.Join("\n    ", expected)}\n  the backend got\n    {string.Join("\n    ", got)}";
    }
}
