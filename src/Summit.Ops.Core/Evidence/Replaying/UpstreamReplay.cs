using Summit.Ops.Checks.Nginx;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Probing;
using Summit.Ops.Probing.Upgrading;

namespace Summit.Ops.Evidence.Replaying;

/// <summary>The handshake that a configuration makes nginx send to its backend when a browser on the host opens the site.</summary>
internal static class UpstreamReplay
{
    /// <summary>The address of a client on the host itself.</summary>
    public const string Loopback = "127.0.0.1";

    /// <summary>Values for what is known only while nginx runs: a backend that opens for one of them opens for another.</summary>
    private static readonly Dictionary<string, string> Samples = new(StringComparer.Ordinal)
    {
        ["request_id"] = "5a1c7e0b9d3f4e628a7c1d2e3f405162", ["remote_port"] = "50000", ["connection"] = "1",
        ["connection_requests"] = "1", ["pid"] = "1", ["request_length"] = "400",
        ["msec"] = "1700000000.000", ["ssl_protocol"] = "TLSv1.3", ["ssl_cipher"] = "TLS_AES_256_GCM_SHA384",
        ["ssl_session_reused"] = ".", ["ssl_client_cert"] = "", ["ssl_client_escaped_cert"] = "",
        ["ssl_client_verify"] = "NONE", ["ssl_client_s_dn"] = "", ["ssl_client_fingerprint"] = "",
        ["ssl_client_serial"] = "", ["remote_user"] = "", ["realip_remote_addr"] = Loopback, ["server_addr"] = Loopback,
        ["realip_remote_port"] = "50000", ["http2"] = "", ["http3"] = "", ["pipe"] = ".",
    };

    /// <summary>The request that nginx sends with this configuration, or why it sends none that is known.</summary>
    /// <param name="form">What the replay is called.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="site">The site.</param>
    /// <param name="nginxVersion">nginx's version, for defaults that changed.</param>
    /// <param name="token">The client's token; null for none.</param>
    /// <param name="tls">Whether nginx speaks TLS on the site's port.</param>
    /// <param name="localAddress">The server's address that the connection comes to, where nginx listens on several.</param>
    /// <param name="proxies">How many proxies in a row are followed in one nginx.</param>
    public static ReplayRequest Of(
        SummitReplayForm form, SummitNginxConfig config, SummitSite site, string? nginxVersion, string? token,
        bool tls = true, string? localAddress = null, int proxies = RuleContext.MostProxies)
    {
        var trace = Last(config, Client(site, nginxVersion, token) with { Tls = tls, LocalAddress = localAddress }, proxies);
        // where nginx makes another request of some browsers' Connection header, that request is the one to try
        if (trace.Upgrades == true
            && Last(
                config,
                Client(site, nginxVersion, token, NginxRequest.KeepAliveUpgrade) with { Tls = tls, LocalAddress = localAddress },
                proxies) is var other
            && (other.Upgrades != true || other.ConnectionHeader.Text != trace.ConnectionHeader.Text))
        {
            trace = other;
        }

        if (Refusal(trace) is { Length: > 0 } why) return new ReplayRequest(form) { Why = why };
        var sent = UpstreamRequest.Of(trace);
        if (!sent.Uri.IsKnown) return new ReplayRequest(form) { Why = $"the URI that nginx sends depends on {sent.Uri.Why}" };
        foreach (var (name, value) in sent.Headers)
        {
            if (!value.IsKnown) return new ReplayRequest(form) { Why = $"the header {NginxText.Show(name)} depends on {value.Why}" };
            if (!IsToken(name) || value.Text!.Any(char.IsControl))
            {
                return new ReplayRequest(form) { Why = $"the header {NginxText.Show(name)} has characters that no header may have" };
            }
        }

        if (sent.Uri.Text!.Any(c => c <= ' ' || c == '\x7f'))
        {
            return new ReplayRequest(form)
            {
                Why = $"the URI {NginxText.Show(sent.Uri.Text!)} that nginx sends has blanks or control characters",
            };
        }

        if (Address(trace) is not { } at) return new ReplayRequest(form) { Why = "the upstream has no server that could be asked" };
        return new ReplayRequest(form)
        {
            At = at,
            IsToItself = NextProxy.Request(config.Model, trace) is not null
                && !new RuleContext(config, site, nginxVersion).EndsInCircle,
            Method = Method(trace),
            Uri = sent.Uri.Text!,
            Version = sent.Version == "1.0" ? "1.0" : "1.1",
            Headers = [.. sent.Headers.Select(header => (header.Name, header.Value.Text!))],
        };
    }

    /// <summary>The last proxy that passes the request on, where several stand in a row in one nginx.</summary>
    private static RouteTrace Last(SummitNginxConfig config, NginxRequest client, int proxies)
    {
        var trace = NginxRouter.Trace(config, client);
        List<RouteTrace> all = [trace];
        for (var more = proxies - 1; more > 0 && NextProxy.Whole(config.Model, trace) is { } next; more--)
        {
            var inner = NginxRouter.Trace(config, next);
            // what answers without a backend is asked itself
            if (Refusal(inner).Length > 0) break;
            all.Add(trace = inner);
        }

        // in a circle there is no last one: the first that comes again is asked as it stands
        return Circle(config, all) ?? trace;
    }

