using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Summit.Ops.Reporting;

/// <summary>A report as JSON: the objects themselves, each with the name of its type, so that they read back as they were.</summary>
internal static class JsonReport
{
    private const string Format = "summit-report";
    private const int Version = 1;

    /// <summary>How objects are written: properties by name, enums as words, what is computed from others left out.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter() },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes it.</summary>
    public static string Write(Report report) => new JsonObject
    {
        ["Format"] = Format,
        ["Version"] = Version,
        ["Module"] = Report.Version,
        ["Made"] = JsonSerializer.SerializeToNode(report.Made, Options),
        ["MinimumSeverity"] = report.MinimumSeverity.ToString(),
        ["Baseline"] = JsonSerializer.SerializeToNode(report.Baseline, Options),
        ["Items"] = new JsonArray(
            [.. report.Values.Select(value => new JsonObject { ["Type"] = value.GetType().Name, ["Value"] = ToNode(value) })]),
    }.ToJsonString(Options) + "\n";

    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">It is no report.</exception>
    public static Report Read(string text)
    {
        if (JsonNode.Parse(text, documentOptions: new JsonDocumentOptions
        {
            AllowTrailingCommas = true,
            CommentHandling = JsonCommentHandling.Skip,
        }) is not JsonObject root
            || Text(root, "Format") != Format)
        {
            throw new JsonException("it does not say \"Format\": \"summit-report\"");
        }

        if (root["Version"]?.GetValue<int>() is not Version)
        {
            throw new JsonException(
                $"its version is {root["Version"]?.ToJsonString() ?? "missing"}, and this module reads version {Version}");
        }

        return new Report
        {
            Made = root["Made"].Deserialize<DateTimeOffset>(Options),
            MinimumSeverity = root["MinimumSeverity"].Deserialize<SummitSeverity>(Options),
            Baseline = root["Baseline"].Deserialize<SummitBaseline>(Options),
            Subjects = ReportSubjects.Of([.. (root["Items"] as JsonArray ?? throw new JsonException("it has no Items")).Select(Item)]),
        };
    }

    /// <summary>One object as a tree.</summary>
    public static JsonNode ToNode(object value) => JsonSerializer.SerializeToNode(value, value.GetType(), Options)!;

    private static object Item(JsonNode? item)
    {
        var name = item is JsonObject entry ? Text(entry, "Type") : null;
        var type = ReportSubjects.Types.FirstOrDefault(known => known.Name == name)
            ?? throw new JsonException($"it holds a '{name}', which no report is made of");
        return item!["Value"].Deserialize(type, Options) ?? throw new JsonException($"it holds a {name} without a value");
    }

    private static string? Text(JsonObject node, string name) =>
        node[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
