namespace Summit.Ops;

/// <summary>All that is known of one site: what should be served, where its files lie, how its backend runs.</summary>
/// <remarks>
/// The defaults are the troubleshooting guide's. Facts of an account (instance ids, regions) are never a default.
/// A file, link, nginx or backend address that has its default value is no wish: the host decides, and a default is used only where the
/// host has nothing else. Any other value is used as it is.
/// </remarks>
public record SummitSite
{
    /// <summary>The site's name, also that of its files; <c>summit-api</c>.</summary>
    public string Name { get; init; } = "summit-api";

    /// <summary>The DNS name that clients use.</summary>
    public string ServerName { get; init; } = "summit-api.codingeverest.com";

    /// <summary>The TLS port that clients use.</summary>
    public int Port { get; init; } = 443;

    /// <summary>The address that nginx listens on; empty for all of them.</summary>
    /// <remarks>
    /// nginx never chooses a server on all addresses (<c>listen 443 ssl</c>) where another server names the very address and port of the
    /// connection (<c>listen 192.0.2.1:443 ssl</c>).
    /// </remarks>
    public string ListenAddress { get; init; } = "";

    /// <summary>The path of the WebSocket endpoint.</summary>
    public string WebSocketPath { get; init; } = "/ws";

    /// <summary>
    /// The query that each handshake has, without its question mark: <c>EIO=4&amp;transport=websocket</c> for Socket.IO. Empty for none.
    /// </summary>
    public string WebSocketQuery { get; init; } = "";

    /// <summary>
    /// The subprotocols that a client offers, with commas between them: <c>mqtt</c>, <c>graphql-transport-ws</c>. Empty for none.
    /// </summary>
    public string SubProtocol { get; init; } = "";

    /// <summary>The path of the HTTP API beside it; empty for none.</summary>
    public string ApiPath { get; init; } = "/api";

    /// <summary>The host that nginx connects to.</summary>
    public string BackendHost { get; init; } = "localhost";

    /// <summary>The port that the backend listens on.</summary>
    public int BackendPort { get; init; } = 4000;

    /// <summary>The path that the backend serves the WebSocket on; empty for the same as <see cref="WebSocketPath"/>.</summary>
    public string BackendPath { get; init; } = "";

    /// <summary>The site's configuration file on the server.</summary>
    public string ConfigPath { get; init; } = "/etc/nginx/sites-available/summit-api";

    /// <summary>The link by which nginx includes it; empty, or equal to <see cref="ConfigPath"/>, where there is none.</summary>
    public string EnabledPath { get; init; } = "/etc/nginx/sites-enabled/summit-api";

    /// <summary>The backend's process name in pm2, or its systemd unit.</summary>
    public string ProcessName { get; init; } = "summit";

    /// <summary>The account that runs the backend; empty for the account that runs the check.</summary>
    public string BackendUser { get; init; } = "";

    /// <summary>PM2_HOME of the daemon that runs the backend; empty for pm2's default.</summary>
    public string Pm2Home { get; init => field = Folder(value); } = "";

    /// <summary>
    /// The certificate chain on the server (PEM); empty for certbot's place, <c>/etc/letsencrypt/live/NAME/fullchain.pem</c>.
    /// </summary>
    public string CertificatePath { get; init; } = "";

    /// <summary>Its private key; empty for certbot's place, <c>/etc/letsencrypt/live/NAME/privkey.pem</c>.</summary>
    public string CertificateKeyPath { get; init; } = "";

    /// <summary>A private certificate authority to trust (PEM, on the machine that probes); empty for the system's store alone.</summary>
    public string CertificateAuthorityPath { get; init; } = "";

    /// <summary>The nginx command, with arguments where it needs them (<c>docker exec web nginx</c>).</summary>
    public string NginxCommand { get; init; } = "nginx";

    /// <summary>The main configuration file (<c>nginx -c</c>); empty for the one that was compiled in.</summary>
    public string NginxConfigPath { get; init; } = "";

    /// <summary>The prefix (<c>nginx -p</c>); empty for the one that was compiled in.</summary>
    public string NginxPrefix { get; init => field = Folder(value); } = "";

    /// <summary>How often the application sends something on an idle connection; zero where it never does.</summary>
    public TimeSpan PingInterval { get; init; }

    /// <summary>The command that brings the backend up to date; empty for a plain restart.</summary>
    public string DeployCommand { get; init; } = "";

    /// <summary>The command that undoes <see cref="DeployCommand"/>; empty for none.</summary>
    public string RollbackCommand { get; init; } = "";

    /// <summary>The Origin header that a browser sends with the handshake; empty for <c>https://</c> and the server name.</summary>
    /// <remarks>Every probe of the site sends it, so that a backend that refuses the Origin of its own pages is found.</remarks>
    public string Origin { get; init; } = "";

    /// <summary>Checks whose failure is accepted for a time.</summary>
    public IReadOnlyList<SummitSuppression> Suppressions { get; init => field = ItemList.Of(value); } = ItemList<SummitSuppression>.None;

    /// <summary>The URI that clients open, made of server name, port, path and query.</summary>
    public string Uri => $"wss://{ServerName}{(Port == 443 ? "" : $":{Port}")}{WithQuery(WebSocketPath)}";

    /// <summary>The site as it was asked for, where some of its values were found on the host; else null.</summary>
    internal SummitSite? AsAsked { get; init; }

    /// <summary>The name.</summary>
    public sealed override string ToString() => Name;

    /// <summary>The site alone, without what a derived object says of it.</summary>
    internal SummitSite Plain => GetType() == typeof(SummitSite) ? this : new SummitSite(this);

    /// <summary>A path with the query that each handshake has.</summary>
    internal string WithQuery(string path) => WebSocketQuery.Length > 0 ? $"{path}?{WebSocketQuery}" : path;

    /// <summary>A folder as it is written with and without a closing slash.</summary>
    private static string Folder(string path) => path is [.., not '/', '/'] ? path[..^1] : path;
}
