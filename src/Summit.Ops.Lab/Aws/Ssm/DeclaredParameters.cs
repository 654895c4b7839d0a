using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Summit.Ops.Lab.Aws.Ssm;

/// <summary>What a document declares of its parameters, and the service's refusal of what they do not allow.</summary>
internal static class DeclaredParameters
{
    // the attributes of a parameter in the user guide's "Data elements and parameters"
    private static readonly string[] Attributes =
    [
        "type", "description", "default", "allowedValues", "allowedPattern", "displayType", "minItems", "maxItems", "minChars", "maxChars",
        "interpolationType",
    ];

    private static readonly string[] Types = ["String", "StringList", "Integer", "Boolean", "MapList", "StringMap"];

    /// <summary>The parameters of AWS-RunShellScript.</summary>
    public static JsonObject RunShellScript { get; } = new()
    {
        ["commands"] = new JsonObject { ["type"] = "StringList", ["minItems"] = 1 },
        ["workingDirectory"] = new JsonObject { ["type"] = "String", ["default"] = "", ["maxChars"] = 4096 },
        ["executionTimeout"] = new JsonObject
        {
            ["type"] = "String",
            ["default"] = "3600",
            ["allowedPattern"] =
                "([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)",
        },
    };

    /// <summary>Refuses declarations that no document can have.</summary>
    public static void Check(JsonObject declared)
    {
        foreach (var (name, declaration) in declared)
        {
            if (declaration is not JsonObject parameter || !Types.Contains(parameter["type"]?.GetValue<string>()))
            {
                throw new AwsErrorException("InvalidDocumentContent", $"Parameter {name} has no valid type.");
            }

            if (parameter.Select(pair => pair.Key).Except(Attributes, StringComparer.Ordinal).FirstOrDefault() is { } attribute)
            {
                throw new AwsErrorException("InvalidDocumentContent", $"Parameter {name} has an unknown attribute {attribute}.");
            }

            if (parameter["default"] is not { } initial) continue;
            foreach (var text in Texts(initial)) Hold(name, parameter, text, "InvalidDocumentContent");
        }
    }

    /// <summary>The value of each parameter, in the text that an agent puts into a script.</summary>
    public static Dictionary<string, string> Values(string document, JsonObject declared, JsonObject given)
    {
        if (given.FirstOrDefault(pair => !declared.ContainsKey(pair.Key)) is { Key: { } extra })
        {
            throw new AwsErrorException("InvalidParameters", $"{extra} is not a parameter of {document}.");
        }

        return declared.ToDictionary(
            pair => pair.Key, pair => Value(pair.Key, (JsonObject)pair.Value!, given[pair.Key]), StringComparer.Ordinal);
    }

    private static string Value(string name, JsonObject parameter, JsonNode? given)
    {
        var isList = parameter["type"]!.GetValue<string>() == "StringList";
        var values = Texts(given ?? parameter["default"] ?? throw new AwsErrorException("InvalidParameters", $"{name} is required."));
        if (!isList && values.Count != 1) throw new AwsErrorException("InvalidParameters", $"Parameter \"{name}\" takes one value.");
        foreach (var value in values) Hold(name, parameter, value, "InvalidParameters");
        if (!isList) return values[0];
        Within(name, $"{values.Count} items", values.Count, parameter["minItems"], parameter["maxItems"]);
        return new JsonArray([.. values.Select(value => JsonValue.Create(value))]).ToJsonString();
    }

    private static void Hold(string name, JsonObject parameter, string value, string error)
    {
        var pattern = parameter["allowedPattern"]?.GetValue<string>();
        // the whole value has to match, and .NET's $ matches before a last line break as well
        if (pattern is not null && !Regex.IsMatch(
            value, $@"\A(?:{pattern.Replace("$", @"\z", StringComparison.Ordinal)})\z", RegexOptions.None, TimeSpan.FromSeconds(1)))
        {
            throw new AwsErrorException(error, $"Parameter \"{name}\" has value \"{value}\" not matching \"{pattern}\".");
        }

        if (parameter["allowedValues"] is { } allowed && !Texts(allowed).Contains(value))
        {
            throw new AwsErrorException(error, $"Parameter \"{name}\" has value \"{value}\" not in [{string.Join(", ", Texts(allowed))}].");
        }

        Within(name, $"value \"{value}\"", value.Length, parameter["minChars"], parameter["maxChars"], error);
    }

    private static void Within(string name, string said, int count, JsonNode? least, JsonNode? most, string error = "InvalidParameters")
    {
        if (count >= (least?.GetValue<int>() ?? 0) && count <= (most?.GetValue<int>() ?? int.MaxValue)) return;
        throw new AwsErrorException(
            error, $"Parameter \"{name}\" has {said}, and takes {least?.ToJsonString() ?? "0"} to {most?.ToJsonString() ?? "any number"}.");
    }

    private static List<string> Texts(JsonNode value) => value is JsonArray array
        ? [.. array.Select(item => item!.GetValue<string>())]
        : [value.GetValue<string>()];
}
