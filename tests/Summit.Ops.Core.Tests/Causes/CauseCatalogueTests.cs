using System.Reflection;
using System.Text.RegularExpressions;
using Summit.Ops.Causes;

namespace Summit.Ops.Core.Tests.Causes;

/// <summary>Each cause has one definition, and nothing else in the library is a list of causes.</summary>
public sealed class CauseCatalogueTests
{
    /// <summary>Of so many causes no check and no probe speaks: a file that names more is a second table.</summary>
    private const int ManyCauses = 20;

    public static TheoryData<SummitCause> Causes => [.. Enum.GetValues<SummitCause>()];

    private static string Library { get; } = Enumerable.Range(0, 12)
        .Select(up => Path.GetFullPath(Path.Combine([AppContext.BaseDirectory, .. Enumerable.Repeat("..", up), "src", "Summit.Ops.Core"])))
        .First(Directory.Exists);

    [Theory]
    [MemberData(nameof(Causes))]
    public void Every_cause_has_one_definition(SummitCause cause)
    {
        var definition = Assert.Single(CauseCatalogue.All, each => each.Cause == cause);
        Assert.EndsWith(".", definition.Explanation);
        Assert.DoesNotContain(definition.Explains, symptom => symptom == SummitCause.None);
        Assert.True(definition.Remedy is { Action: not null } or { Why.Length: > 0 }, $"{cause} has no remedy, and no word of whose it is");
        Assert.Equal(definition.Nature == CauseNature.None, cause is SummitCause.None or SummitCause.Unknown);
    }

    [Fact]
    public void Every_layer_is_in_the_catalogue()
    {
        var layers = typeof(CauseLayer).Assembly.GetTypes()
            .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(property => property.PropertyType == typeof(CauseLayer))
            .Select(property => (CauseLayer)property.GetValue(null)!).ToHashSet();
        Assert.True(
            layers.SetEquals(CauseCatalogue.Layers), string.Join(", ", layers.Except(CauseCatalogue.Layers).Select(layer => layer.Title)));
    }

    [Theory]
    [MemberData(nameof(Causes))]
    public void No_cause_explains_itself(SummitCause cause) => Assert.False(CauseCatalogue.Explains(cause, cause));

    [Fact]
    public void The_request_s_way_gives_the_order()
    {
        SummitCause[] way =
        [
            SummitCause.DnsNameNotFound, SummitCause.SecurityGroupBlocked, SummitCause.NginxNotRunning, SummitCause.NginxConfigNotDeployed,
            SummitCause.CertificateExpired, SummitCause.NginxLocationMissing, SummitCause.BackendNotRunning,
            SummitCause.AuthenticationFailed,
        ];
        Assert.Equal(way, way.OrderBy(CauseCatalogue.Rank));
    }

    [Fact]
    public void Nothing_else_is_a_list_of_causes()
    {
        var names = Enum.GetNames<SummitCause>().ToHashSet(StringComparer.Ordinal);
        var tables = Directory.EnumerateFiles(Library, "*.*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Library, file).Replace('\\', '/'))
            .Where(file => !file.StartsWith("bin/", StringComparison.Ordinal) && !file.StartsWith("obj/", StringComparison.Ordinal))
            .Where(file => Regex.Matches(File.ReadAllText(Path.Combine(Library, file)), @"\b[A-Z]\w+\b").Select(word => word.Value)
                .Distinct(StringComparer.Ordinal).Count(names.Contains) >= ManyCauses)
            .Where(file => !file.StartsWith("Causes/", StringComparison.Ordinal));
        Assert.Equal(["Model/SummitCause.cs"], tables);
    }
}
