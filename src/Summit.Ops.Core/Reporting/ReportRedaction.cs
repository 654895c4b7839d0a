using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Reporting;

/// <summary>Takes secrets out of everything that a report says, once and for all formats: a report is pasted into tickets.</summary>
/// <remarks>
/// The objects are clean of what the module was given (tokens, passwords). What is left is what a server sent or a configuration holds: credentials in a
/// <c>proxy_set_header</c>, a cookie, a token in a first message. There is no switch to turn this off.
/// </remarks>
internal static partial class ReportRedaction
{
    private const int Readable = 3;

    /// <summary>The object with every text in it redacted.</summary>
    public static object Of(object value)
    {
        var tree = JsonReport.ToNode(value);
        Clean(tree);
        return tree.Deserialize(value.GetType(), JsonReport.Options)!;
    }

    /// <summary>One text, redacted.</summary>
    public static string Of(string text)
    {
        if (text.Length <= Readable) return text;
        var clean = EvidenceRedaction.Of(text);
        clean = Tokens().Replace(clean, Secrets.Mask);
        clean = Schemes().Replace(clean, "${scheme} " + Secrets.Mask);
        clean = Assignments().Replace(clean, "${name}" + Secrets.Mask);
        return Named().Replace(clean, "${name}" + Secrets.Mask + "${quote}");
    }

    private static void Clean(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (Text(list[i]) is { } item) list[i] = Of(item);
                    else Clean(list[i]);
                }

                break;
            case JsonObject entries:
                CleanNamed(entries);
                foreach (var (name, value) in entries.ToList())
                {
                    if (Text(value) is { } text) entries[name] = Of(text);
                    else Clean(value);
                }

                break;
        }
    }

    /// <summary>A header or a directive, whose name tells that its value is secret.</summary>
    private static void CleanNamed(JsonObject entries)
    {
        if (Text(entries["Name"]) is not { } name) return;
        if (Text(entries["Value"]) is { Length: > 0 } && IsSecret(name)) entries["Value"] = Secrets.Mask;
        if (entries["Arguments"] is not JsonArray arguments) return;
        var from = SecretDirective().IsMatch(name) ? 0 : arguments.Count > 1 && Text(arguments[0]) is { } first && IsSecret($"{name} {first}") ? 1 : arguments.Count;
        for (var i = from; i < arguments.Count; i++) arguments[i] = Secrets.Mask;
    }

    private static bool IsSecret(string name)
    {
        if (SecretDirective().IsMatch(name)) return true;
        var space = name.IndexOf(' ', StringComparison.Ordinal);
        // a directive that sets a header or a variable is as secret as what it sets; others (proxy_cookie_path) are not
        if (space < 0) return !name.Contains('_', StringComparison.Ordinal) && (UriRedaction.IsSecret(name) || name.EndsWith("cookie", StringComparison.OrdinalIgnoreCase)) && !Harmless().IsMatch(name);
        var directive = name[..space];
        var what = name[(space + 1)..].Trim('"', '\'', '$');
        return directive is "proxy_set_header" or "add_header" or "more_set_headers" or "fastcgi_param" or "set"
            && (UriRedaction.IsSecret(what) || what.EndsWith("cookie", StringComparison.OrdinalIgnoreCase)) && !Harmless().IsMatch(what);
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    // a JSON web token, an AWS access key id, a private key in PEM
    [GeneratedRegex(@"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Tokens();

    [GeneratedRegex(@"\b(?<scheme>Bearer|Basic)\s+(?=[\w+/.=~-]*[\d=+/.])[\w+/.=~-]{8,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Schemes();

    // nginx directives whose value is a secret
    [GeneratedRegex("""(?<name>\b(?:secure_link_secret|secure_link_md5|auth_jwt_key|set\s+\$\w*(?:token|secret|passw|api_?key)\w*)\s+)(?:"[^"\n]*"|'[^'\n]*'|[^;\s]+)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Assignments();

    // "token": "…" in a message or an error body
    [GeneratedRegex("""(?<name>"[\w-]*(?:token|secret|passw(?:or)?d|api_?key)"\s*:\s*")[^"]+(?<quote>")""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Named();

    [GeneratedRegex("^(?:secure_link_secret|secure_link_md5)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretDirective();

    // names that sound secret and are public: they are what a diagnosis is about
    [GeneratedRegex("^(?:Sec-WebSocket-.*|WWW-Authenticate|Proxy-Authenticate|.*-Public-Key.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Harmless();
}
