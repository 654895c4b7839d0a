using System.Management.Automation;
using Summit.Ops.Sites;

namespace Summit.Ops.Commands;

/// <summary>Describes a site: its name, its WebSocket path, its backend, and where its files lie on the server.</summary>
/// <remarks>
/// <para>The site is what every other cmdlet takes with -Site. Each field has the default of the WebSocket troubleshooting guide; give
/// those that differ. With -Name alone, the configuration file and its link follow the name.</para>
/// <para>File, link, nginx and backend address with their default values are as found: on a host the server block that answers for the
/// name and port decides the file, and the nginx that holds the port is used. Other values are used as they are. about_Summit_Deployment
/// says how the file is found.</para>
/// <para>Nothing is looked up and nothing is changed. A field that makes no sense is an error at once.</para>
/// </remarks>
/// <example>
/// <title>The guide's site on another domain</title>
/// <code>$site = New-SummitSite -ServerName api.example.com</code>
/// <para>Port 443, /ws and /api, a backend on localhost:4000, /etc/nginx/sites-available/summit-api.</para>
/// </example>
/// <example>
/// <title>A site of its own</title>
/// <code>$backend = @{ BackendPort = 3000; ProcessName = 'chat' }
/// $site = New-SummitSite -Name chat -ServerName chat.example.com -WebSocketPath /socket -ApiPath '' @backend</code>
/// <para>The files are /etc/nginx/sites-available/chat and its link in sites-enabled.</para>
/// </example>
/// <example>
/// <title>Change one field of a site</title>
/// <code>$staging = New-SummitSite -ServerName api.example.com | New-SummitSite -Port 8443</code>
/// <para>A site from the pipeline is the start; only the fields that are given change.</para>
/// </example>
/// <example>
/// <title>A site of each line of a table</title>
/// <code>$sites = Import-Csv ./sites.csv | New-SummitSite</code>
/// <para>The columns are fields of a site: Name, ServerName, Port. An empty cell has its default, and a column that
/// no site has is an error.</para>
/// </example>
/// <example>
/// <title>Use it everywhere in a session</title>
/// <code>$PSDefaultParameterValues['*-Summit*:Site'] = New-SummitSite -ServerName api.example.com</code>
/// <para>Every cmdlet with -Site now works on this one.</para>
/// </example>
/// <example>
/// <title>Socket.IO, or an application that wants a subprotocol</title>
/// <code>New-SummitSite -ServerName chat.example.com -WebSocketPath '/socket.io/?EIO=4&amp;transport=websocket'
/// New-SummitSite -ServerName mqtt.example.com -WebSocketPath /mqtt -SubProtocol mqtt</code>
/// <para>Every probe of the site asks as its clients do.</para>
/// </example>
/// <seealso cref="ExportSummitSiteCommand"/>
/// <seealso cref="ImportSummitSiteCommand"/>
[Cmdlet(VerbsCommon.New, "SummitSite")]
[OutputType(typeof(SummitSite))]
public sealed class NewSummitSiteCommand : SummitCmdlet
{
    /// <summary>The site to start from; the guide's where none is given.</summary>
    /// <value>(New-SummitSite)</value>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    [SiteFields]
    public SummitSite InputObject { get; set; } = new();

    /// <summary>The site's name, also that of its files; default summit-api.</summary>
    [Parameter(Position = 0)]
    public string? Name { get; set; }

    /// <summary>The DNS name that clients use.</summary>
    [Parameter(Position = 1)]
    public string? ServerName { get; set; }

    /// <summary>The TLS port that clients use; default 443.</summary>
    [Parameter]
    public int? Port { get; set; }

    /// <summary>The address that nginx listens on; default all of them.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? ListenAddress { get; set; }

    /// <summary>The path of the WebSocket endpoint; default /ws. What follows a question mark is taken for -WebSocketQuery.</summary>
    [Parameter]
    public string? WebSocketPath { get; set; }

    /// <summary>
    /// The query that each handshake has, where the application wants one: 'EIO=4&amp;transport=websocket' for Socket.IO. A
    /// token is none: -Token is for that.
    /// </summary>
    [Parameter]
    [AllowEmptyString]
    public string? WebSocketQuery { get; set; }

    /// <summary>The subprotocols that a client offers, where the application wants one: mqtt, graphql-transport-ws.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? SubProtocol { get; set; }

    /// <summary>The path of the HTTP API beside it; default /api, empty for none.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? ApiPath { get; set; }

    /// <summary>The host that nginx connects to; default localhost.</summary>
    [Parameter]
    public string? BackendHost { get; set; }

