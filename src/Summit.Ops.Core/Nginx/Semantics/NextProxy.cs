using System.Net;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>Two proxies in a row in one nginx: a <c>proxy_pass</c> that leads to a port on which the same configuration listens.</summary>
internal static class NextProxy
{
    /// <summary>
    /// The request that the next server block gets; null where the route leads out of this nginx, or not to one certain address.
    /// </summary>
    public static NginxRequest? Request(NginxModel model, RouteTrace route)
    {
        if (route is not { Kind: SummitNginxRouteKind.Proxy, Proxy: { Why: "", UpstreamUri.Text: { Length: > 0 } uri } proxy,
            State: { } state })
        {
            return null;
        }

        if (proxy.Servers is not [var only] || Place(only) is not var (address, port)
            || model.Listens.Choose(port, address, out _) is not { } socket)
        {
            return null;
        }

        // a socket of a file is one place, and not any address
        if (port == 0 && socket.Host != address) return null;

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

        return new NginxRequest(
            headers.GetValueOrDefault("Host", proxy.HostHeader),
            port, proxy.Https, uri, address,
            state.Request.NginxVersion) { Forwarded = headers, HasToken = state.Request.HasToken };
    }

    /// <summary>
    /// The request as the next server block gets it where every header of it is known, as a replay needs it; null where one is not.
    /// </summary>
    public static NginxRequest? Whole(NginxModel model, RouteTrace route)
    {
        if (Request(model, route) is not { Forwarded: { } forwarded } next
            || UpstreamRequest.Of(route).Headers.Any(header => !header.Value.IsKnown))
        {
            return null;
        }

        var headers = forwarded.Where(header => header.Value.Length > 0 && !header.Key.Equals("Host", StringComparison.OrdinalIgnoreCase));
        var client = route.State!.Request;
        return next with
        {
            Forwarded = null,
            Headers = new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase),
            Samples = client.Samples,
            RemoteAddress = client.RemoteAddress,
        };
    }

    private static (string Address, int Port)? Place(string server)
    {
        if (server.StartsWith("unix:", StringComparison.Ordinal)) return (server, 0);
        return HostPort.Split(server) is var (host, port) && LocalAddress(host) is { } address ? (address, port) : null;
    }

    /// <summary>The address of this machine that a name stands for; null where it is another machine's or not known.</summary>
    private static string? LocalAddress(string host) => host == "localhost" || host == "0.0.0.0" ? "127.0.0.1"
        : IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address) ? host : null;
}
