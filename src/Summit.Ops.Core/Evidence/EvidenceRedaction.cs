using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>
/// Takes secrets out of evidence that leaves the machine: configuration files, logs, answers and a site's commands
/// hold credentials of their own.
/// </summary>
internal static partial class EvidenceRedaction
{
    /// <summary>The evidence as JSON with the secrets masked: its host, its probes, its network and its site alike.</summary>
    public static JsonNode Of(SiteEvidence evidence, JsonSerializerOptions options)
    {
        var tree = JsonSerializer.SerializeToNode(evidence, options)!;
        TreeRedaction.Clean(tree);

        // what AWS said of a refusal names the caller
        if (tree[nameof(SiteEvidence.NetworkPath)]?["Missing"] is JsonObject missing)
        {
            foreach (var (what, why) in missing.ToList())
            {
                missing[what] = Callers().Replace(why!.GetValue<string>(), "${kind}" + Secrets.Mask);
            }
        }

        return tree;
    }

    // an ARN of a user or a role session, often an address of a person; and the encoded message, which an account can decode
    [GeneratedRegex(
        @"(?<kind>\barn:aws[a-z-]*:(?:iam|sts)::\d*:|Encoded authorization failure message: )[^\s""']+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 2000)]
    private static partial Regex Callers();
}
