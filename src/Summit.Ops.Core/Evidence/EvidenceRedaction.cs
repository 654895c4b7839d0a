using System.Text.RegularExpressions;
using Summit.Ops.Network;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>Takes secrets out of evidence that leaves the machine: configuration files and logs hold credentials of their own.</summary>
internal static partial class EvidenceRedaction
{
    /// <summary>A text without credentials in headers, in URIs and in the values that a log shows.</summary>
    public static string Of(string text) => Parameters().Replace(UserInfo().Replace(Headers().Replace(text, "${name}${space}" + Secrets.Mask), "${scheme}" + Secrets.Mask + "@"), "${name}" + Secrets.Mask);

    /// <summary>The evidence, redacted: the same sections with the secrets masked. An exact copy of bytes that are no text is left out.</summary>
    public static HostEvidence Of(HostEvidence host) => new(
        host.Target,
        host.Sections.ToDictionary(section => section.Key, section => new EvidenceSection(section.Value.ExitCode, Of(section.Value.Text)), StringComparer.Ordinal),
        host.Duration);

    /// <summary>The network, redacted: what people wrote in names and descriptions, and what AWS said of a refusal, which names the caller.</summary>
    public static NetworkPath Of(NetworkPath path) => path with
    {
        Interfaces = [.. path.Interfaces.Select(Of)],
        LoadBalancers = [.. path.LoadBalancers.Select(Of)],
        Members = [.. path.Members.Select(Of)],
        Groups = [.. path.Groups.Select(group => group with { Name = Of(group.Name) })],
        Missing = path.Missing.ToDictionary(missing => missing.Key, missing => Callers().Replace(Of(missing.Value), "${kind}" + Secrets.Mask), StringComparer.Ordinal),
    };

    private static NetworkInterface Of(NetworkInterface card) => card with { Description = Of(card.Description) };

    // an ARN of a user or a role session, often an address of a person; and the encoded message, which an account can decode
    [GeneratedRegex(@"(?<kind>\barn:aws[a-z-]*:(?:iam|sts)::\d*:|Encoded authorization failure message: )[^\s""']+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Callers();

    // a header's value where a directive sets one, and where a log or a message shows one; never the name alone, which may be a location's
    [GeneratedRegex("""(?<name>\b(?:proxy_set_header|add_header|more_set_headers)\s+['"]?(?:[\w-]*authorization|[\w-]*api-?key|cookie|[\w-]*token|[\w-]*secret)['"]?|\b(?:proxy-)?authorization:|\bx-api-key:|\bcookie:)(?<space>\s*)(?:"[^"\n]*"|'[^'\n]*'|[^;"'\n{}]+)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Headers();

    [GeneratedRegex(@"(?<scheme>\b[a-z][a-z0-9+.-]*://)[^/\s""'@]+@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex UserInfo();

    [GeneratedRegex("""(?<name>[?&](?:[a-z_-]*token|[a-z_-]*secret|passw(?:or)?d|api[_-]?key|jwt|sig(?:nature)?|auth|session|ticket)=)[^&\s"'#;]+""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 2000)]
    private static partial Regex Parameters();
}
