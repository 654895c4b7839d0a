using System.Globalization;
using System.Text.Json;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Network.Firewalls;

/// <summary>Whether the host's own firewall lets clients in on a port: gathered by one script that only reads, judged here.</summary>
internal static class HostFirewall
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly HashSet<string> IptablesTables = new(StringComparer.Ordinal) { "filter", "nat", "mangle", "raw", "security" };

    /// <summary>The script.</summary>
    public static HostScript Script { get; } = new("look at the firewall", ShellScript.Compose(
        [], "prelude.sh", "sections.sh", "firewall-rules.sh", "firewall.sh"), Patience, ReadOnly: true);

    /// <summary>Looks, and judges.</summary>
    public static async Task<IReadOnlyList<SummitCheck>> TestAsync(IHost host, PathQuestion question, CancellationToken cancellation) =>
        Judge(EvidenceSections.Read(await host.RunAsync(Script, cancellation), host.Target), host.Target, question);

    /// <summary>Judges what was seen, for each family that is asked about.</summary>
    public static IReadOnlyList<SummitCheck> Judge(
        IReadOnlyDictionary<string, EvidenceSection> seen, SummitTarget target, PathQuestion question)
    {
        IEnumerable<bool> families = question.Source.Count == 0
            ? [false, true]
            : question.Source.Select(block => block.IsIPv6).Distinct().Order();
        return [.. families.Select(six => Judge(seen, target, question.Port, question.Clients(six), question.Source.Count == 0))];
    }

    /// <summary>Judges what was seen, for clients of one family.</summary>
    /// <param name="seen">What the script gathered.</param>
    /// <param name="target">The host.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="clients">The clients.</param>
    /// <param name="anyone">Whether nobody was named: it is not known then whether clients come by this family.</param>
    public static SummitCheck Judge(
        IReadOnlyDictionary<string, EvidenceSection> seen, SummitTarget target, int port, AddressSet clients, bool anyone)
    {
        var six = clients.IsIPv6;
        var finding = NetworkChecks.HostFirewall.On($"{target} over {(six ? "IPv6" : "IPv4")}", port);
        var question = new FirewallQuestion(port, clients, Interface(seen));
        var hooks = new List<FirewallHook>();
        var unread = new List<(string Why, string Command)>();
        var saves = Saves(seen, question, hooks, unread);
        Nftables(seen, question, hooks, unread, saves);
        var tool = Tool(seen, hooks, six);
        var walks = hooks.Select(hook => FirewallWalk.Through(hook, clients)).ToList();
        var blocked = walks.Aggregate(AddressSet.Empty(six), (all, walk) => all.Union(walk.Blocked));
        if (!blocked.IsEmpty)
        {
            var rules = walks.Where(walk => !walk.Blocked.IsEmpty).SelectMany(walk => walk.Rules(FirewallVerdict.Drop))
                .Distinct(StringComparer.Ordinal).Take(4);
            var none = clients.Except(blocked).IsEmpty;
            // where nobody was named, whether clients come over IPv6 at all is not known
            var severity = none && !(six && anyone) ? SummitSeverity.Error : SummitSeverity.Warning;
            return (finding with { Severity = severity }).Fail(
                SummitCause.HostFirewallBlocked, $"{tool} stops {blocked} on tcp {port}: {string.Join("; ", rules)}.",
                $"tcp {port} from {clients}", none ? "blocked" : $"blocked for {blocked}", Open(tool, port, clients, anyone, hooks));
        }

        if (unread.Count > 0)
        {
            return finding.Unknown(string.Join(" ", unread.Select(each => each.Why).Distinct(StringComparer.Ordinal)), unread[0].Command);
        }

        if (walks.FirstOrDefault(walk => !walk.Unsure.IsEmpty) is { } doubtful)
        {
            return finding.Unknown(
                $"{tool}: for {doubtful.Unsure} it depends on what is not seen in the rules: "
                    + $"{string.Join("; ", doubtful.Doubts.Distinct(StringComparer.Ordinal).Take(4))}.",
                $"Test-SummitWebSocket   # from where the client is");
        }

        var allowing = walks.SelectMany(walk => walk.Rules(FirewallVerdict.Accept))
            .Where(rule => !rule.StartsWith("policy ", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).Take(4).ToList();
        return finding.Pass(hooks.Count == 0 ? "no firewall has a rule on this host" : allowing.Count > 0
            ? $"{tool} allows tcp {port}: {string.Join("; ", allowing)}"
            : $"{tool} has no rule that stops tcp {port}, and accepts what no rule stops", $"tcp {port} from {clients}", "allowed");
    }

    /// <summary>Reads the saves of iptables; whether the nft variant has shown its own tables.</summary>
    private static bool Saves(
        IReadOnlyDictionary<string, EvidenceSection> seen,
        FirewallQuestion question, List<FirewallHook> hooks, List<(string Why, string Command)> unread)
    {
        var prefix = question.Clients.IsIPv6 ? "ip6tables" : "iptables";
        var shown = false;
        foreach (var name in new[] { $"{prefix}-save", $"{prefix}-legacy-save" })
        {
            if (seen.GetValueOrDefault(name) is not { } save) continue;
            if (save.ExitCode != 0)
            {
                unread.Add((Why(seen, name), $"sudo {name}"));
                continue;
            }

            var variant = save.Text.Contains("(nf_tables)", StringComparison.Ordinal);
            // where iptables is the legacy one itself, both names print the same
            if (name.Contains("legacy", StringComparison.Ordinal) && seen.GetValueOrDefault($"{prefix}-save") is { ExitCode: 0 } first
                && Rules(first.Text) == Rules(save.Text))
            {
                continue;
            }

            shown |= variant;
            hooks.AddRange(IptablesReader.Read(variant ? $"{prefix} (nft)" : $"{prefix} (legacy)", save.Text, question));
        }

        // rules of the legacy kind are in the kernel, and nothing that shows them is installed
        var legacy = seen.GetValueOrDefault("legacy.tables")?.Text.Trim() ?? "";
        if (legacy.Length > 0 && !seen.ContainsKey($"{prefix}-legacy-save") && (shown || !seen.ContainsKey($"{prefix}-save")))
        {
            unread.Add((
                $"The kernel has legacy tables ({legacy.ReplaceLineEndings(", ")}), and {prefix}-legacy-save is not installed.",
                "sudo apt-get install iptables"));
        }

        return shown;
    }

    private static void Nftables(
        IReadOnlyDictionary<string, EvidenceSection> seen,
        FirewallQuestion question, List<FirewallHook> hooks, List<(string Why, string Command)> unread, bool saved)
    {
        if (seen.GetValueOrDefault("nft.json") is not { } rules)
        {
            if (seen.GetValueOrDefault("nf_tables")?.Text.Trim() == "loaded")
            {
                unread.Add((
                    "The kernel has nf_tables, and nft, which shows its tables, is not installed.",
                    "sudo apt-get install nftables   # or: sudo dnf install nftables"));
            }

            return;
        }

        if (rules.ExitCode != 0)
        {
            unread.Add((Why(seen, "nft.json"), "sudo nft list ruleset"));
            return;
        }

        try
        {
            hooks.AddRange(NftablesReader.Read(
                rules.Text, seen.GetValueOrDefault("nft.text")?.Text ?? "", question,
                (family, table) => saved && family is "ip" or "ip6" && IptablesTables.Contains(table) && Managed(seen, family, table)));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            unread.Add(($"nft's answer is not understood: {ForeignText.Visible(error.Message)}", "sudo nft list ruleset"));
        }
    }

    // iptables says so of a table that somebody made with nft in its place, and does not show it
    private static bool Managed(IReadOnlyDictionary<string, EvidenceSection> seen, string family, string table)
    {
        var save = seen.GetValueOrDefault(family == "ip" ? "iptables-save" : "ip6tables-save")?.Text ?? "";
        return save.Contains($"*{table}\n", StringComparison.Ordinal)
            && !save.Contains($"Table `{table}' is incompatible", StringComparison.Ordinal);
    }

    private static string Tool(IReadOnlyDictionary<string, EvidenceSection> seen, List<FirewallHook> hooks, bool six)
    {
        if (seen.GetValueOrDefault("ufw")?.Text.Contains("Status: active", StringComparison.Ordinal) == true
            || hooks.Any(hook => hook.Chains.ContainsKey(six ? "ufw6-user-input" : "ufw-user-input")))
        {
            return "ufw";
        }

        if (seen.GetValueOrDefault("firewalld") is { ExitCode: 0 }
            || hooks.Any(hook => hook.Name.Contains(" firewalld ", StringComparison.Ordinal) || hook.Chains.ContainsKey("INPUT_ZONES")))
        {
            return "firewalld";
        }

        return hooks.Count == 0 ? "the firewall" : string.Join(" and ", hooks
            .Select(hook => hook.Name.Split(' ')[0] is "nftables" ? "nftables" : string.Join(' ', hook.Name.Split(' ')[..2]))
            .Distinct(StringComparer.Ordinal));
    }

    /// <summary>The command of the tool that is in charge, for the clients that were asked about.</summary>
    private static string Open(string tool, int port, AddressSet clients, bool anyone, List<FirewallHook> hooks)
    {
        var source = anyone || AddressSet.Internet(clients.IsIPv6).Except(clients).IsEmpty ? null : clients.Blocks().First().ToString();
        if (tool == "ufw")
        {
            // behind a rule that refuses, another one that allows is not met; and where there is no rule, ufw
            // has no first place to insert at
            var chain = clients.IsIPv6 ? "ufw6-user-input" : "ufw-user-input";
            var first = hooks.Any(hook => hook.Chains.TryGetValue(chain, out var rules)
                && rules.Rules.Any(rule => rule.Verdict != FirewallVerdict.Accept)) ? "insert 1 " : "";
            return source is null
                ? $"sudo ufw {first}allow {port}/tcp"
                : $"sudo ufw {first}allow from {source} to any port {port} proto tcp";
        }

        if (tool == "firewalld")
        {
            return source is null
                ? $"sudo firewall-cmd --permanent --add-port={port}/tcp && sudo firewall-cmd --reload"
                : $"sudo firewall-cmd --permanent --add-rich-rule='rule family={(clients.IsIPv6 ? "ipv6" : "ipv4")} "
                    + $"source address={source} port port={port} protocol=tcp accept' && sudo firewall-cmd --reload";
        }

        // one for each hook that stops: an accept in one is not an accept in the next
        return string.Join(" && ", hooks.Where(hook => !FirewallWalk.Through(hook, clients).Blocked.IsEmpty).Select(hook =>
        {
            var words = hook.Name.Split(' ');
            if (words[0] == "nftables")
            {
                return $"sudo nft insert rule {words[1]} {words[2]} {words[3]} "
                    + $"{(source is null ? "" : $"{(clients.IsIPv6 ? "ip6" : "ip")} saddr {source} ")}tcp dport {port} accept";
            }

            var command = words[1] == "(legacy)" ? $"{words[0]}-legacy" : words[0];
            return $"sudo {command} {(words[2] == "filter" ? "" : $"-t {words[2]} ")}-I {words[3]} 1 "
                + $"{(source is null ? "" : $"-s {source} ")}-p tcp --dport {port} -j ACCEPT";
        }));
    }

    private static string Why(IReadOnlyDictionary<string, EvidenceSection> seen, string name)
    {
        var who = seen.GetValueOrDefault("who")?.Text.Trim();
        var said = ForeignText.Visible((seen.GetValueOrDefault($"{name}.err")?.Text ?? "").Trim());
        return who is "0" or "sudo"
            ? $"{name} failed: {said}"
            : $"{name} may only be asked by root, and sudo asks for a password here: {said}";
    }

    // the lines that are rules and chains: comments hold the time
    private static string Rules(string save) => string.Join(
        '\n', save.Split('\n').Where(line => line.Length > 0 && line[0] is '*' or '-' or ':').Select(line => line.Split('[')[0]));

    // the interface of the route to everywhere: 00000000 is the destination 0.0.0.0 of /proc/net/route
    private static string? Interface(IReadOnlyDictionary<string, EvidenceSection> seen)
    {
        var routes = (seen.GetValueOrDefault("route")?.Text ?? "").Split('\n').Skip(1)
            .Select(line => line.Split('\t', StringSplitOptions.TrimEntries))
            .Where(fields => fields.Length > 7);
        var names = routes.Where(fields => uint.TryParse(fields[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var to)
            && to == 0 && fields[7] == "00000000").Select(fields => fields[0]).Distinct(StringComparer.Ordinal).ToList();
        return names.Count == 1 ? ForeignText.Visible(names[0]) : null;
    }
}
