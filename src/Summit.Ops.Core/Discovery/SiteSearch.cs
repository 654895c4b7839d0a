using Summit.Ops.Errors;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Sites;
using Summit.Ops.Text;

namespace Summit.Ops.Discovery;

/// <summary>How a configuration is searched.</summary>
/// <param name="Template">
/// What every site that is found has in common: how nginx is called, the private authority, the backend's account.
/// </param>
/// <param name="NginxVersion">nginx's version; null where it is not known.</param>
/// <param name="RealPath">Where a link leads; null where a path is no link.</param>
internal sealed record SearchOptions(SummitSite Template, string? NginxVersion = null, Func<string, string?>? RealPath = null);

/// <summary>What a configuration holds.</summary>
/// <param name="Sites">Every place that passes requests on, in the order of the files.</param>
/// <param name="Warnings">Places that pass requests on and get none, and what could not be read.</param>
internal sealed record SearchResult(IReadOnlyList<SummitFoundSite> Sites, IReadOnlyList<string> Warnings);

/// <summary>Finds the sites of a configuration: each location that a request reaches and that passes it on by <c>proxy_pass</c>.</summary>
/// <remarks>
/// A site is never a reading of one block: the router takes its own request through the whole configuration, and only where that
/// ends at the block it is found.
/// </remarks>
internal sealed class SiteSearch
{
    private readonly SummitNginxConfig _config;
    private readonly SearchOptions _options;
    private readonly List<SummitFoundSite> _sites = [];
    private readonly List<string> _warnings = [];

    private SiteSearch(SummitNginxConfig config, SearchOptions options) => (_config, _options) = (config, options);

    private NginxModel Model => _config.Model;

    /// <summary>Searches a configuration.</summary>
    public static SearchResult In(SummitNginxConfig config, SearchOptions options)
    {
        var search = new SiteSearch(config, options);
        foreach (var server in config.Model.Servers) search.Read(server);
        search.TellOfUnread();
        return new SearchResult(SiteNames.Unique(search._sites), search._warnings);
    }

    private void Read(ServerScope server)
    {
        var before = _sites.Count;
        foreach (var location in Locations(server.Locations)) Read(server, location);
        // try_files of the server itself, as Rails has it
        if (server.Locations.Exists(location => location.MatchKind == LocationKind.Named)
            && !_sites.Skip(before).Any(site => site.WebSocketPath == "/"))
        {
            Read(server, location: null);
        }
    }

    private static IEnumerable<LocationScope> Locations(IEnumerable<LocationScope> locations) =>
        locations.SelectMany(location => location.MatchKind == LocationKind.Named
            ? []
            : (IEnumerable<LocationScope>)[location, .. Locations(location.Locations ?? [])]);

    private void Read(ServerScope server, LocationScope? location)
    {
        var passes = location is not null && Passes(location);
        string? missed = null;
        var (hosts, endpoints) = (Hosts(server), RequestSamples.Endpoints(Model, server));
        if (passes && endpoints.Count == 0) missed = "its server listens on UNIX sockets only";
        foreach (var endpoint in endpoints)
        {
            foreach (var (host, standsForPattern) in hosts)
            {
                foreach (var path in location is null ? ["/"] : RequestSamples.Paths(location))
                {
                    if (!IsPath(path)) continue;
                    foreach (var address in Addresses(endpoint))
                    {
                        var trace = NginxRouter.Trace(
                            _config, new NginxRequest(host, endpoint.Port, endpoint.Tls, path, address, _options.NginxVersion));
                        if (Meets(trace, server, location, passes))
                        {
                            Add(server, location, trace, endpoint with { Address = address }, host, standsForPattern, path);
                            return;
                        }

                        missed ??= WhyMissed(trace, server, location);
                    }
                }
            }
        }

        if (passes && !IsInternal(location!))
        {
            _warnings.Add($"{location!.Describe()} ({location.File}:{location.Line}) passes requests on and is not a site: "
                + $"{missed ?? "no request that reaches it could be made up"}.");
        }
    }

    /// <summary>The server's names; where it has none, one that no other server has.</summary>
    private List<(string Name, bool StandsForPattern)> Hosts(ServerScope server)
    {
        var wished = _options.Template.ServerName != new SummitSite().ServerName ? _options.Template.ServerName : null;
        List<(string, bool)> hosts = [.. RequestSamples.Hosts(server, wished)];
        hosts.AddRange(RequestSamples.Endpoints(Model, server).Select(endpoint => endpoint.Address).OfType<string>()
            .Distinct(StringComparer.Ordinal).Select(address => (address, true)));
        hosts.Add(("localhost", true));
        return hosts;
    }

    // as clients of any address come first: that is the request that every cmdlet makes of a site
    private static IEnumerable<string?> Addresses(Endpoint endpoint) => endpoint.Address is null ? [null] : [null, endpoint.Address];

