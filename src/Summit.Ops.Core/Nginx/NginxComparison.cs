using System.Text;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Text;

namespace Summit.Ops.Nginx;

/// <summary>
/// Compares two configurations as text, and as what nginx makes of them: a directive moved outwards, or prefix locations in another
/// order, are no difference in meaning.
/// </summary>
public static class NginxComparison
{
    /// <summary>Finds the differences; none where the files are equal byte for byte.</summary>
    /// <param name="reference">What should be there.</param>
    /// <param name="actual">What is there.</param>
    /// <param name="all">
    /// Whether a whole configuration is compared with a single file in full. Without it only the file's server blocks are: those of other
    /// sites, and what the http level around them sets where the reference says nothing, are left out.
    /// </param>
    public static IReadOnlyList<SummitNginxDifference> Compare(SummitNginxConfig reference, SummitNginxConfig actual, bool all = false)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(actual);
        var found = new List<SummitNginxDifference>();
        var narrow = !all && reference.Model.IsFragment && !actual.Model.IsFragment;
        var servers = narrow
            ? actual.Model.Servers.FindAll(server => reference.Model.Servers.Exists(other => SharesName(server, other)))
            : actual.Model.Servers;
        var file = narrow && servers.Count > 0 ? servers[0].Origin.Document : actual.Model.Files.Main;
        if (!file.Bytes.AsSpan().SequenceEqual(reference.Model.Files.Main.Bytes) && (!narrow || servers.Count > 0))
        {
            found.Add(new SummitNginxDifference { Kind = SummitNginxDifferenceKind.Text, ChangesMeaning =
                false, File = file.Path, Line = 1, Diff = UnifiedDiff.Of(reference.Text, Encoding.UTF8.GetString(file.Bytes), file.Path) });
        }

