using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx;

/// <summary>
/// What of the http level a server makes use of: upstream groups that its requests are passed to, and the blocks that make its variables.
/// </summary>
internal static class NginxUse
{
    /// <summary>The groups by their names, and the blocks by their variables with the dollar sign.</summary>
    public static Dictionary<string, Scope> Of(NginxModel model, ServerScope server)
    {
        var used = new Dictionary<string, Scope>(StringComparer.OrdinalIgnoreCase);
        Collect(model, server, used);
        // a header that stands on the http level holds in the server too
        if (server.Parent is { } http)
        {
            foreach (var directive in http.Directives.Where(directive => !directive.Node.IsBlock)) Collect(model, directive, used);
        }

        return used;
    }

    /// <summary>What a block says, in an order that does not depend on how it is written: regexes alone go by their order.</summary>
    public static string Text(Scope block)
    {
        var ordered = block is UpstreamGroup or SplitClientsBlock;
        var lines = block.Directives.Select(entry => $"{NginxText.Show(entry.Name)} {entry.ShowArguments()}".TrimEnd() + ";");
        if (!ordered)
        {
            lines = lines.OrderBy(line => line.StartsWith('~') ? 1 : 0)
                .ThenBy(line => line.StartsWith('~') ? "" : line, StringComparer.Ordinal);
        }

        var source = block is VariableBlock { Source.Length: > 0 } made ? NginxText.Show(made.Source) + ": " : "";
        return source + string.Join(' ', lines);
    }

    /// <summary>The host of a <c>proxy_pass</c>, with its port where one is written.</summary>
    public static string Authority(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal);
        var host = start < 0 ? url : url[(start + 3)..];
        var end = host.AsSpan().IndexOfAny('/', '?');
        return end < 0 ? host : host[..end];
    }

    private static void Collect(NginxModel model, Scope level, Dictionary<string, Scope> used)
    {
        foreach (var directive in level.Directives)
        {
            Collect(model, directive, used);
            if (directive.Node.IsBlock && directive.Id is DirectiveName.If or DirectiveName.LimitExcept)
            {
                Collect(model, level.Child(directive, ScopeKind.If), used);
            }
        }

        var locations = level switch { ServerScope server => server.Locations, LocationScope location => location.Locations, _ => null };
        foreach (var location in locations ?? []) Collect(model, location, used);
    }

    private static void Collect(NginxModel model, DirectiveRef directive, Dictionary<string, Scope> used)
    {
        foreach (var argument in directive.Arguments()) Variables(model, argument, used);
        if (ContentHandlers.RedirectsToSlash(directive.Id) && Group(model, directive.Argument(0)) is { } group)
        {
            used.TryAdd(group.Name, group);
        }
    }

    private static void Variables(NginxModel model, string text, Dictionary<string, Scope> used)
    {
        foreach (var name in VariableText.Names(text))
        {
            if (!model.Maps.TryGetValue(name, out var block) || !used.TryAdd("$" + name, block)) continue;
            Variables(model, block.Source, used);
            foreach (var value in block.Directives.SelectMany(entry => entry.Arguments()))
            {
                Variables(model, value, used);
                // proxy_pass http://$backend with a map from names to groups
                if (Group(model, value) is { } group) used.TryAdd(group.Name, group);
            }
        }
    }

    private static UpstreamGroup? Group(NginxModel model, string url) => model.Upstreams.GetValueOrDefault(Authority(url));
}
