using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Summit.Ops.Permissions;

/// <summary>An IAM policy that allows so much and no more.</summary>
internal static class IamPolicy
{
    private static readonly JsonSerializerOptions Options =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The policy document for all of these, as JSON: one statement for each set of resources.</summary>
    /// <param name="permissions">The permissions.</param>
    /// <param name="tags">The tags that an instance must have to be sent commands; none for every instance.</param>
    public static string Of(IEnumerable<SummitPermission> permissions, IReadOnlyDictionary<string, IReadOnlyList<string>>? tags = null)
    {
        var statements = permissions.GroupBy(permission => string.Join('\n', permission.Resource), StringComparer.Ordinal)
            .SelectMany(some => Statements(
                [.. some.Select(permission => permission.Action).Distinct(StringComparer.Ordinal)],
                some.First().Resource,
                tags ?? new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)));
        return new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray([.. statements]) }.ToJsonString(Options);
    }

    private static IEnumerable<JsonObject> Statements(
        IReadOnlyList<string> actions, IReadOnlyList<string> resources, IReadOnlyDictionary<string, IReadOnlyList<string>> tags)
    {
        // the condition is about instances: a document has other tags, and would not be allowed with it
        var instances = tags.Count == 0
            ? []
            : resources.Where(resource => resource.EndsWith("instance/*", StringComparison.Ordinal)).ToList();
        var others = resources.Except(instances, StringComparer.Ordinal).ToList();
        if (others.Count > 0) yield return Statement(actions, others);
        if (instances.Count == 0) yield break;
        var limited = Statement(actions, instances);
        limited["Condition"] = new JsonObject
        {
            ["StringLike"] = new JsonObject(tags.Select(tag => KeyValuePair.Create<string, JsonNode?>(
                $"ssm:resourceTag/{tag.Key}", new JsonArray([.. tag.Value.Select(value => JsonValue.Create(value))])))),
        };
        yield return limited;
    }

    private static JsonObject Statement(IReadOnlyList<string> actions, List<string> resources) => new()
    {
        ["Effect"] = "Allow",
        ["Action"] = new JsonArray([.. actions.Select(action => JsonValue.Create(action))]),
        ["Resource"] = resources is ["*"] ? "*" : new JsonArray([.. resources.Select(resource => JsonValue.Create(resource))]),
    };
}
