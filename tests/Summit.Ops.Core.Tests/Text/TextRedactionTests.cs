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
    public void A_long_text_of_one_kind_is_searched_to_its_end(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 200_000 / part.Length)) + " password=hunter2";
        Assert.EndsWith("***", TextRedaction.Of(text), StringComparison.Ordinal);
    }
}
