using System.Net;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>Two proxies in a row in one nginx: a <c>proxy_pass</c> that leads to a port on which the same configuration listens.</summary>
internal static class NextProxy
{
    /// <summary>The request that the next server block gets; null where the route leads out of this nginx, or not to one certain address.</summary>
    public static NginxRequest? Request(NginxModel model, RouteTrace route)
    {
        if (route is not { Kind: SummitNginxRouteKind.Proxy, Proxy: { Why: "", UpstreamUri.Text: { Length: > 0 } uri } proxy, State: { } state }) return null;
        if (proxy.Servers is not [var only] || only.LastIndexOf(':') is not (> 0 and var colon) || !int.TryParse(only.AsSpan(colon + 1), out var port)) return null;
        var host = only[..colon].Trim('[', ']');
        if (LocalAddress(host) is not { } address || model.Listens.Choose(port, address, out _) is null) return null;

        var sent = UpstreamRequest.Of(route);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in sent.Headers)
        {
            if (value.IsKnown) headers[name] = value.Text!;
        }

        // what this proxy keeps to itself does not come to the next one
        foreach (var name in (ReadOnlySpan<string>)["Upgrade", "Connection"])
        {
            if (!sent.Headers.Any(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) headers[name] = "";
        }

        return new NginxRequest(headers.GetValueOrDefault("Host", proxy.HostHeader), port, proxy.Https, uri, address, state.Request.NginxVersion) { Forwarded = headers };
    }

    /// <summary>The address of this machine that a name stands for; null where it is another machine's or not known.</summary>
    private static string? LocalAddress(string host) => host == "localhost" || host == "0.0.0.0" ? "127.0.0.1"
        : IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address) ? host : null;
}
