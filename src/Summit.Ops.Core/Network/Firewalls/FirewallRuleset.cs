namespace Summit.Ops.Network.Firewalls;

/// <summary>What a rule does with the packet.</summary>
internal enum FirewallVerdict
{
    /// <summary>Nothing: it counts, logs or marks.</summary>
    Continue,

    /// <summary>This hook lets it through.</summary>
    Accept,

    /// <summary>It is dropped or rejected.</summary>
    Drop,

    /// <summary>Back to the chain that jumped here.</summary>
    Return,

    /// <summary>On in another chain, and back here.</summary>
    Jump,

    /// <summary>On in another chain, and not back here.</summary>
    Goto,

    /// <summary>It is sent to another port or host, or to a program: what becomes of it is not known.</summary>
    Elsewhere,
}

/// <summary>A rule that the first packet of a TCP connection to the port meets, or may meet.</summary>
/// <param name="Text">The rule as its own tool prints it.</param>
/// <param name="Sources">The clients that it is about; null for all.</param>
/// <param name="Sure">
/// Whether it certainly matches those clients' packet; a rate, a set that was not seen, another interface make it unsure.
/// </param>
/// <param name="Verdict">What it does.</param>
/// <param name="Target">The chain of a jump.</param>
internal sealed record FirewallRule(string Text, AddressSet? Sources, bool Sure, FirewallVerdict Verdict, string Target = "");

/// <summary>A chain of rules.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rules">Its rules in order.</param>
internal sealed record FirewallChain(string Name, IReadOnlyList<FirewallRule> Rules);

/// <summary>A place in the kernel where packets to this host are filtered: all of them must let it through.</summary>
/// <param name="Name">Tool, table and chain, for people.</param>
/// <param name="Start">The chain that it begins with.</param>
/// <param name="Policy">What happens to what no rule decides.</param>
/// <param name="Chains">The chains that it may jump to.</param>
internal sealed record FirewallHook(
    string Name, FirewallChain Start, FirewallVerdict Policy, IReadOnlyDictionary<string, FirewallChain> Chains);

/// <summary>What is asked of a ruleset.</summary>
/// <param name="Port">The TCP port.</param>
/// <param name="Clients">The clients.</param>
/// <param name="Interface">The interface that they come in by; null where it is not known.</param>
internal sealed record FirewallQuestion(int Port, AddressSet Clients, string? Interface)
{
    /// <summary>
    /// Whether an interface's name, or a pattern with <c>+</c> or <c>*</c> at its end, is the one that they come in
    /// by; null where that is not known.
    /// </summary>
    public bool? ComesBy(string pattern)
    {
        if (pattern == "lo") return false;
        if (Interface is null) return null;
        return pattern.EndsWith('+') || pattern.EndsWith('*')
            ? Interface.StartsWith(pattern[..^1], StringComparison.Ordinal)
            : Interface == pattern;
    }
}
