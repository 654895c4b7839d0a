using System.Globalization;
using System.Xml.Linq;

namespace Summit.Ops.Help;

/// <summary>Writes MAML, the help format that Get-Help reads for binary cmdlets.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Msh = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static string Write(IEnumerable<CmdletPage> cmdlets)
    {
        var root = new XElement(Msh + "helpItems", new XAttribute("schema", "maml"), cmdlets.Select(Page));
        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{root.ToString().ReplaceLineEndings("\n")}\n";
    }

    private static XElement Page(CmdletPage page) => new(
        Command + "command",
        new XAttribute(XNamespace.Xmlns + "maml", Maml),
        new XAttribute(XNamespace.Xmlns + "command", Command),
        new XAttribute(XNamespace.Xmlns + "dev", Dev),
        new XElement(
            Command + "details",
            new XElement(Command + "name", page.Name),
            new XElement(Command + "verb", page.Verb),
            new XElement(Command + "noun", page.Noun),
            Description([page.Synopsis])),
        Description(page.Description),
        new XElement(Command + "syntax", page.ParameterSets.Select(set => Syntax(page, set))),
        new XElement(Command + "parameters", page.ByName.Select(parameter => Parameter(parameter, parameter.Uses[0]))),
        new XElement(
            Command + "inputTypes", page.Inputs.DefaultIfEmpty("None").Select(name => new XElement(Command + "inputType", TypeOf(name)))),
        new XElement(
            Command + "returnValues",
            page.Outputs.DefaultIfEmpty("None").Select(name => new XElement(Command + "returnValue", TypeOf(name)))),
        new XElement(Command + "examples", page.Examples.Select((example, index) => Example(example, index + 1))),
        new XElement(Command + "relatedLinks", page.Links.Select(Link)));

    private static XElement Syntax(CmdletPage page, string set) =>
        new(
            Command + "syntaxItem", new XElement(Maml + "name", page.Name),
            page.Syntax(set).Select(pair => Parameter(pair.Parameter, pair.Use, inSyntax: true)));

    private static XElement Parameter(ParameterPage parameter, ParameterUse use, bool inSyntax = false)
    {
        var position = use.Position is { } number ? number.ToString(CultureInfo.InvariantCulture) : "named";
        var element = new XElement(
            Command + "parameter",
            new XAttribute("required", use.Mandatory ? "true" : "false"),
            new XAttribute("variableLength", parameter.IsArray ? "true" : "false"),
            new XAttribute("globbing", parameter.Wildcards ? "true" : "false"),
            new XAttribute("pipelineInput", use.PipelineInput),
            new XAttribute("position", position),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(Maml + "name", parameter.Name),
            Description(parameter.Description));
        if (inSyntax && parameter.AcceptedValues.Count > 0)
        {
            element.Add(new XElement(
                Command + "parameterValueGroup",
                parameter.AcceptedValues.Select(value => ParameterValue(value, required: false, array: false))));
        }

        // the syntax of a switch has no value; the parameter's own page names its type all the same
        if (!parameter.IsSwitch || !inSyntax) element.Add(ParameterValue(parameter.TypeName, !parameter.IsSwitch, parameter.IsArray));
        element.Add(TypeOf(parameter.TypeName), new XElement(Dev + "defaultValue", parameter.DefaultValue));
        return element;
    }

    private static XElement ParameterValue(string text, bool required, bool array) =>
        new(Command + "parameterValue", new XAttribute("required", required ? "true" : "false"), new XAttribute(
            "variableLength", array ? "true" : "false"), text);

    // the engine prints one after the other: the dashes and the empty line keep them apart
    private static XElement Example(ExamplePage example, int number) => new(
        Command + "example",
        new XElement(Maml + "title", $"-------- Example {number}: {example.Title} --------"),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", Paragraphs(example.Remarks.Append(""))));

    private static XElement Link(RelatedLink link) =>
        new(Maml + "navigationLink", new XElement(Maml + "linkText", link.Text), new XElement(Maml + "uri", link.Uri));

    private static XElement TypeOf(string name) => new(Dev + "type", new XElement(Maml + "name", name), new XElement(Maml + "uri"));

    private static XElement Description(IEnumerable<string> paragraphs) => new(Maml + "description", Paragraphs(paragraphs));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> paragraphs) =>
        paragraphs.Select(text => new XElement(Maml + "para", text));
}
