using System.Text;
using Summit.Ops.Nginx;

namespace Summit.Ops.Core.Tests.Nginx;

public sealed class ComparisonTests
{
    private const string Reference = "server {\n listen 443 ssl;\n server_name x.test;\n location /ws { proxy_pass http://b; proxy_http_version 1.1; }\n location /api { proxy_pass http://b; }\n location ~ a { }\n location ~ b { }\n}\n";

    private static SummitNginxConfig Config(string text) => NginxConfigReader.FromBytes("/x", Encoding.UTF8.GetBytes(text));

    private static IEnumerable<SummitNginxDifference> Meaning(string other) => NginxComparison.Compare(Config(Reference), Config(other)).Where(difference => difference.ChangesMeaning);

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
            "server {\n listen 443 ssl;\n server_name x.test;\n location ~ a { }\n location /api { proxy_pass http://b; }\n location ~ b { }\n location /ws { proxy_http_version 1.1; proxy_pass http://b; }\n}\n",
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
}
