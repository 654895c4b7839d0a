using System.Globalization;
using System.Text.Json.Nodes;

namespace Summit.Ops.Network.Firewalls;

/// <summary>One rule of nftables: its statements in order, as far as a SYN to the port meets them.</summary>
/// <param name="question">The packet.</param>
/// <param name="set">The elements of a named set or map; null where it is not there.</param>
internal sealed class NftRuleReader(FirewallQuestion question, Func<string, JsonArray?> set)
{
    private bool Six => question.Clients.IsIPv6;

    /// <summary>What the rule comes to: nothing where it cannot match, several rules for a verdict map.</summary>
    public IEnumerable<FirewallRule> Read(JsonObject rule, string text)
    {
        var sure = true;
        AddressSet? sources = null;
        foreach (var statement in (rule["expr"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var (kind, body) = (statement.First().Key, statement.First().Value);
            switch (kind)
            {
                case "match":
                    var negated = body?["op"]?.ToString() == "!=";
                    if (IsSource(body?["left"]))
                    {
                        if (Addresses(body?["right"]) is { } named)
                        {
                            sources = (sources ?? question.Clients).Intersect(negated ? question.Clients.Except(named) : named);
                        }
                        else
                        {
                            sure = false;
                        }
                    }
                    else
                    {
                        var match = Match(body?["left"], body?["right"]);
                        if (match is { } known && known == negated) return [];
                        sure &= match is not null;
                    }

                    break;
                case "accept": return [new FirewallRule(text, sources, sure, FirewallVerdict.Accept)];
                case "drop" or "reject": return [new FirewallRule(text, sources, sure, FirewallVerdict.Drop)];
                case "return": return [new FirewallRule(text, sources, sure, FirewallVerdict.Return)];
                case "jump" or "goto":
                    return [new FirewallRule(
                        text, sources, sure,
                        kind == "jump" ? FirewallVerdict.Jump : FirewallVerdict.Goto,
                        body?["target"]?.ToString() ?? "")];
                case "vmap": return Map(body, text, sources, sure);
                case "counter" or "log" or "mangle" or "notrack" or "comment" or "ct helper" or "ct timeout" or "set" or "map" or "last":
                    break;
                case "dnat" or "redirect" or "tproxy" or "queue" or "synproxy":
                    return [new FirewallRule(text, sources, sure, FirewallVerdict.Elsewhere)];
                case "xt" when IsTarget(body): return [new FirewallRule(text, sources, false, FirewallVerdict.Elsewhere)];
                default:
                    // a rate, a quota, a match of iptables that JSON does not spell out
                    sure = false;
                    break;
            }
        }

        return [];
    }

    private static bool IsTarget(JsonNode? body) => body is JsonObject compatible && compatible["type"]?.ToString() == "target";

    private static bool IsSource(JsonNode? left) => left is JsonObject side && side["payload"] is JsonObject payload
        && payload["field"]?.ToString() == "saddr" && payload["protocol"]?.ToString() is "ip" or "ip6";

    /// <summary>A verdict map: each entry is a rule, and what none takes goes on.</summary>
    private List<FirewallRule> Map(JsonNode? body, string text, AddressSet? sources, bool sure)
    {
        var data = body?["data"];
        var pairs = data is JsonValue name ? set(name.ToString().TrimStart('@')) : (data as JsonObject)?["set"] as JsonArray;
        if (pairs is null) return [new FirewallRule(text, sources, false, FirewallVerdict.Elsewhere)];
        var rules = new List<FirewallRule>();
        foreach (var pair in pairs.OfType<JsonArray>().Where(pair => pair.Count == 2))
        {
            var verdict = new JsonObject { ["expr"] = new JsonArray(new JsonObject
            {
                ["match"] = new JsonObject { ["op"] = "==", ["left"] = body!["key"]?.DeepClone(), ["right"] = pair[0]?.DeepClone() },
            }, pair[1]?.DeepClone()) };
            rules.AddRange(Read(verdict, text).Select(rule => rule with
            {
                Sure = rule.Sure && sure,
                Sources = sources is null ? rule.Sources : rule.Sources?.Intersect(sources) ?? sources,
            }));
        }

        return rules;
    }

    /// <summary>Whether a match holds for the packet; null where that is not known.</summary>
    private bool? Match(JsonNode? left, JsonNode? right)
    {
        if (left is not JsonObject side) return null;
        if (side["payload"] is JsonObject payload)
        {
            var (protocol, field) = (payload["protocol"]?.ToString(), payload["field"]?.ToString());
            if (protocol is "ip" && Six) return false;
            if (protocol is "ip6" && !Six) return false;
            if (protocol is "udp" or "icmp" or "icmpv6" or "sctp" or "dccp" or "igmp" or "arp" or "vlan" or "esp" or "ah") return false;
            return (protocol, field) switch
            {
                ("tcp" or "th", "dport") => Any(right, value => Port(value, question.Port, question.Port)),
                ("tcp" or "th", "sport") => Any(right, value => Port(value, Reach.FirstClientPort, Reach.LastPort)),
                ("ip" or "ip6", "daddr") => Addresses(right) is { } own && own.Except(AddressSet.Of(
                    Six, [AddressBlock.Parse("224.0.0.0/4"), AddressBlock.Parse("127.0.0.0/8"), AddressBlock.Parse("ff00::/8")])).IsEmpty
                    ? false
                    : null,
                ("ip", "protocol") or ("ip6", "nexthdr") => Any(right, value => value?.ToString() is "tcp" or "6"),
                _ => null,
            };
        }

        if (side["meta"] is JsonObject meta)
        {
            return meta["key"]?.ToString() switch
            {
                "l4proto" => Any(right, value => value?.ToString() is "tcp" or "6"),
                "nfproto" => Any(right, value => value?.ToString() == (Six ? "ipv6" : "ipv4")),
                "protocol" => Any(right, value => value?.ToString() == (Six ? "ip6" : "ip")),
                "iifname" or "iif" => Any(right, value => question.ComesBy(value?.ToString() ?? "")),
                "pkttype" => Any(right, value => value?.ToString() is "host" or "unicast"),
                _ => null,
            };
        }

        if (side["ct"] is JsonObject ct)
        {
            return ct["key"]?.ToString() switch
            {
                "state" => Any(right, value => value?.ToString() == "new"),
                "status" => Any(right, value => value?.ToString() is "dnat" or "snat" ? false : null),
                "direction" => Any(right, value => value?.ToString() == "original"),
                _ => null,
            };
        }

        if (side["fib"] is not JsonObject fib) return null;
        // a client whose way back leads out by another interface: not one that can connect at all
        if (fib["result"]?.ToString() == "oif" && right is JsonValue missing && missing.TryGetValue<bool>(out var found)) return found;
        return fib["result"]?.ToString() == "type" && fib["flags"]?.ToString().Contains("daddr", StringComparison.Ordinal) == true
            ? Any(right, value => value?.ToString() switch { "local" => true, "broadcast" or "multicast" or "anycast" => false, _ => null })
            : null;
    }

    /// <summary>Whether a port, or a range of them, covers another range; null where it covers a part.</summary>
    private static bool? Port(JsonNode? value, int from, int to)
    {
        var range = (value as JsonObject)?["range"] as JsonArray;
        if (!int.TryParse((range?[0] ?? value)?.ToString(), CultureInfo.InvariantCulture, out var first)
            || !int.TryParse((range?[1] ?? value)?.ToString(), CultureInfo.InvariantCulture, out var last))
        {
            return null;
        }

        return first <= from && last >= to ? true : first > to || last < from ? false : null;
    }

    /// <summary>Whether one of the values holds: a value, a list, a set, or a named set.</summary>
    private bool? Any(JsonNode? right, Func<JsonNode?, bool?> holds)
    {
        if (Values(right) is not { } values) return null;
        bool? result = false;
        foreach (var value in values)
        {
            var holding = holds(value);
            if (holding == true) return true;
            if (holding is null) result = null;
        }

        return result;
    }

    /// <summary>The addresses of a value; null where they are not known.</summary>
    private AddressSet? Addresses(JsonNode? right)
    {
        if (Values(right) is not { } values) return null;
        var all = AddressSet.Empty(Six);
        foreach (var value in values)
        {
            var prefix = (value as JsonObject)?["prefix"];
            var text = prefix is null ? value?.ToString() : $"{prefix["addr"]}/{prefix["len"]}";
            if ((value as JsonObject)?["range"] is JsonArray { Count: 2 } range
                && AddressBlock.TryParse(range[0]?.ToString(), out var first) && AddressBlock.TryParse(range[1]?.ToString(), out var last))
            {
                all = all.Union(AddressSet.Range(first, last));
            }
            else if (AddressBlock.TryParse(text, out var block))
            {
                all = all.Union(AddressSet.Of(Six, [block]));
            }
            else
            {
                return null;
            }
        }

        return all;
    }

    private IEnumerable<JsonNode?>? Values(JsonNode? right)
    {
        if (right is JsonValue value && value.ToString() is ['@', .. var name]) return set(name)?.Select(Bare);
        if (right is JsonObject side && side["set"] is { } given) return (given as JsonArray ?? [given.DeepClone()]).Select(Bare);
        // a node cannot be put into another array: it has a parent
        return right is JsonArray list ? list : Enumerable.Repeat(right, 1);
    }

    // an element with a time-out or a comment is wrapped
    private static JsonNode? Bare(JsonNode? element) =>
        element is JsonObject wrapped && wrapped["elem"] is JsonObject elem ? elem["val"] : element;
}
