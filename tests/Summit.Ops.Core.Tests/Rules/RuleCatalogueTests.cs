using System.Reflection;
using System.Text.RegularExpressions;
using Summit.Ops.Checks;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Rules;

namespace Summit.Ops.Core.Tests.Rules;

/// <summary>Each check of the library is in the catalogue, and its page says the same of it.</summary>
public sealed class RuleCatalogueTests
{
    private const int ManyCauses = 30;

    public static TheoryData<string> Ids => [.. RuleCatalogue.Definitions.Select(check => check.Id)];

    private static string Root { get; } = Enumerable.Range(0, 12)
        .Select(up => Path.GetFullPath(Path.Combine([AppContext.BaseDirectory, .. Enumerable.Repeat("..", up)])))
        .First(folder => File.Exists(Path.Combine(folder, "Summit.Ops.psd1")));

    [Fact]
    public void It_has_each_definition_of_the_library_once()
    {
        var ids = RuleCatalogue.Definitions.Select(check => check.Id).ToList();
        Assert.Equal(ids.Distinct(StringComparer.Ordinal), ids);
        // a finding, and with it a check, is made of a definition: each that stands somewhere in the library has to be here
        const BindingFlags Own = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        var types = typeof(CheckDefinition).Assembly.GetTypes();
        var fields = types.Where(type => !type.ContainsGenericParameters).SelectMany(type => type.GetFields(Own))
            .Where(field => field.FieldType == typeof(CheckDefinition)).Select(field => (CheckDefinition)field.GetValue(null)!).ToList();
        var made = types.Where(type => !type.IsAbstract && type.GetConstructor(Type.EmptyTypes) is not null).ToList();
        var checks = made.Where(type => type.IsAssignableTo(typeof(ICheck)))
            .Select(type => ((ICheck)Activator.CreateInstance(type)!).Definition).ToList();
        var rules = made.Where(type => type.IsAssignableTo(typeof(NginxRule)))
            .Select(type => ((NginxRule)Activator.CreateInstance(type)!).Definition).ToList();
        Assert.True(fields.Count > 10 && checks.Count > 10 && rules.Count > 20, $"{fields.Count}, {checks.Count}, {rules.Count}");
        Assert.Subset(
            ids.ToHashSet(StringComparer.Ordinal),
            fields.Concat(checks).Concat(rules).Select(check => check.Id).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_page_is_of_a_check()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(Root, "docs", "rules"), "*.md")
            .Select(page => Path.GetFileNameWithoutExtension(page)!);
        Assert.Equal(
            RuleCatalogue.Definitions.Select(check => check.Id).Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_head_of_a_page_says_title_severity_and_causes(string id)
    {
        var rule = RuleCatalogue.All.Single(each => each.Id == id);
        var lines = File.ReadAllLines(Path.Combine(Root, rule.HelpUri));
        Assert.Equal($"# {id}", lines[0]);
        var head = Regex.Match(lines[2], @"^\*\*(?<title>.+)\*\* · (?<severity>\w+)(?:, or [^·]+?)?(?: · (?<causes>.+))?$");
        Assert.True(head.Success, lines[2]);
        Assert.Equal(rule.Title, head.Groups["title"].Value);
        Assert.Equal($"{rule.Severity}", head.Groups["severity"].Value);
        Assert.Equal(rule.Causes.Count > ManyCauses ? "any cause" : string.Join(", ", rule.Causes), head.Groups["causes"].Value);
        Assert.NotEmpty(rule.Description);
    }

    [Fact]
    public void What_a_check_looks_at_and_restates_is_there()
    {
        var ids = RuleCatalogue.Definitions.Select(check => check.Id).ToList();
        Assert.All(RuleCatalogue.Definitions, check => Assert.Subset(check.Causes.ToHashSet(), check.LooksAt.ToHashSet()));
        Assert.All(RuleCatalogue.Definitions.Where(check => check.Restates is not null), check => Assert.Contains(check.Restates, ids));
    }

    [Fact]
    public void A_page_without_examples_has_none()
    {
        Assert.Equal(
            ("What.", "", ""), Parts(RuleDescription.Of("# X\n\n**X** · Error\n\n## What it is\n\nWhat.\n\n## Fails\n\nNo block.\n")));
        Assert.Equal(
            ("What.", "a;\n", ""),
            Parts(RuleDescription.Of("# X\r\n\r\n## What it is\r\n\r\nWhat.\r\n\r\n## Fails\r\n\r\n```nginx\r\na;\r\n```\r\n")));

        static (string Description, string Bad, string Good) Parts(RuleDescription read) => (read.Description, read.Bad, read.Good);
    }
}
