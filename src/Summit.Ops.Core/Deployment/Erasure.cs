using Summit.Ops.Nginx.Knowledge;

namespace Summit.Ops.Deployment;

/// <summary>
/// What a new file would take away from the one that is there: servers, locations, listen lines, and any other
/// directive that has no successor.
/// </summary>
/// <remarks>
/// A lost <c>deny</c> opens a site as surely as a lost location closes one, so every directive counts, not only those that this module
/// knows. Servers and locations are looked for at every depth: where a brace is missing, one server stands inside another.
/// </remarks>
internal static class Erasure
{
    /// <summary>One line for each thing lost, with its place in the old file.</summary>
    /// <param name="before">The file that is there.</param>
    /// <param name="after">The file that would take its place.</param>
    /// <param name="everyDirective">
    /// Whether single directives count too; they do where the new file was made and not written by somebody who knew the old one.
    /// </param>
    public static IReadOnlyList<string> Between(SummitNginxConfig before, SummitNginxConfig after, bool everyDirective)
    {
        var lost = new List<string>();
        var (old, kept) = (ConfigBlock.Of(before.Model.Files.Main), ConfigBlock.Of(after.Model.Files.Main));
        var broken = before.Diagnostics.Any(diagnostic => diagnostic.Severity == SummitSeverity.Error);
        var free = kept.Inside(intoServers: true).Where(block => block.IsServer).ToList();
        foreach (var server in old.Inside(intoServers: true).Where(block => block.IsServer))
        {
            // each old server has at most one successor: of the same names, or of more than these, and where there are
            // several the one on the same socket
            var names = server.ServerNames;
            var successor = free
                .Where(other => names.SetEquals(other.ServerNames) || (names.Count > 0 && names.IsSubsetOf(other.ServerNames)))
                .OrderByDescending(other => names.SetEquals(other.ServerNames))
                .ThenByDescending(other => other.Listen.Intersect(server.Listen, StringComparer.Ordinal).Count())
                .FirstOrDefault();
            if (successor is null)
            {
                lost.Add($"{server} ({server.Place})");
                continue;
            }

            free.Remove(successor);
            Locations(server, successor, everyDirective, broken, lost);
            if (everyDirective) Directives(server, successor, $" of {server}", lost);
        }

        if (everyDirective) Directives(old, kept, "", lost);
        // what an error hides from the tree stands in the text all the same
        if (broken)
        {
            lost.AddRange(BrokenText.Lost(before, old, after, kept, everyDirective)
                .Where(line => !lost.Contains(line, StringComparer.Ordinal)));
        }

        return lost;
    }

    private static void Locations(ConfigBlock server, ConfigBlock successor, bool everyDirective, bool broken, List<string> lost)
    {
        var there = successor.Inside(intoServers: false).Where(block => block.IsLocation).ToList();
        foreach (var location in server.Inside(intoServers: false).Where(block => block.IsLocation))
        {
            // where a brace is missing a location stands in the one before it, and that is no place it was meant to have
            var kept = there.Where(other => Same(location, other) && (broken || SameParents(location, other)))
                .MaxBy(other => (other.Text == location.Text, SameParents(location, other)));
            if (kept is null) lost.Add($"{location} of {server} ({location.Place})");
            else if (everyDirective) Directives(location, kept, $" of {location}", lost);
        }
    }

    /// <summary>
    /// A value that changes is a change, and shown in the diff; a directive that is gone altogether is lost. Of those that may
    /// stand several times each counts.
    /// </summary>
    private static void Directives(ConfigBlock old, ConfigBlock kept, string where, List<string> lost)
    {
        foreach (var directive in old.Children)
        {
            // a server's names have found its successor
            if (directive.IsServer || directive.IsLocation || (directive.Name == "server_name" && old.IsServer)) continue;
            // beside the servers each line stands for itself
            var wholeLine = directive.IsBlock || old.Parent is null
                || (IsCertificate(directive) && Count(old, directive.Name) > Count(kept, directive.Name));
            if (kept.Children.FirstOrDefault(other => wholeLine
                ? other.Text == directive.Text
                : RepeatedDirectives.Succeeds(other.Name, other.Arguments, directive.Name, directive.Arguments)) is not { } successor)
            {
                lost.Add($"{directive}{where} ({directive.Place})");
            }
            else if (directive.IsBlock)
            {
                Directives(directive, successor, $" of {directive}{where}", lost);
            }
        }
    }

    /// <summary>A certificate may be another; one of two (RSA and ECDSA) may not go.</summary>
    private static bool IsCertificate(ConfigBlock directive) => directive.Name is "ssl_certificate" or "ssl_certificate_key";

    private static int Count(ConfigBlock block, string name) => block.Children.Count(child => child.Name == name);

    /// <summary>A prefix stays the same location when it is given precedence (<c>^~</c>), or made exact.</summary>
    private static bool Same(ConfigBlock one, ConfigBlock other)
    {
        var ((modifier, path), (otherModifier, otherPath)) = (Match(one), Match(other));
        return path == otherPath && (modifier == otherModifier || (modifier is "" or "^~" or "=" && otherModifier is "" or "^~" or "="));
    }

    private static (string Modifier, string Path) Match(ConfigBlock location) => location.Arguments switch
    {
        [var modifier, var path, ..] => (modifier, path),
        [['=', .. var path]] => ("=", path),
        [['^', '~', .. var path]] => ("^~", path),
        [['~', '*', .. var path]] => ("~*", path),
        [['~', .. var path]] => ("~", path),
        [var path] => ("", path),
        _ => ("", ""),
    };

    private static bool SameParents(ConfigBlock one, ConfigBlock other)
    {
        var (parent, otherParent) = (one.Parent, other.Parent);
        while (parent is { IsLocation: true } && otherParent is { IsLocation: true } && Same(parent, otherParent))
        {
            (parent, otherParent) = (parent.Parent, otherParent.Parent);
        }

        return parent is not { IsLocation: true } && otherParent is not { IsLocation: true };
    }
}
