using System.Xml.Linq;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Conformance;

/// <summary>Each type has a view of its own, of five columns at most, that can be read on a console of 80 columns.</summary>
public sealed class FormattingTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Narrow =
        "$Host.UI.RawUI.BufferSize = $Host.UI.RawUI.WindowSize = [System.Management.Automation.Host.Size]::new(80, 50); ";

    private static XDocument Views => XDocument.Load(Path.Combine(BuiltModule.Root, "bin", "Summit.Ops.Format.ps1xml"));

    public static TheoryData<string> TypeNames => [.. Samples.ModelTypes.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(TypeNames))]
    public void A_type_has_a_view(string type) =>
        Assert.Contains("Summit.Ops." + type, Views.Descendants("TypeName").Select(name => name.Value));

    [Theory]
    [MemberData(nameof(TypeNames))]
    public async Task A_table_names_its_columns_and_shows_every_one(string type)
    {
        var table = Views.Descendants("View")
            .First(view => view.Descendants("TypeName").Any(name => name.Value == "Summit.Ops." + type))
            .Element("TableControl");
        if (table is null) return; // its default view is a list or a text of its own, seen above and below
        var headers = table.Descendants("Label").Select(label => label.Value).ToList();
        var text = await RenderAsync(type, "");
        Assert.All(headers, header => Assert.Contains(header, text, StringComparison.Ordinal));
    }

    [Fact]
    public void No_table_has_more_than_five_columns() =>
        Assert.All(Views.Descendants("TableHeaders"), headers => Assert.InRange(headers.Elements().Count(), 1, 5));

    // a second column without a width takes the room of the others, and they vanish
    [Fact]
    public void One_column_of_a_table_takes_the_room_that_the_others_leave() =>
        Assert.All(Views.Descendants("TableHeaders"), headers =>
        {
            Assert.InRange(headers.Elements().Count(header => header.Element("Width") is null), 0, 1);
            Assert.InRange(headers.Descendants("Width").Sum(width => (int)width + 1), 1, 68);
        });

    [Fact]
    public void Every_column_and_item_is_a_property_that_exists()
    {
        var types = Samples.ModelTypes.ToDictionary(type => type.FullName!);
        foreach (var view in Views.Descendants("View"))
        {
            var type = types[view.Descendants("TypeName").Single().Value];
            var group = view.Elements("GroupBy").SelectMany(by => by.Elements("PropertyName"));
            var items = view.Descendants("PropertyName").Where(name => name.Parent!.Name.LocalName is "TableColumnItem" or "ListItem");
            Assert.All(
                group.Concat(items), name => Assert.True(type.GetProperty(name.Value) is not null, $"{type.Name} has no {name.Value}."));
        }
    }

    [Fact]
    public async Task A_diagnosis_says_the_verdict_the_cause_the_proof_and_the_next_command_before_the_checklist()
    {
        var text = await RenderAsync(nameof(SummitDiagnosis), "");
        string[] inOrder =
        [
            "NginxLocationMissing", "no location for /ws", "/etc/nginx/sites-available/summit-api:12",
            "Deploy-SummitNginxConfig -InstanceId", "Checklist",
            "Backend running on port 4000", "Nginx config has `/ws` location",
        ];
        var at = -1;
        foreach (var part in inOrder)
        {
            var next = text.IndexOf(part, at + 1, StringComparison.Ordinal);
            Assert.True(next > at, $"'{part}' is missing or out of place in:\n{text}");
            at = next;
        }
    }

    [Fact]
    public async Task A_status_is_coloured_where_the_terminal_has_colours_and_plain_where_it_has_not()
    {
        engine.Session.SetVariable("sample", Samples.All[typeof(SummitCheck)]);
        var status = Views.Descendants("View")
            .First(view => view.Descendants("TypeName").Any(name => name.Value == "Summit.Ops.SummitCheck"))
            .Descendants("ScriptBlock").First().Value;
        var coloured = await engine.InvokeAsync($"$sample | ForEach-Object {{ {status} }}");
        Assert.Equal(["\x1b[31mFail\x1b[0m"], coloured.Of<string>());
        Assert.DoesNotContain('\x1b', await RenderAsync(nameof(SummitCheck), ""));
    }

    private async Task<string> RenderAsync(string type, string after)
    {
        var setUp = Narrow;
        if (Samples.All.FirstOrDefault(pair => pair.Key.Name == type).Value is { } sample) engine.Session.SetVariable("sample", sample);
        else if (type == nameof(SummitNginxConfig)) setUp += "$sample = New-SummitNginxConfig; ";
        else Assert.Fail($"Samples.cs has no {type}.");
        var result = await engine.RenderAsync($"{setUp} $sample {after}");
        Assert.Empty(result.Errors);
        Assert.NotEqual("", result.HostText.Trim());
        return result.HostText;
    }
}
