using Summit.Ops.Text;

namespace Summit.Ops.Core.Tests.Text;

public sealed class SecretsTests
{
    [Theory]
    [InlineData("wss://host/ws", "wss://host/ws")]
    [InlineData("wss://host/ws?token=abc", "wss://host/ws?token=***")]
    [InlineData("wss://host/ws?a=1&access_token=x%20y&b=2", "wss://host/ws?a=1&access_token=***&b=2")]
    [InlineData("wss://host/ws?%74oken=abc", "wss://host/ws?%74oken=***")]
    [InlineData("wss://host:70000/ws?X-Amz-Signature=abc;key=k", "wss://host:70000/ws?X-Amz-Signature=***;key=***")]
    [InlineData("wss://user:pass@host/ws", "wss://***@host/ws")]
    [InlineData("wss://user:pa@ss@host/ws", "wss://***@host/ws")]
    [InlineData("wss://user:pa/ss@host/ws", "wss://***@host/ws")]
    [InlineData("wss://user:pa/ss?t=abc@host/ws", "wss://******")]
    [InlineData("wss://user:pa/ss?t=a@c&token=abc", "wss://******&token=***")]
    [InlineData("wss://host:443/@me/ws", "wss://host:443/@me/ws")]
    [InlineData("wss://host/ws#access_token=abc", "wss://host/ws#access_token=***")]
    [InlineData("not a uri?token=abc def", "not a uri?token=***")]
    [InlineData("wss://host/ws?token=", "wss://host/ws?token=")]
    [InlineData("wss://[::1]:8443/ws?monkey=1", "wss://[::1]:8443/ws?monkey=1")]
    [InlineData("user:secret@host?token=a=b", "***@host?token=***")]
    public void RedactUri_masks_what_is_secret_in_any_text(string uri, string expected) => Assert.Equal(expected, Secrets.RedactUri(uri));

    [Fact]
    public void Redact_masks_a_value_in_every_form_it_travels_in()
    {
        var secrets = new Secrets();
        secrets.Add("s3cr&t v<lue");
        var text = $"raw s3cr&t v<lue, query {Uri.EscapeDataString("s3cr&t v<lue")}, page s3cr&amp;t v&lt;lue, "
            + $"basic {Convert.ToBase64String("s3cr&t v<lue"u8)}";
        Assert.Equal("raw ***, query ***, page ***, basic ***", secrets.Redact(text).TrimEnd('='));
    }

    [Fact]
    public void Redact_masks_what_the_uri_held_and_the_password_alone()
    {
        var secrets = new Secrets();
        secrets.AddFromUri("wss://ann:hunter22@host/ws?token=abcdef&page=chapter");
        Assert.Equal(
            "401 for ***: *** is wrong, token ***; chapter stays",
            secrets.Redact("401 for ann:hunter22: hunter22 is wrong, token abcdef; chapter stays"));
    }

    [Fact]
    public void A_value_that_contains_another_is_masked_whole()
    {
        var secrets = new Secrets();
        secrets.Add("abcd");
        secrets.Add("abcdefgh");
        Assert.Equal("*** and ***", secrets.Redact("abcdefgh and abcd"));
    }
}
