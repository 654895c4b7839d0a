using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>
/// Files that certbot or a person wrote: a deployment adds what is missing, keeps every line, and a real
/// nginx serves the WebSocket with it.
/// </summary>
[Trait("Category", "Lab")]
public sealed class ForeignFilesTests
{
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("certbot")]
    [InlineData("tabs")]
    [InlineData("windows line ends")]
    [InlineData("one line")]
    [InlineData("two sites")]
    [InlineData("braces in comments and quotes")]
    [InlineData("no line end")]
    [InlineData("half a websocket")]
    public async Task It_keeps_every_line_and_a_websocket_opens(string kind)
    {
        await using var lab = await StartAsync();
        var text = Text(lab, kind);
        lab.WriteSite(text);
        await lab.Nginx.ReloadAsync(Cancellation);
        Assert.NotEqual(101, (await ProbeAsync(lab)).HttpStatus);

        var plan = await PlanAsync(lab, DeploymentMode.Repair);
        var done = await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation);

        Assert.True(done is { Changed: true, Verified: true, RolledBack: false }, $"{done.Output}\n{plan.Diff}");
        var now = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        AssertKept(text, now);
        if (kind == "windows line ends") Assert.Equal(now.Count(c => c == '\n'), now.Split("\r\n").Length - 1);
        Assert.False((await PlanAsync(lab, DeploymentMode.Repair)).Changes);
    }

    [Theory]
    [InlineData("certbot", "server 'localhost'", "options-ssl-nginx.conf")]
    [InlineData("two sites", "server 'other.example.com'", "would take away")]
    [InlineData("tabs", "server 'localhost www.example.com'", "would take away")]
    public async Task To_replace_it_would_lose_lines_and_is_refused_with_their_names(string kind, string one, string other)
    {
        await using var lab = await StartAsync();
        var text = Text(lab, kind);
        lab.WriteSite(text);
        await lab.Nginx.ReloadAsync(Cancellation);

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => PlanAsync(lab, DeploymentMode.Replace));

        Assert.Equal("DeploymentErases", error.ErrorId);
        Assert.True(
            error.Message.Contains(one, StringComparison.Ordinal) && error.Message.Contains(other, StringComparison.Ordinal),
            error.Message);
        Assert.Equal(text, await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
    }

    /// <summary>Every old line is there, in its order; a line may have been continued, as where all stood on one.</summary>
    private static void AssertKept(string before, string after)
    {
        static string[] Words(string text) => text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var left = new Queue<string>(Words(after));
        foreach (var word in Words(before))
        {
            while (left.TryDequeue(out var next) && next != word) { }
            Assert.True(left.Count > 0 || word == Words(after)[^1], $"'{word}' of the old file is gone or in another place:\n{after}");
        }
    }

    private static string Text(LabInstance lab, string kind)
    {
        var tls = $"ssl_certificate {lab.CertificatePath};\n    ssl_certificate_key {lab.CertificateKeyPath};";
        var plain = $$"""
            # by hand
            server {
                listen 127.0.0.1:{{lab.Port}} ssl;
                server_name {{lab.ServerName}};
                {{tls}}
                location /api {
                    proxy_pass http://127.0.0.1:{{lab.BackendPort}};   # the API
                }
            }

            """;
        return kind switch
        {
            "certbot" => lab.Config.Certbot(),
            "tabs" => $"server\n{{\n\tlisten\t127.0.0.1:{lab.Port}\tssl ;\n\tserver_name\n\t\t{lab.ServerName}\n\t\twww.example.com\n\t;\n"
                + $"\t{tls}\n\tclient_max_body_size\t8m;\n\n\n\tlocation\t/static\t{{\troot\t{lab.NginxPrefix}/html ; }}\n}}\n",
            "windows line ends" => plain.Replace("\n", "\r\n", StringComparison.Ordinal),
            "one line" => $"server {{ listen 127.0.0.1:{lab.Port} ssl; server_name {lab.ServerName}; "
                + $"{tls.Replace("\n", " ", StringComparison.Ordinal)} "
                + $"location /api {{ proxy_pass http://127.0.0.1:{lab.BackendPort}; }} }}\n",
            "two sites" => plain
                + $"\nserver {{\n    listen 127.0.0.1:{lab.Port} ssl;\n    server_name other.example.com;\n    {tls}\n"
                + $"    location /files {{ root {lab.NginxPrefix}/html; }}   # theirs\n}}\n",
            "braces in comments and quotes" => plain.Replace("# by hand", "# } { ; \" ' unbalanced on purpose", StringComparison.Ordinal)
                .Replace(
                    "location /api",
                    "add_header X-Note \"a } brace; and a 'quote'\";\n    # location /ws { not this one }\n    location /api",
                    StringComparison.Ordinal),
            "no line end" => plain.TrimEnd(),
            "half a websocket" => plain.Replace(
                "location /api",
                $"location /ws {{\n        proxy_pass http://127.0.0.1:{lab.BackendPort};\n        proxy_set_header Host $host;   # keep\n"
                    + "        proxy_read_timeout 86400s;\n    }\n\n    location /api",
                StringComparison.Ordinal),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    }

    private static async Task<LabInstance> StartAsync()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static async Task<DeploymentPlan> PlanAsync(LabInstance lab, DeploymentMode mode) =>
        DeploymentPlanner.Plan(
            await new SiteGatherer(TimeProvider.System).GatherAsync(Host, lab.Site, null, Cancellation), mode, null, force: false);

    private static Task<SummitWebSocketResult> ProbeAsync(LabInstance lab) =>
        new WebSocketProbe(TimeProvider.System).RunAsync(SiteProbes.Public(lab.Site, null), Cancellation);
}
