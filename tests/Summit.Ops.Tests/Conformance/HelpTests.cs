using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace Summit.Ops.Tests.Conformance;

/// <summary>Get-Help in the real engine says all that an admin needs, and nothing that the cmdlet does not do.</summary>
public sealed class HelpTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    public static TheoryData<string> Names => ModuleCatalog.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_page_has_every_part(string name)
    {
        var page = await PageAsync(name);
        List<string> missing = [];
        if (Text(page, "Synopsis") is { Length: 0 } or null) missing.Add("a synopsis (<summary>)");
        if (Paragraphs(page.Properties["description"]?.Value).Length == 0) missing.Add("a description (<remarks>)");
        var examples = Examples(page);
        if (examples.Count < 3) missing.Add($"three examples (it has {examples.Count})");
        if (examples.Exists(example => Text(example, "title") == "" || Text(example, "code") == "" || Paragraphs(example.Properties["remarks"]?.Value).Length == 0))
            missing.Add("title, code and text in each example");
        if (Items(Child(page, "relatedLinks")?.Properties["navigationLink"]?.Value).Count == 0) missing.Add("a related link (<seealso>)");
        missing.AddRange(ModuleCatalog.OwnParameters(ModuleCatalog.Find(name)).Where(parameter => Paragraphs(Parameter(page, parameter.Name)?.Properties["description"]?.Value).Length == 0)
            .Select(parameter => $"a description of -{parameter.Name} (<summary>)"));
        Assert.True(missing.Count == 0, $"{name} lacks {string.Join("; ", missing)}.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_example_parses_and_calls_what_exists(string name)
    {
        foreach (var example in Examples(await PageAsync(name)))
        {
            Assert.Equal([], ExampleCode.Problems(Text(example, "code")!));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_parameter_is_described_as_the_engine_binds_it(string name)
    {
        var page = await PageAsync(name);
        var cmdlet = ModuleCatalog.Find(name);
        var fresh = Activator.CreateInstance(cmdlet.ImplementingType)!;
        foreach (var parameter in ModuleCatalog.OwnParameters(cmdlet))
        {
            var help = Parameter(page, parameter.Name);
            Assert.True(help is not null, $"{name} -{parameter.Name} is not in the help.");
            var use = parameter.Attributes.OfType<ParameterAttribute>().First();
            Assert.Equal(use.Mandatory ? "true" : "false", Text(help, "required"));
            Assert.Equal(use.Position < 0 ? "named" : use.Position.ToString(CultureInfo.InvariantCulture), Text(help, "position"));
            Assert.Equal(use.ValueFromPipeline, Text(help, "pipelineInput")!.Contains("ByValue", StringComparison.Ordinal));
            Assert.Equal(use.ValueFromPipelineByPropertyName, Text(help, "pipelineInput")!.Contains("ByPropertyName", StringComparison.Ordinal));
            Assert.Equal(parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any() ? "true" : "false", Text(help, "globbing"));
            Assert.Equal(parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases), Text(help, "aliases"));
            if (cmdlet.ImplementingType.GetProperty(parameter.Name)?.GetValue(fresh) is IConvertible or TimeSpan)
            {
                var initial = Convert.ToString(cmdlet.ImplementingType.GetProperty(parameter.Name)!.GetValue(fresh), CultureInfo.InvariantCulture);
                var said = Text(help, "defaultValue");
                Assert.True(said == initial || initial is "" or "0" or "00:00:00" or "False" || IsFirstOfEnum(fresh, parameter), $"{name} -{parameter.Name}: the help says '{said}', a new one has '{initial}'.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_syntax_has_each_parameter_set(string name)
    {
        var cmdlet = ModuleCatalog.Find(name);
        var items = Items(Child(await PageAsync(name), "syntax")?.Properties["syntaxItem"]?.Value);
        Assert.Equal(cmdlet.ParameterSets.Count, items.Count);
        var expected = cmdlet.ParameterSets.Select(set => string.Join(' ', set.Parameters.Select(parameter => parameter.Name).Where(IsOwn).Order(StringComparer.Ordinal)));
        var written = items.Select(item => string.Join(' ', Items(item.Properties["parameter"]?.Value).Select(parameter => Text(parameter, "name")).Order(StringComparer.Ordinal)));
        Assert.Equal(expected.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));

        bool IsOwn(string parameter) => !Cmdlet.CommonParameters.Contains(parameter) && ModuleCatalog.OwnParameters(cmdlet).Any(own => own.Name == parameter)
            || parameter is "WhatIf" or "Confirm";
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_renders_whole(string name)
    {
        var full = await engine.RenderAsync($"Get-Help {name} -Full");
        Assert.Empty(full.Errors);
        foreach (var part in new[] { "NAME", "SYNOPSIS", "SYNTAX", "DESCRIPTION", "PARAMETERS", "OUTPUTS", name }) Assert.Contains(part, full.HostText, StringComparison.Ordinal);
        if (ModuleCatalog.OwnParameters(ModuleCatalog.Find(name)).FirstOrDefault() is { } parameter)
        {
            var one = await engine.RenderAsync($"Get-Help {name} -Parameter {parameter.Name}");
            Assert.Empty(one.Errors);
            Assert.Contains("-" + parameter.Name, one.HostText, StringComparison.Ordinal);
        }
    }

    private async Task<PSObject> PageAsync(string name)
    {
        var result = await engine.InvokeAsync($"Get-Help {name} -Full");
        Assert.Empty(result.Errors);
        var page = Assert.Single(result.Output);
        Assert.Contains("MamlCommandHelpInfo#FullView", page.TypeNames);
        return page;
    }

    private static bool IsFirstOfEnum(object fresh, ParameterMetadata parameter) =>
        parameter.ParameterType.IsEnum && Convert.ToInt64(fresh.GetType().GetProperty(parameter.Name)!.GetValue(fresh), CultureInfo.InvariantCulture) == 0;

    private static List<PSObject> Examples(PSObject page) => Items(Child(page, "examples")?.Properties["example"]?.Value);

    private static PSObject? Parameter(PSObject page, string name) =>
        Items(Child(page, "parameters")?.Properties["parameter"]?.Value).FirstOrDefault(parameter => Text(parameter, "name") == name);

    private static PSObject? Child(PSObject page, string name) => page.Properties[name]?.Value as PSObject;

    private static List<PSObject> Items(object? value) => value switch
    {
        null => [],
        PSObject { BaseObject: IEnumerable many and not string } => [.. many.Cast<object>().Select(PSObject.AsPSObject)],
        IEnumerable many and not string => [.. many.Cast<object>().Select(PSObject.AsPSObject)],
        _ => [PSObject.AsPSObject(value)],
    };

    private static string? Text(PSObject item, string property) => item.Properties[property]?.Value?.ToString()?.Trim();

    private static string Paragraphs(object? value) => string.Join(' ', Items(value).Select(paragraph => Text(paragraph, "Text") ?? "")).Trim();
}
