using System.Xml.Linq;
using Summit.Ops.Help;

namespace Summit.Ops.Tests.Help;

public sealed class XmlCommentsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Paragraphs_are_paras_items_and_the_text_around_them()
    {
        var comments = Read("""
            <remarks>
              Loose   text
              on two lines.
              <para>A <c>code</c> and <see cref="P:X.Y"/>.</para>
              <list type="bullet"><item>one</item><item><description>two</description></item></list>
            </remarks>
            """);
        Assert.Equal(
            ["Loose text on two lines.", "A code and <P:X.Y>.", "- one", "- two"], comments.Paragraphs(comments.Find("T:X", "remarks")));
    }

    [Fact]
    public void Inline_elements_read_as_people_say_them()
    {
        var comments = Read("""<summary>Not <see langword="null"/>; <paramref name="uri"/>; """
            + """<see href="https://nginx.org"/>; <see cref="T:Z">the zed</see>.</summary>""");
        Assert.Equal("Not null; uri; https://nginx.org; the zed.", comments.Line(comments.Find("T:X", "summary")));
    }

    [Fact]
    public void Code_keeps_its_lines_and_loses_its_common_indent() =>
        Assert.Equal(
            "if ($a) {\n    Get-It\n}",
            XmlComments.Code(XElement.Parse("<code>\n    if ($a) {\n        Get-It\n    }\n</code>", LoadOptions.PreserveWhitespace)));

    [Fact]
    public void A_member_without_comments_has_none()
    {
        var comments = Read("<summary>It.</summary>");
        Assert.Empty(comments.Paragraphs(comments.Find("T:Other", "summary")));
        Assert.Empty(comments.All("T:X", "example"));
    }

    private XmlComments Read(string inner)
    {
        File.WriteAllText(_file, $"<doc><members><member name=\"T:X\">{inner}</member></members></doc>");
        return new XmlComments(_file, id => $"<{id}>");
    }
}
