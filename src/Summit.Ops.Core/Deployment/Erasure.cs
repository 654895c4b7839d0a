using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Deployment;

/// <summary>What a new file would take away from the one that is there: servers, locations, listen lines, and any other directive that has no successor.</summary>
/// <remarks>A lost <c>deny</c> opens a site as surely as a lost location closes one, so every directive counts, not only those that this module knows.</remarks>
internal static class Erasure
{
    /// <summary>One line for each thing lost, with its place in the old file.</summary>
    /// <param name="before">The file that is there.</param>
    /// <param name="after">The file that would take its place.</param>
    /// <param name="everyDirective">Whether single directives count too; they do where the new file was made and not written by somebody who knew the old one.</param>
    public static IReadOnlyList<string> Between(SummitNginxConfig before, SummitNginxConfig after, bool everyDirective)
    {
        var lost = new List<string>();
        var free = after.Servers.ToList();
        foreach (var server in before.Servers)
        {
            // each old server has at most one successor: of the same names, or of more than these, and where there are several the one on the same socket
            var names = Names(server);
            var successor = free.Where(other => names.SetEquals(Names(other)) || (names.Count > 0 && names.IsSubsetOf(Names(other))))
                .OrderByDescending(other => names.SetEquals(Names(other)))
                .ThenByDescending(other => other.Listen.Intersect(server.Listen, StringComparer.Ordinal).Count())
                .FirstOrDefault();
            if (successor is null)
            {
                lost.Add($"server '{server}' ({server.File}:{server.Line})");
                continue;
            }

            free.Remove(successor);
            Server(server, successor, everyDirective, lost);
        }

        // what an include brings is not known here, in a server as little as beside it
        if (everyDirective) lost.AddRange(Entries(before, name => name == "include", nested: true).Except(Entries(after, name => name == "include", nested: true)).Select(text => $"{text} ({before.Path})"));
        if (everyDirective) lost.AddRange(Entries(before, IsBesideServers, nested: false).Except(Entries(after, IsBesideServers, nested: false)).Select(text => $"{text} ({before.Path})"));
        return lost;
    }

    private static void Server(SummitNginxServer old, SummitNginxServer successor, bool everyDirective, List<string> lost)
    {
        var where = $"of server '{old}'";
        foreach (var location in old.Locations)
        {
            if (successor.Locations.FirstOrDefault(other => Same(location, other)) is not { } kept) lost.Add($"{location} {where} ({location.File}:{location.Line})");
            else if (everyDirective) Directives(location.Directives, kept.Directives, $"of {location}", lost);
        }

        if (everyDirective) Directives(old.Directives, successor.Directives, where, lost);
    }

    /// <summary>A value that changes is a change, and shown in the diff; a directive that is gone altogether is lost. Of those that may stand several times each line counts.</summary>
    private static void Directives(IReadOnlyList<SummitNginxDirective> old, IReadOnlyList<SummitNginxDirective> kept, string where, List<string> lost)
    {
        var names = kept.Select(directive => directive.Name).ToHashSet(StringComparer.Ordinal);
        var lines = kept.Select(directive => directive.ToString()).ToHashSet(StringComparer.Ordinal);
        lost.AddRange(old
            .Where(directive => IsRepeated(directive.Name) ? !lines.Contains(directive.ToString()) : !names.Contains(directive.Name))
            .Select(directive => $"{directive} {where} ({directive.File}:{directive.Line})"));
    }

    private static bool IsRepeated(string name) => name is "listen" or "include" or "allow" or "deny" or "add_header" or "rewrite" or "set" or "error_page";

    /// <summary>A prefix stays the same location when it is given precedence (<c>^~</c>), or made exact.</summary>
    private static bool Same(SummitNginxLocation one, SummitNginxLocation other) =>
        one.Path == other.Path && (one.Modifier == other.Modifier || (one.Modifier is "" or "^~" or "=" && other.Modifier is "" or "^~" or "="));

    private static HashSet<string> Names(SummitNginxServer server) => new(server.ServerNames, StringComparer.OrdinalIgnoreCase);

    /// <summary>Maps, upstreams and the like.</summary>
    private static bool IsBesideServers(string name) => name is not ("server" or "include");

    /// <summary>The directives of these names, as text: those at the top of the file, or all in it.</summary>
    private static List<string> Entries(SummitNginxConfig config, Func<string, bool> wanted, bool nested)
    {
        var entries = new List<string>();
        var document = config.Model.Files.Main;
        for (var node = 0; node < document.NodeCount; node = nested ? node + 1 : document.Node(node).Next)
        {
            var name = document.NameOf(node);
            if (!wanted(name)) continue;
            entries.Add(name + string.Concat(Enumerable.Range(0, document.ArgumentCount(node)).Select(index => " " + NginxText.Show(document.Argument(node, index)))));
        }

        return entries;
    }
}
