using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Deployment;

/// <summary>
/// What the whole configuration would no longer answer after a change of one file: for every socket, name and location known before.
/// </summary>
/// <remarks>
/// A change of one file may take requests from a server block in another one: nginx uses the first block of a name on a socket and ignores
/// the second with a warning only. So loss is judged on what nginx reads as a whole, and not only on the file that changes.
/// </remarks>
internal sealed class AnswerLoss
{
    /// <summary>A name that no server block has: what asks for it gets the default server.</summary>
    private const string NoName = "summit-ops-no-such-name.invalid";

    private readonly SummitNginxConfig _before;
    private readonly SummitNginxConfig _after;
    private readonly SummitSite _site;
    private readonly string _path;
    private readonly List<string> _lost = [];

    private AnswerLoss(SummitNginxConfig before, SummitNginxConfig after, SummitSite site, string path)
    {
        _before = before;
        _after = after;
        _site = site;
        _path = path;
    }

    /// <summary>One line for each answer that is lost.</summary>
    /// <param name="before">What nginx reads.</param>
    /// <param name="after">What it would read.</param>
    /// <param name="site">The site; its WebSocket path is what the change is for, so another answer there is no loss.</param>
    /// <param name="path">The file that changes, as nginx reads it.</param>
    /// <param name="ofOthers">Only what other files answer: where the file itself is broken, or is put back on purpose.</param>
    public static IReadOnlyList<string> Between(
        SummitNginxConfig before, SummitNginxConfig after, SummitSite site, string path, bool ofOthers)
    {
        var loss = new AnswerLoss(before, after, site, path);
        foreach (var socket in before.Model.Listens.Sockets) loss.Judge(socket, ofOthers);
        loss.Ignored();
        return loss._lost;
    }

