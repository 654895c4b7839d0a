using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>A server block that names the site answers on the site's port, with TLS.</summary>
internal sealed class ServerBlockRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.ServerBlock", site => $"A server block for {site.ServerName} answers on port {site.Port} with TLS", SummitSeverity.Error,
        SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxWrongServer, SummitCause.PlainHttpOnTlsPort],
        LooksAt = [SummitCause.NginxWrongServer],
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        var (site, route) = (context.Site, context.Route);
        var expected = $"listen {site.Port} ssl; server_name {site.ServerName};";
        if (route.Socket is null)
        {
            // the name's own server block at another port: which of the two ports is meant, the description or
            // the host, is not for nginx to say
            var own = context.Config.Model.Servers.FirstOrDefault(server => Names(context, server) && context.HasLocation(server));
            var elsewhere = own is null
                ? ""
                : $"; {own.Describe()} ({own.File}:{own.Line}) has the location {site.WebSocketPath}, and listens on "
                    + $"{string.Join(", ", own.Public.Listen)}: is the site's Port wrong?";
            var missing = RuleVerdict.Fail(
                SummitCause.NginxWrongServer, $"no server block listens on port {site.Port}{elsewhere}", expected, Listening(context),
                own?.Listens.Find(listen => listen.Ssl && listen.Port > 0) is { } other
                    ? SiteExpression.Corrected(site, site with { Port = other.Port })
                    : $"Deploy-SummitNginxConfig -Site {SiteExpression.For(site)}");
            return missing with { File = context.Config.Path, Line = 1 };
        }

        if (route.Kind == SummitNginxRouteKind.NoMatch)
        {
            return RuleVerdict.Fail(
                SummitCause.PlainHttpOnTlsPort,
                $"port {site.Port} speaks plain HTTP: {route.Server!.Describe()} has no ssl on its listen line",
                expected, $"listen {route.Server.Public.Listen[0]}", context.ResolveCommand()).At(route.Server);
        }

        var names = route.Server!.Names;
        if (Names(context, route.Server))
        {
            return RuleVerdict.Pass($"{route.Server.Describe()} answers for {site.ServerName} on {route.Socket}").At(route.Server);
        }

        var meant = route.Upgrades == true ? null : Named(context, route.Server) ?? Meant(context, route.Server);
        if (meant is null && names.TrueForAll(name => name is "" or "_"))
        {
            return RuleVerdict
                .Pass($"{route.Server.Describe()} names nobody and answers for {site.ServerName} as the default of {route.Socket}")
                .At(route.Server);
        }

        var verdict = RuleVerdict.Fail(
            SummitCause.NginxWrongServer,
            $"{route.Server.Describe()} ({route.Server.File}:{route.Server.Line}) answers for {site.ServerName}, and does not name it: "
                + $"{route.Steps[0]}; {route.Steps[1]}{Instead(meant, site)}",
            expected,
            $"server_name {NginxText.Show(string.Join(' ', names))}",
            $"{context.ResolveCommand()}{Step(context, meant)}").At(route.Server);
        // somebody else's server that lets the upgrade through works until the default changes
        return route.Upgrades == true ? verdict with { Severity = SummitSeverity.Warning } : verdict;
    }

    /// <summary>
    /// The server block that names the site on its port, and is not asked: another one's listen line has the connection's own address.
    /// </summary>
    private static ServerScope? Named(RuleContext context, ServerScope answering) => context.Config.Model.Servers.FirstOrDefault(
        server => server != answering && (Names(context, server) || Misnames(context, server))
            && server.Listens.Exists(listen => listen.Port <= context.Site.Port && context.Site.Port <= listen.LastPort));

    /// <summary>
    /// The server block that looks as if it were meant: it has a location for the WebSocket path, and the request does not get to it.
    /// </summary>
    private static ServerScope? Meant(RuleContext context, ServerScope answering) =>
        context.Config.Model.Servers.FirstOrDefault(server => server != answering && context.HasLocation(server))
            ?? (context.Route.Proxy is null ? OnlyOpening(context, answering) : null);

    /// <summary>
    /// The one other block on the port that would upgrade the handshake under its own name, where the block that answers passes nothing on.
    /// </summary>
    private static ServerScope? OnlyOpening(RuleContext context, ServerScope answering)
    {
        var opening = context.Config.Model.Servers.FindAll(server => server != answering
            && server.Names.Find(name => Uri.CheckHostName(name) == UriHostNameType.Dns) is { } name
            && NginxRouter.Trace(context.Config, context.Request with { Host = name }) is { Upgrades: true } route
            && route.Server == server);
        return opening is [var only] ? only : null;
    }

    /// <summary>What makes nginx ask the block that was meant: the address of the other one, or the site's name.</summary>
    private static string Step(RuleContext context, ServerScope? meant)
    {
        if (meant is null) return "";
        var answering = context.Route.Server!;
        return Names(context, meant)
            ? $"   # give {meant.File}:{meant.Line} a listen line for {context.Route.Socket} too, or take that one out of "
                + $"{answering.File}:{answering.Line}"
            : $"   # write server_name {context.Site.ServerName} at {meant.File}:{meant.Line}";
    }

    private static string Instead(ServerScope? meant, SummitSite site) =>
        meant is null ? "" : $"; {meant.Describe()} ({meant.File}:{meant.Line}) was written for {site.WebSocketPath}, and is not asked";

    private static bool Names(RuleContext context, ServerScope server) =>
        new ServerNameTable([server]).Find(HostName.Read(NginxText.Take(context.Site.ServerName)) ?? "", out _, out _) is not null;

    /// <summary>
    /// Whether a server block has the site's name as it stands in a URL, with a port, a scheme or a slash: no Host is compared with those.
    /// </summary>
    private static bool Misnames(RuleContext context, ServerScope server) => server.Names.Exists(name =>
    {
        var bare = name[(name.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0)..];
        return bare.IndexOfAny([':', '/']) is > 0 and var end
            && bare[..end].Equals(context.Site.ServerName, StringComparison.OrdinalIgnoreCase)
            || bare != name && bare.Equals(context.Site.ServerName, StringComparison.OrdinalIgnoreCase);
    });

    private static string Listening(RuleContext context) =>
        context.Config.Model.Servers.Count == 0 ? "no server block" : string.Join(
            "; ", context.Config.Model.Servers.SelectMany(server => server.Public.Listen).Distinct().Select(listen => $"listen {listen}"));
}
