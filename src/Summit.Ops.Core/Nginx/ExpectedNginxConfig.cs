using System.Buffers;
using System.Globalization;
using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Text;

namespace Summit.Ops.Nginx;

/// <summary>The configuration that the troubleshooting guide expects, for a site.</summary>
public static class ExpectedNginxConfig
{
    /// <summary>
    /// What a name, path or host in a configuration may be made of without quotes; everything else is refused, never escaped.
    /// </summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:@%+,=&!()[]*");

    private static readonly SearchValues<char> HostChars = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:[]");

    /// <summary>
    /// The whole file for the site: a server block with TLS, the WebSocket location exactly as the guide has it,
    /// and the API's where there is one.
    /// </summary>
    /// <param name="site">The site.</param>
    /// <returns>A configuration whose path is the site's <see cref="SummitSite.ConfigPath"/>.</returns>
    /// <exception cref="SummitArgumentException">A value of the site would not be what it says inside a configuration file.</exception>
    public static SummitNginxConfig For(SummitSite site)
    {
        ArgumentNullException.ThrowIfNull(site);
        return NginxConfigReader.FromBytes(site.ConfigPath, Encoding.UTF8.GetBytes(Text(site)));
    }

    /// <summary>The guide's lines inside the WebSocket location, for a site, without indentation; comments and empty lines too.</summary>
    /// <param name="site">The site.</param>
    /// <param name="upstream">The URL that it is passed to, where that is not the site's backend.</param>
    internal static IReadOnlyList<string> WebSocketLines(SummitSite site, string? upstream = null) =>
    [
        $"proxy_pass {upstream ?? Backend(site)};",
        "proxy_http_version 1.1;",
        "",
        "# CRITICAL: WebSocket upgrade headers",
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header Connection \"upgrade\";",
        "",
        "# Standard headers",
        "proxy_set_header Host $host;",
        "proxy_set_header X-Real-IP $remote_addr;",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "",
        "# WebSocket timeouts",
        "proxy_read_timeout 86400;",
        "proxy_send_timeout 86400;",
        "",
        "# CRITICAL: Disable buffering",
        "proxy_buffering off;",
        "proxy_cache off;",
    ];

    /// <summary>The WebSocket location alone, as it stands in the expected file.</summary>
    /// <exception cref="SummitArgumentException">A value of the site would not be what it says inside a configuration file.</exception>
    internal static string WebSocketLocation(SummitSite site)
    {
        Check(site);
        var text = new StringBuilder();
        AppendLocation(text, site.WebSocketPath, WebSocketLines(site));
        return text.ToString();
    }

    /// <summary>The <c>proxy_pass</c> URL for the WebSocket location: with a path only where the backend serves it elsewhere.</summary>
    internal static string Backend(SummitSite site) =>
        $"http://{Host(site)}:{site.BackendPort}"
            + $"{(site.BackendPath.Length > 0 && site.BackendPath != site.WebSocketPath ? site.BackendPath : "")}";

    /// <summary>Refuses a site whose values cannot stand in a configuration as they are.</summary>
    internal static void Check(SummitSite site)
    {
        CheckHost(site.ServerName, nameof(site.ServerName));
        CheckHost(site.BackendHost, nameof(site.BackendHost));
        if (site.ListenAddress.Length > 0) CheckHost(site.ListenAddress, nameof(site.ListenAddress));
        CheckPath(site.WebSocketPath, nameof(site.WebSocketPath));
        if (site.ApiPath.Length > 0) CheckPath(site.ApiPath, nameof(site.ApiPath));
        if (site.BackendPath.Length > 0) CheckPath(site.BackendPath, nameof(site.BackendPath));
        if (site.CertificatePath.Length > 0) CheckFile(site.CertificatePath, nameof(site.CertificatePath));
        if (site.CertificateKeyPath.Length > 0) CheckFile(site.CertificateKeyPath, nameof(site.CertificateKeyPath));
        CheckPort(site.Port, nameof(site.Port));
        CheckPort(site.BackendPort, nameof(site.BackendPort));
        if (site.ApiPath == site.WebSocketPath)
        {
            throw new SummitArgumentException(
                "SiteValueInvalid",
                $"ApiPath and WebSocketPath are both '{site.ApiPath}', and nginx refuses two locations of the same path.", site.Name,
                "Give the site an ApiPath of its own, or none: New-SummitSite -ApiPath ''");
        }
    }

