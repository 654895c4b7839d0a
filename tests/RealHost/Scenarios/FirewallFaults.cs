namespace Summit.Ops.RealHost.Tests;

internal static partial class Scenarios
{
    /// <summary>What drops or refuses packets before nginx sees them.</summary>
    internal static Scenario[] FirewallFaults =>
    [
        new("ufw-drops-443", "ufw allow 22; ufw --force enable", "timeout",
            "HostFirewallBlocked") { Advice = ["ufw allow"], After = "101 hello", RunbookFails = true, Runbook = ["443", "ufw"] },
        new("ufw-private-ranges-only", "ufw allow from 10.0.0.0/8 to any port 443 proto tcp; ufw --force enable", "timeout",
            "HostFirewallBlocked") { Advice = ["ufw allow"], After = "101 hello", RunbookFails = true },
        new("ufw-rejects-one-source",
            "ufw reject from 203.0.113.0/24 to any port 443 proto tcp; ufw allow 443/tcp; ufw allow 80/tcp; ufw --force enable", "refused",
            "HostFirewallBlocked", "None") { Never = ["NginxNotRunning", "Network.HostFirewall Pass", "Network.Port443 Pass"] },
        new("nftables-set-drops",
            "nft 'add table inet guard; add set inet guard bad { type ipv4_addr; flags interval; "
                + "}; add element inet guard bad { 0.0.0.0/1, 128.0.0.0/1 }; add chain inet guard input { type filter hook input priority "
                + "-1; }; add rule inet guard input iif host0 tcp dport 443 ip saddr @bad drop'",
            "timeout", "HostFirewallBlocked") { RunbookFails = true },
        new("nftables-bans-the-caller",
            "nft 'add table inet f2b-table; add set inet f2b-table addr-set-nginx { type ipv4_addr; "
                + "}; add element inet f2b-table addr-set-nginx { 203.0.113.9 }; add chain inet f2b-table f2b-chain { type filter hook "
                + "input priority -1; }; add rule inet f2b-table f2b-chain tcp dport { 80, 443 } ip saddr @addr-set-nginx reject'",
            "refused", "HostFirewallBlocked", "None") { Never = ["NginxNotRunning", "Network.HostFirewall Pass", "Network.Port443 Pass"] },
        new("iptables-policy-drop",
            "iptables -A INPUT -i lo -j ACCEPT; iptables -A INPUT -p tcp --dport 22 -j ACCEPT; iptables -P INPUT DROP", "timeout",
            "HostFirewallBlocked") { Advice = ["iptables"], RunbookFails = true },
        new("ufw-denies-443", "ufw deny 443; ufw allow 80/tcp; ufw --force enable", "timeout", "HostFirewallBlocked") { Advice =
        [
            "ufw insert 1 allow",
        ], After = "101 hello", RunbookFails = true, Runbook = ["ufw insert 1 allow 443/tcp"] },
        new("ufw-without-a-rule", "ufw --force enable", "timeout",
            "HostFirewallBlocked") { Advice = ["ufw allow"], After = "101 hello", RunbookFails = true, Runbook = ["ufw allow 443/tcp"] },
        new(
            "nftables-of-the-book",
            "nft 'add table inet filter; add chain inet filter input { type filter hook input priority 0; "
                + "policy drop; }; add rule inet filter input ct state established,related accept; "
                + "add rule inet filter input iif lo accept; add rule inet filter input tcp dport { 22, 80 } accept'",
            "timeout",
            "HostFirewallBlocked") { Advice = ["nft (insert|add) rule inet filter input"], After = "101 hello", RunbookFails = true },
        new("iptables-legacy-beside-nft",
            "iptables -A INPUT -p tcp --dport 443 -j ACCEPT; iptables-legacy -A INPUT -p tcp --dport 443 -j DROP", "timeout",
            "HostFirewallBlocked") { Advice = ["iptables-legacy"], After = "101 hello", RunbookFails = true },
        new("ufw-allows-443", "ufw allow 443/tcp; ufw allow 80/tcp; ufw --force enable", "101 hello", "None") { RunbookFails = false },
    ];
}
