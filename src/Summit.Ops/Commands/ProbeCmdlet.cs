using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;
using Summit.Ops.Probing;

namespace Summit.Ops.Commands;

/// <summary>What the cmdlets that open a WebSocket share: what the handshake carries.</summary>
public abstract class ProbeCmdlet : EndpointCmdlet
{
    /// <summary>The token, sent as ?token=… unless -TokenHeader is given. It is shown nowhere.</summary>
    [Parameter]
    public SecureString? Token { get; set; }

    /// <summary>
    /// The header that carries the token: Authorization (as Bearer), X-Api-Key, or Sec-WebSocket-Protocol (as a
    /// subprotocol, the way of browsers).
    /// </summary>
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

    /// <summary>Go on where the certificate is not good; its problems are in the result all the same.</summary>
    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <inheritdoc/>
    private protected override ProbeRequest Options => base.Options with
    {
        Token = Token is null ? null : new NetworkCredential("", Token).Password,
        TokenHeader = TokenHeader,
        Headers = Headers(),
        Origin = Origin,
        SubProtocols = SubProtocol,
        SkipCertificateCheck = SkipCertificateCheck,
    };

    private List<SummitHeader> Headers()
    {
        var headers = new List<SummitHeader>();
        if (Header is null) return headers;
        foreach (DictionaryEntry entry in Header)
        {
            var name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (entry.Value is string or not IEnumerable)
            {
                headers.Add(new SummitHeader(name, LanguagePrimitives.ConvertTo<string>(entry.Value)));
            }
            else
            {
                headers.AddRange(((IEnumerable)entry.Value).Cast<object>()
                    .Select(value => new SummitHeader(name, LanguagePrimitives.ConvertTo<string>(value))));
            }
        }

        return headers;
    }
}
