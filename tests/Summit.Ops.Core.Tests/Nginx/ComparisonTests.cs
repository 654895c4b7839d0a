using System.Text;
using Summit.Ops.Nginx;

namespace Summit.Ops.Core.Tests.Nginx;

public sealed class ComparisonTests
{
    private const string Reference = "server {\n listen 443 ssl;\n server_name x.test;\n"
        + " location /ws { proxy_pass http://b; proxy_http_version 1.1; }\n location /api { proxy_pass http://b; }\n location ~ a { }\n"
        + " location ~ b { }\n}\n";

    private static SummitNginxConfig Config(string text) => NginxConfigReader.FromBytes("/x", Encoding.UTF8.GetBytes(text));

    private static IEnumerable<SummitNginxDifference> Meaning(string other) =>
        NginxComparison.Compare(Config(Reference), Config(other)).Where(difference => difference.ChangesMeaning);

    private static string Change(string from, string to)
    {
        Assert.Contains(from, Reference, StringComparison.Ordinal);
        return Reference.Replace(from, to, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_files_have_no_difference() => Assert.Empty(NginxComparison.Compare(Config(Reference), Config(Reference)));

    [Fact]
    public void Text_alone_is_no_meaning()
    {
        foreach (var other in (string[])
        [
            Change(" location /ws {", " # new\n location /ws  {"),
            "server {\n listen 443 ssl;\n server_name x.test;\n location ~ a { }\n location /api { proxy_pass http://b; }\n"
                + " location ~ b { }\n location /ws { proxy_http_version 1.1; proxy_pass http://b; }\n}\n",
            Change("http://b; proxy", "\"http://b\"; proxy"),
        ])
        {
            var difference = Assert.Single(NginxComparison.Compare(Config(Reference), Config(other)));
            Assert.Equal((SummitNginxDifferenceKind.Text, false), (difference.Kind, difference.ChangesMeaning));
            Assert.Contains("@@", difference.Diff, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("listen 443 ssl;", "listen 443;", SummitNginxDifferenceKind.Listen)]
    [InlineData("server_name x.test;", "server_name y.test;", SummitNginxDifferenceKind.Server)]
    [InlineData("location /api { proxy_pass http://b; }", "", SummitNginxDifferenceKind.Location)]
    [InlineData("location /api", "location = /api", SummitNginxDifferenceKind.Location)]
    [InlineData("proxy_http_version 1.1;", "", SummitNginxDifferenceKind.Directive)]
    [InlineData("proxy_http_version 1.1;", "proxy_http_version 1.0;", SummitNginxDifferenceKind.Directive)]
    [InlineData("location /ws {", "location /ws { return 404;", SummitNginxDifferenceKind.Script)]
    [InlineData("location ~ a { }\n location ~ b { }", "location ~ b { }\n location ~ a { }", SummitNginxDifferenceKind.RegexOrder)]
    public void What_nginx_does_otherwise_is_told(string from, string to, SummitNginxDifferenceKind kind)
    {
        var found = Meaning(Change(from, to)).ToList();
        Assert.Contains(found, difference => difference.Kind == kind);
        Assert.All(found, difference => Assert.NotEqual(difference.Reference, difference.Actual));
    }

    [Fact]
    public void A_directive_on_the_server_is_told_once()
    {
        var found = Meaning(Change(" server_name x.test;", " server_name x.test; proxy_buffering off;")).ToList();
        var difference = Assert.Single(found);
        Assert.Equal(("proxy_buffering", "", "off", ""), (difference.Name, difference.Reference, difference.Actual, difference.Location));
    }

    private static SummitNginxConfig Whole(string site, string http = "") => NginxConfigReader.FromDump(
        $"# configuration file /etc/nginx/nginx.conf:\nevents {{ }}\nhttp {{\n gzip on;\n proxy_buffering off;\n {http}\n"
        + " include sites/*;\n}\n" +
        "# configuration file /etc/nginx/sites/a:\nserver { listen 80; server_name other.test; location / { } }\n" +
        $"# configuration file /etc/nginx/sites/x:\n{site}\n");

    [Fact]
    public void A_whole_configuration_is_compared_by_the_sites_own_servers()
    {
        Assert.Empty(NginxComparison.Compare(Config(Reference), Whole(Reference)));
        var all = NginxComparison.Compare(Config(Reference), Whole(Reference), all: true);
        Assert.Contains(all, difference => difference is { Kind: SummitNginxDifferenceKind.Server, Actual: "server other.test" });
        Assert.Contains(all, difference => difference is { Kind: SummitNginxDifferenceKind.Directive, Name: "gzip", Actual: "on" });
        // what the reference speaks of is compared, wherever the other has it from
        var found = NginxComparison.Compare(
            Config(Reference.Replace("proxy_http_version 1.1;", "proxy_http_version 1.1; proxy_buffering on;", StringComparison.Ordinal)),
            Whole(Reference));
        Assert.Equal(("proxy_buffering", "on", "off"), found.Where(difference => difference.ChangesMeaning)
            .Select(difference => (difference.Name, difference.Reference, difference.Actual)).Single());
        Assert.Equal("/etc/nginx/sites/x", found[0].File);
        found = NginxComparison.Compare(Config(Reference), Whole("server { listen 443 ssl; server_name y.test; }"));
        Assert.Equal(("server x.test", ""), found.Select(difference => (difference.Reference, difference.Actual)).Single());
    }

    [Fact]
    public void A_name_more_or_less_is_told_as_such()
    {
        var found = Meaning(Change("server_name x.test;", "server_name x.test www.x.test;")).ToList();
        Assert.Equal(
            ("server_name", "x.test", "www.x.test x.test"),
            found.Select(difference => (difference.Name, difference.Reference, difference.Actual)).Single());
    }

    [Fact]
    public void What_the_servers_use_is_compared()
    {
        const string server = "server {\n listen 443 ssl;\n server_name x.test;\n"
            + " location /ws { proxy_pass http://app; proxy_set_header Connection $conn; }\n}\n";
        const string blocks = "upstream app { server 127.0.0.1:4000; }\nmap $http_upgrade $conn { default upgrade; '' $none; }\n"
            + "map $host $none { default close; ~b x; ~a y; }\n";
        Assert.DoesNotContain(
            NginxComparison.Compare(Config(blocks + server), Whole(server, blocks)), difference => difference.ChangesMeaning);
        // the order of plain entries is none, and an unused block is nobody's business
        Assert.DoesNotContain(
            NginxComparison.Compare(
                Config(blocks + server),
                Whole(server, blocks.Replace("default upgrade; '' $none;", "'' $none; default upgrade;", StringComparison.Ordinal)
                    + "map $uri $unused { default 1; }")),
            difference => difference.ChangesMeaning);
        foreach (var (from, to, kind, name) in ((string, string, SummitNginxDifferenceKind, string)[])
        [
            ("server 127.0.0.1:4000;", "server 127.0.0.1:4001;", SummitNginxDifferenceKind.Upstream, "app"),
            ("server 127.0.0.1:4000;", "server 127.0.0.1:4000; keepalive 8;", SummitNginxDifferenceKind.Upstream, "app"),
            ("default upgrade;", "default close;", SummitNginxDifferenceKind.Variable, "$conn"),
            ("default close;", "default \"\";", SummitNginxDifferenceKind.Variable, "$none"),
            ("~b x; ~a y;", "~a y; ~b x;", SummitNginxDifferenceKind.Variable, "$none"),
        ])
        {
            Assert.Contains(from, blocks, StringComparison.Ordinal);
            var difference = Assert.Single(
                NginxComparison.Compare(Config(blocks + server), Whole(server, blocks.Replace(from, to, StringComparison.Ordinal))),
                each => each.ChangesMeaning);
            Assert.Equal((kind, name), (difference.Kind, difference.Name));
            Assert.NotEqual(difference.Reference, difference.Actual);
        }

        // a site's file alone does not define what stands in another one
        Assert.DoesNotContain(NginxComparison.Compare(Config(server), Whole(server, blocks)), difference => difference.ChangesMeaning);
        Assert.Contains(
            NginxComparison.Compare(Config(blocks + server), Whole(server)),
            difference => difference is { Kind: SummitNginxDifferenceKind.Upstream, Name: "app", Actual: "" });
    }
}
