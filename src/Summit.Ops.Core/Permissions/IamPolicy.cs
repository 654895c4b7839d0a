using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Summit.Ops.Permissions;

/// <summary>An IAM policy that allows so much and no more.</summary>
internal static class IamPolicy
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The policy document for all of these, as JSON: one statement for each set of resources.</summary>
    public static string Of(IEnumerable<SummitPermission> permissions)
    {
        var statements = permissions.GroupBy(permission => string.Join('\n', permission.Resource), StringComparer.Ordinal).Select(some => new JsonObject
        {
            ["Effect"] = "Allow",
            ["Action"] = new JsonArray([.. some.Select(permission => permission.Action).Distinct(StringComparer.Ordinal).Select(action => JsonValue.Create(action))]),
            ["Resource"] = some.Key == "*" ? "*" : new JsonArray([.. some.Key.Split('\n').Select(resource => JsonValue.Create(resource))]),
        });
        return new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray([.. statements]) }.ToJsonString(Options);
    }
}
