using System.Text;
using Summit.Ops.Evidence;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Knowledge;

namespace Summit.Ops.Core.Tests.Nginx;

public sealed class KnowledgeTests
{
    [Theory]
    [InlineData("server { prox_pass http://x; }", "unknown directive \"prox_pass\"", SummitSeverity.Warning)]
    [InlineData("server { location /ws { proxy_pass; } }", "invalid number of arguments in \"proxy_pass\" directive", SummitSeverity.Error)]
    [InlineData("server { proxy_pass http://x; }", "\"proxy_pass\" directive is not allowed here", SummitSeverity.Error)]
    [InlineData(
        "server { location / { if ($x) { proxy_set_header A b; } } }",
        "\"proxy_set_header\" directive is not allowed here",
        SummitSeverity.Error)]
    [InlineData("server { location /ws; }", "directive \"location\" has no opening \"{\"", SummitSeverity.Error)]
    [InlineData("server { listen 80 { } }", "directive \"listen\" is not terminated by \";\"", SummitSeverity.Error)]
    [InlineData(
        "server { location /ws { proxy_pass http://x\n proxy_http_version 1.1; } }",
        "invalid number of arguments in \"proxy_pass\" directive",
        SummitSeverity.Error)]
    [InlineData(
        "worker_processes 1; events { } http { server { listen 80; listen; } }",
        "invalid number of arguments in \"listen\" directive",
        SummitSeverity.Error)]
    public void What_does_not_belong_is_told_in_nginxs_words(string text, string message, SummitSeverity severity)
    {
        var diagnostic = Assert.Single(NginxConfigReader.FromBytes("/x", Encoding.UTF8.GetBytes(text)).Diagnostics);
        Assert.Equal((message, severity), (diagnostic.Message, diagnostic.Severity));
    }

    [Fact]
    public void Bodies_of_values_and_of_other_modules_are_left_alone() =>
        Assert.All(
            NginxConfigReader.FromBytes("/x", Encoding.UTF8.GetBytes("map $a $b { x y; } geo $c { 1.2.3.4 z; "
                + "} types { a/b c; } split_clients $a $d { 50% x; * y; } other { thing { a; } }")).Diagnostics,
            diagnostic => Assert.Equal("unknown directive \"other\"", diagnostic.Message));

    [Fact]
    public void The_table_knows_nginxs_directives()
    {
        Assert.Equal(new Version(1, 25, 1), Assert.Single(DirectiveKnowledge.Find("http2")).Since);
        Assert.Equal(new Version(1, 1, 4), Assert.Single(DirectiveKnowledge.Find("proxy_http_version")).Since);
        Assert.Contains(
            DirectiveKnowledge.Find("ssl"), entry => entry.Module == "ngx_http_ssl_module" && entry.Until == new Version(1, 25, 1));
        Assert.Contains(
            DirectiveKnowledge.Find("proxy_pass"), entry => entry.StandsIn("limit_except") && entry.Takes(1) && !entry.Takes(2));
        Assert.Empty(DirectiveKnowledge.Find("no_such_thing"));
    }

