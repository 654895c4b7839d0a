using System.Text;
using Summit.Ops.Deployment;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Knowledge;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>What a new file would take away is named, also where the old one is broken and its parts stand in the wrong places.</summary>
public sealed class ErasureTests
{
    private const string Other = "server {\n    listen 80;\n    server_name other.example.com;\n    location /files { root /srv; }\n}\n";

    [Theory]
    [InlineData("brace", "server {\n    listen 80;\n    server_name a.example.com;\n    location / { root /srv; }\n"
        + Other, "server 'other.example.com' (/x:5)")]
    [InlineData("brace, theirs first", "server {\n    listen 80;\n    server_name other.example.com;\nserver {\n    listen 80;\n"
        + "    server_name a.example.com;\n    location / { root /srv; }\n}\n", "server 'other.example.com' (/x:1)")]
    [InlineData(
        "brace of a location",
        "server {\n    listen 80;\n    server_name a.example.com;\n    location / { root /srv;\n    location /private { deny all; }\n}\n",
        "location /private of server 'a.example.com' (/x:5)")]
    [InlineData(
        "semicolon",
        "server {\n    listen 80;\n    server_name a.example.com;\n    location / { root /srv; }\n}\ninclude extra.conf\n" + Other,
        "server_name other.example.com (/x:9)")]
    [InlineData(
        "semicolon before a deny",
        "server {\n    listen 80;\n    server_name a.example.com;\n    location / {\n        root /srv\n        deny all;\n    }\n}\n",
        "deny all (/x:6)")]
    public void Nothing_hides_in_a_broken_file(string fault, string before, string lost)
    {
        var now = Between(before, Expected);
        Assert.True(now.Contains(lost, StringComparer.Ordinal), $"{fault}: {string.Join("; ", now)}");
    }

    [Theory]
    [InlineData("server {\n    listen 80;\n    server_name a.example.com;\n    location / { root /srv; }\n")]
    [InlineData("server {\n    listen 80;\n    server_name a.example.com;\n    location / { root /srv }\n}\n")]
    [InlineData("server {\n    listen 80\n    ;\n    server_name A.EXAMPLE.com;   # { deny all; }\n    location / { root /srv; }\n"
        + "    location / { root /srv; }\n}}\n")]
    public void A_broken_file_of_the_site_alone_loses_nothing(string before) => Assert.Empty(Between(before, Expected));

    [Theory]
    [InlineData("location /api/admin { deny all; }", "location /api/admin of server 'a.example.com'")]
    [InlineData("location /api/admin { root /a; location ~ \\.php$ { deny all; } }", "location ~ \\.php$ of server 'a.example.com'")]
    [InlineData("if ($arg_key) { return 403; }", "if ($arg_key) of location /")]
    public void What_stands_in_a_location_counts(string inside, string lost)
    {
        var before = Expected.Replace("root /srv;", "root /srv; " + inside, StringComparison.Ordinal);
        Assert.Contains(Between(before, Expected), line => line.StartsWith(lost, StringComparison.Ordinal));
        Assert.Empty(Between(before, before));
        // one who wrote the new file may leave a directive away, a location not
        Assert.Equal(inside.StartsWith("location", StringComparison.Ordinal), Between(before, Expected, everyDirective: false).Count > 0);
    }

    [Fact]
    public void What_stands_in_an_if_counts_too()
    {
        var before = Expected.Replace("root /srv;", "root /srv; if ($arg_key) { return 403; set $x 1; }", StringComparison.Ordinal);
        Assert.Equal(
            ["set $x 1 of if ($arg_key) of location / (/x:4)"],
            Between(before, before.Replace(" set $x 1;", "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("proxy_set_header X-Tenant a; proxy_set_header Host $host;", "proxy_set_header Host b;", "proxy_set_header X-Tenant a")]
    [InlineData("proxy_hide_header X-Powered-By; proxy_hide_header Server;", "proxy_hide_header Server;", "proxy_hide_header X-Powered-By")]
    [InlineData("limit_req zone=a burst=5; limit_req zone=b;", "limit_req zone=b burst=9;", "limit_req zone=a burst=5")]
    [InlineData("limit_conn a 5; limit_conn b 5;", "limit_conn b 6;", "limit_conn a 5")]
    [InlineData("access_log /a.log; access_log /b.log;", "access_log /a.log main;", "access_log /b.log")]
    [InlineData("sub_filter a b; sub_filter c d;", "sub_filter a e;", "sub_filter c d")]
    [InlineData("proxy_cookie_path / /a; proxy_cookie_path /b /c;", "proxy_cookie_path / /d;", "proxy_cookie_path /b /c")]
    [InlineData("fastcgi_param A b; fastcgi_param B c;", "fastcgi_param B d;", "fastcgi_param A b")]
    [InlineData("proxy_no_cache $a; proxy_no_cache $b;", "proxy_no_cache $a;", "proxy_no_cache $b")]
    [InlineData("set_real_ip_from 192.0.2.1; set_real_ip_from 192.0.2.2;", "set_real_ip_from 192.0.2.2;", "set_real_ip_from 192.0.2.1")]
    public void Of_what_may_stand_several_times_each_counts(string before, string after, string lost) =>
        Assert.StartsWith(lost + " of location /", Assert.Single(Between(WithIn(before), WithIn(after))));

    [Theory]
    [InlineData(
        "proxy_set_header Upgrade $x; proxy_set_header host a;", "proxy_set_header Upgrade $http_upgrade; proxy_set_header Host $host;")]
    [InlineData("proxy_read_timeout 60;", "proxy_read_timeout 86400;")]
    public void A_value_that_changes_is_shown_in_the_diff(string before, string after) =>
        Assert.Empty(Between(WithIn(before), WithIn(after)));

    [Fact]
    public void One_of_two_certificates_is_lost_and_another_one_is_a_change()
    {
        var two = Expected.Replace("listen 80;", "listen 443 ssl; ssl_certificate /rsa; ssl_certificate /ecdsa;", StringComparison.Ordinal);
        Assert.StartsWith(
            "ssl_certificate /ecdsa of server",
            Assert.Single(Between(two, two.Replace(" ssl_certificate /ecdsa;", "", StringComparison.Ordinal))));
        Assert.Empty(Between(two, two.Replace("/ecdsa", "/renewed", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_listen_line_may_gain_a_parameter_and_loses_none()
    {
        Assert.Empty(Between(Expected, Expected.Replace("listen 80;", "listen 80 ssl;", StringComparison.Ordinal)));
        Assert.StartsWith(
            "listen 80 default_server of server",
            Assert.Single(Between(Expected.Replace("listen 80;", "listen 80 default_server;", StringComparison.Ordinal), Expected)));
    }

    [Fact]
    public void Every_name_that_may_stand_several_times_is_one_that_nginx_has() =>
        Assert.DoesNotContain(
            RepeatedDirectives.Names,
            name => DirectiveKnowledge.Find(name).Count == 0 && !name.StartsWith("js_", StringComparison.Ordinal));

    private const string Expected = "server {\n    listen 80;\n    server_name a.example.com;\n    location / { root /srv; }\n}\n";

    private static string WithIn(string directives) => Expected.Replace("root /srv;", "root /srv; " + directives, StringComparison.Ordinal);

    private static IReadOnlyList<string> Between(string before, string after, bool everyDirective = true) =>
        Erasure.Between(Read(before), Read(after), everyDirective);

    private static SummitNginxConfig Read(string text) => NginxConfigReader.FromBytes("/x", Encoding.UTF8.GetBytes(text));
}
