using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Editing;

namespace Summit.Ops.Core.Tests.Nginx;

public sealed class RepairTests
{
    private static readonly SummitSite Site = new() { ServerName = "x.test" };

    /// <summary>A site whose backend somebody has named.</summary>
    private static readonly SummitSite Named = Site with { BackendPort = 4001 };

    private static SummitNginxConfig Config(string text) =>
        NginxConfigReader.FromBytes("/etc/nginx/sites-available/x", Encoding.UTF8.GetBytes(text));

    private static string Repair(string text, SummitSite? site = null)
    {
        var config = Config(text);
        var repaired = NginxRepair.Apply(config, site ?? Site);
        Assert.Equal(repaired.Text, NginxRepair.Apply(repaired, site ?? Site).Text);
        Assert.All(
            NginxRules.Evaluate(repaired, site ?? Site)
                .Where(check => check.Severity >= SummitSeverity.Warning && check.Id != "Nginx.ServerCertificate"),
            check => Assert.True(
                check.Status is SummitCheckStatus.Pass or SummitCheckStatus.Skipped, $"{check.Id}: {check.Evidence}\n{repaired.Text}"));
        var asked = site ?? Site;
        Assert.True(
            NginxRouter.Resolve(repaired, new NginxRequest(asked.ServerName, asked.Port, Tls: true, asked.WebSocketPath)).Upgrades,
            repaired.Text);
        if (!text.Contains("wrong", StringComparison.Ordinal))
        {
            Assert.True(IsIn(text, repaired.Text), $"something was lost:\n{repaired.Text}");
        }

        return repaired.Text;
    }

    /// <summary>Whether every character of one text is in the other, in its order: nothing was taken away.</summary>
    private static bool IsIn(string text, string whole)
    {
        var at = 0;
        foreach (var c in whole)
        {
            if (at < text.Length && text[at] == c) at++;
        }

        return at == text.Length;
    }

    [Fact]
    public void The_expected_file_is_left_alone()
    {
        var expected = ExpectedNginxConfig.For(Site);
        Assert.Same(expected, NginxRepair.Apply(expected, Site));
    }

