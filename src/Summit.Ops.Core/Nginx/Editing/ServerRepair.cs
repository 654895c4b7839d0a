using Summit.Ops.Checks.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Editing;

/// <summary>
/// Finds what a server block lacks to be the site's: its name, TLS on its port, a certificate. Only where one block is clearly meant, and
/// nobody else's requests go another way for it.
/// </summary>
internal sealed class ServerRepair(RuleContext context, FileLayout layout, NginxDocument file)
{
    private readonly SummitSite _site = context.Site;
    private readonly NginxModel _model = context.Config.Model;

    /// <summary>The next edit, or null where there is nothing to do or nothing that is safe.</summary>
    public TextEdit? Next() => Name()
        ?? (_model.Servers.Find(server => server.Origin.Document == file && NamesSite(server) && IsOnPort(server)) is { } named
            ? Tls(named) ?? Certificate(named)
            : null);

    /// <summary>Whether a server block names the site.</summary>
    public bool NamesSite(ServerScope server) =>
        new ServerNameTable([server]).Find(HostName.Read(NginxText.Take(_site.ServerName)) ?? "", out _, out _) is not null;

    /// <summary>Gives the site's name to the one block that was written for it, beside the names it has.</summary>
    private TextEdit? Name()
    {
        if (_model.Servers.Exists(NamesSite)) return null;
        // more than one that could be meant: nobody can tell; and one that leads to another backend is another site's
        var meant = _model.Servers.FindAll(
            server => IsOnPort(server) && server.Listens.Exists(listen => listen.Ssl) && server.Locations.Exists(IsForWebSocket));
        if (meant is not [var server] || server.Origin.Document != file) return null;
        // a default that names nobody answers for the site already
        if (context.Route.Server == server && server.Names.TrueForAll(name => name is "_" or "")) return null;
        var names = server.Find(DirectiveName.ServerName);
        if (names is { } directive)
        {
            return directive.Document == file ? layout.Append(directive.Index, directive.ArgumentCount - 1, $" {_site.ServerName}") : null;
        }

        return Behind(server, [$"server_name {_site.ServerName};"]);
    }

    /// <summary>A block that names the site and listens on its port without TLS, alone there, with a certificate at hand.</summary>
    private TextEdit? Tls(ServerScope server)
    {
        if (context.Route.Socket is not { Ssl: false } socket || context.Route.Server != server || socket.Servers.Count > 1
            || !HasCertificate(server) && !NamesCertificate)
        {
            return null;
        }

        var listen = server.Listens.Find(each => each.Port <= _site.Port && _site.Port <= each.LastPort);
        if (listen is null || listen.Port != listen.LastPort || listen.Directive.Document != file) return null;
        return layout.Append(listen.Directive.Index, listen.Directive.ArgumentCount - 1, " ssl");
    }

    /// <summary>The certificate that the site names, for a block that speaks TLS and has none.</summary>
    private TextEdit? Certificate(ServerScope server)
    {
        if (context.Route.Server != server || context.Route.Socket is not { Ssl: true } || !NamesCertificate || HasCertificate(server)
            || RuleContext.UnreadInclude(server) is not null)
        {
            return null;
        }

        List<string> lines = [];
        if (EffectiveDirectives.Find(server, DirectiveName.SslCertificate).Origin is null)
        {
            lines.Add($"ssl_certificate {ExpectedNginxConfig.FileWord(_site.CertificatePath)};");
        }

        if (EffectiveDirectives.Find(server, DirectiveName.SslCertificateKey).Origin is null)
        {
            lines.Add($"ssl_certificate_key {ExpectedNginxConfig.FileWord(_site.CertificateKeyPath)};");
        }

        // half of a pair that somebody else chose does not go with the other half of ours
        return lines.Count == 2 ? Behind(server, lines) : null;
    }

    private bool NamesCertificate => _site.CertificatePath.Length > 0 && _site.CertificateKeyPath.Length > 0;

    private static bool HasCertificate(ServerScope server) =>
        EffectiveDirectives.Find(server, DirectiveName.SslCertificate).Origin is not null
            && EffectiveDirectives.Find(server, DirectiveName.SslCertificateKey).Origin is not null;

    private bool IsOnPort(ServerScope server) =>
        server.Listens.Exists(listen => listen.Port <= _site.Port && _site.Port <= listen.LastPort);

    /// <summary>Whether a location is the WebSocket path's and leads to the site's backend.</summary>
    private bool IsForWebSocket(LocationScope location)
    {
        if (location.MatchKind is not (LocationKind.Prefix or LocationKind.Exact or LocationKind.PrefixNoRegex)
            || NginxText.Utf8(location.Path).TrimEnd('/') != _site.WebSocketPath.TrimEnd('/'))
        {
            return false;
        }

        if (location.Find(DirectiveName.ProxyPass) is not { } pass) return false;
        var host = NginxUse.Authority(pass.Argument(0));
        return _model.Upstreams.TryGetValue(host, out var group)
            ? group.Servers.Exists(member => UpstreamRule.IsBackend(member.Argument(0), _site))
            : UpstreamRule.IsBackend(host, _site);
    }

    /// <summary>Behind the block's server_name, or its last listen.</summary>
    private TextEdit? Behind(ServerScope server, IReadOnlyList<string> directives)
    {
        var after = layout.Children(server.Origin.Index).LastOrDefault(child => file.Node(child).Name == DirectiveName.ServerName, -1);
        if (after < 0)
        {
            after = layout.Children(server.Origin.Index).LastOrDefault(child => file.Node(child).Name == DirectiveName.Listen, -1);
        }

        return after < 0 ? null : layout.After(after, directives);
    }
}
