using Summit.Ops.Text;

namespace Summit.Ops.Core.Tests.Text;

public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("plain text, ü and 日本", "plain text, ü and 日本")]
    [InlineData("a\x1b[2Jb", "a\\x1b[2Jb")]
    [InlineData("ok\rFAILED", "ok\\rFAILED")]
    [InlineData("one\r\ntwo\tthree", "one\\r\\ntwo\\tthree")]
    [InlineData("\u009b31m", "\\x9b31m")]
    [InlineData("a\u202eb\ufeff", "a\\u202eb\\ufeff")]
    [InlineData("", "")]
    public void Visible_writes_out_what_a_terminal_would_obey(string foreign, string expected) =>
        Assert.Equal(expected, ForeignText.Visible(foreign));

    [Fact]
    public void VisibleLines_keeps_lines_and_tabs_and_no_lone_carriage_return() =>
        Assert.Equal("one\n\ttwo\nthree\\rfour\\x07", ForeignText.VisibleLines("one\r\n\ttwo\nthree\rfour\a"));

    // not inline data: an attribute is stored as UTF-8, which has no unpaired surrogates
    [Fact]
    public void Visible_writes_out_an_unpaired_surrogate() =>
        Assert.Equal("\ud83d\ude00 and \\ud83d alone", ForeignText.Visible("\ud83d\ude00 and \ud83d alone"));
}
