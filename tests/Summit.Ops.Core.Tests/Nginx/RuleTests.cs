using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Nginx;

namespace Summit.Ops.Core.Tests.Nginx;

public sealed class RuleTests
{
    private static readonly SummitSite Site = new() { ServerName = "x.test" };

    private static IReadOnlyList<SummitCheck> Checks(string text, SummitSite? site = null, string? version = null) =>
        NginxRules.Evaluate(
            NginxConfigReader.FromBytes("/etc/nginx/sites-available/x", Encoding.UTF8.GetBytes(text)), site ?? Site, version);

    private static SummitCheck Check(string id, string text, SummitSite? site = null, string? version = null) =>
        Checks(text, site, version).Single(check => check.Id == id);

    private static string Server(string body) => $"server {{\n listen 443 ssl;\n server_name x.test;\n{body}\n}}\n";

    [Fact]
    public void The_expected_config_passes_every_rule()
    {
        var checks = NginxRules.Evaluate(ExpectedNginxConfig.For(new SummitSite()), new SummitSite());
        Assert.All(
            checks,
            check => Assert.True(check.Status is SummitCheckStatus.Pass or SummitCheckStatus.Skipped, $"{check.Id}: {check.Evidence}"));
        Assert.Equal(
            ["Nginx.WebSocketLocation", "Nginx.UpgradeHeaders", "Nginx.ProxyBuffering", "Nginx.LocationOrder"],
            checks.Take(4).Select(check => check.Id));
        Assert.Equal("Nginx config has `/ws` location", checks[0].Title);
    }

