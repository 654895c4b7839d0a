using System.Globalization;
using Summit.Ops.Text;

namespace Summit.Ops.Network.Firewalls;

/// <summary>
/// Reads what iptables-save prints, of the legacy and of the nft variant, as far as the first packet of a TCP connection meets it.
/// </summary>
internal static class IptablesReader
{
    // where a packet to this host passes, in the kernel's order
    private static readonly (string Table, string Chain)[] Way =
    [
        ("raw", "PREROUTING"), ("mangle", "PREROUTING"), ("nat", "PREROUTING"), ("mangle", "INPUT"), ("filter", "INPUT"),
    ];

    private static readonly HashSet<string> Passive = new(StringComparer.Ordinal)
    {
        "LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", "TCPMSS", "CT", "NOTRACK", "SET", "AUDIT", "DSCP", "TOS", "TTL",
        "TRACE", "CHECKSUM", "CLASSIFY", "SECMARK", "CONNSECMARK", "ECN", "HL",
    };

    private static readonly HashSet<string> PlainModules = new(StringComparer.Ordinal)
    {
        "tcp", "comment", "multiport", "conntrack", "state", "addrtype", "rpfilter",
    };

    // other protocols, and headers that the first packet of a connection does not have
    private static readonly HashSet<string> NotInASyn = new(StringComparer.Ordinal)
    {
        "udp", "icmp", "icmp6", "ipv6-icmp", "sctp", "dccp", "rt", "ah", "esp", "frag", "mh",
    };

    /// <summary>The hooks of a save.</summary>
    /// <param name="tool">What printed it, for people.</param>
    /// <param name="save">The text.</param>
    /// <param name="question">The packet.</param>
    public static IReadOnlyList<FirewallHook> Read(string tool, string save, FirewallQuestion question)
    {
        var tables = new Dictionary<string, Dictionary<string, (string Policy, List<FirewallRule> Rules)>>(StringComparer.Ordinal);
        Dictionary<string, (string Policy, List<FirewallRule> Rules)>? table = null;
        foreach (var line in save.Split('\n'))
        {
            if (line.StartsWith('*'))
            {
                table = tables[line[1..].Trim()] = new(StringComparer.Ordinal);
            }
            else if (line.StartsWith(':') && table is not null && line[1..].Split(' ') is { Length: >= 2 } chain)
            {
                table[chain[0]] = (chain[1], []);
            }
            else if (line.StartsWith("-A ", StringComparison.Ordinal) && table is not null
                && Rule(line, question, table.Keys) is var (name, rule) && rule is not null && table.TryGetValue(name, out var into))
            {
                into.Rules.Add(rule);
            }
        }

        var hooks = new List<FirewallHook>();
        foreach (var (name, start) in Way)
        {
            if (!tables.TryGetValue(name, out var chains) || !chains.TryGetValue(start, out var first)) continue;
            var all = chains.ToDictionary(
                chain => chain.Key, chain => new FirewallChain(chain.Key, chain.Value.Rules), StringComparer.Ordinal);
            hooks.Add(new FirewallHook(
                $"{tool} {name} {start}", all[start], first.Policy == "DROP" ? FirewallVerdict.Drop : FirewallVerdict.Accept, all));
        }

        return hooks;
    }

    /// <summary>One line; no rule where it cannot match the packet.</summary>
    private static (string Chain, FirewallRule? Rule) Rule(string line, FirewallQuestion question, IEnumerable<string> chains)
    {
        var words = Words(line);
        var chain = words.Count > 1 ? words[1] : "";
        var (sure, negated) = (true, false);
        AddressSet? sources = null;
        for (var i = 2; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "!")
            {
                negated = true;
                continue;
            }

            if (word is "-j" or "-g") return (chain, Made(line, sources, sure, word, i + 1 < words.Count ? words[i + 1] : "", chains));
            if (!word.StartsWith('-')) continue;
            var value = i + 1 < words.Count ? words[i + 1] : "";
            if (word is "-s" or "--source")
            {
                var read = AddressBlock.TryParse(value, out var block);
                var named = AddressSet.Of(question.Clients.IsIPv6, [block]);
                if (read) sources = (sources ?? question.Clients).Intersect(negated ? question.Clients.Except(named) : named);
                sure &= read;
            }
            else
            {
                var match = Match(word, value, i + 2 < words.Count ? words[i + 2] : "", question);
                if (match is { } known && known == negated) return (chain, null);
                sure &= match is not null;
            }

            negated = false;
        }

