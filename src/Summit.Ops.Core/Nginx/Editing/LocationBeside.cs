using Summit.Ops.Checks.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Editing;

/// <summary>
/// A location for the WebSocket path beside the one that takes its requests with all others: a copy of it, with what a handshake needs.
/// </summary>
/// <remarks>
/// What the general location does for everybody else stays as it is, and what it demands (a password, an allow
/// list, a limit) holds in the copy too.
/// </remarks>
internal sealed class LocationBeside(RuleContext context, FileLayout layout, NginxDocument file, RepairFacts facts)
{
    /// <summary>The path as the location in question gets it.</summary>
    private readonly string _path = context.Route.State?.Original.Path ?? NginxText.Take(context.Site.WebSocketPath);

    /// <summary>The edit that puts it in front of the general location; null where a copy would not do the same as that one.</summary>
    public TextEdit? Before(LocationScope general)
    {
        if (general.Parent is not ServerScope server || general.MatchKind == LocationKind.Named || general.Origin.Document != file
            || !layout.BeginsLine(general.Origin.Index))
        {
            return null;
        }

        if (context.Route.Level != general || server.Locations.Exists(location => !location.IsRegex && location.Path == _path)) return null;
        if (Copied(general) is not { } lines || Pass(general) is not { } pass) return null;

        var indent = layout.IndentOf(general.Origin.Index);
        var takenByRegex = server.Locations.Exists(location => location.IsRegex && location.Regex.Match(_path).Success);
        return layout.Before(general.Origin.Index,
        [
            $"{indent}location {(takenByRegex ? "^~ " : "")}{_path} {{",
            .. ((IEnumerable<string>)[$"proxy_pass {pass};", "proxy_http_version 1.1;", .. lines]).Select(
                line => indent + layout.Unit + line),
            $"{indent}}}",
            "",
        ]);
    }

    /// <summary>
    /// Where the copy passes the path on: to where the general location does, or to where the backend is known to serve it.
    /// </summary>
    private string? Pass(LocationScope general)
    {
        if (context.Route.Proxy is not { } proxy) return null;
        var written = NginxText.Utf8(proxy.Directive.Argument(0));
        var url = ProxyUrl.Read(written);
        if (url is null && facts.ServesPath && ProxyUrl.Server(written) is { } server)
        {
            url = ProxyUrl.Read(server);
            // with a variable for the server the URL has to say all that is asked for
            if (url is null) return $"{server}{Wanted(context)}$is_args$args";
        }

        if (url is null)
        {
            return general.IsRegex || ReplacesRewrite(general) || VariableText.HasVariables(context.Site.WebSocketPath) ? null : written;
        }

        url = url with { Scheme = Scheme(url.Scheme, facts) };
        var wanted = facts.ServesPath
            ? Wanted(context)
            : url.Uri is { } uri && !general.IsRegex ? uri + _path[Math.Min(general.Path.Length, _path.Length)..] : _path;
        // a rewrite of the location goes along, and makes the URI, unless that is what is wrong
        return (general.Find(DirectiveName.Rewrite) is not null && !ReplacesRewrite(general)
            ? url
            : url.Passing(_path, _path, wanted))?.ToString();
    }

    /// <summary>Whether the copy asks for the right path where the rewrite of the location makes a wrong one.</summary>
    private bool ReplacesRewrite(LocationScope general) => facts.ServesPath && general.Find(DirectiveName.Rewrite) is not null
        && context.Route.Proxy?.UpstreamUri.Text is { } asked && asked.Split('?')[0] != Wanted(context);

    /// <summary>The path that the backend is asked for where all is well.</summary>
    internal static string Wanted(RuleContext context) =>
        context.Site.BackendPath.Length > 0 ? context.Site.BackendPath : context.Site.WebSocketPath;

    /// <summary>The scheme that the backend is known to speak, else the one that is written.</summary>
    internal static string Scheme(string written, RepairFacts facts) => facts.SpeaksTls ? "https" : facts.SpeaksPlain ? "http" : written;

    /// <summary>
    /// The general location's own directives as they are written, and the headers that it inherits, with those of a handshake; null where
    /// one of them would not mean the same.
    /// </summary>
    private List<string>? Copied(LocationScope general)
    {
        var lines = new List<string>();
        var headers = false;
        // a file that sets a header of the handshake is written out without it: nginx would send both
        var included = general.Directives.Where(directive => directive.Document != file).ToList();
        var expanded = included.Exists(IsHandshake);
        if (expanded && included.Exists(directive => directive.Node.IsBlock || IsOther(directive.Id))) return null;
        if (expanded)
        {
            lines.AddRange(included.Where(directive => !IsHandshake(directive)
                && directive.Id is not (DirectiveName.ProxyPass or DirectiveName.ProxyHttpVersion)).Select(LocationRepair.AsWritten));
        }

        foreach (var child in layout.Children(general.Origin.Index))
        {
            var node = file.Node(child);
            if (node.Name == DirectiveName.Location || (expanded && node.Name == DirectiveName.Include)) continue;
            if ((node.Name == DirectiveName.Rewrite && ReplacesRewrite(general)) || node.Name == DirectiveName.ProxyPassRequestHeaders)
            {
                continue;
            }

            if (node.IsBlock || IsOther(node.Name)) return null;
            if (node.Name is DirectiveName.ProxyPass or DirectiveName.ProxyHttpVersion) continue;
            if (node.Name == DirectiveName.ProxySetHeader)
            {
                headers = true;
                if (IsHandshake(new DirectiveRef(file, child))) continue;
            }

            lines.Add(LocationRepair.AsWritten(new DirectiveRef(file, child)));
        }

        var (inherited, origin) = EffectiveDirectives.Find(general, DirectiveName.ProxySetHeader);
        if (!headers && origin is not null && origin != general)
        {
            // one header of its own, and a location inherits none
            lines.AddRange(inherited.Where(directive => !IsHandshake(directive)).Select(LocationRepair.AsWritten));
        }

        if (EffectiveDirectives.ProxyHeader(general, "Host", context.Modern) is not { Length: > 0 } host || host == "$proxy_host")
        {
            lines.Add("proxy_set_header Host $host;");
        }

        // a snippet that keeps the client's headers back goes along with its include
        if (HandshakeHeaders.AreHeldBack(general) && !included.Exists(directive => directive.Id == DirectiveName.ProxyPassRequestHeaders))
        {
            lines.Add("proxy_pass_request_headers on;");
        }

        lines.Add("proxy_set_header Upgrade $http_upgrade;");
        lines.Add("proxy_set_header Connection \"upgrade\";");
        return lines;
    }

    /// <summary>What answers a request by other means than proxy_pass, or only some of them.</summary>
    private static bool IsOther(DirectiveName name) =>
        name is DirectiveName.TryFiles or DirectiveName.Return or DirectiveName.Alias or DirectiveName.Internal;

    private static bool IsHandshake(DirectiveRef directive) => directive.Id == DirectiveName.ProxySetHeader
        && (directive.Argument(0).Equals("Upgrade", StringComparison.OrdinalIgnoreCase)
            || directive.Argument(0).Equals("Connection", StringComparison.OrdinalIgnoreCase)
            || HandshakeHeaders.IsOne(directive.Argument(0)));
}