    [Fact]
    public void The_expected_config_is_the_guides()
    {
        const string guide =
            """
                location /ws {
                    proxy_pass http://localhost:4000;
                    proxy_http_version 1.1;

                    # CRITICAL: WebSocket upgrade headers
                    proxy_set_header Upgrade $http_upgrade;
                    proxy_set_header Connection "upgrade";

                    # Standard headers
                    proxy_set_header Host $host;
                    proxy_set_header X-Real-IP $remote_addr;
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    proxy_set_header X-Forwarded-Proto $scheme;

                    # WebSocket timeouts
                    proxy_read_timeout 86400;
                    proxy_send_timeout 86400;

                    # CRITICAL: Disable buffering
                    proxy_buffering off;
                    proxy_cache off;
                }
            """;
        Assert.Contains(guide, ExpectedNginxConfig.For(new SummitSite()).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a;b", "/ws", "localhost")]
    [InlineData("a", "/ws\n}", "localhost")]
    [InlineData("a", "/w\"s", "localhost")]
    [InlineData("a", "/$ws", "localhost")]
    [InlineData("a", "ws", "localhost")]
    [InlineData("a", "/ws", "host;")]
    [InlineData("a", "/ws", "")]
    public void Hostile_values_are_refused(string name, string path, string backend)
    {
        var error = Assert.Throws<SummitArgumentException>(
            () => ExpectedNginxConfig.For(new SummitSite { ServerName = name, WebSocketPath = path, BackendHost = backend }));
        Assert.Equal("SiteValueInvalid", error.ErrorId);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_certificate_path_with_blanks_is_quoted()
    {
        var site = new SummitSite { CertificatePath = "/srv/our files/{chain}.pem", CertificateKeyPath = "/srv/our files/key.pem" };
        Assert.Contains(
            "ssl_certificate \"/srv/our files/{chain}.pem\";\n    ssl_certificate_key \"/srv/our files/key.pem\";",
            ExpectedNginxConfig.For(site).Text, StringComparison.Ordinal);
        Assert.Empty(ExpectedNginxConfig.For(site).Diagnostics);
        Assert.Throws<SummitArgumentException>(() => ExpectedNginxConfig.For(site with { CertificatePath = "/srv/\"; root /" }));
        Assert.Throws<SummitArgumentException>(() => ExpectedNginxConfig.For(site with { CertificatePath = "/srv/$host.pem" }));
    }

    [Fact]
    public void A_missing_location_is_found_whatever_else_answers()
    {
        foreach (var body in (string[])["location /api { proxy_pass http://localhost:4000; }", "location / { root /srv; }",
            "location / { proxy_pass http://localhost:5000; }", "return 404;", ""])
        {
            var check = Check("Nginx.WebSocketLocation", Server(body));
            Assert.Equal(
                (SummitCheckStatus.Fail, SummitCause.NginxLocationMissing, SummitSeverity.Error),
                (check.Status, check.Cause, check.Severity));
            Assert.NotNull(check.Line);
            Assert.NotEmpty(check.Fix);
            Assert.NotEmpty(check.Actual);
        }
    }

    [Theory]
    [InlineData("location / { proxy_pass http://localhost:4000; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
        + "proxy_set_header Connection upgrade; }")]
    [InlineData("location / { proxy_pass http://localhost:4000; }")]
    [InlineData("location = /ws { proxy_pass http://localhost:4000; }")]
    [InlineData("location ~ ^/(ws|live)$ { proxy_pass http://localhost:4000; }")]
    public void A_location_that_takes_the_path_is_one(string body) =>
        Assert.Equal(SummitCheckStatus.Pass, Check("Nginx.WebSocketLocation", Server(body)).Status);

    [Fact]
    public void A_location_for_what_lies_under_the_path_is_none_for_the_path() =>
        Assert.Equal(
            (SummitCheckStatus.Fail, SummitCause.NginxLocationMissing),
            (Check("Nginx.WebSocketLocation", Server("location /ws/ { proxy_pass http://localhost:4000; }")) is var check
                ? check.Status
                : default, check.Cause));

    [Fact]
    public void An_include_that_was_not_read_is_unknown_and_not_missing()
    {
        var check = Check("Nginx.WebSocketLocation", Server("include snippets/site.conf; location / { }"));
        Assert.Equal(SummitCheckStatus.Unknown, check.Status);
        Assert.Equal(
            SummitCheckStatus.Fail,
            Check("Nginx.WebSocketLocation", Server("include /etc/letsencrypt/options-ssl-nginx.conf; location / { }")).Status);
        Assert.Equal(
            SummitCheckStatus.Unknown,
            Check("Nginx.UpgradeHeaders", Server("location /ws { proxy_pass http://localhost:4000; include proxy_ws.conf; }")).Status);
    }

    [Fact]
    public void Lost_headers_are_named_with_their_line()
    {
        var check = Check("Nginx.UpgradeHeaders", Server("location /ws { proxy_pass http://localhost:4000; proxy_http_version 1.1;\n"
            + " proxy_set_header Upgrade $http_upgrade;\n proxy_set_header Connection close; }"));
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.NginxUpgradeHeadersMissing, 6), (check.Status, check.Cause, check.Line!.Value));
        Assert.Contains("Connection: close", check.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void Order_is_advice_and_theft_an_error()
    {
        const string ws = "location /ws { proxy_pass http://localhost:4000; proxy_http_version 1.1; "
            + "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }";
        var order = Check("Nginx.LocationOrder", Server($"location /api {{ proxy_pass http://localhost:4000; }}\n{ws}"));
        Assert.Equal((SummitCheckStatus.Fail, SummitSeverity.Advice, SummitCause.None), (order.Status, order.Severity, order.Cause));
        var theft = Check("Nginx.LocationOrder", Server($"{ws}\nlocation ~ ^/w {{ root /srv; }}"));
        Assert.Equal(
            (SummitCheckStatus.Fail, SummitSeverity.Error, SummitCause.NginxLocationShadowed, 5),
            (theft.Status, theft.Severity, theft.Cause, theft.Line!.Value));
        Assert.Equal(SummitCheckStatus.Pass, Check("Nginx.LocationOrder", Server($"{ws}\nlocation /api {{ }}")).Status);
        Assert.Equal(SummitCheckStatus.Pass, Check(
            "Nginx.LocationOrder",
            Server(ws.Replace("/ws", "^~ /ws", StringComparison.Ordinal) + "\nlocation ~ ^/w { root /srv; }")).Status);
    }

    [Fact]
    public void Http_version_goes_by_nginxs_version()
    {
        var text = Server("location /ws { proxy_pass http://localhost:4000; proxy_set_header Upgrade $http_upgrade; "
            + "proxy_set_header Connection upgrade; }");
        Assert.Equal(
            (SummitCheckStatus.Fail, SummitCause.NginxHttpVersion),
            (Check("Nginx.HttpVersion", text).Status, Check("Nginx.HttpVersion", text).Cause));
        Assert.Equal(SummitCheckStatus.Pass, Check("Nginx.HttpVersion", text, version: "nginx/1.29.7").Status);
    }

    [Fact]
    public void Redirects_and_wrong_servers_are_named()
    {
        var check = Check("Nginx.Redirect", Server("location /ws/ { proxy_pass http://localhost:4000; }"));
        Assert.Equal((SummitCause.NginxRedirect, "301 /ws/"), (check.Cause, check.Actual));
        check = Check("Nginx.ServerBlock", "server { listen 443 ssl; server_name y.test; }");
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.NginxWrongServer), (check.Status, check.Cause));
        check = Check("Nginx.ServerBlock", "server { listen 80; server_name x.test; }");
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.NginxWrongServer), (check.Status, check.Cause));
    }

    [Theory]
    [InlineData("if ($http_upgrade) { return 403; }", SummitCause.NginxRejectsHandshake)]
    [InlineData("if ($http_upgrade) { return 404; }", SummitCause.NginxRejectsHandshake)]
    // the page of the refusal is the refusal
    [InlineData("if ($http_upgrade) { return 403; } error_page 403 /no; location = /no { return 404; }", SummitCause.NginxRejectsHandshake)]
    // a status that leads to a named location is no refusal, and what is found there answers
    [InlineData("error_page 418 = @ws; if ($http_upgrade) { return 418; } location @ws { return 404; }", SummitCause.NginxLocationMissing)]
    public void An_if_that_refuses_keeps_clients_out_and_one_that_leads_elsewhere_does_not(string body, SummitCause cause)
    {
        var check = Check("Nginx.Redirect", Server(body));
        Assert.Equal((SummitCheckStatus.Fail, cause), (check.Status, check.Cause));
    }

    [Theory]
    [InlineData("if ($arg_token = \"\") { return 401; }")]
    [InlineData("if ($args !~ token=good) { return 401; }")]
    [InlineData("set $t $arg_token; if ($t = \"\") { return 401; }")]
    [InlineData("if ($entry = 0) { return 401; }")]
    public void What_a_token_decides_is_not_read_in_the_files(string condition)
    {
        var text = "map $arg_token $entry { \"\" 0; default 1; }\n" + Server(
            $"{condition} location /ws {{ proxy_pass http://localhost:4000$request_uri; }}");
        var config = NginxConfigReader.FromBytes("/etc/nginx/sites-available/x", Encoding.UTF8.GetBytes(text));

        SummitCheck Redirect(bool hasToken) => NginxRules.Evaluate(config, Site, null, passes: true, hasToken: hasToken)
            .Single(check => check.Id == "Nginx.Redirect");
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.NginxRejectsHandshake), (Redirect(false).Status, Redirect(false).Cause));
        Assert.Equal(SummitCheckStatus.Unknown, Redirect(true).Status);
        Assert.Contains("the client's token", Redirect(true).Evidence);
    }

    [Fact]
    public void A_token_that_is_only_passed_on_leaves_the_route_known()
    {
        var text = Server("location /ws { proxy_pass http://localhost:4000$uri$is_args$args; }");
        var config = NginxConfigReader.FromBytes("/etc/nginx/sites-available/x", Encoding.UTF8.GetBytes(text));
        Assert.Equal(SummitCheckStatus.Pass, NginxRules.Evaluate(config, Site, null, passes: true, hasToken: true)
            .Single(check => check.Id == "Nginx.Redirect").Status);
    }
}