    private static bool Meets(RouteTrace trace, ServerScope server, LocationScope? location, bool passes)
    {
        if (trace.Proxy is null || trace.Server != server || trace.Location is not { } met) return false;
        if (met == location) return true;
        // try_files and error_page lead to a location by its name
        return met.MatchKind == LocationKind.Named && !passes && (location is null
            ? !trace.Steps.Any(step => step.StartsWith("location ", StringComparison.Ordinal)
                && !step.Contains(": sent there by name", StringComparison.Ordinal))
            : trace.Steps.Any(
                step => step.StartsWith($"{location.Describe()} ({location.File}:{location.Line}): ", StringComparison.Ordinal)));
    }

    private static string? WhyMissed(RouteTrace trace, ServerScope server, LocationScope? location)
    {
        if (location is null) return null;
        if (trace.Server is { } other && other != server)
        {
            return $"{other.Describe()} ({other.File}:{other.Line}) gets the requests for its name and port";
        }

        if (trace.Kind == SummitNginxRouteKind.Return) return $"nginx answers {trace.Status} itself: {trace.AnsweredBy}";
        if (trace.Location is { } taker && taker != location) return $"{taker.Describe()} ({taker.File}:{taker.Line}) gets its requests";
        return trace.Kind == SummitNginxRouteKind.NoMatch ? trace.AnsweredBy : null;
    }

    private static bool IsInternal(LocationScope location) =>
        EffectiveDirectives.Find(location, DirectiveName.Internal).Directives.Count > 0;

    private static bool Passes(Scope level) => level.Directives.Any(directive =>
        directive.Id == DirectiveName.ProxyPass
            || (directive.Node.IsBlock && directive.Id is DirectiveName.If or DirectiveName.LimitExcept
                && Passes(level.Child(directive, ScopeKind.If))));