    private static IEnumerable<string> NamesInTheTable()
    {
        var assembly = typeof(DirectiveKnowledge).Assembly;
        using var table = new StreamReader(assembly.GetManifestResourceStream(
            assembly.GetManifestResourceNames().Single(name => name.EndsWith("directives.tsv", StringComparison.Ordinal)))!);
        return table.ReadToEnd().Split('\n').Where(line => line.Contains('\t') && line[0] != '#').Select(line => line.Split('\t')[0])
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Every_directive_has_a_version_that_fits_its_changes()
    {
        var names = DirectiveKnowledge.Names.ToList();
        Assert.Equal(NamesInTheTable(), names.Order(StringComparer.Ordinal));
        foreach (var entry in names.SelectMany(DirectiveKnowledge.Find))
        {
            Assert.NotEmpty(entry.Contexts);
            Assert.DoesNotContain("", entry.Contexts);
            Assert.NotEmpty(entry.Arguments);
            Assert.StartsWith("ng", entry.Module, StringComparison.Ordinal);
            Assert.True(entry.Until is null || entry.Until > entry.Since);
            Assert.Equal(entry.Changes.Select(change => change.Version), entry.Changes.Select(change => change.Version).Order());
            Assert.All(
                entry.Changes, change => Assert.True(change.Version >= entry.Since && change.Context.Length + change.Arguments.Length > 0));
        }
    }

    [Fact]
    public void A_value_is_no_older_than_its_directive() => Assert.All(
        DirectiveKnowledge.NamesWithValues,
        name => Assert.All(
            DirectiveKnowledge.Values(name), value => Assert.Contains(DirectiveKnowledge.Find(name), entry => entry.Since <= value.Since)));

    [Theory]
    [InlineData("1.25.0", "http2 on;", false)]
    [InlineData("1.25.1", "http2 on;", true)]
    [InlineData("1.25.0", "ssl on;", true)]
    [InlineData("1.25.1", "ssl on;", false)]
    [InlineData("1.29.3", "location /ws { proxy_pass http://x; proxy_http_version 2; }", false)]
    [InlineData("1.29.4", "location /ws { proxy_pass http://x; proxy_http_version 2; }", true)]
    [InlineData("1.24.0", "listen 443 quic;", false)]
    [InlineData("1.25.0", "listen 443 quic;", true)]
    [InlineData("1.22.1", "client_max_body_size 1m; gzip on;", true)]
    [InlineData("nginx/1.22.1 (Ubuntu)", "ssl_ocsp_cache off; prox_pass x;", true)]
    [InlineData("1.18.0", "ssl_ocsp_cache off;", false)]
    public void What_a_version_does_not_have_is_told(string version, string line, bool known)
    {
        var config = NginxConfigReader.FromBytes("/x", Encoding.UTF8.GetBytes($"server {{ listen 443 ssl; server_name x.test; {line} }}"));
        var check = NginxRules.Evaluate(config, new SummitSite { ServerName = "x.test" }, version)
            .Single(check => check.Id == "Nginx.DirectiveVersion");
        Assert.Equal(known ? SummitCheckStatus.Pass : SummitCheckStatus.Fail, check.Status);
        if (!known) Assert.Equal(SummitCause.NginxSyntaxInvalid, check.Cause);
    }

    [Theory]
    [InlineData("nginx version: nginx/1.25.5 (nginx-plus-r32)\n")]
    [InlineData("nginx version: openresty/1.25.3.1\n")]
    [InlineData("Tengine version: Tengine/3.1.0\nnginx version: nginx/1.24.0\n")]
    [InlineData("Angie version: Angie/1.5.2\nnginx version: nginx/1.25.5\n")]
    [InlineData("nginx version: freenginx/1.27.0\n")]
    public void The_table_does_not_judge_a_relative_of_nginx(string said)
    {
        Assert.Equal(SummitCheckStatus.Skipped, OnHost(said, test: 1).Status);
        Assert.Equal(
            SummitCheckStatus.Fail,
            OnHost("nginx version: nginx/1.25.5\nconfigure arguments: --add-module=/src/openresty\n", test: 1).Status);
    }

    [Fact]
    public void Where_nginx_itself_takes_the_configuration_the_table_does_not_say_otherwise()
    {
        var check = OnHost("nginx version: nginx/1.18.0 (Ubuntu)\n", test: 0);
        Assert.Equal((SummitCheckStatus.Pass, SummitCause.None), (check.Status, check.Cause));
        Assert.Contains("nginx -t takes every directive", check.Evidence);
    }

    private static SummitCheck OnHost(string said, int test)
    {
        const string text = "# configuration file /etc/nginx/nginx.conf:\nevents {}\n"
            + "http { upstream b { zone b 64k; server b.test resolve; resolver 192.0.2.53; } server { listen 443 ssl; server_name x.test; "
            + "location /ws { proxy_pass http://b; } } }\n";
        var host = new HostEvidence(SummitTarget.Local, new Dictionary<string, EvidenceSection>(StringComparer.Ordinal)
        {
            ["nginx.version"] = new(0, said),
            ["nginx.test"] = new(test, ""),
            ["nginx.dump"] = new(0, text),
        }, TimeSpan.Zero);
        var evidence = new SiteEvidence(
            new SummitSite { ServerName = "x.test" }, SummitTarget.Local, DateTimeOffset.UnixEpoch, host, "", []);
        return evidence.Rules.Single(check => check.Id == "Nginx.DirectiveVersion");
    }

    [Fact]
    public void A_context_that_came_later_is_a_version_too()
    {
        var ssl = DirectiveKnowledge.Find("ssl")[0];
        Assert.True(ssl.StandsIn("http", new Version(0, 3, 21)) && !ssl.StandsIn("http", new Version(0, 3, 20)) && ssl.StandsIn("http"));
        var format = DirectiveKnowledge.Find("log_format")[0];
        Assert.True(format.StandsIn("server", new Version(1, 7, 7)) && !format.StandsIn("server", new Version(1, 7, 8))
            && !format.StandsIn("server"));
        var keepalive = Assert.Single(DirectiveKnowledge.Find("keepalive"));
        Assert.True(keepalive.Takes(2, new Version(1, 29, 7)) && !keepalive.Takes(2, new Version(1, 29, 6)) && keepalive.Takes(2));
    }
}
