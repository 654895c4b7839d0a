using Summit.Ops.Text;

namespace Summit.Ops.Core.Tests.Text;

/// <summary>The one list of rules by which secrets are found in foreign text.</summary>
public sealed class TextRedactionTests
{
    [Theory]
    [MemberData(nameof(SecretTable.Rows), MemberType = typeof(SecretTable))]
    public void A_secret_is_masked(string text, string secrets)
    {
        var clean = TextRedaction.Of(text);
        Assert.All(secrets.Split(','), secret => Assert.DoesNotContain(secret, clean, StringComparison.Ordinal));
        Assert.StartsWith("WebSocket", clean, StringComparison.Ordinal);
        Assert.Equal(clean, TextRedaction.Of(clean));
    }

    [Theory]
    [MemberData(nameof(SecretTable.Harmless), MemberType = typeof(SecretTable))]
    public void What_is_no_secret_stays(string text) => Assert.Equal(text, TextRedaction.Of(text));

    [Theory]
    [InlineData("if ($arg_token = abcdef1) {", "if ($arg_token = ***) {")]
    [InlineData("set $token abc123; return 200;", "set $token ***; return 200;")]
    [InlineData("user=bob&password=hunter2&x=1", "user=bob&password=***&x=1")]
    [InlineData("token=abc, user=bob", "token=***, user=bob")]
    [InlineData("{\"password\": 12345, \"x\": 1}", "{\"password\": \"***\", \"x\": 1}")]
    [InlineData("{\"tokens\": null}", "{\"tokens\": null}")]
    public void Only_the_value_is_masked(string text, string clean) => Assert.Equal(clean, TextRedaction.Of(text));

    [Theory]
    [InlineData("a")]
    [InlineData("token")]
    [InlineData("/a")]
    [InlineData("eyJaaaaa.")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData("curl -u ")]
    [InlineData("eyJ-")]
    [InlineData("set $tokentoken")]
    [InlineData("/?")]
    [InlineData("sec-websocket-protocol:")]
    [InlineData("-")]
    [InlineData("secret is ")]
    [InlineData("-----BEGIN -----END ")]
    public void A_long_text_of_one_kind_is_searched_to_its_end(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 200_000 / part.Length)) + " password=hunter2";
        Assert.EndsWith("***", TextRedaction.Of(text), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_names_itself_again_and_again_is_no_depth()
    {
        var line = string.Concat(Enumerable.Repeat("Sec-WebSocket-Protocol: ", 40_000));
        Assert.Equal(line, TextRedaction.Of(line));
    }

    [Fact]
    public void A_line_that_is_made_to_be_slow_hides_no_other_line()
    {
        var log = $"{string.Concat(Enumerable.Repeat("eyJ-", 40_000))}\nWebSocket error: ECONNREFUSED password=hunter2\n";
        Assert.Contains("\nWebSocket error: ECONNREFUSED password=***\n", TextRedaction.Of(log), StringComparison.Ordinal);
        Assert.False(UnreadText.IsIn(TextRedaction.Of(log)));
    }

    [Theory]
    [InlineData("[summit: what stands before is too long to be read]\nfine", true)]
    [InlineData("x [summit: the line goes on]\nfine", true)]
    [InlineData("2026/11/29 08:00:00 [error] 1#1: \"GET /[summit: HTTP/1.1\"", false)]
    [InlineData("fine", false)]
    public void A_log_says_where_a_part_of_it_is_missing(string log, bool expected) => Assert.Equal(expected, UnreadText.IsIn(log));
}
