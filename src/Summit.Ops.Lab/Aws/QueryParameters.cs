using System.Collections.Specialized;
using System.Globalization;

namespace Summit.Ops.Lab.Aws;

/// <summary>The form of a Query call: <c>InstanceId.1=…</c>, <c>Filter.1.Name=…</c>.</summary>
/// <param name="form">The fields as they came.</param>
public sealed class QueryParameters(NameValueCollection form)
{
    /// <summary>A field; null where it was not sent.</summary>
    public string? this[string name] => form[name];

    /// <summary>Every field.</summary>
    public IEnumerable<KeyValuePair<string, string>> Fields =>
        form.AllKeys.Select(name => new KeyValuePair<string, string>(name ?? "", form[name] ?? ""));

    /// <summary>A list: <c>NAME.1</c>, <c>NAME.2</c> and so on.</summary>
    public IReadOnlyList<string> List(string name)
    {
        var values = new List<string>();
        for (var i = 1; form[$"{name}.{i}"] is { } value; i++) values.Add(value);
        return values;
    }

    /// <summary>
    /// The filters of a Describe call, by name; several filters all have to match, several values of one are alternatives.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Filters()
    {
        var filters = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        for (var i = 1; form[$"Filter.{i}.Name"] is { } name; i++) filters[name] = List($"Filter.{i}.Value");
        return filters;
    }

    /// <summary>A number; the fallback where it was not sent.</summary>
    public int Number(string name, int fallback) =>
        int.TryParse(form[name], CultureInfo.InvariantCulture, out var number) ? number : fallback;

    /// <summary>Whether a value passes a filter: <c>*</c> and <c>?</c> are wildcards, as in EC2.</summary>
    public static bool Matches(IReadOnlyList<string> alternatives, string value) =>
        alternatives.Any(pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: false));
}