    private void Add(
        ServerScope server, LocationScope? entry, RouteTrace trace, Endpoint endpoint, string host, bool standsForPattern, string path)
    {
        var (met, proxy) = (trace.Location!, trace.Proxy!);
        var notes = new List<string>();
        if (standsForPattern) notes.Add(server.Names.TrueForAll(name => name is "" or "_")
            ? $"the server has no name: {host} stands for it. Name it: New-SummitSite -ServerName HOST"
            : $"{host} stands for server_name {NginxText.Show(string.Join(' ', server.Names))}. Name it: New-SummitSite -ServerName HOST");
        if (!endpoint.Tls)
        {
            notes.Add("plain HTTP: a site is tried over TLS. Without it: "
                + "Test-SummitWebSocket -Uri "
                + $"{PowerShellWord.Quote($"ws://{host}{(endpoint.Port == 80 ? "" : $":{endpoint.Port}")}{path}")}");
        }

        if (entry is { IsRegex: true }) notes.Add($"{path} stands for {entry.Describe()}");
        else if (path == "/") notes.Add("the location is for every path: the application's own WebSocket may lie below it");
        if (trace.Kind == SummitNginxRouteKind.Unknown) notes.AddRange(trace.Why);
        var signs = WebSocketSigns.Of(Model, trace, path, host);
        var site = _options.Template.Plain;
        var found = new SummitFoundSite
        {
            ServerName = host,
            Port = endpoint.Port,
            ListenAddress = endpoint.Address ?? "",
            WebSocketPath = path,
            WebSocketQuery = WebSocketNames.IsSocketIo(path) ? "EIO=4&transport=websocket" : site.WebSocketQuery,
            SubProtocol = site.SubProtocol,
            ApiPath = server.Locations.Exists(other => other != met && NginxText.Utf8(other.Path).TrimEnd('/') == site.ApiPath)
                ? site.ApiPath
                : "",
            BackendPath = BackendPath(proxy, path),
            ConfigPath = met.File,
            EnabledPath = "",
            ProcessName = site.ProcessName,
            BackendUser = site.BackendUser,
            Pm2Home = site.Pm2Home,
            CertificatePath = endpoint.Tls ? CertificateFile(server, DirectiveName.SslCertificate) : "",
            CertificateKeyPath = endpoint.Tls ? CertificateFile(server, DirectiveName.SslCertificateKey) : "",
            CertificateAuthorityPath = site.CertificateAuthorityPath,
            NginxCommand = site.NginxCommand,
            NginxConfigPath = site.NginxConfigPath,
            NginxPrefix = site.NginxPrefix,
            PingInterval = site.PingInterval,
            Origin = site.Origin,
            DeployCommand = site.DeployCommand,
            RollbackCommand = site.RollbackCommand,
            Suppressions = site.Suppressions,
            Target = _config.Target,
            Likelihood = signs.Likelihood,
            SeenBy = signs.Said,
            Location = met.Describe(),
            Line = met.Line,
            ServerNames = [.. server.Names.Select(NginxText.Show)],
            Upstreams = proxy.Servers,
            Tls = endpoint.Tls,
            Upgrades = trace.Upgrades == true,
        };
        found = WithBackend(found, proxy, notes);
        if (_options.RealPath?.Invoke(met.File) is { } real && real != met.File)
        {
            found = found with { ConfigPath = real, EnabledPath = met.File };
        }

        try
        {
            SiteRules.Check(SiteNames.Named(found));
            _sites.Add(found with { Notes = notes });
        }
        catch (SummitArgumentException error)
        {
            _warnings.Add($"{met.Describe()} ({met.File}:{met.Line}) passes requests on and is not a site: {error.Message}");
        }
    }

    /// <summary>The backend that nginx passes to, as far as a site can name it; else what stands in the way.</summary>
    private static SummitFoundSite WithBackend(SummitFoundSite site, ProxyTarget proxy, List<string> notes)
    {
        if (proxy.Why.Length > 0)
        {
            if (!notes.Contains(proxy.Why)) notes.Add(proxy.Why);
            return site;
        }

        if (proxy.Https) notes.Add("the backend speaks TLS");
        if (proxy.Group is { Servers.Count: > 1 } group)
        {
            notes.Add($"upstream {NginxText.Show(group.Name)} has {group.Servers.Count} servers: the site names the first");
        }

        var address = proxy.Group is { } named ? named.Servers.Select(server => NginxText.Utf8(server.Argument(0))).FirstOrDefault() : null;
        var shown = proxy.Servers is [var first, ..] ? first : null;
        if (shown is null)
        {
            notes.Add($"upstream {NginxText.Show(proxy.Group?.Name ?? "")} has no server");
            return site;
        }

        if ((address ?? shown).StartsWith("unix:", StringComparison.Ordinal))
        {
            notes.Add($"the backend is a UNIX socket: {shown}");
            return site;
        }

        var colon = shown.LastIndexOf(':');
        var (host, written) = (shown[..colon].Trim('[', ']'), shown[(colon + 1)..]);
        if (int.TryParse(written, out var port) && port is > 0 and <= 65535 && Uri.CheckHostName(host) != UriHostNameType.Unknown
            && host.Length <= 253)
        {
            return site with { BackendHost = host, BackendPort = port };
        }

        notes.Add($"the backend {shown} is no host and port");
        return site;
    }

    private static string BackendPath(ProxyTarget proxy, string path)
    {
        if (proxy.UpstreamUri is not { IsKnown: true, Text: { Length: > 0 } uri }) return "";
        var sent = NginxText.Utf8(uri.Split('?', 2)[0]);
        return sent == path || !IsPath(sent) ? "" : sent;
    }

    /// <summary>What <see cref="SiteRules"/> takes as a path.</summary>
    private static bool IsPath(string path) => path.Length > 0 && path[0] == '/'
        && !path.Any(c => c <= ' ' || c is '\x7f' or '"' or '\'' or ';' or '{' or '}' or '#' or '?' or '\\');

    /// <summary>A file of the server's certificate; nginx looks for a relative path beside its main file.</summary>
    private string CertificateFile(ServerScope server, DirectiveName name)
    {
        var path = NginxText.Utf8(EffectiveDirectives.Value(server, name) ?? "");
        if (path.Length == 0 || path.Contains('$', StringComparison.Ordinal) || path.Contains(':', StringComparison.Ordinal)
            || path.Any(char.IsControl) || path.EndsWith('/'))
        {
            return "";
        }

        if (path[0] == '/') return path;
        var main = Model.Files.Main.Path;
        return main.StartsWith('/') ? main[..(main.LastIndexOf('/') + 1)] + path : "";
    }

    private void TellOfUnread()
    {
        if (Model is { Servers.Count: 0, IsFragment: true } && HasLocations())
        {
            _warnings.Add($"{_config.Path} has locations and no server block: search the file that includes it, or the whole: "
                + "Find-SummitSite -Path /etc/nginx/nginx.conf.");
        }

        var unread = new List<Scope> { Model.Http };
        unread.AddRange(Model.Servers);
        unread.AddRange(Model.Servers.SelectMany(server => Locations(server.Locations)));
        foreach (var include in unread.SelectMany(level => level.Unread).Distinct())
        {
            _warnings.Add(
                $"include {include.ShowArguments()} ({include.File}:{include.Line}) was not read, and sites in it are not found.");
        }
    }

    private bool HasLocations()
    {
        var main = Model.Files.Main;
        for (var node = 0; node < main.NodeCount; node = main.Node(node).Next)
        {
            if (main.Node(node).Name == DirectiveName.Location) return true;
        }

        return false;
    }
}
