using System.Text.RegularExpressions;
using Summit.Ops.Text;

namespace Summit.Ops.Core.Tests.Text;

public sealed class AddressesInTextTests
{
    // what AddressesInText says it does, in a language that everybody reads
    private static readonly Regex Address = new(
        @"\b[a-z][a-z0-9+.-]{1,15}://[^\s""'<>]+|/[^\s""'<>?]*\?[^\s""'<>]+",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    private static readonly string[] Words =
    [
        "wss", "https", "s", "a1+b-c.d", "a-scheme-longer-than-16", "_", "1", "://", ":", "/", "//", "?", "#", "&", "=", "@", "token=",
        "T=", "k", "user:pass@", "u:p/q@", "host", "host:443", "[::1]", " ", "\n", "\t", "\u00a0", "\"", "'", "<", ">", ".", ",", ";",
    ];

    [Fact]
    public void It_does_what_the_expression_says()
    {
        var random = new Random(20261201);
        for (var i = 0; i < 100_000; i++)
        {
            var text = string.Concat(random.GetItems(Words, random.Next(15)));
            Assert.Equal(Address.Replace(text, match => Secrets.RedactUri(match.Value)), AddressesInText.Redact(text));
        }
    }

    [Theory]
    [InlineData("connect to wss://app.example.com/ws?token=hunter2, please", "connect to wss://app.example.com/ws?token=***")]
    [InlineData("\"GET /ws?t=hunter2 HTTP/1.1\"", "\"GET /ws?t=*** HTTP/1.1\"")]
    [InlineData("see (https://me:hunter2@example.com/)", "see (https://***@example.com/)")]
    [InlineData("caf\u00e9https://me:hunter2@example.com/", "caf\u00e9https://***@example.com/")]
    [InlineData("mail me@example.com, is it /ws?", "mail me@example.com, is it /ws?")]
    public void Secrets_of_addresses_are_masked(string text, string expected) =>
        Assert.StartsWith(expected, AddressesInText.Redact(text));

    [Theory]
    [InlineData("/")]
    [InlineData("a://")]
    [InlineData("a.a-")]
    [InlineData("/?")]
    [InlineData("://")]
    public void A_long_text_takes_time_in_proportion(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 500_000)) + "@";
        var expected = AddressesInText.Redact(text).Length; // a quadratic one would take minutes, and the runner ends it
        Assert.InRange(expected, 1, text.Length);
    }
}