    /// <summary>The port that the backend listens on; default 4000.</summary>
    [Parameter]
    public int? BackendPort { get; set; }

    /// <summary>The path that the backend serves the WebSocket on, where it is not the WebSocket path itself.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? BackendPath { get; set; }

    /// <summary>The configuration file on the server; default /etc/nginx/sites-available/NAME.</summary>
    [Parameter]
    public string? ConfigPath { get; set; }

    /// <summary>The link by which nginx includes it; default /etc/nginx/sites-enabled/NAME, empty for none.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? EnabledPath { get; set; }

    /// <summary>The backend's process name in pm2, or its systemd unit; default summit.</summary>
    [Parameter]
    public string? ProcessName { get; set; }

    /// <summary>The account that runs the backend.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? BackendUser { get; set; }

    /// <summary>PM2_HOME of the daemon that runs the backend.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Pm2Home { get; set; }

    /// <summary>The certificate chain on the server (PEM); default certbot's place.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? CertificatePath { get; set; }

    /// <summary>Its private key on the server; default certbot's place.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? CertificateKeyPath { get; set; }

    /// <summary>A private certificate authority to trust: a PEM file on this machine.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? CertificateAuthorityPath { get; set; }

    /// <summary>The nginx command on the server; default nginx.</summary>
    [Parameter]
    public string? NginxCommand { get; set; }

    /// <summary>nginx's main configuration file (nginx -c), where it is not the one that was compiled in.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? NginxConfigPath { get; set; }

    /// <summary>nginx's prefix (nginx -p), where it is not the one that was compiled in.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? NginxPrefix { get; set; }

    /// <summary>How often the application sends something on an idle connection: seconds, or a time span such as 00:00:30.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? PingInterval { get; set; }

    /// <summary>The Origin header that a browser sends with the handshake; default https:// and the server name.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Origin { get; set; }

    /// <summary>The command that brings the backend up to date.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? DeployCommand { get; set; }

    /// <summary>The command that undoes it.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? RollbackCommand { get; set; }

    /// <summary>Checks whose failure is accepted for a time.</summary>
    [Parameter]
    public SummitSuppression[]? Suppressions { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var start = InputObject.Plain;
        var copied = WebSocketQuery is null ? WebSocketPath?.Split('?', 2) : null; // as it is copied from a browser
        var renamed = Name is not null && Name != start.Name;
        var site = start with
        {
            Name = Name ?? start.Name,
            ServerName = ServerName ?? start.ServerName,
            Port = Port ?? start.Port,
            ListenAddress = ListenAddress ?? start.ListenAddress,
            WebSocketPath = copied?[0] ?? WebSocketPath ?? start.WebSocketPath,
            WebSocketQuery = copied is [_, var query] ? query : WebSocketQuery ?? start.WebSocketQuery,
            SubProtocol = SubProtocol ?? start.SubProtocol,
            ApiPath = ApiPath ?? start.ApiPath,
            BackendHost = BackendHost ?? start.BackendHost,
            BackendPort = BackendPort ?? start.BackendPort,
            BackendPath = BackendPath ?? start.BackendPath,
            ConfigPath = ConfigPath ?? (renamed ? $"/etc/nginx/sites-available/{Name}" : start.ConfigPath),
            EnabledPath = EnabledPath ?? (renamed ? $"/etc/nginx/sites-enabled/{Name}" : start.EnabledPath),
            ProcessName = ProcessName ?? start.ProcessName,
            BackendUser = BackendUser ?? start.BackendUser,
            Pm2Home = Pm2Home ?? start.Pm2Home,
            CertificatePath = CertificatePath ?? start.CertificatePath,
            CertificateKeyPath = CertificateKeyPath ?? start.CertificateKeyPath,
            CertificateAuthorityPath = CertificateAuthorityPath ?? start.CertificateAuthorityPath,
            NginxCommand = NginxCommand ?? start.NginxCommand,
            NginxConfigPath = NginxConfigPath ?? start.NginxConfigPath,
            NginxPrefix = NginxPrefix ?? start.NginxPrefix,
            PingInterval = PingInterval ?? start.PingInterval,
            Origin = Origin ?? start.Origin,
            DeployCommand = DeployCommand ?? start.DeployCommand,
            RollbackCommand = RollbackCommand ?? start.RollbackCommand,
            Suppressions = Suppressions ?? start.Suppressions,
        };
        Guard(site, () => WriteObject(SiteRules.Check(site)));
    }
}
