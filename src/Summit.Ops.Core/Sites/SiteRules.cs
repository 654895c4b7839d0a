using Summit.Ops.Errors;

namespace Summit.Ops.Sites;

/// <summary>What a site's fields must be, checked before anything is done with them.</summary>
public static class SiteRules
{
    private const int LongestName = 200;

    /// <summary>The site itself, if every field makes sense.</summary>
    /// <exception cref="SummitArgumentException">A field does not; the message names it.</exception>
    public static SummitSite Check(SummitSite site)
    {
        foreach (var field in typeof(SummitSite).GetProperties())
        {
            if (field.GetValue(site) is null)
            {
                throw Bad("SiteFieldInvalid", field.Name, "null", "must have a value; leave it out for its default", "VALUE");
            }
        }

        Name(site.Name, nameof(site.Name));
        Name(site.ProcessName, nameof(site.ProcessName));
        Host(site.ServerName, nameof(site.ServerName));
        Host(site.BackendHost, nameof(site.BackendHost));
        if (site.ListenAddress.Length > 0) Host(site.ListenAddress, nameof(site.ListenAddress));
        Port(site.Port, nameof(site.Port));
        Port(site.BackendPort, nameof(site.BackendPort));
        UriPath(site.WebSocketPath, nameof(site.WebSocketPath), mayBeEmpty: false);
        if (site.WebSocketQuery.Length > 0) Query(site.WebSocketQuery, nameof(site.WebSocketQuery));
        if (site.SubProtocol.Length > 0) SubProtocol(site.SubProtocol, nameof(site.SubProtocol));
        UriPath(site.ApiPath, nameof(site.ApiPath), mayBeEmpty: true);
        UriPath(site.BackendPath, nameof(site.BackendPath), mayBeEmpty: true);
        HostFile(site.ConfigPath, nameof(site.ConfigPath), mayBeEmpty: false);
        HostFile(site.EnabledPath, nameof(site.EnabledPath), mayBeEmpty: true);
        HostFile(site.CertificatePath, nameof(site.CertificatePath), mayBeEmpty: true);
        HostFile(site.CertificateKeyPath, nameof(site.CertificateKeyPath), mayBeEmpty: true);
        HostFile(site.NginxConfigPath, nameof(site.NginxConfigPath), mayBeEmpty: true);
        HostFile(site.NginxPrefix, nameof(site.NginxPrefix), mayBeEmpty: true);
        HostFile(site.Pm2Home, nameof(site.Pm2Home), mayBeEmpty: true);
        if (site.BackendUser.Length > 0) Name(site.BackendUser, nameof(site.BackendUser));
        if (site.Origin.Length > 0) Origin(site.Origin, nameof(site.Origin));
        _ = Hosts.ShellScript.SplitCommand(site.NginxCommand);
        if (site.PingInterval < TimeSpan.Zero)
        {
            throw Bad("SiteFieldInvalid", nameof(site.PingInterval), site.PingInterval, "cannot be negative", "30 (seconds), or 00:00:30");
        }

        foreach (var suppression in site.Suppressions) SuppressionRules.Check(suppression);
        return site;
    }

    private static void Name(string value, string field)
    {
        if (value.Length is 0 or > LongestName || value[0] == '-'
            || value.Any(c => char.IsControl(c) || c is '/' or '\\' or '\'' or '"' or ';' or '$' or '`'))
        {
            throw Bad(
                "SiteFieldInvalid", field, value,
                $"must be 1 to {LongestName} characters without slashes, quotes, ; $ or control characters, and must not begin with a dash",
                "summit-api");
        }
    }

    private static void Host(string value, string field)
    {
        var name = value.StartsWith('[') && value.EndsWith(']') ? value[1..^1] : value;
        if (Uri.CheckHostName(name) == UriHostNameType.Unknown || name.Length > 253)
        {
            throw Bad("SiteFieldInvalid", field, value, "must be a DNS name or an IP address", "summit-api.example.com");
        }
    }

    /// <summary>Scheme, host and port, as a browser sends them (RFC 6454); <c>null</c> is what a sandboxed page sends.</summary>
    private static void Origin(string value, string field)
    {
        var plain = value.All(c => c is > ' ' and < '\x7f');
        if (value != "null"
            && (!plain || !Uri.TryCreate(value, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.UserInfo.Length > 0
                || value.IndexOf('/', uri.Scheme.Length + 3) >= 0))
        {
            throw Bad("SiteFieldInvalid", field, value, "must be scheme, host and port, without a path", "https://app.example.com");
        }
    }

    private static void Port(int value, string field)
    {
        if (value is < 1 or > 65535) throw Bad("PortOutOfRange", field, value, "must be between 1 and 65535", "443");
    }

    private static void UriPath(string value, string field, bool mayBeEmpty)
    {
        if (value.Length == 0 && mayBeEmpty) return;
        if (value.Length == 0 || value[0] != '/'
            || value.Any(c => c <= ' ' || c == '\x7f' || c is '"' or '\'' or ';' or '{' or '}' or '#' or '?' or '\\'))
        {
            throw Bad(
                "SiteFieldInvalid", field, value,
                "must be a path of a URI: it begins with / and has no blanks, quotes, ; { } # ? or backslashes", "/ws");
        }
    }

    private static void Query(string value, string field)
    {
        if (value[0] == '?'
            || value.Any(c => c is <= ' ' or >= '\x7f' or '"' or '\'' or '`' or ';' or '{' or '}' or '#' or '\\' or '<' or '>'))
        {
            throw Bad(
                "SiteFieldInvalid", field, value,
                "must be the part of a URI behind its question mark: no blanks, quotes, ; { } # or backslashes",
                "EIO=4&transport=websocket");
        }

        NoSecret(value, field);
    }

    /// <summary>A site is stored, shown and sent to hosts: a token is no part of it.</summary>
    private static void NoSecret(string value, string field)
    {
        var shown = Text.Secrets.RedactUri($"/?{value}")[2..];
        if (shown != value)
        {
            throw Bad(
                "SiteFieldInvalid", field, shown,
                "must not hold a token, for a site is stored and shown: the cmdlets take one with -Token",
                "EIO=4&transport=websocket");
        }
    }

    private static void SubProtocol(string value, string field)
    {
        // the characters of an HTTP token
        if (value.Split(',').Any(name => name.Trim(' ').Length == 0
            || name.Trim(' ').Any(c => !char.IsAsciiLetterOrDigit(c) && !"!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))))
        {
            throw Bad("SiteFieldInvalid", field, value, "must be names of subprotocols, HTTP tokens, with commas between them", "mqtt");
        }

        var shown = Text.TextRedaction.OfSubProtocols(value);
        if (shown != value)
        {
            throw Bad(
                "SiteFieldInvalid", field, shown,
                "must not hold a token, for a site is stored and shown: the cmdlets take one with -Token",
                "mqtt");
        }
    }

    private static void HostFile(string value, string field, bool mayBeEmpty)
    {
        if (value.Length == 0 && mayBeEmpty) return;
        if (value.Length == 0 || value[0] != '/' || value.EndsWith('/') || value.Any(char.IsControl))
        {
            throw Bad(
                "SiteFieldInvalid", field, value,
                "must be an absolute path on the host without control characters",
                "/etc/nginx/sites-available/summit-api");
        }
    }

    private static SummitArgumentException Bad(string errorId, string field, object value, string rule, string example) =>
        new(errorId, $"{field} '{Text.ForeignText.Visible(value.ToString()!)}' {rule}.", field, $"New-SummitSite -{field} {example}");
}
