using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>
/// Which directives hold on a level: nginx merges level by level, and what is a list is taken whole from the
/// nearest level that has any of it.
/// </summary>
internal static class EffectiveDirectives
{
    /// <summary>The level and those around it, innermost first, up to http.</summary>
    public static IEnumerable<Scope> Levels(Scope level)
    {
        for (var scope = level; scope is not null && scope.Kind != ScopeKind.Main; scope = scope.Parent) yield return scope;
    }

    /// <summary>
    /// The directives of this name that hold on the level, in order, and the level they stand on; none where the default holds.
    /// </summary>
    public static (IReadOnlyList<DirectiveRef> Directives, Scope? Origin) Find(Scope level, DirectiveName name)
    {
        foreach (var scope in Levels(level))
        {
            List<DirectiveRef>? found = null;
            foreach (var directive in scope.Directives)
            {
                if (directive.Id == name) (found ??= []).Add(directive);
            }

            if (found is not null) return (found, scope);
            if (ContentHandlers.StaysOnItsLevel(name) && scope.Kind is not (ScopeKind.If or ScopeKind.LimitExcept)) break;
        }

        return ([], null);
    }

    /// <summary>The first argument of the last directive of this name that holds, or null.</summary>
    public static string? Value(Scope level, DirectiveName name) =>
        Find(level, name).Directives is [.., var last] ? last.Argument(0) : null;

    /// <summary>
    /// The header that the proxy sends, as written; null where neither the configuration nor nginx's defaults name it, and so
    /// the client's own goes through.
    /// </summary>
    public static string? ProxyHeader(Scope level, string header, bool modern)
    {
        foreach (var directive in Find(level, DirectiveName.ProxySetHeader).Directives)
        {
            if (directive.Argument(0).Equals(header, StringComparison.OrdinalIgnoreCase)) return directive.Argument(1);
        }

        return header.ToUpperInvariant() switch
        {
            "HOST" => "$proxy_host",
            "CONNECTION" => modern ? "" : "close",
            "UPGRADE" or "KEEP-ALIVE" or "EXPECT" or "TE" => "",
            _ => null,
        };
    }

    public static IReadOnlyList<SummitNginxEffectiveDirective> For(Scope level, bool proxied, bool modern)
    {
        var list = new List<SummitNginxEffectiveDirective>();
        var owners = new Dictionary<string, Scope>(StringComparer.Ordinal);
        foreach (var scope in Levels(level))
        {
            foreach (var directive in scope.Directives)
            {
                if (directive.Node.IsBlock || IsNoSetting(directive.Id)) continue;
                var group = Group(directive);
                var owner = owners.TryGetValue(group, out var nearer) ? nearer : null;
                var lost = owner is not null && owner != scope ? WhyLost(directive, owner) : WhyLeft(directive, scope, level);
                if (lost.Length == 0) owners[group] = scope;
                var isHeader = directive.Id == DirectiveName.ProxySetHeader;
                list.Add(new SummitNginxEffectiveDirective(
                    isHeader ? $"proxy_set_header {NginxText.Show(directive.Argument(0))}" : NginxText.Show(directive.Name),
                    directive.ShowArguments(isHeader ? 1 : 0),
                    directive.File,
                    directive.Line,
                    scope == level ? "" : scope.Describe(),
                    lost));
            }
        }

        if (proxied) AddDefaults(list, level, modern);
        return list;
    }

    private static void AddDefaults(List<SummitNginxEffectiveDirective> list, Scope level, bool modern)
    {
        Add(DirectiveName.ProxyHttpVersion, modern ? "1.1" : "1.0");
        Add(DirectiveName.ProxyConnectTimeout, "60s");
        Add(DirectiveName.ProxyReadTimeout, "60s");
        Add(DirectiveName.ProxySendTimeout, "60s");
        Add(DirectiveName.ProxyBuffering, "on");
        Add(DirectiveName.ProxyCache, "off");
        foreach (var header in (ReadOnlySpan<string>)["Host", "Connection", "Upgrade"])
        {
            if (list.Any(entry => entry.Holds && entry.Name.Equals($"proxy_set_header {header}", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            list.Add(new SummitNginxEffectiveDirective(
                $"proxy_set_header {header}", ProxyHeader(level, header, modern) is { Length: > 0 } value ? value : "\"\"", "", 0, "", ""));
        }

        void Add(DirectiveName name, string value)
        {
            if (Find(level, name).Origin is null)
            {
                list.Add(new SummitNginxEffectiveDirective(DirectiveNames.Text(name), value, "", 0, "", ""));
            }
        }
    }

    /// <summary>Directives that do something on their own level and set nothing for those below.</summary>
    private static bool IsNoSetting(DirectiveName name) =>
        name is DirectiveName.Return or DirectiveName.Rewrite or DirectiveName.Set or DirectiveName.Break or DirectiveName.Listen
            or DirectiveName.ServerName or DirectiveName.Include;

    /// <summary>Directives that nginx keeps in one list belong together.</summary>
    private static string Group(DirectiveRef directive) =>
        directive.Id is DirectiveName.Allow or DirectiveName.Deny ? "allow/deny" : directive.Name;

    private static string WhyLost(DirectiveRef directive, Scope owner) => directive.Id switch
    {
        DirectiveName.ProxySetHeader => $"{owner.Describe()} has proxy_set_header of its own, and then none is inherited",
        DirectiveName.AddHeader => $"{owner.Describe()} has add_header of its own, and then none is inherited",
        _ => $"{owner.Describe()} sets {Group(directive)} itself",
    };

    private static string WhyLeft(DirectiveRef directive, Scope scope, Scope level)
    {
        if (scope == level || !ContentHandlers.StaysOnItsLevel(directive.Id)) return "";
        // an if or limit_except takes its location's *_pass along, and nothing else of the kind
        var inside = level.Kind is ScopeKind.If or ScopeKind.LimitExcept
            && Levels(level).TakeWhile(inner => inner != scope).All(inner => inner.Kind is ScopeKind.If or ScopeKind.LimitExcept);
        return inside && ContentHandlers.RedirectsToSlash(directive.Id)
            ? ""
            : $"{NginxText.Show(directive.Name)} holds in {scope.Describe()} alone and is not inherited";
    }
}
