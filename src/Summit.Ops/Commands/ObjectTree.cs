using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;

namespace Summit.Ops.Commands;

/// <summary>An object of PowerShell (ConvertFrom-Json, AWS.Tools) as a JSON tree: its properties by name.</summary>
internal static class ObjectTree
{
    // deeper than anything EC2 describes; an object may hold itself
    private const int Deepest = 12;

    /// <summary>The tree.</summary>
    public static JsonNode? From(object? value, int depth = 0)
    {
        var bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (bare is null || depth > Deepest) return null;
        if (bare is string or ValueType) return JsonValue.Create(Convert.ToString(bare, CultureInfo.InvariantCulture));
        if (bare is IDictionary map)
        {
            var entries = new JsonObject();
            foreach (DictionaryEntry entry in map) entries[entry.Key.ToString() ?? ""] = From(entry.Value, depth + 1);
            return entries;
        }

        if (bare is IEnumerable list) return new JsonArray([.. list.Cast<object?>().Select(item => From(item, depth + 1))]);
        var tree = new JsonObject();
        foreach (var property in PSObject.AsPSObject(value).Properties)
        {
            if (property.IsGettable && Value(property) is { } held) tree[property.Name] = From(held, depth + 1);
        }

        return tree;
    }

    private static object? Value(PSPropertyInfo property)
    {
        try
        {
            return property.Value;
        }
        catch (GetValueException)
        {
            // a property that cannot be read says nothing
            return null;
        }
    }
}
