using System.Net;
using Summit.Ops.Checks.Backend;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Sites;

namespace Summit.Ops.Evidence;

/// <summary>Finds on the host what a site's description leaves open: which nginx, which file, which backend.</summary>
/// <remarks>
/// The server block that answers for the site's name and port in the running nginx's own configuration is the site's; its file is the
/// site's file, or the fragment in which its location stands. Only where no block answers is there a new file, and then where this nginx
/// includes such files.
/// </remarks>
internal static class SiteFinder
{
    /// <summary>The site with what was found; the same site where nothing was open, or nothing else was found.</summary>
    public static SummitSite Find(SummitSite asked, HostEvidence host)
    {
        var site = SiteWishes.NameNginx(asked) ? asked : host.FoundNginx(asked);
        if ((host.Disk ?? host.Draft) is not { } config) return SiteWishes.WithFound(asked, site);
        if (!SiteWishes.NameFile(asked)) site = File(site, config, host);
        if (!SiteWishes.NameBackend(asked)) site = Backend(site, config, host);
        return SiteWishes.WithFound(asked, site);
    }

    private static SummitSite File(SummitSite site, SummitNginxConfig config, HostEvidence host)
    {
        var context = new RuleContext(config, site, host.NginxBuild);
        if (Answering(context, site, host) is { } server)
        {
            var path = Document(context, server).Path;
            return host.Real(path) is { } real
                ? site with { ConfigPath = real, EnabledPath = path }
                : site with { ConfigPath = path, EnabledPath = "" };
        }

        return host.Exists(site.ConfigPath) == true ? site : NewFile(site, config, host);
    }

    /// <summary>The site's server block: the one that answers, else one of its name that does not get the requests.</summary>
    private static ServerScope? Answering(RuleContext context, SummitSite site, HostEvidence host)
    {
        var answers = context.Route.Server;
        if (answers is not null && Names(answers, site)) return answers;
        var named = context.Config.Model.Servers.Where(server => Names(server, site)).ToList();
        if (named.Find(server => server.Listens.Exists(listen => listen.Port <= site.Port && site.Port <= listen.LastPort)) is { } onPort)
        {
            return onPort;
        }

        if (named.Find(context.HasLocation) is { } meant) return meant;
        // a default server without a name that passes requests on serves the site, unless the site has a file that is only not enabled
        var isDefault = answers is not null && answers.Names.TrueForAll(name => name is "_" or "");
        return isDefault && host.Exists(site.ConfigPath) != true && Passes(answers!.Locations) ? answers : null;
    }

    /// <summary>
    /// The file that an edit belongs to: the one with the WebSocket's location, else the fragment that answers for this server
    /// alone, else the server block's.
    /// </summary>
    private static NginxDocument Document(RuleContext context, ServerScope server)
    {
        if (context.Route.Server != server) return server.Origin.Document;
        if (context.Route.Location is { } location && context.IsForWebSocket(location)) return location.Origin.Document;
        if (context.Candidate is { } candidate) return candidate.Origin.Document;
        var fragment = context.Route.Location is { Parent.Kind: ScopeKind.Server } taker ? taker.Origin.Document : null;
        return fragment is not null
            && context.Config.Model.Servers.Count(other => other.Locations.Exists(one => one.Origin.Document == fragment)) == 1
            ? fragment
            : server.Origin.Document;
    }

    private static bool Names(ServerScope server, SummitSite site) =>
        new ServerNameTable([server]).Find(HostName.Read(NginxText.Take(site.ServerName)) ?? "", out _, out _) is not null;

    private static bool Passes(IEnumerable<LocationScope> locations) =>
        locations.Any(location => location.Directives.Any(directive => ContentHandlers.RedirectsToSlash(directive.Id))
            || Passes(location.Locations ?? []));

    /// <summary>
    /// Where a new file belongs: a folder that the http block includes, of the kinds that people know, else the first one.
    /// </summary>
    private static SummitSite NewFile(SummitSite site, SummitNginxConfig config, HostEvidence host)
    {
        var folders = NginxIncludes.OfHttp(config)
            .Where(pattern => pattern.Folder is { } folder && host.HasFolder(folder) != false).ToList();
        var place = folders.Find(pattern => pattern.Folder!.EndsWith("/sites-enabled", StringComparison.Ordinal))
            ?? folders.Find(pattern => pattern.Folder!.EndsWith("/conf.d", StringComparison.Ordinal))
            ?? folders.Find(pattern => pattern.Folder!.EndsWith("/http.d", StringComparison.Ordinal))
            ?? folders.FirstOrDefault();
        if (place is null) return site;
        var name = site.ConfigPath[(site.ConfigPath.LastIndexOf('/') + 1)..];
        // a file that is read first would have the default server of its socket, where no other says that it is
        if (config.Model.Listens.On(site.Port)
            .Any(socket => !socket.HasExplicitDefault && NginxIncludes.IsBefore(place.Path(name), socket.Default.File)))
        {
            name = "zz-" + name;
        }

        var available = place.Folder![..(place.Folder!.LastIndexOf('/') + 1)] + "sites-available";
        return place.Folder!.EndsWith("/sites-enabled", StringComparison.Ordinal) && host.HasFolder(available) == true
            ? site with { ConfigPath = $"{available}/{place.Name(name)}", EnabledPath = place.Path(name) }
            : site with { ConfigPath = place.Path(name), EnabledPath = "" };
    }

    /// <summary>The backend that nginx passes the site's requests to, where nothing says that the usual one is meant.</summary>
    private static SummitSite Backend(SummitSite site, SummitNginxConfig config, HostEvidence host)
    {
        var context = new RuleContext(config, site, host.NginxBuild);
        if (context.Route.Proxy is not { Why: "", Servers: [var server] } || context.Route.Location is not { } location
            || host.Listeners is not { } listeners)
        {
            return site;
        }

        if (HostPort.Split(server) is not var (name, port) || UpstreamRule.IsBackend(server, site)) return site;
        var here = BackendRunning.IsOnHost(name);
        // a name of another network (a container's) means nothing here
        if (!here && !IPAddress.TryParse(name, out _) && host.Container is not { Entered: true }) return site;
        var usual = listeners.Any(listener => listener.Port == site.BackendPort);
        var alive = !here || listeners.Any(listener => listener.Port == port);
        var adopts = context.IsForWebSocket(location) ? alive || !usual : alive && !usual;
        return adopts ? site with { BackendHost = here ? site.BackendHost : name, BackendPort = port } : site;
    }
}
