using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Summit.Ops.Text;

namespace Summit.Ops.Network.Firewalls;

/// <summary>Reads what <c>nft -j list ruleset</c> prints, as far as the first packet of a TCP connection meets it.</summary>
internal static partial class NftablesReader
{
    private static readonly HashSet<string> Hooks = new(StringComparer.Ordinal) { "prerouting", "input", "ingress" };

    /// <summary>The hooks of the ruleset, in the kernel's order.</summary>
    /// <param name="json">The ruleset.</param>
    /// <param name="text">The same as <c>nft -a list ruleset</c> prints it, for the rules' own words.</param>
    /// <param name="question">The packet.</param>
    /// <param name="leftOut">Tables that another tool has shown already.</param>
    /// <exception cref="System.Text.Json.JsonException">It is no JSON.</exception>
    public static IReadOnlyList<FirewallHook> Read(string json, string text, FirewallQuestion question, Func<string, string, bool> leftOut)
    {
        var objects = (JsonNode.Parse(json)?["nftables"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var words = Words(text);
        var sets = Of("set").Concat(Of("map"))
            .GroupBy(set => (Text(set, "family"), Text(set, "table"), Text(set, "name")))
            .ToDictionary(set => set.Key, set => set.First()["elem"] as JsonArray ?? []);
        var hooks = new List<(int Place, int Priority, FirewallHook Hook)>();
        foreach (var table in Of("table"))
        {
            var (family, name) = (Text(table, "family"), Text(table, "name"));
            if (!Sees(family, question) || leftOut(family, name)) continue;
            var reader = new NftRuleReader(question, set => sets.GetValueOrDefault((family, name, set)));
            var chains = Of("chain").Where(chain => Text(chain, "family") == family && Text(chain, "table") == name).ToList();
            var read = chains.ToDictionary(chain => Text(chain, "name"), chain => new FirewallChain(Text(chain, "name"), [.. Of("rule")
                .Where(rule => Text(rule, "family") == family && Text(rule, "table") == name && Text(rule, "chain") == Text(chain, "name"))
                .SelectMany(rule => reader.Read(rule, words.GetValueOrDefault(
                    (family, name, Text(rule, "handle")), $"rule {Text(rule, "handle")} of {name} {Text(chain, "name")}")))]),
                StringComparer.Ordinal);
            foreach (var chain in chains.Where(chain => Hooks.Contains(Text(chain, "hook"))))
            {
                var start = read[Text(chain, "name")];
                var place = Text(chain, "hook") switch { "ingress" => 0, "prerouting" => 1, _ => 2 };
                hooks.Add((place, chain["prio"]?.GetValue<int>() ?? 0, new FirewallHook(
                    $"nftables {family} {name} {start.Name}", start,
                    Text(chain, "policy") == "drop" ? FirewallVerdict.Drop : FirewallVerdict.Accept, read)));
            }
        }

        return [.. hooks.OrderBy(hook => hook.Place).ThenBy(hook => hook.Priority).Select(hook => hook.Hook)];

        IEnumerable<JsonObject> Of(string kind) => objects.Select(each => each[kind]).OfType<JsonObject>();
    }

    private static bool Sees(string family, FirewallQuestion question) =>
        family is "inet" or "netdev" || family == (question.Clients.IsIPv6 ? "ip6" : "ip");

    private static string Text(JsonObject node, string name) => node[name]?.ToString() ?? "";

    /// <summary>The words of each rule, by table and handle.</summary>
    private static Dictionary<(string Family, string Table, string Handle), string> Words(string text)
    {
        var words = new Dictionary<(string, string, string), string>();
        var (family, table, chain) = ("", "", "");
        foreach (var line in text.Split('\n'))
        {
            if (TableLine().Match(line) is { Success: true } begins)
            {
                (family, table) = (begins.Groups["family"].Value, begins.Groups["name"].Value);
            }
            else if (ChainLine().Match(line) is { Success: true } inside)
            {
                chain = inside.Groups["name"].Value;
            }
            else if (RuleLine().Match(line) is { Success: true } rule)
            {
                words[(family, table, rule.Groups["handle"].Value)] = ForeignText.Visible(
                    $"{family} {table} {chain}: {rule.Groups["text"].Value.Trim()}");
            }
        }

        return words;
    }

    [GeneratedRegex(@"^table (?<family>\S+) (?<name>\S+) \{", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TableLine();

    [GeneratedRegex(@"^\s+chain (?<name>\S+) \{", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ChainLine();

    [GeneratedRegex(@"^\s+(?<text>.*\S) # handle (?<handle>[0-9]+)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RuleLine();
}
