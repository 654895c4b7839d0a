using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Text;

namespace Summit.Ops.Nginx;

/// <summary>Compares two configurations as text, and as what nginx makes of them: a directive moved outwards, or prefix locations in another order, are no difference in meaning.</summary>
public static class NginxComparison
{
    /// <summary>Finds the differences; none where the files are equal byte for byte.</summary>
    /// <param name="reference">What should be there.</param>
    /// <param name="actual">What is there.</param>
    public static IReadOnlyList<SummitNginxDifference> Compare(SummitNginxConfig reference, SummitNginxConfig actual)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(actual);
        var found = new List<SummitNginxDifference>();
        if (reference.Sha256 != actual.Sha256)
        {
            found.Add(new SummitNginxDifference { Kind = SummitNginxDifferenceKind.Text, ChangesMeaning = false, File = actual.Path, Line = 1, Diff = UnifiedDiff.Of(reference.Text, actual.Text, actual.Path) });
        }

        new Comparer(found, actual).Servers(reference.Model.Servers, actual.Model.Servers);
        return found;
    }

    private sealed class Comparer(List<SummitNginxDifference> found, SummitNginxConfig actual)
    {
        public void Servers(List<ServerScope> reference, List<ServerScope> other)
        {
            var rest = other.ToList();
            foreach (var server in reference)
            {
                var match = rest.Find(each => Key(each) == Key(server) && Sockets(each) == Sockets(server)) ?? rest.Find(each => Key(each) == Key(server));
                if (match is null)
                {
                    Add(SummitNginxDifferenceKind.Server, server, location: null, "", server.Describe(), "", actual.Path, line: null);
                    continue;
                }

                rest.Remove(match);
                if (Sockets(match) != Sockets(server)) Add(SummitNginxDifferenceKind.Listen, server, location: null, "listen", Sockets(server), Sockets(match), match.File, match.Line);
                var known = Directives(server, location: null, server, match, []);
                Script(server, location: null, server, match);
                Locations(server, server.Locations, match.Locations, match, known);
            }

            foreach (var extra in rest) Add(SummitNginxDifferenceKind.Server, extra, location: null, "", "", extra.Describe(), extra.File, extra.Line);
        }

        private void Locations(ServerScope server, IReadOnlyList<LocationScope> reference, IReadOnlyList<LocationScope> other, Scope around, HashSet<string> known)
        {
            var rest = other.ToList();
            foreach (var location in reference)
            {
                var match = rest.Find(each => each.MatchKind == location.MatchKind && each.Path == location.Path);
                if (match is null)
                {
                    Add(SummitNginxDifferenceKind.Location, server, location, "", location.Describe(), "", around.File, around.Line);
                    continue;
                }

                rest.Remove(match);
                Directives(server, location, location, match, known);
                Script(server, location, location, match);
                Locations(server, location.Locations ?? [], match.Locations ?? [], match, known);
            }

            foreach (var extra in rest) Add(SummitNginxDifferenceKind.Location, server, extra, "", "", extra.Describe(), extra.File, extra.Line);
            var order = Common(reference, other);
            var otherOrder = Common(other, reference);
            if (order != otherOrder) Add(SummitNginxDifferenceKind.RegexOrder, server, location: null, "location ~", order, otherOrder, around.File, around.Line);
        }

        /// <summary>The regex locations that both have, in order.</summary>
        private static string Common(IReadOnlyList<LocationScope> locations, IReadOnlyList<LocationScope> others) =>
            string.Join(" ", locations.Where(location => location.IsRegex && others.Any(other => other.MatchKind == location.MatchKind && other.Path == location.Path)).Select(location => location.Describe()));

        /// <summary>Compares what holds; what an outer level was told of already is not told again. Returns what is known from here on.</summary>
        private HashSet<string> Directives(ServerScope server, LocationScope? location, Scope reference, Scope other, HashSet<string> known)
        {
            var mine = Holding(reference);
            var theirs = Holding(other);
            var told = new HashSet<string>(known, StringComparer.Ordinal);
            foreach (var name in mine.Keys.Union(theirs.Keys, StringComparer.Ordinal))
            {
                var before = mine.TryGetValue(name, out var first) ? first.Value : "";
                var after = theirs.TryGetValue(name, out var second) ? second.Value : "";
                if (before == after || !told.Add($"{name}\0{before}\0{after}")) continue;
                Add(SummitNginxDifferenceKind.Directive, server, location, name, before, after, second.File ?? other.File, second.Line ?? other.Line);
            }

            return told;
        }

        private static Dictionary<string, (string Value, string? File, int? Line)> Holding(Scope scope)
        {
            var holding = new Dictionary<string, (string Value, string? File, int? Line)>(StringComparer.Ordinal);
            foreach (var directive in scope.Effective(proxied: false, modern: false).Where(directive => directive.Holds))
            {
                holding[directive.Name] = holding.TryGetValue(directive.Name, out var before) ? (before.Value + "; " + directive.Value, before.File, before.Line) : (directive.Value, directive.File, directive.Line);
            }

            return holding;
        }

        private void Script(ServerScope server, LocationScope? location, Scope reference, Scope other)
        {
            var (before, after) = (Lines(reference), Lines(other));
            if (before != after) Add(SummitNginxDifferenceKind.Script, server, location, "", before, after, other.File, other.Line);
        }

        /// <summary>What runs in its order, blocks with what is in them.</summary>
        private static string Lines(Scope scope) => string.Join(' ', scope.Directives.Where(Runs).Select(directive =>
        {
            var text = $"{NginxText.Show(directive.Name)} {directive.ShowArguments()}";
            return directive.Node.IsBlock ? $"{text} {{ {string.Join(' ', scope.Child(directive, ScopeKind.If).Directives.Select(inner => $"{NginxText.Show(inner.Name)} {inner.ShowArguments()};"))} }}" : text + ";";
        }));

        private static bool Runs(DirectiveRef directive) =>
            directive.Id is DirectiveName.Rewrite or DirectiveName.Return or DirectiveName.Set or DirectiveName.Break or DirectiveName.If or DirectiveName.LimitExcept;

        private static string Key(ServerScope server) => string.Join(' ', server.Names.Select(ServerNameTable.Lower).Order(StringComparer.Ordinal));

        private static string Sockets(ServerScope server) => string.Join(", ", server.Public.Listen.Order(StringComparer.Ordinal));

        private void Add(SummitNginxDifferenceKind kind, ServerScope server, LocationScope? location, string name, string reference, string other, string file, int? line) => found.Add(new SummitNginxDifference
        {
            Kind = kind, ChangesMeaning = true, Server = server.Describe(), Location = location?.Describe() ?? "", Name = name, Reference = reference, Actual = other, File = file, Line = line,
        });
    }
}
