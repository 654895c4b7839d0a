using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;
using Summit.Ops.Errors;
using Summit.Ops.Probing;

namespace Summit.Ops.Commands;

/// <summary>What the cmdlets that open a WebSocket share: where to, and how to get there.</summary>
public abstract class ProbeCmdlet : SummitCmdlet
{
    /// <summary>The endpoints, wss://host/path or ws://host/path; path and query are sent exactly as written. Without -Uri and -Site it is the guide's.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Uri")]
    [AllowEmptyString]
    public string[]? Uri { get; set; }

    /// <summary>The site whose endpoint is meant; its certificate authority is trusted.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Site")]
    public SummitSite? Site { get; set; }

    /// <summary>The token, sent as ?token=… unless -TokenHeader is given. It is shown nowhere.</summary>
    [Parameter]
    public SecureString? Token { get; set; }

    /// <summary>The header that carries the token: Authorization (as Bearer), X-Api-Key, or Sec-WebSocket-Protocol (as a subprotocol, the way of browsers).</summary>
    [Parameter]
    public string? TokenHeader { get; set; }

    /// <summary>More request headers: @{ 'X-Api-Version' = '2' }.</summary>
    [Parameter]
    public IDictionary? Header { get; set; }

    /// <summary>The Origin header, as a browser would send it: https://app.example.com.</summary>
    [Parameter]
    public string? Origin { get; set; }

    /// <summary>The subprotocols to offer, the preferred one first.</summary>
    [Parameter]
    public string[] SubProtocol { get; set; } = [];

    /// <summary>The host:port to connect to instead; the name for SNI, Host and the certificate stays the URI's.</summary>
    [Parameter]
    public string? ConnectTo { get; set; }

    /// <summary>One budget, in seconds, for all but -Hold.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int TimeoutSec { get; set; } = 10;

    /// <summary>A PEM file with authorities to trust beside the system's.</summary>
    [Parameter]
    public string? CertificateAuthority { get; set; }

    /// <summary>Go on where the certificate is not good; its problems are in the result all the same.</summary>
    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>The HTTP proxy, http://host:port; without it the system's is used, and none for this machine. 'none' goes without.</summary>
    [Parameter]
    public string? Proxy { get; set; }

    /// <summary>Everything but the URI.</summary>
    private protected virtual ProbeRequest Options => new()
    {
        Token = Token is null ? null : new NetworkCredential("", Token).Password,
        TokenHeader = TokenHeader,
        Headers = Headers(),
        Origin = Origin,
        SubProtocols = SubProtocol,
        ConnectTo = ConnectTo,
        Timeout = TimeSpan.FromSeconds(TimeoutSec),
        CertificateAuthority = CertificateAuthority is { Length: > 0 } path ? FileSystemPath(path) : null,
        SkipCertificateCheck = SkipCertificateCheck,
        Proxy = Proxy,
    };

    /// <summary>The same for all endpoints, made once.</summary>
    private protected ProbeRequest Shared { get; private set; } = new();

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        Shared = Options;
        try
        {
            // what is wrong for one endpoint is wrong for all: said once, before anything is sent
            _ = ProbeRequest.Create(new SummitSite().Uri, Shared);
        }
        catch (SummitArgumentException error)
        {
            Throw(error);
        }
    }

    /// <summary>The requests of this pipeline item; an endpoint that makes no sense is an error of its own.</summary>
    private protected IReadOnlyList<ProbeRequest> Requests()
    {
        var requests = new List<ProbeRequest>();
        var options = Shared;
        if (Site is { CertificateAuthorityPath.Length: > 0 } && options.CertificateAuthority is null) options = options with { CertificateAuthority = FileSystemPath(Site.CertificateAuthorityPath) };
        foreach (var uri in Site is not null ? [Site.Uri] : Uri ?? [new SummitSite().Uri])
        {
            Guard(null, () => requests.Add(ProbeRequest.Create(uri, options)));
        }

        return requests;
    }

    private List<SummitHeader> Headers()
    {
        var headers = new List<SummitHeader>();
        if (Header is null) return headers;
        foreach (DictionaryEntry entry in Header)
        {
            var name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (entry.Value is string or not IEnumerable) headers.Add(new SummitHeader(name, LanguagePrimitives.ConvertTo<string>(entry.Value)));
            else headers.AddRange(((IEnumerable)entry.Value).Cast<object>().Select(value => new SummitHeader(name, LanguagePrimitives.ConvertTo<string>(value))));
        }

        return headers;
    }
}