    private void Judge(ListenSocket socket, bool ofOthers)
    {
        var now = _after.Model.Listens.On(socket.Port).FirstOrDefault(other => other.Host == socket.Host);
        var names = socket.Servers.SelectMany(server => server.Names).Select(Sample).OfType<string>().Append(NoName)
            .Append(_site.ServerName);
        var judged = new HashSet<(ServerScope, ServerScope?)>();
        foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var server = Choose(socket, name);
            if (ofOthers && server.File == _path) continue;
            var successor = now is null ? null : Choose(now, name);
            if (IsUntouched(server, successor) || !judged.Add((server, successor))) continue;
            // the site's own name may leave a block that was never written for it
            if (name == _site.ServerName && socket.Names.Find(Host(name), out _, out _) is null) Passed(socket, server, successor);
            else if (successor is null) Add($"{Describe(server)}: nothing would listen on {socket}");
            else Compare(socket, now!, name, server, successor);
        }
    }

    private void Compare(ListenSocket socket, ListenSocket next, string name, ServerScope server, ServerScope successor)
    {
        // TLS on the site's own port is what a change may be for, and it holds for the other names on it as well
        var isSubject = socket.Port == _site.Port && Choose(socket, _site.ServerName) == server;
        if (socket.Ssl != next.Ssl && !isSubject)
        {
            Add($"{Describe(server)}: clients of {socket} would have to speak {(next.Ssl ? "TLS" : "plain HTTP")}");
        }

        var asked = name == NoName ? "names that no server block has" : name;
        var before = All(server.Locations).ToList();
        var after = All(successor.Locations).ToList();
        var moved = server.File != successor.File
            || !server.Names.Intersect(successor.Names, StringComparer.OrdinalIgnoreCase).Any() && server.Names.Count > 0;
        var lost = before.Where(location => !after.Exists(other => IsSame(location, other))).ToList();
        foreach (var location in lost)
        {
            Add($"{location.Describe()} of {Describe(server)}, "
                + $"for {asked} on {socket}{(moved ? $": {Describe(successor)} would answer" : "")}");
        }

        if (moved && before.Count == 0) Add($"{Describe(server)}, for {asked} on {socket}: {Describe(successor)} would answer");
        foreach (var location in before.Except(lost)
            .Where(location => !location.IsRegex && location.MatchKind != LocationKind.Named && !IsSubject(server, location.Path)))
        {
            var (was, now) = (Trace(_before, socket, name, location.Path), Trace(_after, next, name, location.Path));
            if (was.Location is null || was.Kind is SummitNginxRouteKind.NoMatch or SummitNginxRouteKind.Unknown) continue;
            if (IsUnshadowed(server, location, was.Location, now.Location)) continue;
            if (now.Location is null || !IsSame(was.Location, now.Location))
            {
                Add($"{was.Location.Describe()} of {Describe(server)}, for {asked} on {socket}: "
                    + $"{now.Location?.Describe() ?? "nothing"} would answer {NginxText.Show(location.Path)}");
            }
            else if (was.Kind != now.Kind && now.Kind != SummitNginxRouteKind.Unknown)
            {
                Add($"{was.Location.Describe()} of {Describe(server)}, for {asked} on {socket}: "
                    + $"it would answer otherwise ({was.Kind}, then {now.Kind})");
            }
        }
    }

    /// <summary>
    /// What a default server passed on for the site's name, which a block of that name would take from it: pages of its own are no site.
    /// </summary>
    private void Passed(ListenSocket socket, ServerScope server, ServerScope? successor)
    {
        if (!server.Names.TrueForAll(name => name is "_" or "")) return;
        foreach (var location in All(server.Locations).Where(
            location => location.Find(DirectiveName.ProxyPass) is not null && !IsSubject(server, location.Path)))
        {
            if (successor is null || !All(successor.Locations).Any(other => IsSame(location, other)))
            {
                Add($"{location.Describe()} of {Describe(server)}, for {_site.ServerName} on {socket}"
                    + $"{(successor is null ? "" : $": {Describe(successor)} would answer")}");
            }
        }
    }

    /// <summary>Blocks that nginx would ignore, and does not ignore now.</summary>
    private void Ignored()
    {
        foreach (var socket in _after.Model.Listens.Sockets)
        {
            var old = _before.Model.Listens.On(socket.Port).FirstOrDefault(other => other.Host == socket.Host);
            foreach (var (name, winner, loser) in socket.Names.Conflicts)
            {
                if (winner == loser
                    || old?.Names.Conflicts.Any(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) == true)
                {
                    continue;
                }

                Add($"a second server block for {name} on {socket}: {winner.File}:{winner.Line} answers, "
                    + $"and nginx ignores {loser.File}:{loser.Line}");
            }
        }
    }

    private void Add(string line)
    {
        if (!_lost.Contains(line, StringComparer.Ordinal)) _lost.Add(line);
    }

    /// <summary>Whether the same block answers, and nothing in it is of the file that changes.</summary>
    private bool IsUntouched(ServerScope server, ServerScope? successor) =>
        successor is not null && server.File == successor.File && server.File != _path && Text(server) == Text(successor)
        && !server.Directives.Any(directive => directive.File == _path)
            && !All(server.Locations).Any(
                location => location.File == _path || location.Directives.Any(directive => directive.File == _path));

    /// <summary>Whether a path of the site's own server is the WebSocket path or below it.</summary>
    private bool IsSubject(ServerScope server, string path)
    {
        var subject = NginxText.Take(_site.WebSocketPath);
        return IsOwn(server) && (path == subject || path.StartsWith(subject.TrimEnd('/') + "/", StringComparison.Ordinal));
    }

    private bool IsOwn(ServerScope server) => server.Names.TrueForAll(name => name is "_" or "")
        || new ServerNameTable([server]).Find(Host(_site.ServerName), out _, out _) is not null;

    /// <summary>
    /// Whether a location that is written around the WebSocket path gets back what a pattern took from it: that is what the change is for.
    /// </summary>
    private bool IsUnshadowed(ServerScope server, LocationScope location, LocationScope was, LocationScope? now) =>
        was.IsRegex && now is not null && IsSame(location, now) && location.Path.Length > 1 && IsOwn(server)
            && NginxText.Take(_site.WebSocketPath).StartsWith(location.Path, StringComparison.Ordinal);

    /// <summary>The way of a client's request: with the port in Host where it is not the scheme's own.</summary>
    private static RouteTrace Trace(SummitNginxConfig config, ListenSocket socket, string name, string path)
    {
        var host = socket.Port <= 0 || socket.Port == (socket.Ssl ? 443 : 80) ? name : $"{name}:{socket.Port}";
        return NginxRouter.Trace(
            config, new NginxRequest(host, socket.Port, socket.Ssl, NginxText.Utf8(path), socket.Host is "*" or "::" ? null : socket.Host));
    }

    private static ServerScope Choose(ListenSocket socket, string name) => socket.Names.Find(Host(name), out _, out _) ?? socket.Default;

    private static string Host(string name) => HostName.Read(NginxText.Take(name)) ?? "";

    /// <summary>A name that a server_name stands for; null where it cannot be known, as for a regex.</summary>
    private static string? Sample(string name) => name switch
    {
        "" or "_" => null,
        ['~', ..] or ['$', ..] => null,
        ['*', '.', .. var rest] => $"summit-ops.{NginxText.Show(rest)}",
        ['.', .. var rest] => NginxText.Show(rest),
        [.. var rest, '.', '*'] => $"{NginxText.Show(rest)}.invalid",
        _ => NginxText.Show(name),
    };

    private static IEnumerable<LocationScope> All(IEnumerable<LocationScope> locations) =>
        locations.SelectMany(location => All(location.Locations ?? Enumerable.Empty<LocationScope>()).Prepend(location));

    /// <summary>A prefix stays the same location with precedence (<c>^~</c>), or made exact.</summary>
    private static bool IsSame(LocationScope one, LocationScope other) =>
        one.Path == other.Path
            && (one.MatchKind == other.MatchKind
                || (one.MatchKind <= LocationKind.PrefixNoRegex && other.MatchKind <= LocationKind.PrefixNoRegex));

    private static string Text(ServerScope server) =>
        System.Text.Encoding.Latin1.GetString(
            server.Origin.Document.Bytes, server.Origin.Node.Start, server.Origin.Node.End - server.Origin.Node.Start);

    private static string Describe(ServerScope server) =>
        $"server '{NginxText.Show(server.Names.Count > 0 ? string.Join(' ', server.Names) : server.Public.Listen[0])}' "
            + $"({server.File}:{server.Line})";
}