        var comparer = new Comparer(found, actual, narrow);
        comparer.Servers(reference.Model.Servers, servers);
        comparer.Used(reference.Model, actual.Model);
        return found;
    }

    private static bool SharesName(ServerScope server, ServerScope other) =>
        server.Names.Count + other.Names.Count == 0
            || server.Names.Exists(name => other.Names.Exists(each => each.Equals(name, StringComparison.OrdinalIgnoreCase)));

    private sealed class Comparer(List<SummitNginxDifference> found, SummitNginxConfig actual, bool narrow)
    {
        private readonly List<(ServerScope Reference, ServerScope Actual)> _pairs = [];

        public void Servers(List<ServerScope> reference, List<ServerScope> other)
        {
            var rest = other.ToList();
            foreach (var server in reference)
            {
                var match = rest.Find(each => Key(each) == Key(server) && Sockets(each) == Sockets(server))
                    ?? rest.Find(each => Key(each) == Key(server))
                    ?? rest.Find(each => SharesName(each, server) && Sockets(each) == Sockets(server));
                if (match is null)
                {
                    Add(SummitNginxDifferenceKind.Server, server, location: null, "", server.Describe(), "", actual.Path, line: null);
                    continue;
                }

                rest.Remove(match);
                _pairs.Add((server, match));
                if (Key(match) != Key(server))
                {
                    Add(
                        SummitNginxDifferenceKind.Directive, server, location: null, "server_name", Key(server),
                        Key(match), match.File, match.Line);
                }

                if (Sockets(match) != Sockets(server))
                {
                    Add(
                        SummitNginxDifferenceKind.Listen, server, location: null, "listen", Sockets(server),
                        Sockets(match), match.File, match.Line);
                }

                var known = Directives(server, location: null, server, match, []);
                Script(server, location: null, server, match);
                Locations(server, server.Locations, match.Locations, match, known);
            }

            foreach (var extra in rest)
            {
                Add(SummitNginxDifferenceKind.Server, extra, location: null, "", "", extra.Describe(), extra.File, extra.Line);
            }
        }

        /// <summary>The groups and variables that the servers which both have make use of.</summary>
        public void Used(NginxModel reference, NginxModel other)
        {
            var told = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (server, match) in _pairs)
            {
                var (mine, theirs) = (NginxUse.Of(reference, server), NginxUse.Of(other, match));
                foreach (var name in mine.Keys.Union(theirs.Keys, StringComparer.OrdinalIgnoreCase))
                {
                    var (before, after) = (mine.GetValueOrDefault(name), theirs.GetValueOrDefault(name));
                    // one file alone does not say what the others define
                    if ((before is null && reference.IsFragment) || (after is null && other.IsFragment && !reference.IsFragment)) continue;
                    var (is1, is2) = (before is null ? "" : NginxUse.Text(before), after is null ? "" : NginxUse.Text(after));
                    if (is1 == is2 || !told.Add(name)) continue;
                    var kind = before is UpstreamGroup || after is UpstreamGroup
                        ? SummitNginxDifferenceKind.Upstream
                        : SummitNginxDifferenceKind.Variable;
                    Add(kind, server, location: null, NginxText.Show(name), is1, is2, after?.File ?? actual.Path, after?.Line);
                }
            }
        }

        private void Locations(
            ServerScope server, IReadOnlyList<LocationScope> reference, IReadOnlyList<LocationScope> other,
            Scope around, HashSet<string> known)
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

            foreach (var extra in rest)
            {
                Add(SummitNginxDifferenceKind.Location, server, extra, "", "", extra.Describe(), extra.File, extra.Line);
            }

            var order = Common(reference, other);
            var otherOrder = Common(other, reference);
            if (order != otherOrder)
            {
                Add(
                    SummitNginxDifferenceKind.RegexOrder, server, location: null, "location ~", order, otherOrder,
                    around.File, around.Line);
            }
        }

        /// <summary>The regex locations that both have, in order.</summary>
        private static string Common(IReadOnlyList<LocationScope> locations, IReadOnlyList<LocationScope> others) =>
            string.Join(" ", locations
                .Where(location => location.IsRegex
                    && others.Any(other => other.MatchKind == location.MatchKind && other.Path == location.Path))
                .Select(location => location.Describe()));

        /// <summary>
        /// Compares what holds; what an outer level was told of already is not told again. Returns what is known from here on.
        /// </summary>
        private HashSet<string> Directives(ServerScope server, LocationScope? location, Scope reference, Scope other, HashSet<string> known)
        {
            var mine = Holding(reference);
            var theirs = Holding(other);
            var told = new HashSet<string>(known, StringComparer.Ordinal);
            foreach (var name in mine.Keys.Union(theirs.Keys, StringComparer.Ordinal))
            {
                var before = mine.TryGetValue(name, out var first) ? first.Value : "";
                var after = theirs.TryGetValue(name, out var second) ? second.Value : "";
                // what the http level sets for all sites is no difference of a file that does not speak of it
                if (narrow && before.Length == 0 && second.IsHttp) continue;
                if (before == after || !told.Add($"{name}\0{before}\0{after}")) continue;
                Add(
                    SummitNginxDifferenceKind.Directive, server, location, name, before, after,
                    second.File ?? other.File, second.Line ?? other.Line);
            }

            return told;
        }

        private static Dictionary<string, (string Value, string? File, int? Line, bool IsHttp)> Holding(Scope scope)
        {
            var holding = new Dictionary<string, (string Value, string? File, int? Line, bool IsHttp)>(StringComparer.Ordinal);
            foreach (var directive in scope.Effective(proxied: false, modern: false).Where(directive => directive.Holds))
            {
                holding[directive.Name] = holding.TryGetValue(directive.Name, out var before)
                    ? (before.Value + "; " + directive.Value, before.File, before.Line, before.IsHttp)
                    : (directive.Value, directive.File, directive.Line, directive.InheritedFrom == "http");
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
            if (!directive.Node.IsBlock) return text + ";";
            var inner = scope.Child(directive, ScopeKind.If).Directives
                .Select(each => $"{NginxText.Show(each.Name)} {each.ShowArguments()};");
            return $"{text} {{ {string.Join(' ', inner)} }}";
        }));

        private static bool Runs(DirectiveRef directive) =>
            directive.Id is DirectiveName.Rewrite or DirectiveName.Return or DirectiveName.Set or DirectiveName.Break or DirectiveName.If
                or DirectiveName.LimitExcept;

        private static string Key(ServerScope server) =>
            string.Join(' ', server.Names.Select(ServerNameTable.Lower).Order(StringComparer.Ordinal));

        private static string Sockets(ServerScope server) => string.Join(", ", server.Public.Listen.Order(StringComparer.Ordinal));

        private void Add(
            SummitNginxDifferenceKind kind, ServerScope server, LocationScope? location, string name, string reference,
            string other, string file,
            int? line) => found.Add(new SummitNginxDifference
            {
                Kind = kind, ChangesMeaning = true, Server = server.Describe(), Location = location?.Describe() ?? "",
                Name = name, Reference = reference, Actual = other, File = file, Line = line,
            });
    }
}
