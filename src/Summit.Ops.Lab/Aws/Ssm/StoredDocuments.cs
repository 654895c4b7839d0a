using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Summit.Ops.Lab.Aws.Ssm;

/// <summary>
/// Documents that were created: stored, and, where they are Command documents, run with their parameters put in as an agent does it.
/// </summary>
internal sealed partial class StoredDocuments(AwsKnobs knobs, TimeProvider time)
{
    private const int MaxSize = 64 * 1024;
    private readonly ConcurrentDictionary<(string Region, string Name), JsonObject> _contents = new();

    /// <summary>CreateDocument.</summary>
    public JsonObject Create(string region, JsonObject input)
    {
        var (name, type) = (input.Text("Name"), input.Text("DocumentType") is { Length: > 0 } given ? given : "Command");
        if (!Name().IsMatch(name))
        {
            throw new AwsErrorException(
                "ValidationException",
                $"Value '{name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: "
                    + "^[a-zA-Z0-9_\\-.]{3,128}$");
        }

        if (ReservedName().IsMatch(name)) throw new AwsErrorException("InvalidDocument", $"Document name {name} is reserved.");
        if (input.Text("Content").Length > MaxSize)
        {
            throw new AwsErrorException("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB.");
        }

        var content = Parse(input.Text("Content"));
        var (schema, steps) = (content["schemaVersion"]?.GetValue<string>(), content["mainSteps"] as JsonArray);
        if (schema != (type == "Automation" ? "0.3" : "2.2"))
        {
            throw new AwsErrorException(
                "InvalidDocumentSchemaVersion", $"The schema version {schema} is not that of a document of type {type}.");
        }

        if (steps is not { Count: > 0 }) throw new AwsErrorException("InvalidDocumentContent", "mainSteps is required.");
        var declared = content["parameters"] as JsonObject ?? [];
        DeclaredParameters.Check(declared);
        var unknown = References().Matches(steps.ToJsonString())
            .Select(match => match.Groups["name"].Value)
            .FirstOrDefault(reference => !reference.Contains('.', StringComparison.Ordinal) && !declared.ContainsKey(reference));
        if (unknown is not null) throw new AwsErrorException("InvalidDocumentContent", $"Parameter {unknown} is not defined.");
        if (!_contents.TryAdd((region, name), content)) throw new AwsErrorException("DocumentAlreadyExists", "");
        return new JsonObject
        {
            ["DocumentDescription"] = new JsonObject
            {
                ["Name"] = name, ["DocumentType"] = type, ["DocumentVersion"] = "1", ["LatestVersion"] = "1",
                ["DefaultVersion"] = "1", ["SchemaVersion"] = schema,
                ["Status"] = "Active", ["DocumentFormat"] = "JSON", ["Owner"] = AwsEndpoint.Account,
                ["CreatedDate"] = time.GetUtcNow().ToUnixTimeSeconds(),
            },
        };
    }

    /// <summary>What a Command document runs with these parameters; null where there is no such document.</summary>
    public (JsonArray Lines, string Timeout)? Run(string region, string name, JsonObject given)
    {
        if (!_contents.TryGetValue((region, name), out var content) || content["schemaVersion"]!.GetValue<string>() != "2.2") return null;
        var declared = content["parameters"] as JsonObject ?? [];
        var values = DeclaredParameters.Values(name, declared, given);
        var inputs = content["mainSteps"]![0]!["inputs"]!;
        var lines = inputs["runCommand"]!.AsArray()
            .Select(line => References().Replace(line!.GetValue<string>(), reference => Text(reference.Groups["name"].Value))).ToList();
        if (!knobs.OldAgent)
        {
            lines.InsertRange(0, values.Where(pair => IsInEnvironment(pair.Key))
                .Select(pair => $"export SSM_{pair.Key}='{pair.Value.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
        }

        return (new JsonArray([.. lines.Select(line => JsonValue.Create(line))]), inputs["timeoutSeconds"]?.GetValue<string>() ?? "3600");

        // an agent that knows environment variables puts a reference to them in the value's place
        string Text(string parameter) => !knobs.OldAgent && IsInEnvironment(parameter) ? $"$SSM_{parameter}" : values[parameter];

        bool IsInEnvironment(string parameter) => declared[parameter]!["interpolationType"]?.GetValue<string>() == "ENV_VAR";
    }

    private static JsonObject Parse(string content)
    {
        try
        {
            return JsonNode.Parse(content) as JsonObject ?? throw new AwsErrorException("InvalidDocumentContent", "JSON not well-formed.");
        }
        catch (JsonException)
        {
            throw new AwsErrorException("InvalidDocumentContent", "JSON not well-formed.");
        }
    }

    [GeneratedRegex(@"^[a-zA-Z0-9_\-.]{3,128}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();

    [GeneratedRegex("^(aws|amazon|amzn)", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReservedName();

    [GeneratedRegex(@"\{\{ *(?<name>[A-Za-z][A-Za-z0-9._]*) *\}\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex References();
}
