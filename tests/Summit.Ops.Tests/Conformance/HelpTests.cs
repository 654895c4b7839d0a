using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace Summit.Ops.Tests.Conformance;

/// <summary>What the help says of defaults, parameter sets and examples is so; the rest of a page is tested in tests/Pester.</summary>
public sealed class HelpTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    public static TheoryData<string> Names => ModuleCatalog.Names;

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
    public async Task The_default_in_the_help_is_that_of_a_new_cmdlet(string name)
    {
        var page = await PageAsync(name);
        var cmdlet = ModuleCatalog.Find(name);
        var fresh = Activator.CreateInstance(cmdlet.ImplementingType)!;
        foreach (var parameter in ModuleCatalog.OwnParameters(cmdlet))
        {
            var help = Parameter(page, parameter.Name);
            Assert.True(help is not null, $"{name} -{parameter.Name} is not in the help.");
            if (cmdlet.ImplementingType.GetProperty(parameter.Name)?.GetValue(fresh) is IConvertible or TimeSpan)
            {
                var initial = Convert.ToString(
                    cmdlet.ImplementingType.GetProperty(parameter.Name)!.GetValue(fresh), CultureInfo.InvariantCulture);
                var said = Text(help, "defaultValue");
                Assert.True(
                    said == initial || initial is "" or "0" or "00:00:00" or "False" || IsFirstOfEnum(fresh, parameter),
                    $"{name} -{parameter.Name}: the help says '{said}', a new one has '{initial}'.");
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
        var expected = cmdlet.ParameterSets.Select(
            set => string.Join(' ', set.Parameters.Select(parameter => parameter.Name).Where(IsOwn).Order(StringComparer.Ordinal)));
        var written = items.Select(item => string.Join(
            ' ', Items(item.Properties["parameter"]?.Value).Select(parameter => Text(parameter, "name")).Order(StringComparer.Ordinal)));
        Assert.Equal(expected.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));

        bool IsOwn(string parameter) =>
            !Cmdlet.CommonParameters.Contains(parameter) && ModuleCatalog.OwnParameters(cmdlet).Any(own => own.Name == parameter)
                || parameter is "WhatIf" or "Confirm";
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
        parameter.ParameterType.IsEnum
            && Convert.ToInt64(fresh.GetType().GetProperty(parameter.Name)!.GetValue(fresh), CultureInfo.InvariantCulture) == 0;

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
}
