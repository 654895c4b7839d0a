using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Nginx;

namespace Summit.Ops.Commands;

/// <summary>Says which server block and location a request meets, and which directives hold for it there.</summary>
/// <remarks>
/// <para>The URI is taken as the client sends it: "//", "..", and "%41" are nginx's to treat. The answer has the server block and why it
/// was chosen, the location and why, where the request is passed to, whether a WebSocket upgrade gets through, and every directive that
/// holds, with file and line, the level it is inherited from, or why one that seems to hold is lost.</para>
/// <para>Where the way depends on what no configuration says (a header that only the client knows, Lua code), Kind is Unknown and the last
/// steps say on what. That a file of try_files exists is never assumed.</para>
/// </remarks>
/// <example>
/// <title>The way of a WebSocket</title>
/// <code>Get-SummitNginxConfig /etc/nginx/nginx.conf | Resolve-SummitNginxLocation -Uri 'wss://summit-api.codingeverest.com/ws'</code>
/// <para>Server, location, upstream, and each step in a sentence.</para>
/// </example>
/// <example>
/// <title>Headers that are lost</title>
/// <code>(Get-SummitNginxConfig /etc/nginx/nginx.conf | Resolve-SummitNginxLocation /ws).Effective | Where-Object LostBecause</code>
/// <para>A path alone is asked on the guide's site, or on the one of -Site.</para>
/// </example>
/// <example>
/// <title>An ordinary request</title>
/// <code>sudo nginx -T | Get-SummitNginxConfig |
///     Resolve-SummitNginxLocation -Uri 'https://summit-api.codingeverest.com/api/users' -Header @{ 'User-Agent' = 'curl/8.0' }</code>
/// <para>With -Header the request has these headers and no others; without it it is a WebSocket handshake of
/// which nothing more is known.</para>
/// </example>
/// <seealso cref="GetSummitNginxConfigCommand"/>
/// <seealso cref="TestSummitNginxConfigCommand"/>
[Cmdlet(VerbsDiagnostic.Resolve, "SummitNginxLocation", DefaultParameterSetName = "Config")]
[OutputType(typeof(SummitNginxRoute))]
public sealed class ResolveSummitNginxLocationCommand : NginxConfigCmdlet
{
    /// <summary>The URIs, with wss, ws, https or http, or paths on the site.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string[] Uri { get; set; } = [];

    /// <summary>The site that a path is asked on; the guide's where none is given.</summary>
    /// <value>(New-SummitSite)</value>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    [SiteOrFile]
    public SummitSite Site { get; set; } = new();

    /// <summary>The server's address that the connection comes to, where nginx listens on more than one.</summary>
    [Parameter]
    public string? LocalAddress { get; set; }

    /// <summary>The request's headers, all of them but Host; a WebSocket handshake where none are given.</summary>
    [Parameter]
    public System.Collections.IDictionary? Header { get; set; }

    /// <summary>The version of the nginx that runs it, such as 1.22.1; without it one before 1.29.7 is taken.</summary>
    [Parameter]
    [NginxVersion]
    public string? NginxVersion { get; set; }

    private protected override void Process(SummitNginxConfig config)
    {
        foreach (var uri in Uri)
        {
            Guard(target: null, () => WriteObject(NginxRouter.Resolve(
                config, NginxRequestReader.Read(uri, Site, NginxVersion) with { LocalAddress = LocalAddress, Headers = Headers() })));
        }
    }

    private Dictionary<string, string>? Headers()
    {
        if (Header is null) return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (System.Collections.DictionaryEntry entry in Header) headers[entry.Key.ToString() ?? ""] = entry.Value?.ToString() ?? "";
        return headers;
    }
}
