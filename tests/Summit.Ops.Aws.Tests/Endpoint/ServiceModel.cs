using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests.Endpoint;

/// <summary>A service as botocore describes it: what a call and its answer may look like. The models come with the AWS CLI.</summary>
internal sealed class ServiceModel(JsonObject model)
{
    private static readonly Lazy<string?> Data = new(FindData);
    private static readonly Dictionary<string, ServiceModel?> Loaded = new(StringComparer.Ordinal);
    private readonly JsonObject _shapes = model["shapes"]!.AsObject();

    /// <summary>Whether the models are here.</summary>
    public static bool IsHere => Data.Value is not null;

    /// <summary>What is wrong with calls and with their answers; nothing where the models are not here.</summary>
    public static IReadOnlyList<string> FaultsOf(IEnumerable<AwsCall> calls)
    {
        if (!IsHere) return [];
        var faults = new List<string>();
        foreach (var call in calls)
        {
            if (Of(call.Request.Service) is not { } service) faults.Add($"{call.Action}: no such service");
            else service.Check(call, faults);
        }

        return [.. faults.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The operations, each with the members of its input.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Operations => model["operations"]!.AsObject().ToDictionary(
        each => each.Key,
        IReadOnlyList<string> (each) => (string?)each.Value!["input"]?["shape"] is { } input
            ? [.. _shapes[input]!["members"]!.AsObject().Select(member => member.Key)]
            : [],
        StringComparer.Ordinal);

    /// <summary>A service's newest model; null where there is none.</summary>
    public static ServiceModel? Of(string service)
    {
        lock (Loaded)
        {
            if (Loaded.TryGetValue(service, out var known)) return known;
            var folder = Path.Combine(Data.Value!, service);
            var file = Directory.Exists(folder)
                ? Directory.GetFiles(folder, "service-2.json*", SearchOption.AllDirectories).Max(StringComparer.Ordinal)
                : null;
            return Loaded[service] = file is null ? null : new ServiceModel(Read(file));
        }
    }

    private static JsonObject Read(string file)
    {
        using var stream = File.OpenRead(file);
        using Stream text = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        return JsonNode.Parse(text)!.AsObject();
    }

    private static string? FindData()
    {
        try
        {
            var start = new ProcessStartInfo(
                "python3",
                [
                    "-c",
                    "import botocore, os; print(os.path.join(os.path.dirname(botocore.__file__), 'data'))",
                ]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var path = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 && Directory.Exists(path) ? path : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private void Check(AwsCall call, List<string> faults)
    {
        if (model["operations"]![call.Request.Operation] is not JsonObject operation)
        {
            faults.Add($"{call.Action}: no such operation");
            return;
        }

        if ((string?)operation["input"]?["shape"] is { } input)
        {
            var asked = call.Request.Protocol == AwsProtocol.Json
                ? call.Request.Json
                : Tree(call.Request.Form.Fields.Where(field => field.Key is not ("Action" or "Version")));
            Check(asked, input, $"{call.Action} asks", isAnswer: false, faults);
        }

        if (call.Outcome != "OK" || call.Answer.Length == 0 || (string?)operation["output"]?["shape"] is not { } output) return;
        if (call.Request.Protocol == AwsProtocol.Json)
        {
            Check(JsonNode.Parse(call.Answer), output, $"{call.Action} answers", isAnswer: true, faults);
        }
        else
        {
            Check(
                Content(XDocument.Parse(call.Answer).Root!, (string?)operation["output"]!["resultWrapper"]),
                output, $"{call.Action} answers", faults);
        }
    }

    private void Check(JsonNode? value, string shape, string at, bool isAnswer, List<string> faults)
    {
        var known = _shapes[shape]!.AsObject();
        switch ((string)known["type"]!)
        {
            case "structure" when value is JsonObject members:
                foreach (var (name, member) in members)
                {
                    if (Member(known, name) is not { } found) faults.Add($"{at} {shape}.{name}, which is no member");
                    else Check(member, (string)found["shape"]!, $"{at} {shape}.{name}", isAnswer, faults);
                }

                foreach (var needed in (known["required"] as JsonArray ?? []).Select(each => (string)each!)
                    .Where(each => Member(members, known, each) is null))
                {
                    faults.Add($"{at} {shape} without {needed}");
                }

                break;
            case "list" when value is JsonArray items:
                Range(items.Count, known, at, faults);
                foreach (var item in items) Check(item, (string)known["member"]!["shape"]!, $"{at} []", isAnswer, faults);
                break;
            case "list" when value is JsonObject counted:
                // EC2's way: NAME.1, NAME.2
                foreach (var (number, item) in counted)
                {
                    if (!int.TryParse(number, CultureInfo.InvariantCulture, out _)) faults.Add($"{at}.{number}, which is no number");
                    else Check(item, (string)known["member"]!["shape"]!, $"{at} []", isAnswer, faults);
                }

                break;
            case "map" when value is JsonObject pairs:
                foreach (var (_, item) in pairs) Check(item, (string)known["value"]!["shape"]!, $"{at} {{}}", isAnswer, faults);
                break;
            case "string" when value is JsonValue text && text.TryGetValue(out string? said):
                Text(said, known, at, isAnswer, faults);
                break;
            case "integer" or "long" or "double" or "float" or "timestamp" when value is JsonValue number:
                if (!decimal.TryParse(number.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var read))
                {
                    faults.Add($"{at} is '{number}', which is no number");
                }
                else
                {
                    Range(read, known, at, faults);
                }

                break;
            case "boolean" when value is JsonValue flag && flag.ToString() is "true" or "false" or "True" or "False":
                break;
            default:
                faults.Add($"{at} is {value?.ToJsonString() ?? "null"}, which is no {(string)known["type"]!}");
                break;
        }
    }

    private void Check(XElement value, string shape, string at, List<string> faults)
    {
        var known = _shapes[shape]!.AsObject();
        switch ((string)known["type"]!)
        {
            case "structure":
                foreach (var element in value.Elements())
                {
                    var found = known["members"]!.AsObject()
                        .FirstOrDefault(member => ((string?)member.Value!["locationName"] ?? member.Key) == element.Name.LocalName).Value;
                    if (found is null) faults.Add($"{at} {shape}.{element.Name.LocalName}, which is no member");
                    else Check(element, (string)found["shape"]!, $"{at} {shape}.{element.Name.LocalName}", faults);
                }

                break;
            case "list":
                var item = (string?)known["member"]!["locationName"] ?? "member";
                foreach (var element in value.Elements())
                {
                    if (element.Name.LocalName != item) faults.Add($"{at} has a <{element.Name.LocalName}> where <{item}> stands");
                    else Check(element, (string)known["member"]!["shape"]!, $"{at} []", faults);
                }

                break;
            case "string":
                Text(value.Value, known, at, isAnswer: true, faults);
                break;
            case "integer" or "long" when !long.TryParse(value.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _):
                faults.Add($"{at} is '{value.Value}', which is no number");
                break;
            case "boolean" when value.Value is not ("true" or "false"):
                faults.Add($"{at} is '{value.Value}', which is not true or false");
                break;
            case "timestamp" when !DateTimeOffset.TryParse(
                value.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _):
                faults.Add($"{at} is '{value.Value}', which is no time");
                break;
        }
    }

    private static void Text(string said, JsonObject known, string at, bool isAnswer, List<string> faults)
    {
        if (known["enum"] is JsonArray words && !words.Any(word => (string?)word == said))
        {
            faults.Add($"{at} is '{said}', which is none of its words");
        }

        if (isAnswer) return;
        Range(said.Length, known, at, faults);
        if ((string?)known["pattern"] is { } pattern
            && !Regex.IsMatch(said, $"^(?:{pattern})$", RegexOptions.Singleline, TimeSpan.FromSeconds(5)))
        {
            faults.Add($"{at} does not match {pattern}");
        }
    }

    private static void Range(decimal number, JsonObject known, string at, List<string> faults)
    {
        if (known["min"] is { } least && number < (decimal)(double)least) faults.Add($"{at}: {number} is less than {least}");
        if (known["max"] is { } most && number > (decimal)(double)most) faults.Add($"{at}: {number} is more than {most}");
    }

    private static JsonObject? Member(JsonObject known, string name) =>
        known["members"]!.AsObject().FirstOrDefault(member => member.Key == name || Queried(member) == name).Value as JsonObject;

    private static JsonNode? Member(JsonObject given, JsonObject known, string name) =>
        given[name] ?? (known["members"]![name] is { } member ? given[Queried(new(name, member))] : null);

    // EC2 calls a member of a request by its queryName, else by its locationName with a capital
    private static string Queried(KeyValuePair<string, JsonNode?> member) =>
        (string?)member.Value!["queryName"]
            ?? ((string?)member.Value["locationName"] is { Length: > 0 } name ? char.ToUpperInvariant(name[0]) + name[1..] : member.Key);

    private static JsonObject Tree(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var root = new JsonObject();
        foreach (var (name, value) in fields)
        {
            var node = root;
            var parts = name.Split('.');
            foreach (var part in parts[..^1]) node = (JsonObject)(node[part] ??= new JsonObject());
            node[parts[^1]] = value;
        }

        return root;
    }

    private static XElement Content(XElement root, string? wrapper)
    {
        if (wrapper is not null) return root.Elements().First(element => element.Name.LocalName == wrapper);
        root.Elements().Where(element => element.Name.LocalName == "requestId").Remove();
        return root;
    }
}
