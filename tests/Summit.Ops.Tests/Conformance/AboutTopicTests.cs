using Summit.Ops.Help;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Conformance;

/// <summary>The about topics are found, readable and true.</summary>
public sealed class AboutTopicTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string Sources = Path.Combine(BuiltModule.Root, "src", "Summit.Ops", "Help");

    public static TheoryData<string> Topics =>
        [.. Directory.EnumerateFiles(Sources, "about_*.md").Select(file => Path.GetFileNameWithoutExtension(file)!)];

    [Fact]
    public void The_promised_topics_are_there()
    {
        foreach (var topic in new[]
        {
            "about_Summit_Ops", "about_Summit_Permissions", "about_Summit_Diagnosis", "about_Summit_Deployment", "about_Summit_Gates",
        })
            Assert.True(File.Exists(Path.Combine(Sources, topic + ".md")), topic);
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public async Task Get_Help_finds_it_with_its_short_description(string topic)
    {
        var result = await engine.InvokeAsync($"Get-Help {topic}; (Get-Help {topic}*).Synopsis");
        Assert.Empty(result.Errors);
        var text = result.Output[0].ToString();
        Assert.Contains(topic, text, StringComparison.Ordinal);
        Assert.All(
            text.Split('\n'),
            line => Assert.True(line.TrimEnd().Length <= 80 || line.StartsWith("        ", StringComparison.Ordinal), line));
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void Its_code_parses_and_calls_what_exists(string topic)
    {
        foreach (var code in ExampleCode.Fenced(File.ReadAllText(Path.Combine(Sources, topic + ".md"))))
        {
            Assert.Equal([], ExampleCode.Problems(code));
        }
    }

    [Fact]
    public void Markdown_becomes_wrapped_text()
    {
        const string Source = """
            # about_X

            What `X` is.

            ## Why
            A paragraph that is long enough to be broken into two lines, because the console of an admin has eighty columns.
            - one item
            - another that goes on
              on a second line

            ```powershell
            Get-Help   about_X
            ```
            """;
        const string Expected = """
            TOPIC
                about_X

            SHORT DESCRIPTION
                What X is.

            LONG DESCRIPTION

            WHY
                A paragraph that is long enough to be broken into two lines, because the
                console of an admin has eighty columns.

                - one item
                - another that goes on on a second line

                    Get-Help   about_X

            """;
        Assert.Equal(Expected, AboutTopic.Render("about_X", Source));
    }

    [Fact]
    public void A_topic_without_its_name_is_refused() =>
        Assert.Throws<InvalidDataException>(() => AboutTopic.Render("about_X", "# X\n\nText.\n"));
}
