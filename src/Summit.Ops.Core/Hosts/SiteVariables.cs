using Summit.Ops.Sites;

namespace Summit.Ops.Hosts;

/// <summary>A site's fields as the variables that the on-host scripts read.</summary>
internal static class SiteVariables
{
    /// <summary>How nginx is called: its words quoted once here and once more as a value, since the prelude evaluates them.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Nginx(SummitSite site) =>
    [
        new("NGINX_COMMAND", ShellScript.QuoteCommand(site.NginxCommand)),
        new("NGINX_PREFIX", site.NginxPrefix),
        new("NGINX_CONF", site.NginxConfigPath),
        // the port that tells which of several is the site's, where the site names none
        new("NGINX_PORT", SiteWishes.NameNginx(site) ? "" : $"{site.Port}"),
    ];

    /// <summary>The backend's process, and who runs it.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Backend(SummitSite site) =>
    [
        new("PROCESS_NAME", site.ProcessName),
        new("BACKEND_PORT", $"{site.BackendPort}"),
        new("BACKEND_USER", site.BackendUser),
        new("PM2_DIR", site.Pm2Home),
    ];

    /// <summary>The endpoint that a handshake on the host is tried at.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Endpoint(SummitSite site) =>
    [
        new("SERVER_NAME", site.ServerName),
        new("PORT", $"{site.Port}"),
        new("WEBSOCKET_PATH", site.WebSocketPath),
        new("WEBSOCKET_QUERY", site.WithQuery("")),
        new("SUB_PROTOCOL", site.SubProtocol),
    ];
}
