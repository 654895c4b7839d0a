using System.Text;
using Summit.Ops.Nginx;

namespace Summit.Ops.Core.Tests.Nginx;

public sealed class RouterTests
{
    private static SummitNginxConfig Config(string text) =>
        NginxConfigReader.FromBytes("/etc/nginx/sites-available/x", Encoding.UTF8.GetBytes(text));

    private static SummitNginxRoute Route(string text, string uri, string host = "x.test") =>
        NginxRouter.Resolve(Config(text), new NginxRequest(host, 80, Tls: false, uri));

    private static string Location(string locations, string uri) =>
        Route($"server {{ listen 80; {locations} }}", uri) is { Location: { } found } ? found.ToString() : "none";

    [Theory]
    [InlineData("/ws", "location /ws")]
    [InlineData("/wss", "location /ws")]
    [InlineData("/w", "location /")]
    [InlineData("/ws/deep/er", "location /ws/deep")]
    [InlineData("//ws", "location /ws")]
    [InlineData("/a/../%77s", "location /ws")]
    [InlineData("/%2e%2e/ws", "none")]
    [InlineData("/x.php", "location ~ \\.php$")]
    [InlineData("/ws/a.php", "location ~ \\.php$")]
    [InlineData("/static/a.php", "location ^~ /static/")]
    [InlineData("/exact", "location = /exact")]
    [InlineData("/exact/", "location /")]
    public void Locations_are_chosen_as_nginx_does(string uri, string expected) =>
        Assert.Equal(expected, Location(
            "location / {} location /ws {} location /ws/deep {} location ^~ /static/ {} location ~ \\.php$ {} location = /exact {}", uri));

    [Fact]
    public void A_missing_slash_is_a_redirect_where_there_is_a_pass()
    {
        var route = Route("server { listen 80; location /ws/ { proxy_pass http://127.0.0.1:4000; } }", "/ws?a=1");
        Assert.Equal((SummitNginxRouteKind.Return, 301, "/ws/?a=1"), (route.Kind, route.Status!.Value, route.RedirectTo));
        Assert.Equal(SummitNginxRouteKind.Static, Route("server { listen 80; location /ws/ { } }", "/ws").Kind);
    }

    [Fact]
    public void Headers_of_a_level_are_lost_as_a_whole()
    {
        var route = Route(
            "map $http_upgrade $connection_upgrade { default upgrade; '' close; }\n" +
            "server { listen 80; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
            + "proxy_set_header Connection $connection_upgrade;\n" +
            "location /ws { proxy_pass http://127.0.0.1:4000; }\nlocation /lost { proxy_set_header Host $host; "
            + "proxy_pass http://127.0.0.1:4000; } }", "/ws");
        Assert.True(route.Upgrades);
        Assert.Equal("server 80", Assert.Single(route.Effective, entry => entry.Name == "proxy_set_header Upgrade").InheritedFrom);
        route = Route(
            "server { listen 80; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;\n" +
            "location /lost { proxy_set_header Host $host; proxy_pass http://127.0.0.1:4000; } }", "/lost");
        Assert.False(route.Upgrades);
        var lost = Assert.Single(route.Effective, entry => entry.Name == "proxy_set_header Upgrade" && !entry.Holds);
        Assert.Contains("none is inherited", lost.LostBecause, StringComparison.Ordinal);
    }

    [Fact]
    public void Upstream_groups_are_followed()
    {
        var route = Route(
            "upstream app { server 10.0.0.1:4000; server 10.0.0.2; keepalive 8; } server { listen 80; "
                + "location / { proxy_pass http://app/base/; } }",
            "/x?y");
        Assert.Equal(["10.0.0.1:4000", "10.0.0.2:80"], route.Upstreams);
        Assert.Equal(SummitNginxRouteKind.Proxy, route.Kind);
        Assert.Contains(route.Steps, step => step.Contains("passed on as /base/x?y", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a.test", "exact")]
    [InlineData("A.TEST:80", "exact")]
    [InlineData("b.a.test", "leading")]
    [InlineData("a.example", "trailing")]
    [InlineData("r123.org", "regex")]
    [InlineData("other.org", "default")]
    public void Servers_are_chosen_by_name(string host, string expected)
    {
        var route = Route(
            "server { listen 80; server_name r; return 200 r; } server { listen 80 default_server; "
            + "return 200 default; } server { server_name a.test; listen 80; return 200 exact; }" +
            "server { listen 80; server_name *.a.test; return 200 leading; } server { listen 80; "
            + "server_name a.*; return 200 trailing; } server { listen 80; server_name ~^r\\d+\\.org$; return 200 regex; }",
            "/", host);
        Assert.Equal(expected, route.Server!.Directives.Single(directive => directive.Name == "return").Arguments[1]);
    }

    [Fact]
    public void An_unknown_condition_that_changes_nothing_is_no_unknown()
    {
        const string head = "server { listen 80; location / { ";
        Assert.Equal(
            SummitNginxRouteKind.Proxy,
            Route(head + "if ($http_origin ~ x) { set $cors 1; } proxy_pass http://127.0.0.1:1; } }", "/").Kind);
        var route = Route(head + "if ($http_user_agent ~ bot) { return 403; } proxy_pass http://127.0.0.1:1; } }", "/");
        Assert.Equal(SummitNginxRouteKind.Unknown, route.Kind);
        Assert.Contains(route.Steps, step => step.Contains("user-agent", StringComparison.Ordinal));
    }

    [Fact]
    public void Rewrites_and_named_locations_are_followed()
    {
        const string text = "server { listen 80; rewrite ^/old/(.*)$ /new/$1?from=old last; location /new/ { error_page 404 = @app; "
            + "return 404; } location @app { proxy_pass http://127.0.0.1:1; } }";
        var route = Route(text, "/old/a%20b?x=1");
        Assert.Equal("location @app", route.Location!.ToString());
        Assert.Contains(route.Steps, step => step.Contains("/new/a%20b?from=old&x=1", StringComparison.Ordinal));
    }
}
