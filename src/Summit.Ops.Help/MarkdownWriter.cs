using System.Globalization;
using System.Text;

namespace Summit.Ops.Help;

/// <summary>Writes a page of Markdown for each cmdlet, for those who read on the web: the same words as Get-Help's.</summary>
internal static class MarkdownWriter
{
    private const string CommonParameters =
        "https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_commonparameters";

    /// <summary>The page of one cmdlet.</summary>
    /// <param name="page">What the help says of it.</param>
    /// <param name="known">The names of all cmdlets that have a page beside it.</param>
    public static string Write(CmdletPage page, IReadOnlySet<string> known)
    {
        var text = new StringBuilder();
        Add(text, $"# {page.Name}\n\n{Prose(page.Synopsis)}\n\n## Syntax\n");
        foreach (var set in page.ParameterSets) Fence(text, Syntax(page, set), "text");
        text.Append("\n## Description\n");
        Paragraphs(text, page.Description);
        text.Append("\n## Examples\n");
        foreach (var example in page.Examples)
        {
            Add(text, $"\n### {Prose(example.Title)}\n");
            Fence(text, example.Code);
            Paragraphs(text, example.Remarks);
        }

        text.Append("\n## Parameters\n");
        foreach (var parameter in page.ByName) Parameter(text, parameter);
        Add(text, $"\nThe cmdlet has PowerShell's [common parameters]({CommonParameters}) too.\n");
        Types(text, "Inputs", page.Inputs);
        Types(text, "Outputs", page.Outputs);
        text.Append("\n## Related links\n\n");
        foreach (var link in page.Links) Add(text, $"- {Link(link, known)}\n");
        return text.ToString();
    }

    /// <summary>The list of all pages.</summary>
    public static string Index(IEnumerable<CmdletPage> pages)
    {
        var text = new StringBuilder("# Cmdlets\n\nMade by the build from the same text as `Get-Help`.\n\n| cmdlet | |\n|---|---|\n");
        foreach (var page in pages) Row(text, $"[{page.Name}]({page.Name}.md)", Prose(page.Synopsis));
        return text.ToString();
    }

    // one parameter a line, in the order of the engine's own syntax
    private static string Syntax(CmdletPage page, string set) =>
        string.Join("\n    ", page.Syntax(set).Select(pair => Usage(pair.Parameter, pair.Use)).Prepend(page.Name));

    private static string Usage(ParameterPage parameter, ParameterUse use)
    {
        var name = use.Position is null ? "-" + parameter.Name : $"[-{parameter.Name}]";
        var usage = parameter.IsSwitch ? name : $"{name} <{parameter.TypeName}>";
        return use.Mandatory ? usage : $"[{usage}]";
    }

    private static void Parameter(StringBuilder text, ParameterPage parameter)
    {
        Add(text, $"\n### -{parameter.Name}\n");
        Paragraphs(text, parameter.Description);
        var use = parameter.Uses[0];
        Add(text, $"\n| type | {Cell(parameter.TypeName)} |\n|---|---|\n");
        if (parameter.Aliases.Count > 0) Row(text, "aliases", string.Join(", ", parameter.Aliases));
        Row(text, "required", use.Mandatory ? "yes" : "no");
        Row(text, "position", use.Position?.ToString(CultureInfo.InvariantCulture) ?? "named");
        Row(text, "default", Cell(parameter.DefaultValue));
        Row(text, "from the pipeline", Pipeline(use));
        Row(text, "wildcards", parameter.Wildcards ? "yes" : "no");
    }

    private static string Pipeline(ParameterUse use) => (use.ByValue, use.ByPropertyName) switch
    {
        (true, true) => "by value and by property name",
        (true, false) => "by value",
        (false, true) => "by property name",
        _ => "no",
    };

    private static void Types(StringBuilder text, string title, IReadOnlyList<string> names)
    {
        Add(text, $"\n## {title}\n\n");
        foreach (var name in names.DefaultIfEmpty("None")) Add(text, $"- `{name}`\n");
    }

    private static string Link(RelatedLink link, IReadOnlySet<string> known) =>
        link.Uri.Length > 0 ? $"[{Prose(link.Text)}]({link.Uri})"
        : known.Contains(link.Text) ? $"[{link.Text}]({link.Text}.md)" : $"`{link.Text}`";

    // text alone: no culture has a say in it
    private static void Add(StringBuilder text, string part) => text.Append(part);

    private static void Row(StringBuilder text, string name, string value) => Add(text, $"| {name} | {value} |\n");

    private static void Fence(StringBuilder text, string code, string language = "powershell") =>
        Add(text, $"\n```{language}\n{code}\n```\n");

    private static void Paragraphs(StringBuilder text, IEnumerable<string> paragraphs)
    {
        foreach (var paragraph in paragraphs) Add(text, $"\n{Prose(paragraph)}\n");
    }

    // the comments are plain text: what Markdown would take for markup is what somebody wrote
    private static string Prose(string text)
    {
        var prose = new StringBuilder(text.Length);
        foreach (var sign in text)
        {
            if (sign is '*' or '_' or '<' or '[' or '|' or '\\') prose.Append('\\');
            prose.Append(sign);
        }

        return prose.ToString();
    }

    private static string Cell(string text) => text == "None" ? "" : $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";
}
