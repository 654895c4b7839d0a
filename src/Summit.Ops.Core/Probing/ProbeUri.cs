using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Probing;

/// <summary>A WebSocket URI (RFC 6455, section 3) with its path and query exactly as they were written.</summary>
/// <remarks>
/// System.Uri is of no use here: it rewrites <c>/a//../b/%41</c> before it is sent, and what nginx makes of such a
/// path is what a probe must show.
/// </remarks>
internal sealed record ProbeUri
{
    private const string DefaultCommand = "Test-SummitWebSocket";

    private ProbeUri(bool tls, string host, string asciiHost, int port, string target, string userInfo) =>
        (Tls, Host, AsciiHost, Port, Target, UserInfo) = (tls, host, asciiHost, port, target, userInfo);

    /// <summary>Whether it is <c>wss</c>.</summary>
    public bool Tls { get; }

    /// <summary>The host as written, without brackets.</summary>
    public string Host { get; }

    /// <summary>The host as it is looked up and sent: international names in their ASCII form, no brackets, no trailing dot.</summary>
    public string AsciiHost { get; }

    /// <summary>The port, 1 to 65535.</summary>
    public int Port { get; }

    /// <summary>The request target: path and query as written; <c>/</c> where there is none.</summary>
    public string Target { get; }

    /// <summary>User and password as written, or empty.</summary>
    public string UserInfo { get; }

    /// <summary>Host, and the port where it is not the scheme's own: the value of the Host header.</summary>
    public string HostHeader
    {
        get
        {
            var host = AsciiHost.Contains(':', StringComparison.Ordinal) ? $"[{AsciiHost.Split('%')[0]}]" : AsciiHost;
            return Port == (Tls ? 443 : 80) ? host : $"{host}:{Port.ToString(CultureInfo.InvariantCulture)}";
        }
    }

    /// <summary>The same URI with another target.</summary>
    public ProbeUri WithTarget(string target) => new(Tls, Host, AsciiHost, Port, target, UserInfo);

    /// <summary>The same URI with other user information.</summary>
    public ProbeUri WithUserInfo(string userInfo) => new(Tls, Host, AsciiHost, Port, Target, userInfo);

    /// <summary>Reads a URI.</summary>
    /// <param name="uri">The URI.</param>
    /// <param name="command">The command that advice names.</param>
    /// <exception cref="SummitArgumentException">It is not one that can be probed; the message says why and shows no secret.</exception>
    public static ProbeUri Parse(string? uri, string command = DefaultCommand)
    {
        var example = Example(command);
        if (string.IsNullOrEmpty(uri)) throw new SummitArgumentException("UriEmpty", "No URI was given.", null, example);
        var suspect = uri.AsSpan().IndexOfAnyInRange('\0', ' ');
        if (suspect >= 0 || uri.Contains('\x7f', StringComparison.Ordinal))
        {
            var what = suspect >= 0 && uri[suspect] == ' ' ? "a space (in a path or query it is written %20)" : "a control character";
            throw Bad("UriHasSpace", uri, $"there is {what} in it", example);
        }

        var scheme = uri.IndexOf("://", StringComparison.Ordinal);
        var query = uri.AsSpan().IndexOfAny("?#/");
        if (scheme <= 0 || (query >= 0 && query < scheme))
        {
            throw Bad("UriSchemeMissing", uri, "it does not begin with wss:// or ws://", example);
        }

        var name = uri[..scheme];
        var tls = name.Equals("wss", StringComparison.OrdinalIgnoreCase);
        if (!tls && !name.Equals("ws", StringComparison.OrdinalIgnoreCase)) throw BadScheme(uri, name, command);

        var rest = uri[(scheme + 3)..];
        if (rest.Contains('#', StringComparison.Ordinal))
        {
            throw Bad("UriHasFragment", uri, "a WebSocket URI has no #fragment (a # in a path or query is written %23)", example);
        }

        var end = rest.AsSpan().IndexOfAny('/', '?');
        var authority = end < 0 ? rest : rest[..end];
        var target = end < 0 ? "/" : rest[end] == '?' ? "/" + rest[end..] : rest[end..];
        var at = authority.LastIndexOf('@');
        var userInfo = at < 0 ? "" : authority[..at];
        var (host, port) = SplitHostPort(authority[(at + 1)..], tls ? 443 : 80, problem => Bad(problem.Id, uri, problem.Text, example));
        return new ProbeUri(tls, host, Ascii(host, uri, command), port, Escape(target), userInfo);
    }

