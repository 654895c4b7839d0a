using System.Net;
using System.Net.Sockets;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>A listen directive's address and the parameters that matter for a request.</summary>
/// <param name="Text">The arguments as written.</param>
/// <param name="Host">
/// The address: <c>*</c> for any IPv4, <c>::</c> for any IPv6, else as .NET writes it; a name stays a name; <c>unix:…</c> for a socket.
/// </param>
/// <param name="Port">The port; 0 for a UNIX socket.</param>
/// <param name="LastPort">The last port of a range, else <paramref name="Port"/>.</param>
/// <param name="Ssl">Whether it says ssl (or quic).</param>
/// <param name="Default">Whether it says default_server.</param>
/// <param name="Http2">Whether it says http2.</param>
/// <param name="ProxyProtocol">Whether it wants the PROXY protocol's line first.</param>
/// <param name="Quic">Whether it is UDP.</param>
/// <param name="DualStack">Whether an IPv6 wildcard takes IPv4 too.</param>
/// <param name="Directive">Where it stands.</param>
internal sealed record ListenAddress(
    string Text, string Host, int Port, int LastPort, bool Ssl, bool Default, bool Http2, bool ProxyProtocol, bool Quic,
    bool DualStack, DirectiveRef Directive)
{
    public bool IsWildcard => Host is "*" or "::";

    public static ListenAddress Read(DirectiveRef directive)
    {
        var parameters = directive.Arguments().Skip(1).ToArray();
        var (host, port, last) = ReadAddress(directive.Argument(0));
        return new ListenAddress(
            directive.ShowArguments(), host, port, last, parameters.Contains("ssl") || parameters.Contains("quic"),
            parameters.Contains("default_server") || parameters.Contains("default"),
            parameters.Contains("http2"), parameters.Contains("proxy_protocol"), parameters.Contains("quic"),
            parameters.Contains("ipv6only=off"), directive);
    }

    private static (string Host, int Port, int LastPort) ReadAddress(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal)) return (text, 0, 0);
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0) return (text, 80, 80);
            var (first, last) = text.AsSpan(close + 1).StartsWith(":") ? ReadPorts(text[(close + 2)..]) : (80, 80);
            return (Normalize(text[1..close]), first, last);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            var (first, last) = ReadPorts(text[(colon + 1)..]);
            return (Normalize(text[..colon]), first, last);
        }

        if (ReadPorts(text) is var (port, lastPort) && port > 0) return ("*", port, lastPort);
        return (Normalize(text), 80, 80);
    }

    private static (int First, int Last) ReadPorts(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var first = Digits(dash < 0 ? text : text[..dash]);
        return (first, dash < 0 ? first : Digits(text[(dash + 1)..]));
    }

    private static int Digits(string text) => text.Length is > 0 and < 6 && text.All(char.IsAsciiDigit) ? int.Parse(text) : 0;

    private static string Normalize(string host)
    {
        if (host == "*") return host;
        if (!IPAddress.TryParse(host, out var address)) return NginxText.Show(host.ToLowerInvariant());
        return address.AddressFamily == AddressFamily.InterNetwork && address.Equals(IPAddress.Any) ? "*" : address.ToString();
    }
}
