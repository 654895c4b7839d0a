using System.Text;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Errors;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Text;

namespace Summit.Ops.Nginx.Editing;

/// <summary>Finds the next edit that brings a file's WebSocket location nearer to what the rules ask for.</summary>
/// <param name="config">What nginx reads; one file alone is taken as all there is.</param>
/// <param name="file">The file of it that is edited.</param>
/// <param name="site">The site.</param>
/// <param name="upstream">Where the WebSocket is passed to.</param>
/// <param name="facts">What is known of the backend beside the configuration.</param>
internal sealed class WebSocketRepair(
    SummitNginxConfig config, NginxDocument file, SummitSite site, UpstreamChoice upstream, RepairFacts facts)
{
    private readonly RuleContext _context = new(config, site, nginxVersion: null);
    private readonly FileLayout _layout = new(file);
    private readonly NginxDocument _file = file;
    private readonly ServerRepair _servers = new(new RuleContext(config, site, nginxVersion: null), new FileLayout(file), file);

    /// <summary>The next edit, or null where nothing is left to do.</summary>
    /// <exception cref="SummitFileException">An edit of this file cannot do it; the message says why.</exception>
    public TextEdit? Next()
    {
        var route = _context.Route;
        if (_servers.Next() is { } edit) return edit;
        var server = Server();
        if (route.Kind == SummitNginxRouteKind.Unknown && route.Proxy is null)
        {
            throw Refused($"where {site.WebSocketPath} goes depends on {string.Join("; ", route.Why)}", server);
        }

        if (route.Location is null && route.Kind == SummitNginxRouteKind.Return)
        {
            throw Refused($"{server.Describe()} answers every request itself, before any location: {route.AnsweredBy}", server);
        }

        if (_context.Innermost is { GoesRound: true, Route.Location: { } round } circle && round.Origin.Document == _file)
        {
            return new LocationRepair(circle, _layout, round, upstream, Refused, facts).Next();
        }

        if (General() is { } general) return Beside(general);
        if (route is { Upgrades: true, Location: { } working }) return EditLocation(working);
        if (_context.Candidate is not { } location || OnlyAddsSlash(location) || IsForAnotherPath(location) || IsForOthersToo(location))
        {
            return Insert(server);
        }

        return route.Location == location ? EditLocation(location) : Unshadow(location, route);
    }

    /// <summary>
    /// The proxy that does not let the handshake through: the first one, or the one behind it in the same nginx; null where all do.
    /// </summary>
    private RuleContext? Failing()
    {
        for (var proxy = _context; proxy is not null; proxy = proxy.Inner)
        {
            if (proxy.Route.Upgrades != true) return proxy;
        }

        return null;
    }

    /// <summary>
    /// The location that takes the handshake with all other requests, passes it to the backend, and was not
    /// written for it; null where none does.
    /// </summary>
    private (RuleContext Proxy, LocationScope Location)? General()
    {
        if (!_context.ReachesBackend) return null;
        // a path that is passed on wrongly is put right for the WebSocket alone
        var proxy = Failing() ?? (facts.ServesPath && _context.Inner is null && AsksOtherPath() ? _context : null);
        if (proxy?.Route is not { Proxy: not null, Location: { } location } || location.Origin.Document != _file) return null;
        var written = proxy == _context && _context.Candidate is not null && !CannotPass(location);
        return written || (proxy != _context && proxy.IsForWebSocket(location)) ? null : (proxy, location);
    }

    private bool AsksOtherPath() =>
        _context.Route.Proxy?.UpstreamUri.Text?.Split('?')[0] is { } asked && asked != LocationBeside.Wanted(_context);

    /// <summary>Whether the location itself can pass no path on that the backend is known to serve.</summary>
    private bool CannotPass(LocationScope location) =>
        facts.ServesPath && AsksOtherPath() && location == _context.Route.Location && !location.IsRegex
            && (location.Find(DirectiveName.Rewrite) is not null
                || ProxyUrl.Read(NginxText.Utf8(_context.Route.Proxy!.Directive.Argument(0)))
                    ?.Passing(location.Path, site.WebSocketPath, LocationBeside.Wanted(_context)) is null);

    /// <summary>A copy of it for the WebSocket's path alone; where that would not do the same, the location itself.</summary>
    private TextEdit? Beside((RuleContext Proxy, LocationScope Location) general) =>
        new LocationBeside(general.Proxy, _layout, _file, facts).Before(general.Location)
            ?? new LocationRepair(general.Proxy, _layout, general.Location, upstream, Refused, facts).Next();

    /// <summary>The site's server block in this file.</summary>
    private ServerScope Server()
    {
        var route = _context.Route;
        if (route.Server is { } answers && Holds(answers) && route.Kind != SummitNginxRouteKind.NoMatch
            && (_servers.NamesSite(answers) || answers.Names.TrueForAll(name => name is "_" or "")))
        {
            return answers;
        }

        var named = config.Model.Servers.Find(server => Holds(server) && _servers.NamesSite(server));
        if (named is null && config.Model.Servers.Find(_servers.NamesSite) is { } elsewhere)
        {
            throw new SummitFileException(
                "NginxServerElsewhere", SummitErrorKind.InvalidData,
                $"One file is mended at a time, and the server block for {site.ServerName} stands in another one, "
                    + $"{elsewhere.File}:{elsewhere.Line}.",
                _file.Path, $"Repair-SummitNginxConfig -Path {PowerShellWord.Of(elsewhere.File)} -Site {SiteExpression.For(site)}");
        }

        var why = named is null
            ? Others()
            : $"the one that names it, in line {named.Line}, has listen {string.Join(", ", named.Public.Listen)}";
        throw new SummitFileException(
            "NginxServerMissing", SummitErrorKind.NotFound,
            $"{_file.Path} has no server block that answers for {site.ServerName} on port {site.Port} with TLS: {why}.",
            _file.Path,
            // a file without a server block may be a fragment of one
            config.Model.Servers.Exists(server => server.Origin.Document == _file) || !config.Model.Servers.Exists(Holds)
                ? $"Put the whole expected file there: Deploy-SummitNginxConfig -Site {SiteExpression.For(site)} -Replace"
                : $"See which server block answers: {_context.ResolveCommand()}");
    }

    /// <summary>Whether the file has the server block, or is a fragment with locations of it.</summary>
    private bool Holds(ServerScope server) =>
        server.Origin.Document == _file || server.Locations.Exists(location => location.Origin.Document == _file);

    /// <summary>Why none of the blocks that do not name the site was given its name.</summary>
    private string Others()
    {
        var tls = config.Model.Servers.FindAll(server => server.Listens.Exists(listen => listen.Ssl));
        return tls.Count == 0
            ? "none names it"
            : $"none names it, and of {string.Join(", ", tls.Select(server => $"{server.Describe()} in line {server.Line}"))} none is the "
                + $"one that clearly was meant for {site.WebSocketPath}";
    }

    /// <summary><c>location /ws/</c> answers <c>/ws</c> with a redirect: the path needs a location beside it.</summary>
    private bool OnlyAddsSlash(LocationScope location) =>
        location.MatchKind is LocationKind.Prefix or LocationKind.PrefixNoRegex
            && location.Path.Length > NginxText.Take(site.WebSocketPath).Length;

    /// <summary><c>location = /ws</c> takes that path alone, and not one with a slash behind it.</summary>
    private bool IsForAnotherPath(LocationScope location) =>
        location.MatchKind == LocationKind.Exact && location.Path != NginxText.Take(site.WebSocketPath);

    /// <summary>A regex that passes nothing on may serve other paths with it, and is left as it is.</summary>
    private static bool IsForOthersToo(LocationScope location) => location.IsRegex && location.Find(DirectiveName.ProxyPass) is null;

    private TextEdit Insert(ServerScope server)
    {
        KeepWhatKeepsOut();
        // a regex that matches the path would take it from a plain prefix
        var shadowed = server.Locations.Exists(
            location => location.IsRegex && location.Regex.Match(NginxText.Take(site.WebSocketPath)).Success);
        var shadow = shadowed ? "^~ " : "";
        if (server.Origin.Document != _file)
        {
            // a fragment: its own locations stand directly in it
            var beside = server.Locations.Find(location => location.Origin.Document == _file)!.Origin.Index;
            return _layout.Before(beside, [.. Lines(_layout.BeginsLine(beside) ? _layout.IndentOf(beside) : "", shadow), ""]);
        }

        var block = server.Origin.Index;
        var children = _layout.Children(block).ToList();
        var first = children.Find(child => _file.Node(child).Name == DirectiveName.Location);
        var model = first > 0 ? first : children.Find(_layout.BeginsLine);
        var indent = model > 0 && _layout.BeginsLine(model) ? _layout.IndentOf(model) : _layout.IndentOf(block) + _layout.Unit;
        var lines = Lines(indent, shadow);
        if (first > 0) return _layout.Before(first, [.. lines, ""]);
        return _layout.AtEnd(block, [string.Join(_layout.NewLine, lines).TrimStart()]);
    }

    /// <summary>A rule that keeps clients out was written by somebody who meant it: no edit leads the handshake past it.</summary>
    private void KeepWhatKeepsOut()
    {
        if (_context.Route.Location is { } met && RuleContext.KeepsOut(met))
        {
            throw Refused(
                $"{met.Describe()} takes {site.WebSocketPath}, and decides who gets in; a location of its own would lead past that", met);
        }
    }

    private List<string> Lines(string indent, string modifier) =>
    [
        $"{indent}location {modifier}{site.WebSocketPath} {{",
        .. ExpectedNginxConfig.WebSocketLines(site, Upstream()).Select(line => line.Length == 0 ? "" : indent + _layout.Unit + line),
        $"{indent}}}",
    ];

    /// <summary>Where the path leads now, without a path of its own; null for the site's backend.</summary>
    private string? Upstream()
    {
        if (upstream != UpstreamChoice.AsFound || _context.Route.Proxy is not { } proxy || proxy.Directive.Id != DirectiveName.ProxyPass)
        {
            return null;
        }

        var url = NginxText.Utf8(proxy.Directive.Argument(0));
        var start = url.IndexOf("://", StringComparison.Ordinal);
        var authority = NginxUse.Authority(url);
        var simple = start > 0 && authority.Length > 0 && !VariableText.HasVariables(url)
            && !authority.StartsWith("unix:", StringComparison.Ordinal);
        return simple ? $"{url[..start]}://{authority}" : null;
    }

    private TextEdit Unshadow(LocationScope location, RouteTrace route)
    {
        KeepWhatKeepsOut();
        if (location is { MatchKind: LocationKind.Prefix, Parent.Kind: ScopeKind.Server } && location.Origin.Document == _file
            && route.Location is { IsRegex: true })
        {
            return _layout.Replace(location.Origin.Index, 0, $"^~ {AsWritten(location)}");
        }

        throw Refused(
            $"{route.Location?.Describe() ?? route.AnsweredBy} takes {site.WebSocketPath} before {location.Describe()} does",
            route.Level ?? location);
    }

    private string AsWritten(LocationScope location)
    {
        var word = _file.ArgumentWord(location.Origin.Index, 0);
        var quote = word.Quoted ? 1 : 0;
        return Encoding.UTF8.GetString(_file.Bytes, word.Start - quote, word.Length + (2 * quote));
    }

    private TextEdit? EditLocation(LocationScope location)
    {
        var next = new LocationRepair(_context, _layout, location, upstream, Refused, facts).Next();
        if (next is null || location.Origin.Document == _file) return next;
        throw Refused($"{location.Describe()} stands in another file, {location.File}", location);
    }

    private SummitFileException Refused(string why, Scope scope) => new(
        "NginxRepairRefused", SummitErrorKind.InvalidData, $"{_file.Path} cannot be mended by a small edit: {why}.", _file.Path,
        $"Look at {scope.File}:{scope.Line}, and at the request's way: {_context.ResolveCommand()}");
}
