using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Summit.Ops.Text;

/// <summary>
/// Masks what is secret in an object written as JSON: each text by <see cref="TextRedaction"/>, and the values of headers
/// and directives by their names.
/// </summary>
/// <remarks>
/// The objects are clean of what the module was given (tokens, passwords). What is left is what a server sent or a configuration holds:
/// credentials in a <c>proxy_set_header</c>, a cookie, a token in a first message. There is no switch to turn this off.
/// </remarks>
internal static partial class TreeRedaction
{
    /// <summary>Masks in place.</summary>
    public static void Clean(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (Text(list[i]) is { } item) list[i] = TextRedaction.Of(item);
                    else Clean(list[i]);
                }

                break;
            case JsonObject entries:
                CleanNamed(entries);
                foreach (var (name, value) in entries.ToList())
                {
                    if (Text(value) is { } text) entries[name] = TextRedaction.Of(text);
                    else Clean(value);
                }

                break;
        }
    }

    /// <summary>A header or a directive, whose name tells that its value is secret.</summary>
    /// <summary>A header or a directive, whose name tells that its value is secret.</summary>
    private static void CleanNamed(JsonObject entries)
    {
        if (Text(entries["Name"]) is not { } name) return;
        if (Text(entries["Value"]) is { Length: > 0 } && IsSecret(name)) entries["Value"] = Secrets.Mask;
        if (entries["Arguments"] is not JsonArray arguments) return;
        var from = SecretDirective().IsMatch(name)
            ? 0
            : arguments.Count > 1 && Text(arguments[0]) is { } first && IsSecret($"{name} {first}") ? 1 : arguments.Count;
        for (var i = from; i < arguments.Count; i++) arguments[i] = Secrets.Mask;
    }

    private static bool IsSecret(string name)
    {
        if (SecretDirective().IsMatch(name)) return true;
        var space = name.IndexOf(' ', StringComparison.Ordinal);
        // a directive that sets a header or a variable is as secret as what it sets; others (proxy_cookie_path) are not
        if (space < 0) return !name.Contains('_', StringComparison.Ordinal) && TextRedaction.IsSecretHeader(name);
        return name[..space] is "proxy_set_header" or "add_header" or "more_set_headers" or "fastcgi_param" or "set"
            && TextRedaction.IsSecretHeader(name[(space + 1)..].Trim('"', '\'', '$'));
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    [GeneratedRegex("^(?:secure_link_secret|secure_link_md5)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretDirective();
}
