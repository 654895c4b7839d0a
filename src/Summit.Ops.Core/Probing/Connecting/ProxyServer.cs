using System.Net;
using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Connecting;

/// <summary>The HTTP proxy that the connection is tunnelled through.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Authorization">The value of Proxy-Authorization, or null.</param>
internal sealed record ProxyServer(string Host, int Port, string? Authorization)
{
    /// <summary>
    /// The proxy of a request: the one named, else the system's unless the endpoint is this machine or an address was named.
    /// </summary>
    /// <exception cref="SummitArgumentException">What was named is no HTTP proxy.</exception>
    public static ProxyServer? For(ProbeRequest request, ProbeUri uri, Secrets secrets)
    {
        if (request.Proxy is { Length: > 0 } named)
        {
            return named.Equals("none", StringComparison.OrdinalIgnoreCase) ? null : Parse(named, request, secrets);
        }

        if (!string.IsNullOrEmpty(request.ConnectTo) || IsThisMachine(uri.AsciiHost)) return null;
        return System(uri, secrets);
    }

    private static ProxyServer? System(ProbeUri uri, Secrets secrets)
    {
        var host = uri.AsciiHost.Contains(':', StringComparison.Ordinal) ? $"[{uri.AsciiHost.Split('%')[0]}]" : uri.AsciiHost;
        if (!Uri.TryCreate($"{(uri.Tls ? "https" : "http")}://{host}:{uri.Port}/", UriKind.Absolute, out var destination)) return null;
        var proxy = HttpClient.DefaultProxy;
        if (proxy.IsBypassed(destination) || proxy.GetProxy(destination) is not { } found || found == destination) return null;
        if (!found.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase)) return null;
        var credential = proxy.Credentials?.GetCredential(found, "Basic");
        var userInfo = found.UserInfo.Length > 0 ? found.UserInfo : credential is { UserName.Length: > 0 }
            ? $"{Uri.EscapeDataString(credential.UserName)}:{Uri.EscapeDataString(credential.Password)}"
            : "";
        return new ProxyServer(found.IdnHost, found.Port, Basic(userInfo, secrets));
    }

    private static ProxyServer Parse(string text, ProbeRequest request, Secrets secrets)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0 && !text[..scheme].Equals("http", StringComparison.OrdinalIgnoreCase))
        {
            throw Bad(text, request, text.StartsWith("socks", StringComparison.OrdinalIgnoreCase)
                ? "SOCKS is not spoken to a proxy, only HTTP (CONNECT), as http://host:port; "
                    + "most proxies that do the one do the other, often on another port"
                : "only HTTP proxies are spoken to, as http://host:port");
        }

        var authority = (scheme < 0 ? text : text[(scheme + 3)..]).TrimEnd('/');
        if (authority.AsSpan().IndexOfAny("/?# ") >= 0) throw Bad(text, request, "it has more in it than a host and a port");
        var at = authority.LastIndexOf('@');
        var (host, port) = ProbeUri.SplitHostPort(authority[(at + 1)..], 80, problem => Bad(text, request, problem.Text));
        try
        {
            return new ProxyServer(ProbeUri.Ascii(host, host), port, at < 0 ? null : Basic(authority[..at], secrets));
        }
        catch (SummitArgumentException)
        {
            throw Bad(text, request, "its host is no valid name");
        }
    }

    private static string? Basic(string userInfo, Secrets secrets)
    {
        if (userInfo.Length == 0) return null;
        var plain = Uri.UnescapeDataString(userInfo);
        secrets.Add(plain);
        secrets.Add(plain[(plain.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        return "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(plain));
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static SummitArgumentException Bad(string text, ProbeRequest request, string problem)
    {
        var shown = ForeignText.Visible(Secrets.RedactUri(text));
        return new SummitArgumentException(
            "ProxyInvalid", $"'{shown}' is no proxy: {problem}.", shown,
            $"{request.Command} -Uri {PowerShellWord.Quote(ForeignText.Visible(Secrets.RedactUri(request.Uri)))} "
                + "-Proxy 'http://proxy.example.com:3128'");
    }
}
