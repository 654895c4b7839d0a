using System.Globalization;
using System.Text;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Core.Tests.Nginx.Differential;

/// <summary>
/// What PCRE has and .NET has not, or has otherwise: each pattern against the real nginx on many paths, match and captures.
/// </summary>
[Trait("Category", "Lab")]
public sealed class RegexDifferentialTests
{
    private static readonly string[] Patterns =
    [
        // possessive
        "^/(a++)a", "^/(a*+)(b?)", "^/(?:ab)++$", "^/([ab]?+)ab", "^/(a{1,2}+)a", "^/(\\w++)(\\d)", "^/(?<n>a|b)++(b)$",
        "^/((a|ab)++)b", "^/(a+?)(a*)$", "^/(a{2})(a*)",
        // quoted
        "^/\\Qa.b\\E(.*)$", "^/\\Qa+\\E+(.*)", "^/\\Q[x]\\E$", "^/(\\Qab\\E++)(b?)", "^/a\\Q\\E+(b*)", "^/\\Q(a", "^/[\\Qab\\E]+$",
        // octal, hex and references
        "^/\\141(b)", "^/(a)\\1$", "^/(a)(b)\\2\\1", "^/(?<q>a|b)\\k<q>$", "^/(?P<q>a|b)(?P=q)+$", "^/(a|b)\\g1$",
        "^/(a|b)\\g{1}b", "^/(a|b)\\g{-1}$", "^/(?<q>a)\\k{q}", "^/(?'q'a)\\k'q'", "^/\\x61\\x{62}",
        "^/[\\141-\\143]+$", "^/(a)\\12|b", "^/\\0*a",
        "^/\\303\\251", "^/[\\xc3\\xa9]+$",
        // classes
        "^/[[:cntrl:][:digit:]]+$", "^/[[:print:]]+$", "^/[[:graph:]]+$", "^/[[:ascii:]]+$", "^/[]a]+$", "^/[^]a]+$",
        "^/[a-c-e]+$", "^/[a[b]+$", "^/\\h", "^/\\H+$", "^/\\N+$", "^/a\\R", "^/[\\h]", "^/a\\v", "^/[\\d.-]+$",
        "^/[\\s\\S]{3}$",
        // groups and options
        "^/(?#what)a(b)", "^/(?>a+)(b)", "^/(?i)AB(?-i)c", "^/(?i:A)b", "^/(?<!x)a", "(?<=a)b$", "^/(a)?(b)$",
        "^/(a)|(b)", "^/(|a)b", "a{,2}", "x{a", "^/a{2", "^/.$", "^/(.)\\.(.*)$", "(?m)b$", "(?s)a.b", "\\.(?:js|css)$",
        "^/(?=.*b)a", "\\Aa|\\A/a", "b\\z", "b\\Z",
    ];

    private static readonly string[] NotEvaluated =
    [
        "^/(a(?1)?b)$", "^/(?R)?a", "^/(?|(a)|(b))", "^/(a)?(?(1)|b)", "^/\\Ka", "(*UTF)^/a", "^/(?&n)(?<n>a)", "^/\\p{L}", "^/\\cA",
        "^/[[:^alpha:]]",
    ];

    private static readonly string[] Paths =
    [
        "/a", "/aa", "/aaa", "/aaaa", "/ab", "/aab", "/abb", "/abab", "/abc", "/b", "/bb", "/ba", "/abba", "/a.b",
        "/a.bc", "/a+", "/a++", "/[x]", "/%5Bx%5D", "/(a", "/a1", "/abc123", "/%C3%A9", "/%09", "/%20", "/a%0A",
        "/a%0Ab", "/a%0D%0A", "/a%0B", "/%01", "/1", "/1.2-3",
        "/-x", "/a-z", "/x{a", "/a{2", "/a{,2}", "/]a", "/ABc", "/AB", "/Ab", "/x.js", "/%A0a", "/%85", "/a%85",
        "/b%0A", "/%7Fa", "/a%08", "/%00".Replace("%00", "%02", StringComparison.Ordinal), "/a~b", "/e-d",
    ];

    [Fact]
    public async Task A_pattern_matches_and_captures_as_it_does_in_nginx()
    {
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
        var folder = Directory.CreateTempSubdirectory("summit-regex-").FullName;
        try
        {
            var port = RealNginx.FreePorts(1)[0];
            var config = Write(folder, port, Patterns);
            Assert.Empty(config.Diagnostics);
            await using var nginx = await RealNginx.StartAsync(folder, port);
            using var client = new RawHttpClient(port);
            var (wrong, matched) = (new List<string>(), 0);
            for (var i = 0; i < Patterns.Length; i++)
            {
                foreach (var path in Paths)
                {
                    var route = NginxRouter.Resolve(config, new NginxRequest($"s{i}", port, Tls: false, path));
                    var actual = await client.SendAsync(NginxText.Take($"GET {path} HTTP/1.1\r\nHost: s{i}\r\n\r\n"));
                    var redirect = actual.Header("X-Captures") ?? "";
                    var predicted = route.Location?.Modifier == "~" ? Predict(config, i, port, path) : "";
                    if (route.Kind == SummitNginxRouteKind.Unknown || actual.Status != route.Status || redirect != predicted)
                    {
                        wrong.Add($"{Patterns[i]} on {path}: predicted {route.Kind} {route.Status} \"{predicted}\", "
                            + $"nginx {actual.Status} \"{redirect}\"; {string.Join("; ", route.Steps)}");
                    }
                    else if (actual.Status == 204)
                    {
                        matched++;
                    }
                }
            }

            Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
            Assert.True(matched > 300, $"{matched} matches");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_is_not_evaluated_is_unknown_and_says_why()
    {
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
        var folder = Directory.CreateTempSubdirectory("summit-regex-").FullName;
        try
        {
            // nginx takes them all
            var port = RealNginx.FreePorts(1)[0];
            var config = Write(folder, port, NotEvaluated);
            await using var nginx = await RealNginx.StartAsync(folder, port);
            for (var i = 0; i < NotEvaluated.Length; i++)
            {
                var route = NginxRouter.Resolve(config, new NginxRequest($"s{i}", port, Tls: false, "/a"));
                Assert.True(route.Kind == SummitNginxRouteKind.Unknown, NotEvaluated[i]);
                Assert.Contains(route.Steps, step => step.StartsWith("not known: ", StringComparison.Ordinal)
                    && step.Contains("not evaluated here", StringComparison.Ordinal));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What nginx would put into the header: the first two groups.</summary>
    private static string Predict(SummitNginxConfig config, int server, int port, string path)
    {
        var trace = NginxRouter.Trace(config, new NginxRequest($"s{server}", port, Tls: false, path));
        return Summit.Ops.Nginx.Semantics.VariableText.Evaluate("<$1|$2>", trace.State!).Text!;
    }

    private static SummitNginxConfig Write(string folder, int port, string[] patterns)
    {
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        var text = new StringBuilder(RealNginx.Head(folder)).Append("http {\n").Append(RealNginx.HttpHead(folder));
        for (var i = 0; i < patterns.Length; i++)
        {
            var quoted = patterns[i].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            text.Append(
                CultureInfo.InvariantCulture,
                $"server {{ listen 127.0.0.1:{port}; server_name s{i}; location / {{ return 404; "
                    + $"}} location ~ \"{quoted}\" {{ add_header X-Captures \"<$1|$2>\"; return 204; }} }}\n");
        }

        var path = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(path, text.Append("}\n").ToString());
        return NginxConfigReader.FromFile(path, new LocalConfigFiles(), prefix: null);
    }
}