        // a rule without a target counts only
        return (chain, null);
    }

    private static FirewallRule Made(string line, AddressSet? sources, bool sure, string how, string target, IEnumerable<string> chains)
    {
        var verdict = target switch
        {
            "ACCEPT" => FirewallVerdict.Accept,
            "DROP" or "REJECT" => FirewallVerdict.Drop,
            "RETURN" => FirewallVerdict.Return,
            _ when chains.Contains(target, StringComparer.Ordinal) => how == "-g" ? FirewallVerdict.Goto : FirewallVerdict.Jump,
            _ when Passive.Contains(target) => FirewallVerdict.Continue,
            _ => FirewallVerdict.Elsewhere,
        };
        return new FirewallRule(ForeignText.Visible(line), sources, sure, verdict, target);
    }

    /// <summary>Whether one option matches the first packet of the connection; null where that is not known.</summary>
    private static bool? Match(string option, string value, string second, FirewallQuestion question) => option switch
    {
        "-p" or "--protocol" => value is "tcp" or "6" or "all",
        "-m" or "--match" => PlainModules.Contains(value) ? true : NotInASyn.Contains(value) ? false : null,
        "-i" or "--in-interface" => question.ComesBy(value),
        "--dport" or "--dports" or "--destination-port" or "--destination-ports" =>
            Ports(value).Any(range => question.Port >= range.From && question.Port <= range.To),
        "--sport" or "--sports" or "--source-port" or "--source-ports" => Ports(value).All(range => range.To < Reach.FirstClientPort)
            ? false
            : Ports(value).Any(range => range is { From: <= Reach.FirstClientPort, To: Reach.LastPort }) ? true : null,
        "--ctstate" or "--state" => value.Split(',').Contains("NEW", StringComparer.Ordinal),
        "--dst-type" => value == "LOCAL" ? true : value is "MULTICAST" or "BROADCAST" or "ANYCAST" ? false : null,
        "-d" or "--destination" => Destination(value),
        // the first packet has SYN and no other flag
        "--tcp-flags" => (value.Split(',').Contains("SYN", StringComparer.Ordinal) || value == "ALL" ? "SYN" : "NONE") == second,
        "--syn" => true,
        // of rpfilter: a client whose way back leads out by another interface is not one that can connect at all
        "--invert" => false,
        "--loose" or "--validmark" => true,
        "--comment" => true,
        _ => null,
    };

    // the host's own addresses are not asked for; those of multicast and loopback are none that a client calls
    private static bool? Destination(string value) => !AddressBlock.TryParse(value, out var block) ? null
        : block.PrefixLength == 0 ? true
        : block.IsIPv6 ? (block.First >> 120 == 0xff ? false : null)
        : block.First >> 28 >= 0xe || block.First >> 24 == 127 ? false : null;

    private static IEnumerable<(int From, int To)> Ports(string value) => value.Split(',').Select(part =>
    {
        var ends = part.Split(':');
        var from = int.TryParse(ends[0], CultureInfo.InvariantCulture, out var first) ? first : 0;
        return (from, ends.Length == 1 ? from : int.TryParse(ends[1], CultureInfo.InvariantCulture, out var last) ? last : Reach.LastPort);
    });

    private static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        var (quoted, open) = (false, false);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"')
            {
                quoted = !quoted;
                open = true;
            }
            else if (c == ' ' && !quoted)
            {
                if (open) words.Add(word.ToString());
                word.Clear();
                open = false;
            }
            else
            {
                word.Append(c == '\\' && quoted && i + 1 < line.Length ? line[++i] : c);
                open = true;
            }
        }

        if (open) words.Add(word.ToString());
        return words;
    }
}