    /// <summary>Reads <c>host</c>, <c>host:port</c> or <c>[v6]:port</c>.</summary>
    public static (string Host, int Port) SplitHostPort(string text, int defaultPort, Func<(string Id, string Text), Exception> bad)
    {
        string host, port;
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0) throw bad(("UriHostInvalid", "the bracket of the IPv6 address is not closed"));
            host = text[1..close].Replace("%25", "%", StringComparison.Ordinal);
            if (!IPAddress.TryParse(host, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                throw bad(("UriHostInvalid", "what stands in brackets is no IPv6 address"));
            }

            if (close + 1 < text.Length && text[close + 1] != ':')
            {
                throw bad(("UriHostInvalid", "after the bracket of the IPv6 address comes a colon and a port, or nothing"));
            }

            port = close + 2 <= text.Length ? text[(close + 2)..] : "";
        }
        else
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon >= 0 && text.IndexOf(':', colon + 1) >= 0) throw bad(("UriHostInvalid", "an IPv6 address stands in brackets: [::1]"));
            host = colon < 0 ? text : text[..colon];
            port = colon < 0 ? "" : text[(colon + 1)..];
        }

        if (host.Length == 0) throw bad(("UriHostMissing", "there is no host in it"));
        if (port.Length == 0) return (host, defaultPort);
        if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw bad(("UriPortInvalid", "its port is no number from 1 to 65535"));
        }

        return number is >= 1 and <= 65535 ? (host, number) : throw bad(("UriPortInvalid", $"port {port} is not from 1 to 65535"));
    }

    /// <summary>Turns a host into the form that is looked up and sent.</summary>
    public static string Ascii(string host, string uri, string command = DefaultCommand)
    {
        if (host.Contains(':', StringComparison.Ordinal)) return host;
        string ascii;
        try
        {
            ascii = new IdnMapping { AllowUnassigned = true }.GetAscii(host.TrimEnd('.').ToLowerInvariant());
        }
        catch (ArgumentException error)
        {
            throw Bad(
                "UriHostInvalid", uri,
                "its host is no valid name (a label has 1 to 63 characters, a name at most 253)",
                Example(command), error);
        }

        foreach (var character in ascii)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '.' or '_'))
            {
                throw Bad(
                    "UriHostInvalid", uri,
                    $"a host name cannot have '{ForeignText.Visible(character.ToString())}' in it",
                    Example(command));
            }
        }

        return ascii;
    }

    // characters beyond ASCII travel percent-encoded as UTF-8 (RFC 3987, section 3.1); everything else travels as written
    private static string Escape(string target)
    {
        if (Ascii(target)) return target;
        var escaped = new StringBuilder(target.Length + 16);
        foreach (var rune in target.EnumerateRunes())
        {
            if (rune.IsAscii) escaped.Append((char)rune.Value);
            else escaped.Append(Uri.EscapeDataString(rune.ToString()));
        }

        return escaped.ToString();

        static bool Ascii(string text) => System.Text.Ascii.IsValid(text);
    }

    private static string Example(string command) => $"{command} -Uri '{new SummitSite().Uri}'";

    private static SummitArgumentException BadScheme(string uri, string name, string command)
    {
        var secure = name.Equals("https", StringComparison.OrdinalIgnoreCase);
        if (!secure && !name.Equals("http", StringComparison.OrdinalIgnoreCase))
        {
            return Bad(
                "UriSchemeInvalid", uri, $"its scheme is '{ForeignText.Visible(name)}', and a WebSocket has wss or ws", Example(command));
        }

        var right = Secrets.RedactUri((secure ? "wss" : "ws") + uri[name.Length..]);
        return Bad(
            "UriSchemeInvalid", uri,
            $"its scheme is '{name}'; for a WebSocket at the same place write {(secure ? "wss" : "ws")}://",
            $"{command} -Uri {PowerShellWord.Quote(right)}");
    }

    private static SummitArgumentException Bad(string id, string uri, string problem, string action, Exception? inner = null)
    {
        var shown = ForeignText.Visible(Secrets.RedactUri(uri));
        return new SummitArgumentException(id, $"'{shown}' cannot be probed: {problem}.", shown, action, inner);
    }
}
