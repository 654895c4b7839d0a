using Summit.Ops.Nginx.Semantics;

namespace Summit.Ops.Checks.Nginx;

/// <summary>nginx connects to the port that the site's backend listens on.</summary>
internal sealed class UpstreamRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.Upstream", site => $"{site.WebSocketPath} is passed to {site.BackendHost}:{site.BackendPort}", SummitSeverity.Error,
        SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxUpstreamMismatch],
        LooksAt = [SummitCause.NginxUpstreamMismatch],
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        // a proxy in front of a proxy leads to the backend when the last one does
        if (context.Inner is { } inner) return Judge(inner);
        if (context.Route.Proxy is not { } proxy)
        {
            return RuleVerdict.Skipped($"requests for {context.Site.WebSocketPath} are not passed to an HTTP backend");
        }

        var written = $"proxy_pass {proxy.Directive.ShowArguments()}";
        if (context.GoesRound)
        {
            return Elsewhere(context, proxy, written, "back to this nginx, which passes the request to itself without end");
        }

        if (proxy.Why.Length > 0) return RuleVerdict.Unknown(proxy.Why, context.ResolveCommand()).At(proxy.Directive);
        var wrong = proxy.Servers.Where(server => !IsBackend(server, context.Site)).ToArray();
        if (proxy.Servers.Count > 0 && wrong.Length < proxy.Servers.Count)
        {
            return (wrong.Length == 0 ? RuleVerdict.Pass($"{written} leads to {string.Join(", ", proxy.Servers)}") : RuleVerdict.Pass(
                $"{written} leads to {string.Join(", ", proxy.Servers)}, the site's backend among them")).At(proxy.Directive);
        }

        if (Array.Exists(wrong, server => server.StartsWith("unix:", StringComparison.Ordinal)))
        {
            return RuleVerdict.Unknown($"{written} leads to a UNIX socket, and whose it is the configuration does not say")
                .At(proxy.Directive);
        }

        return Elsewhere(
            context, proxy, written, proxy.Servers.Count == 0 ? "to a group without servers" : $"to {string.Join(", ", proxy.Servers)}");
    }

    private static RuleVerdict Elsewhere(RuleContext context, ProxyTarget proxy, string written, string where) => RuleVerdict.Fail(
        SummitCause.NginxUpstreamMismatch,
        $"{written} leads {where}, and the site's backend is {context.Site.BackendHost}:{context.Site.BackendPort}",
        $"proxy_pass {Summit.Ops.Nginx.ExpectedNginxConfig.Backend(context.Site)};", written,
        context.RepairCommand(proxy.Directive.File)).At(proxy.Directive);

    /// <summary>Whether a <c>host:port</c> is the site's backend.</summary>
    public static bool IsBackend(string server, SummitSite site) =>
        server.LastIndexOf(':') is var colon && colon >= 0 && server.AsSpan(colon + 1).SequenceEqual(site.BackendPort.ToString())
            && IsBackendHost(server, site);

    /// <summary>Whether a <c>host:port</c> is on the backend's host, whatever the port; names of this machine are one host.</summary>
    public static bool IsBackendHost(string server, SummitSite site)
    {
        var colon = server.LastIndexOf(':');
        var host = (colon < 0 ? server : server[..colon]).Trim('[', ']');
        var wanted = site.BackendHost.Trim('[', ']');
        return host.Equals(wanted, StringComparison.OrdinalIgnoreCase) || (IsThisMachine(host) && IsThisMachine(wanted));
    }

    private static bool IsThisMachine(string host) =>
        host is "localhost" or "127.0.0.1" or "::1" or "0.0.0.0" || host.StartsWith("127.", StringComparison.Ordinal);
}