    /// <summary>The first proxy that the request comes back to, and never gets out; null where there is none.</summary>
    private static RouteTrace? Circle(SummitNginxConfig config, List<RouteTrace> all) =>
        NextProxy.Request(config.Model, all[^1]) is null ? null
            : all.Where((trace, at) => all.Skip(at + 1).Any(later => later.Level == trace.Level)).FirstOrDefault();

    /// <summary>The handshake as a browser sends it to nginx.</summary>
    public static NginxRequest Client(SummitSite site, string? nginxVersion, string? token, string connection = "Upgrade") =>
        new(HostHeader(site), site.Port, Tls: true, Target(site, token), NginxVersion: nginxVersion)
        {
            RemoteAddress = Loopback,
            Samples = Samples,
            Headers = new Dictionary<string, string>(SubProtocol(site), StringComparer.OrdinalIgnoreCase)
            {
                ["Connection"] = connection,
                ["Upgrade"] = "websocket",
                ["User-Agent"] = UpgradeRequest.UserAgent,
                ["Origin"] = SiteProbes.Origin(site),
                ["Sec-WebSocket-Version"] = "13",
                ["Sec-WebSocket-Key"] = RecordedHandshake.Key,
            },
        };

    /// <summary>The same handshake from a browser with another Connection header.</summary>
    public static NginxRequest WithConnection(NginxRequest client, string connection) => client with
    {
        Headers = new Dictionary<string, string>(client.Headers!, StringComparer.OrdinalIgnoreCase) { ["Connection"] = connection },
    };

    /// <summary>The Host header of a browser: with the port where it is not 443.</summary>
    public static string HostHeader(SummitSite site) => site.Port == 443 ? site.ServerName : $"{site.ServerName}:{site.Port}";

    private static IEnumerable<KeyValuePair<string, string>> SubProtocol(SummitSite site) =>
        SiteProbes.SubProtocols(site) is { Count: > 0 } offered ? [new("Sec-WebSocket-Protocol", string.Join(", ", offered))] : [];

    /// <summary>What a client asks for: path and query, with the token where there is one.</summary>
    public static string Target(SummitSite site, string? token) =>
        token is null ? site.WithQuery(site.WebSocketPath) : ProbePlan.From(SiteProbes.Public(site, token)).Uri.Target;

    /// <summary>Why nginx sends nothing to an HTTP backend; empty where it does.</summary>
    private static string Refusal(RouteTrace trace) => trace switch
    {
        { Kind: SummitNginxRouteKind.Unknown } => $"where the request goes depends on {string.Join("; ", trace.Why)}",
        { Kind: SummitNginxRouteKind.Return } => $"nginx answers {trace.Status} itself ({trace.AnsweredBy}) and sends nothing to a backend",
        { Kind: SummitNginxRouteKind.Static } => "nginx looks for a file and sends nothing to a backend",
        { Kind: SummitNginxRouteKind.NoMatch } => $"nginx sends nothing to a backend: {trace.AnsweredBy}",
        { Proxy: null } => "the location does not pass the request on by proxy_pass",
        _ => "",
    };

    // an upgrade is asked for with GET; proxy_method sends the same request with another
    private static string Method(RouteTrace trace) =>
        EffectiveDirectives.Find(trace.Level!, DirectiveName.ProxyMethod).Directives is [.., var written]
            && VariableText.Evaluate(written.Argument(0), trace.State!).Text is { Length: > 0 } method && IsToken(method)
            ? method
            : trace.State!.Method;

    /// <summary>The first server that nginx would ask.</summary>
    private static ReplayAddress? Address(RouteTrace trace)
    {
        var proxy = trace.Proxy!;
        var sni = proxy.Https && EffectiveDirectives.Value(trace.Level!, DirectiveName.ProxySslServerName) == "on" ? Sni(trace) : "";
        if (proxy.Group is not { } group) return Parse(NginxText.Utf8(proxy.Host), proxy.Port, proxy.Https, sni);
        var server = group.Servers.Find(server => !server.Arguments().Skip(1).Any(option => option is "down" or "backup"));
        if (server.Document is null) return null;
        var text = NginxText.Utf8(server.Argument(0));
        if (text.StartsWith("unix:", StringComparison.Ordinal)) return Parse(text, 0, proxy.Https, sni);
        var colon = text.LastIndexOf(':');
        return colon > 0 && text.IndexOf(']', colon) < 0 && int.TryParse(text.AsSpan(colon + 1), out var port)
            ? Parse(text[..colon], port, proxy.Https, sni)
            : Parse(text, 80, proxy.Https, sni);
    }

    private static ReplayAddress? Parse(string host, int port, bool tls, string sni) =>
        host.Length == 0 || host.Any(c => char.IsControl(c) || c == ' ') ? null : new ReplayAddress(host, port, tls, sni);

    private static string Sni(RouteTrace trace)
    {
        var written = EffectiveDirectives.Value(trace.Level!, DirectiveName.ProxySslName);
        var name = written is null ? trace.Proxy!.HostHeader : VariableText.Evaluate(written, trace.State!).Text ?? "";
        var host = HostPort.Host(name);
        return Uri.CheckHostName(host) == UriHostNameType.Dns ? host : "";
    }

    private static bool IsToken(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
