using System.Text;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Core.Tests.Nginx;

public sealed class ParserTests
{
    private static NginxDocument Parse(string text) => NginxParser.Parse("/t.conf", Encoding.UTF8.GetBytes(text));

    private static string Words(NginxDocument document, int node) =>
        string.Join(
            '|', Enumerable.Range(0, document.ArgumentCount(node)).Select(i => document.Argument(node, i)).Prepend(document.NameOf(node)));

    [Theory]
    [InlineData("a b c;", "a|b|c")]
    [InlineData("a \"b c\" 'd;e';", "a|b c|d;e")]
    [InlineData("a b\\ c;", "a|b\\ c")]
    [InlineData("a \"q\\\"q\" 'n\\nt\\t\\\\';", "a|q\"q|n\nt\t\\")]
    [InlineData("a ${x}y{z};", "a|${x}y")]
    [InlineData("a b{2,3};", "a|b")]
    [InlineData("a b#c;", "a|b#c")]
    [InlineData("a# b;", "a#|b")]
    [InlineData("a b}c;", "a|b}c")]
    [InlineData("\"a\" b;", "a|b")]
    [InlineData("a\tb\r\nc;", "a|b|c")]
    [InlineData("if ($x = \"y\") { }", "if|($x|=|y|)")]
    public void Words_are_nginxs(string text, string expected) => Assert.Equal(expected, Words(Parse(text), 0));

    [Fact]
    public void Blocks_nest_and_lines_count()
    {
        var document = Parse("http {\n  # comment { ;\n  server {\n    listen 80;\n  }\n}\nx 1;\n");
        Assert.Empty(document.Errors);
        Assert.Equal(4, document.NodeCount);
        Assert.Equal([1, 3, 4, 7], document.Nodes.ToArray().Select(node => node.Line));
        Assert.Equal([3, 3, 3, 4], document.Nodes.ToArray().Select(node => node.Next));
    }

    [Theory]
    [InlineData("a", "unexpected end of file, expecting \";\" or \"}\"", 1)]
    [InlineData("a {\n", "unexpected end of file, expecting \"}\"", 2)]
    [InlineData("a b; }", "unexpected \"}\"", 1)]
    [InlineData(";", "unexpected \";\"", 1)]
    [InlineData("{ }", "unexpected \"{\"", 1)]
    [InlineData("a \"b\"c;", "unexpected \"c\"", 1)]
    [InlineData("a {\n b\n}", "unexpected \"}\"", 3)]
    [InlineData("a 'b;\nc;\n", "unexpected end of file, expecting \";\" or \"}\"", 3)]
    [InlineData("map $a $b { c { } }", "unexpected \"{\"", 1)]
    public void The_first_error_is_nginxs(string text, string message, int line)
    {
        var error = Parse(text).Errors[0];
        Assert.Equal((message, line), (error.Message, error.Line));
    }

    [Fact]
    public void After_an_error_the_rest_can_still_be_used()
    {
        var document = Parse("server {\n  listen 80\n}\nserver { server_name 'x;\n  location / { return 200; }\n}\n");
        var names = Enumerable.Range(0, document.NodeCount).Select(document.NameOf).ToArray();
        Assert.Equal(["server", "listen", "server", "server_name", "location", "return"], names);
        Assert.Equal(2, document.Errors.Count);
    }

    [Fact]
    public void Lua_blocks_are_stepped_over()
    {
        var document = Parse("location / { access_by_lua_block { if a == \"}\" then --}\n x = [[ } ]] end } proxy_pass http://b; }");
        Assert.Empty(document.Errors);
        Assert.Equal(["location", "access_by_lua_block", "proxy_pass"], Enumerable.Range(0, document.NodeCount).Select(document.NameOf));
    }

    [Fact]
    public void Every_input_keeps_its_bytes_and_its_spans_stay_inside()
    {
        var random = new Random(7);
        const string alphabet = "ab ${}\"'\\;#\n\r\t()é\u00ff=~*/";
        for (var round = 0; round < 20_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            var bytes = Encoding.Latin1.GetBytes(text);
            var document = NginxParser.Parse("/x", bytes);
            Assert.Same(bytes, document.Bytes);
            var open = new Stack<int>();
            for (var i = 0; i < document.NodeCount; i++)
            {
                var node = document.Node(i);
                Assert.InRange(node.Start, 0, bytes.Length);
                Assert.InRange(node.End, node.Start, bytes.Length);
                Assert.InRange(node.Next, i + 1, document.NodeCount);
                while (open.Count > 0 && open.Peek() <= i) open.Pop();
                if (open.Count > 0) Assert.True(node.Next <= open.Peek());
                open.Push(node.Next);
                for (var word = 0; word < document.ArgumentCount(i); word++) Assert.NotNull(document.Argument(i, word));
            }
        }
    }

    [Fact]
    public void Directive_names_are_spelled_as_nginx_does()
    {
        Assert.Equal("proxy_set_header", DirectiveNames.Text(DirectiveName.ProxySetHeader));
        Assert.Equal(DirectiveName.ProxySetHeader, DirectiveNames.Find("proxy_set_header"u8));
        Assert.Equal(DirectiveName.Http2, DirectiveNames.Find("http2"u8));
        Assert.Equal(DirectiveName.Other, DirectiveNames.Find("proxy_set_heade"u8));
        foreach (var name in Enum.GetValues<DirectiveName>().Where(name => name != DirectiveName.Other))
        {
            Assert.Equal(name, DirectiveNames.Find(Encoding.ASCII.GetBytes(DirectiveNames.Text(name))));
        }
    }
}