    private static string Text(SummitSite site)
    {
        Check(site);
        var certificate = site.CertificatePath.Length > 0 ? site.CertificatePath : $"/etc/letsencrypt/live/{site.ServerName}/fullchain.pem";
        var key = site.CertificateKeyPath.Length > 0 ? site.CertificateKeyPath : $"/etc/letsencrypt/live/{site.ServerName}/privkey.pem";
        var text = new StringBuilder();
        text.Append("server {\n");
        text.Append(CultureInfo.InvariantCulture, $"    listen {Socket(site)} ssl;\n");
        text.Append(CultureInfo.InvariantCulture, $"    server_name {site.ServerName};\n\n");
        text.Append(CultureInfo.InvariantCulture, $"    ssl_certificate {FileWord(certificate)};\n");
        text.Append(CultureInfo.InvariantCulture, $"    ssl_certificate_key {FileWord(key)};\n\n");
        AppendLocation(text, site.WebSocketPath, WebSocketLines(site));
        if (site.ApiPath.Length > 0)
        {
            text.Append('\n');
            AppendLocation(text, site.ApiPath,
            [
                $"proxy_pass http://{Host(site)}:{site.BackendPort};",
                "proxy_http_version 1.1;",
                "",
                "proxy_set_header Host $host;",
                "proxy_set_header X-Real-IP $remote_addr;",
                "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
                "proxy_set_header X-Forwarded-Proto $scheme;",
            ]);
        }

        return text.Append("}\n").ToString();
    }

    private static void AppendLocation(StringBuilder text, string path, IReadOnlyList<string> lines)
    {
        text.Append("    location ").Append(path).Append(" {\n");
        foreach (var line in lines)
        {
            if (line.Length > 0) text.Append("        ").Append(line);
            text.Append('\n');
        }

        text.Append("    }\n");
    }

    private static string Socket(SummitSite site) =>
        site.ListenAddress.Length == 0 ? $"{site.Port}" : $"{Bracketed(site.ListenAddress)}:{site.Port}";

    private static string Host(SummitSite site) => Bracketed(site.BackendHost);

    /// <summary>A bare IPv6 address needs its brackets.</summary>
    private static string Bracketed(string host) =>
        host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]" : host;

    private static void CheckHost(string value, string field)
    {
        if (value.Length > 0 && value.AsSpan().IndexOfAnyExcept(HostChars) < 0) return;
        throw Invalid(value, field, "a host name or an address");
    }

    private static void CheckPath(string value, string field)
    {
        if (value.StartsWith('/') && value.AsSpan().IndexOfAnyExcept(Plain) < 0) return;
        throw Invalid(value, field, "a path that begins with / and has no quotes, spaces, semicolons, braces, dollar signs or line ends");
    }

    /// <summary>
    /// A path of a file as one word of a configuration: in quotes where it has blanks or other characters that end a word.
    /// </summary>
    internal static string FileWord(string path) => path.AsSpan().IndexOfAnyExcept(Plain) < 0 ? path : $"\"{path}\"";

    /// <summary>Inside quotes only the quote itself, a backslash and a dollar sign mean something else than they say.</summary>
    private static void CheckFile(string value, string field)
    {
        if (value.StartsWith('/') && value.IndexOfAny(['"', '\\', '$']) < 0 && !value.Any(char.IsControl)) return;
        throw Invalid(value, field, "a path that begins with / and has no double quotes, backslashes, dollar signs or line ends");
    }

    private static void CheckPort(int value, string field)
    {
        if (value is > 0 and < 65536) return;
        throw Invalid(value.ToString(CultureInfo.InvariantCulture), field, "a port from 1 to 65535");
    }

    private static SummitArgumentException Invalid(string value, string field, string wanted) =>
        new(
            "SiteValueInvalid", $"The site's {field} is '{ForeignText.Visible(value)}'; an nginx configuration needs {wanted} there.",
            field, $"Correct it: New-SummitSite -{field} VALUE");
}
