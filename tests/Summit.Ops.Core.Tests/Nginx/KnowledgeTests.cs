using System.Text;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Knowledge;

namespace Summit.Ops.Core.Tests.Nginx;

public sealed class KnowledgeTests
{
    [Theory]
    [InlineData("server { prox_pass http://x; }", "unknown directive \"prox_pass\"", SummitSeverity.Warning)]
    [InlineData("server { location /ws { proxy_pass; } }", "invalid number of arguments in \"proxy_pass\" directive", SummitSeverity.Error)]
    [InlineData("server { proxy_pass http://x; }", "\"proxy_pass\" directive is not allowed here", SummitSeverity.Error)]
    [InlineData("server { location / { if ($x) { proxy_set_header A b; } } }", "\"proxy_set_header\" directive is not allowed here", SummitSeverity.Error)]
    [InlineData("server { location /ws; }", "directive \"location\" has no opening \"{\"", SummitSeverity.Error)]
    [InlineData("server { listen 80 { } }", "directive \"listen\" is not terminated by \";\"", SummitSeverity.Error)]
    [InlineData("server { location /ws { proxy_pass http://x\n proxy_http_version 1.1; } }", "invalid number of arguments in \"proxy_pass\" directive", SummitSeverity.Error)]
    [InlineData("worker_processes 1; events { } http { server { listen 80; listen; } }", "invalid number of arguments in \"listen\" directive", SummitSeverity.Error)]
    public void What_does_not_belong_is_told_in_nginxs_words(string text, string message, SummitSeverity severity)
    {
        var diagnostic = Assert.Single(NginxConfigReader.FromBytes("/x", Encoding.UTF8.GetBytes(text)).Diagnostics);
        Assert.Equal((message, severity), (diagnostic.Message, diagnostic.Severity));
    }

    [Fact]
    public void Bodies_of_values_and_of_other_modules_are_left_alone() =>
        Assert.All(
            NginxConfigReader.FromBytes("/x", Encoding.UTF8.GetBytes("map $a $b { x y; } geo $c { 1.2.3.4 z; } types { a/b c; } split_clients $a $d { 50% x; * y; } other { thing { a; } }")).Diagnostics,
            diagnostic => Assert.Equal("unknown directive \"other\"", diagnostic.Message));

    [Fact]
    public void The_table_knows_nginxs_directives()
    {
        Assert.Equal("1.25.1", Assert.Single(DirectiveKnowledge.Find("http2")).Since);
        Assert.Contains(DirectiveKnowledge.Find("proxy_pass"), entry => entry.StandsIn("limit_except") && entry.Takes(1) && !entry.Takes(2));
        Assert.Empty(DirectiveKnowledge.Find("no_such_thing"));
    }
}
