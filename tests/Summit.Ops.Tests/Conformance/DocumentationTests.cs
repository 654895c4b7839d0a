using System.Text.RegularExpressions;
using Summit.Ops.Help;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Conformance;

/// <summary>What the pages say exists, exists.</summary>
public sealed class DocumentationTests
{
    public static TheoryData<string> Pages =>
    [
        .. new[] { ".", "docs", "docs/causes", "docs/cmdlets", "docs/cmdlets/lab", "src/Summit.Ops/Help", "examples" }
            .Select(folder => Path.Combine(BuiltModule.Root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.md")).Select(file => Path.GetRelativePath(BuiltModule.Root, file)),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Its_PowerShell_parses_and_calls_what_exists(string page)
    {
        foreach (var code in ExampleCode.Fenced(Read(page)))
        {
            Assert.Equal([], ExampleCode.Problems(code));
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_cmdlet_that_it_names_is_exported(string page)
    {
        var named = Regex.Matches(Read(page), @"\b[A-Z][a-z]+-Summit[A-Za-z]+\b")
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Subset(Exported, named);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_file_that_it_links_to_is_there(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(BuiltModule.Root, page))!;
        var links = Regex.Matches(Read(page), @"\]\((?!https?:|#)([^)#]+)").Select(match => Path.Combine(folder, match.Groups[1].Value));
        Assert.All(links, link => Assert.True(Path.Exists(link), link));
    }

    [Fact]
    public void Each_cmdlet_has_a_page_in_the_list_of_its_folder()
    {
        foreach (var folder in new[] { "docs/cmdlets", "docs/cmdlets/lab" })
        {
            var files = Directory.EnumerateFiles(Path.Combine(BuiltModule.Root, folder), "*-*.md");
            var pages = files.Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet(StringComparer.Ordinal);
            var links = Regex.Matches(Read($"{folder}/README.md"), @"\]\(([^)]+)\.md\)").Select(match => match.Groups[1].Value);
            Assert.Equal(pages.Order(StringComparer.Ordinal), links.Order(StringComparer.Ordinal));
            Assert.Subset(Exported, pages);
        }

        var all = Pages.Select(row => Path.GetFileNameWithoutExtension((string)row.Data)).ToHashSet(StringComparer.Ordinal);
        Assert.All(ModuleCatalog.WithLab, cmdlet => Assert.Contains(cmdlet.Name, all));
    }

    [Fact]
    public void Each_cause_has_a_page_that_is_current()
    {
        var made = CausePages.All().ToDictionary(page => page.File, page => page.Text, StringComparer.Ordinal);
        var folder = Path.Combine(BuiltModule.Root, "docs", "causes");
        Assert.Equal(
            made.Keys.Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(made, page => Assert.True(
            page.Value == File.ReadAllText(Path.Combine(folder, page.Key)), $"{page.Key} is not current: dotnet build"));
        Assert.All(Enum.GetNames<SummitCause>().Where(cause => cause != "None"), cause => Assert.Contains($"{cause}.md", made.Keys));
    }

    private static HashSet<string> Exported => [.. ModuleCatalog.WithLab.Select(cmdlet => cmdlet.Name)];

    private static string Read(string page) => File.ReadAllText(Path.Combine(BuiltModule.Root, page));
}