    [Fact]
    public void A_missing_location_goes_before_the_first_in_the_files_own_indentation()
    {
        var text = Repair("server {\r\n\tlisten 443 ssl;\r\n\tserver_name x.test;\r\n\r\n\t# the API\r\n\tlocation /api {\r\n"
            + "\t\tproxy_pass http://localhost:4000;\r\n\t}\r\n}\r\n");
        Assert.Contains(
            "server_name x.test;\r\n\r\n\tlocation /ws {\r\n\t\tproxy_pass http://localhost:4000;\r\n", text, StringComparison.Ordinal);
        Assert.Contains("\t\tproxy_cache off;\r\n\t}\r\n\r\n\t# the API\r\n\tlocation /api {", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', text.Replace("\r\n", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("server {\n  listen 443 ssl;\n  server_name x.test;\n}\n")]
    [InlineData("server { listen 443 ssl; server_name x.test; }")]
    [InlineData("server { listen 443 ssl; server_name x.test; location / { root /srv; } }")]
    [InlineData("server {\n  listen 443 ssl; server_name x.test;\n  location /ws/ { proxy_pass http://localhost:4000; }\n}\n")]
    [InlineData("server {\n  listen 443 ssl; server_name x.test;\n  location ~ ^/(ws|api) { root /srv; }\n}\n")]
    [InlineData("server {\n  listen 443 ssl; server_name x.test;\n  location /ws { proxy_pass http://localhost:4000; }\n"
        + "  location ~ ^/w { root /srv; }\n}\n")]
    [InlineData("server {\n  listen 443 ssl; server_name x.test;\n  location \"/ws\" {\n  }\n}\n")]
    [InlineData("server {\n  listen 443 ssl default_server;\n  location /ws { # here\n"
        + "    proxy_pass http://localhost:4000; # backend\n    # end\n  }\n}\n")]
    [InlineData("map $http_upgrade $c { default upgrade; '' close; }\nserver {\n  listen 443 ssl; server_name x.test;\n"
        + "  location /ws { proxy_pass http://localhost:4000; proxy_set_header Connection $c; }\n}\n")]
    public void What_fails_is_mended(string text)
    {
        Assert.Contains(NginxRules.Evaluate(Config(text), Site), check => check.Status == SummitCheckStatus.Fail);
        var repaired = Config(Repair(text));
        Assert.Empty(Failed(repaired));
        var route = NginxRouter.Resolve(repaired, new NginxRequest(Site.ServerName, Site.Port, Tls: true, Site.WebSocketPath));
        Assert.Equal($"http://localhost:{Site.BackendPort}", route.ProxyPass);

        IEnumerable<string> Failed(SummitNginxConfig config) => NginxRules.Evaluate(config, Site)
            .Where(check => check is { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error }).Select(check => check.Id);
    }

    [Fact]
    public void Only_what_is_missing_is_added()
    {
        var text = Repair(
            "server {\n    listen 443 ssl;\n    server_name x.test;\n    location /ws {\n        proxy_pass http://127.0.0.1:4000;\n"
                + "        proxy_set_header Host $host;\n        proxy_read_timeout 1d;\n    }\n}\n");
        Assert.Equal(
            "server {\n    listen 443 ssl;\n    server_name x.test;\n    location /ws {\n        proxy_pass http://127.0.0.1:4000;\n"
            + "        proxy_set_header Host $host;\n        proxy_read_timeout 1d;\n" +
            "        proxy_http_version 1.1;\n        proxy_set_header Upgrade $http_upgrade;\n"
            + "        proxy_set_header Connection \"upgrade\";\n    }\n}\n", text);
    }

    [Fact]
    public void A_wrong_value_is_replaced_in_its_place()
    {
        var text = Repair(
            "server {\n listen 443 ssl;\n server_name x.test;\n location /ws {\n"
            + "  proxy_pass http://localhost:9999/wrong/; proxy_http_version 1.0; # wrong\n  proxy_set_header Upgrade \"\"; # wrong\n" +
            "  proxy_set_header Connection 'close'; # wrong\n  proxy_set_header Host $host;\n  proxy_read_timeout 60s; # wrong\n }\n}\n",
            Named);
        Assert.Contains(
            "  proxy_pass http://localhost:4001/wrong/; proxy_http_version 1.1; # wrong\n"
                + "  proxy_set_header Upgrade $http_upgrade; # wrong\n  proxy_set_header Connection \"upgrade\"; # wrong\n"
                + "  proxy_set_header Host $host;\n  proxy_read_timeout 86400; # wrong\n }",
            text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sites_name_goes_to_the_one_block_that_is_meant()
    {
        const string location = "location /ws { proxy_pass http://localhost:4000; }";
        Assert.Contains(
            "server_name y.test www.y.test x.test;",
            Repair($"server {{ listen 443 ssl; server_name y.test www.y.test; {location} }}"),
            StringComparison.Ordinal);
        Assert.Contains("server_name \"y.test\" x.test;", Repair(
            $"server {{ listen 443 ssl default_server; server_name _; }}\nserver {{ listen 443 ssl; server_name \"y.test\"; {location} }}"),
            StringComparison.Ordinal);
        Assert.Contains("\tlisten 443 ssl; # tls\r\n\tserver_name x.test;\r\n", Repair("server {\r\n}\r\nserver {\r\n"
            + $"\tlisten 443 ssl; # tls\r\n\t{location}\r\n}}\r\n"
            + "server { listen 443 ssl default_server; server_name z.test; }"), StringComparison.Ordinal);
        // a default that names nobody answers as it is
        Assert.Contains("server_name _;", Repair($"server {{ listen 443 ssl; server_name _; {location} }}"), StringComparison.Ordinal);
        // one that leads to another backend, two that could be meant, one on another port, one without the path: nobody can tell
        foreach (var text in (string[])["server { listen 443 ssl; server_name y.test; "
            + $"{location.Replace("4000", "4001", StringComparison.Ordinal)} }}",
            $"server {{ listen 443 ssl; server_name y.test; {location} }} server {{ listen 443 ssl; server_name z.test; {location} }}",
            $"server {{ listen 8443 ssl; server_name y.test; {location} }}",
            "server { listen 443 ssl; server_name y.test; location /api { proxy_pass http://localhost:4000; } }"])
        {
            Assert.Equal("NginxServerMissing", Assert.Throws<SummitFileException>(() => NginxRepair.Apply(Config(text), Site)).ErrorId);
        }
    }

    [Fact]
    public void Tls_and_the_certificate_that_the_site_names_are_put_in()
    {
        var site = Site with { CertificatePath = "/etc/tls/x.pem", CertificateKeyPath = "/etc/tls/x.key" };
        var ws = ExpectedNginxConfig.For(Site).Text is var expected
            ? expected[expected.IndexOf("    location /ws", StringComparison.Ordinal)..]
            : "";
        var text = Repair($"server {{\n    listen 443;\n    server_name x.test;\n\n{ws}", site);
        Assert.StartsWith(
            "server {\n    listen 443 ssl;\n    server_name x.test;\n    ssl_certificate /etc/tls/x.pem;\n"
                + "    ssl_certificate_key /etc/tls/x.key;\n\n",
            text, StringComparison.Ordinal);
        Assert.Contains(
            "server_name x.test; ssl_certificate /etc/tls/x.pem; ssl_certificate_key /etc/tls/x.key;\n\n",
            Repair($"server {{ listen 443 ssl; server_name x.test;\n\n{ws}", site),
            StringComparison.Ordinal);
        // one that has a certificate keeps it, and a listen without TLS gets it though the site names none
        Assert.StartsWith(
            "server {\n listen 443 ssl;\n server_name x.test; ssl_certificate /a; ssl_certificate_key /b;\n",
            Repair($"server {{\n listen 443;\n server_name x.test; ssl_certificate /a; ssl_certificate_key /b;\n{ws}"),
            StringComparison.Ordinal);
        // half a pair, or another server block on the plain socket: not safe
        text = $"server {{\n listen 443 ssl;\n server_name x.test; ssl_certificate /a;\n{ws}";
        Assert.Equal(text, NginxRepair.Apply(Config(text), site).Text);
        Assert.Throws<SummitFileException>(() => NginxRepair.Apply(
            Config($"server {{\n listen 443;\n server_name x.test;\n{ws}server {{ listen 443; server_name other.test; }}"), site));
        Assert.Throws<SummitFileException>(() => NginxRepair.Apply(Config($"server {{\n listen 443;\n server_name x.test;\n{ws}"), Site));
    }

    [Fact]
    public void A_group_that_only_this_site_uses_gets_the_backends_port()
    {
        const string server = "server { listen 443 ssl; server_name x.test; location /ws { proxy_pass http://app; "
            + "} location /api { proxy_pass http://app/v1; } }";
        var text = Repair($"upstream app {{ server 127.0.0.1:4444 weight=2; # wrong\n keepalive 8; }}\n{server}", Named);
        Assert.StartsWith("upstream app { server localhost:4001 weight=2; # wrong\n keepalive 8; }\n", text, StringComparison.Ordinal);
        // another site's too, two servers, another host: not safe
        foreach (var other in (string[])[$"upstream app {{ server 127.0.0.1:4444; }} {server} server {{ listen 443 ssl; "
            + "server_name y.test; location / { proxy_pass http://app; } }", "upstream "
            + $"app {{ server 127.0.0.1:4444; server 127.0.0.1:4445; }} {server}", $"upstream app {{ server 10.0.0.1:4444; }} {server}"])
        {
            Assert.Equal("NginxRepairRefused", Assert.Throws<SummitFileException>(() => NginxRepair.Apply(Config(other), Named)).ErrorId);
        }
    }

    [Fact]
    public void Headers_that_are_lost_by_inheritance_come_along()
    {
        var text = Repair(
            "server {\n listen 443 ssl;\n server_name x.test;\n proxy_set_header X-Tenant  'a b';\n proxy_set_header Host $host;\n"
                + " location /ws {\n  proxy_pass http://localhost:4000; proxy_http_version 1.1; proxy_read_timeout 1d;\n"
                + "  proxy_set_header Upgrade $http_upgrade;\n  proxy_set_header Connection upgrade;\n }\n}\n");
        Assert.Contains("  proxy_set_header Connection upgrade;\n  proxy_set_header Host $host;\n", text, StringComparison.Ordinal);
        Assert.Contains("  proxy_set_header X-Tenant  'a b';\n }\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Timeouts_below_the_sites_pings_are_raised_and_those_above_are_left()
    {
        const string text = "server {\n listen 443 ssl;\n server_name x.test;\n"
            + " location /ws { proxy_pass http://localhost:4000; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
            + "proxy_set_header Connection upgrade; proxy_set_header Host $host; proxy_read_timeout 40s; }\n}\n";
        var config = Config(text);
        Assert.Same(config, NginxRepair.Apply(config, Site with { PingInterval = TimeSpan.FromSeconds(30) }));
        Assert.Contains("proxy_read_timeout 86400;", Repair(
            text.Replace("server_name x.test;", "server_name x.test; # wrong", StringComparison.Ordinal),
            Site with { PingInterval = TimeSpan.FromSeconds(45) }), StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_edit_is_certain_to_mend_is_left_and_told()
    {
        var config = Config(ExpectedNginxConfig.For(Site).Text
            .Replace("location /ws {", "location /ws {\n        auth_basic \"who\";", StringComparison.Ordinal));
        var repaired = NginxRepair.Apply(config, Site);
        Assert.Same(config, repaired);
        Assert.Equal("Nginx.AccessControl", Assert.Single(NginxRepair.Left(repaired, Site)).Id);
        Assert.Empty(NginxRepair.Left(ExpectedNginxConfig.For(Site), Site));
    }

    [Fact]
    public void Headers_from_outside_come_along()
    {
        var text = Repair(
            "server {\n listen 443 ssl;\n server_name x.test;\n proxy_set_header Host $host;\n proxy_set_header X-Real-IP  $remote_addr;\n"
                + " location /ws {\n  proxy_pass http://localhost:4000;\n }\n}\n");
        Assert.Contains(
            "  proxy_set_header Host $host;\n  proxy_set_header X-Real-IP  $remote_addr;\n  proxy_set_header Upgrade $http_upgrade;\n",
            text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_pass_keeps_what_it_says_where_nobody_named_a_backend()
    {
        var config = Config("server { listen 443 ssl; server_name x.test; location /ws { proxy_pass http://app:3000; "
            + "} } upstream other { server 10.0.0.1:80; }");

        var text = NginxRepair.Apply(config, Site).Text;

        Assert.Contains("proxy_pass http://app:3000;", text);
        Assert.Contains("proxy_set_header Connection \"upgrade\";", text);
        Assert.Equal("Nginx.Upstream", Assert.Single(
            NginxRepair.Left(NginxRepair.Apply(config, Site), Site), check => check.Cause == SummitCause.NginxUpstreamMismatch).Id);
    }

    [Fact]
    public void A_header_that_an_included_file_empties_is_written_out_for_the_path_alone()
    {
        const string Main = "/etc/nginx/nginx.conf", Snippet = "/etc/nginx/snippets/proxy.conf";
        var whole = NginxConfigReader.FromDump(
            $"# configuration file {Main}:\nevents {{}}\nhttp {{\n server {{\n  listen 443 ssl;\n  server_name x.test;\n  location / {{\n"
            + "   include snippets/proxy.conf;\n   proxy_pass http://localhost:4000;\n  }\n }\n}\n"
            + $"\n# configuration file {Snippet}:\nproxy_set_header X-Mark 1;\nproxy_set_header Connection \"\";\n"
            + "proxy_http_version 1.1;\n");

        var repaired = NginxRepair.Apply(whole, Main, Site, UpstreamChoice.Site, RepairFacts.None).Text;

        var own = repaired[repaired.IndexOf("location /ws {", StringComparison.Ordinal)..repaired.IndexOf(
            "location / {", StringComparison.Ordinal)];
        Assert.Contains("proxy_set_header X-Mark 1;", own);
        Assert.Contains("proxy_set_header Connection \"upgrade\";", own);
        Assert.DoesNotContain("include", own);
        Assert.Contains("  location / {\n   include snippets/proxy.conf;\n", repaired);
    }

    [Fact]
    public void A_map_that_knows_one_browser_alone_is_no_upgrade_for_the_others()
    {
        const string Text = "map $http_connection $c { \"~*^upgrade$\" upgrade; default keep-alive; "
            + "} server { listen 443 ssl; server_name x.test; location /ws { proxy_pass http://localhost:4000; "
            + "proxy_http_version 1.1; proxy_set_header Host $host; proxy_set_header Upgrade $http_upgrade; "
            + "proxy_set_header Connection $c; proxy_read_timeout 1d; } }";

        var check = NginxRules.Evaluate(Config(Text), Site).Single(check => check.Id == "Nginx.UpgradeHeaders");

        Assert.True(check is { Status: SummitCheckStatus.Fail, Cause: SummitCause.NginxUpgradeHeadersMissing }, check.Evidence);
        Assert.Contains("Firefox", check.Evidence);
        Assert.Contains("proxy_set_header Connection \"upgrade\";", NginxRepair.Apply(Config(Text), Site).Text);
        Assert.Equal(
            SummitCheckStatus.Pass,
            NginxRules.Evaluate(Config(Text.Replace("~*^upgrade$", "~*upgrade", StringComparison.Ordinal)), Site)
                .Single(check => check.Id == "Nginx.UpgradeHeaders").Status);
    }

    [Fact]
    public void A_block_with_a_misspelt_name_is_the_one_that_was_meant()
    {
        const string Text = "server { listen 443 ssl default_server; server_name _; location / { return 404; } } server { listen 443 ssl; "
            + "server_name y.test; location / { proxy_pass http://localhost:4000; proxy_http_version 1.1; "
            + "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; } }";

        var check = NginxRules.Evaluate(Config(Text), Site).Single(check => check.Id == "Nginx.ServerBlock");

        Assert.True(check is { Status: SummitCheckStatus.Fail, Cause: SummitCause.NginxWrongServer }, check.Evidence);
        Assert.Contains("server y.test", check.Evidence);
    }

    [Theory]
    [InlineData("location = /ws/ { proxy_pass http://localhost:4000; }", true)]
    [InlineData("location ~ /\\.|/ws { deny all; return 404; } location /ws { proxy_pass http://localhost:4000; }", false)]
    [InlineData("location / { auth_basic on; proxy_pass http://10.0.0.9; }", false)]
    [InlineData("location / { auth_request /check; root /srv; }", false)]
    public void A_location_of_its_own_leads_past_no_rule_that_keeps_clients_out(string locations, bool mended)
    {
        var config = Config($"server {{\n listen 443 ssl;\n server_name x.test;\n {locations}\n}}\n");

        if (mended) Assert.Contains("location /ws {", NginxRepair.Apply(config, Site).Text);
        else Assert.Contains("decides who gets in", Assert.Throws<SummitFileException>(() => NginxRepair.Apply(config, Site)).Message);
    }

    [Theory]
    [InlineData("server { listen 80; server_name x.test; }", "NginxServerMissing")]
    [InlineData("server { listen 443 ssl; server_name y.test; }", "NginxServerMissing")]
    [InlineData("", "NginxServerMissing")]
    [InlineData("server { listen 443 ssl; server_name x.test; return 301 https://y.test$request_uri; }", "NginxRepairRefused")]
    [InlineData("server { listen 443 ssl; server_name x.test; location = /ws { return 403; } }", "NginxRepairRefused")]
    [InlineData(
        "server { listen 443 ssl; server_name x.test; location /ws { deny all; proxy_pass http://localhost:4000; } }",
        "NginxRepairRefused")]
    [InlineData("server { listen 443 ssl; server_name x.test; location /ws { proxy_pass http://localhost:4000 } }", "NginxSyntaxInvalid")]
    public void What_no_edit_mends_is_refused_with_the_reason(string text, string id)
    {
        var error = Assert.Throws<SummitFileException>(() => NginxRepair.Apply(Config(text), Site));
        Assert.Equal(id, error.ErrorId);
        Assert.NotEmpty(error.RecommendedAction);
    }
}
