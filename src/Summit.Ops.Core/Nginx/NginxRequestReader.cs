using Summit.Ops.Probing;

namespace Summit.Ops.Nginx;

/// <summary>Reads what people type for a request.</summary>
public static class NginxRequestReader
{
    /// <summary>A request from a URI, or from a path on a site.</summary>
    /// <param name="uri">
    /// <c>wss://host:port/path?query</c> (or ws, https, http), or a path that begins with a slash. It is taken as it
    /// stands: not decoded, not normalised.
    /// </param>
    /// <param name="site">The site that a path is asked on.</param>
    /// <param name="nginxVersion">nginx's version; null where it is not known.</param>
    /// <exception cref="Errors.SummitArgumentException">It is neither; the message says why and shows no secret.</exception>
    public static NginxRequest Read(string uri, SummitSite site, string? nginxVersion = null)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(site);
        if (uri.StartsWith('/')) return new NginxRequest(site.ServerName, site.Port, Tls: true, uri, NginxVersion: nginxVersion);
        var parsed = ProbeUri.Parse(AsWebSocket(uri));
        return new NginxRequest(parsed.HostHeader, parsed.Port, parsed.Tls, parsed.Target, NginxVersion: nginxVersion);
    }

    /// <summary>For nginx https is wss until the upgrade.</summary>
    private static string AsWebSocket(string uri)
    {
        if (uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) return "wss" + uri[5..];
        return uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "ws" + uri[4..] : uri;
    }
}
