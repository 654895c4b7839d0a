using System.Text;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Errors;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Editing;

/// <summary>Finds the next directive that a WebSocket location lacks, or has with a value that does not work.</summary>
internal sealed class LocationRepair(
    RuleContext context, FileLayout layout, LocationScope location, UpstreamChoice upstream,
    Func<string, Scope, SummitFileException> refused,
    RepairFacts facts)
{
    private readonly SummitSite _site = context.Site;

    /// <summary>Whether something that was not read may hold what seems to be missing.</summary>
    private readonly bool _unread = RuleContext.UnreadInclude(location) is not null;

    public TextEdit? Next()
    {
        if (context.Route.Level is { Kind: ScopeKind.If or ScopeKind.LimitExcept } level && context.Route.Upgrades != true)
        {
            throw refused($"{level.Describe()} takes the request inside {location.Describe()}", level);
        }

        return Pass()
            ?? Setting(DirectiveName.ProxyHttpVersion, "1.1", value => value == "1.1")
            ?? (HeldBack() ? Setting(DirectiveName.ProxyPassRequestHeaders, "on", value => value == "on") : null)
            ?? Headers()
            ?? RequestBuffers()
            ?? (facts.HeaderTooBig ? Buffers() : null)
            ?? Setting(
                DirectiveName.ProxyReadTimeout, "86400",
                value => NginxTime.Read(value) is { } time && IdleTimeoutRule.Suffices(time, _site));
    }

    private TextEdit? Pass()
    {
        if (location.Find(DirectiveName.ProxyPass) is null)
        {
            if (location.Unread.Count > 0)
            {
                throw refused($"include {location.Unread[0].ShowArguments()} was not read and may have the proxy_pass", location);
            }

            foreach (var other in location.Directives)
            {
                if (ContentHandlers.Handles(other.Id)
                    || other.Id is DirectiveName.Return or DirectiveName.TryFiles or DirectiveName.Rewrite)
                {
                    throw refused($"{location.Describe()} answers with {NginxText.Show(other.Name)} {other.ShowArguments()}", location);
                }
            }

            return Add([$"proxy_pass {ExpectedNginxConfig.Backend(_site)};"]);
        }

        if (context.Route.Kind == SummitNginxRouteKind.Return)
        {
            throw refused($"nginx answers by {context.Route.AnsweredBy}", context.Route.Level ?? location);
        }

        // a proxy_pass that is there may be right, whatever the description says
        if (context.Inner is not null) return null;
        if (upstream != UpstreamChoice.Site
            || (!IsRefused() && new UpstreamRule().Judge(context).Status != SummitCheckStatus.Fail))
        {
            return context.Route.Proxy is { } kept ? Url(kept.Directive) : null;
        }

        var proxy = context.Route.Proxy!;
        if (proxy.Group is { Servers: [var member] } group && member.Document == location.Origin.Document
            && UpstreamRule.IsBackendHost(proxy.Servers[0], _site) && IsOurs(group))
        {
            return layout.Replace(member.Index, 0, Backend);
        }

        if (proxy.Group is not null || VariableText.HasVariables(proxy.Directive.Argument(0))
            || proxy.Directive.Document != location.Origin.Document)
        {
            throw refused(
                $"proxy_pass {proxy.Directive.ShowArguments()} leads elsewhere than to {_site.BackendHost}:{_site.BackendPort}", location);
        }

        return layout.Replace(proxy.Directive.Index, 0, WithBackend(NginxText.Utf8(proxy.Directive.Argument(0))));
    }

    /// <summary>
    /// Whether nothing takes connections where proxy_pass leads, also where the two addresses are names of one host: an application that
    /// listens on 127.0.0.1 alone is not found at [::1].
    /// </summary>
    private bool IsRefused() => facts.RefusedAtUpstream && context.Route.Proxy is { Why: "", Servers: var servers }
        && !servers.Contains(ProxyUrl.Read(ExpectedNginxConfig.Backend(_site))?.Authority);

    /// <summary>The scheme that the backend speaks, and the path that it serves, where both are known.</summary>
    private TextEdit? Url(DirectiveRef directive)
    {
        if (directive.Document != location.Origin.Document || ProxyUrl.Read(NginxText.Utf8(directive.Argument(0))) is not { } url)
        {
            return null;
        }

        var right = url with { Scheme = LocationBeside.Scheme(url.Scheme, facts) };
        var asked = context.Route.Proxy?.UpstreamUri.Text;
        if (facts.ServesPath && asked is not null && asked.Split('?')[0] != LocationBeside.Wanted(context)
            && location.Find(DirectiveName.Rewrite) is null)
        {
            right = right.Passing(location.IsRegex ? null : location.Path, _site.WebSocketPath, LocationBeside.Wanted(context))
                ?? throw refused(
                    $"no proxy_pass in {location.Describe()} makes {LocationBeside.Wanted(context)} of {_site.WebSocketPath}", location);
        }

        return right == url ? null : layout.Replace(directive.Index, 0, $"{right}");
    }

    /// <summary>Whether headers of the handshake do not reach the backend because none of the client's do.</summary>
    private bool HeldBack() => context.Route is { Proxy: not null, State: { } state, Level: { } level }
        && HandshakeHeaders.AreHeldBack(level) && HandshakeHeaders.Lost(level, state).Count > 0;

    /// <summary>Buffers of the server that the site's own request line fits into.</summary>
    private TextEdit? RequestBuffers()
    {
        if (context.Route.Server is not { } server || server.Origin.Document != location.Origin.Document
            || !RequestLine.IsTooLong(server, _site, facts.RequestRefused))
        {
            return null;
        }

        if (RequestLine.Wanted(server, _site) is not { } wanted) return null;
        var directive = $"large_client_header_buffers {wanted};";
        return server.Find(DirectiveName.LargeClientHeaderBuffers) is { } own
            ? own.Document == location.Origin.Document ? layout.ReplaceAll(own.Index, directive) : throw InAnotherFile(own)
            : layout.After(
                (server.Find(DirectiveName.ServerName) ?? server.Find(DirectiveName.Listen))?.Index ?? location.Origin.Index, [directive]);
    }

    /// <summary>
    /// Buffers that hold a header of 32 KB: the three sizes go together, and nginx refuses one that does not fit the others.
    /// </summary>
    private TextEdit? Buffers()
    {
        (string Name, string Value)[] wanted =
        [
            ("proxy_buffer_size", "32k"), ("proxy_buffers", "8 32k"), ("proxy_busy_buffers_size", "64k"),
        ];
        foreach (var (name, value) in wanted)
        {
            if (location.Directives.FirstOrDefault(directive => directive.Name == name) is not { Document: not null } own
                || $"{own.ShowArguments()}" == value)
            {
                continue;
            }

            if (own.Document != location.Origin.Document) throw InAnotherFile(own);
            return layout.ReplaceAll(own.Index, $"{name} {value};");
        }

        var missing = wanted.Where(pair => !location.Directives.Any(directive => directive.Name == pair.Name))
            .Select(pair => $"{pair.Name} {pair.Value};").ToList();
        return missing.Count == 0 ? null : Add(missing);
    }

    /// <summary>The URL with the site's backend for its host and port; scheme and path stay.</summary>
    private string WithBackend(string url)
    {
        var authority = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var path = url.AsSpan(authority).IndexOfAny('/', '?');
        return LocationBeside.Scheme(url[..(authority - 3)], facts) + "://" + Backend + (path < 0 ? "" : url[(authority + path)..]);
    }

    /// <summary>The backend's host and port.</summary>
    private string Backend => ExpectedNginxConfig.Backend(_site with { BackendPath = "" })["http://".Length..];

    /// <summary>Whether no other server block passes requests to the group, so that nobody else's go elsewhere for an edit of it.</summary>
    private bool IsOurs(UpstreamGroup group) =>
        context.Config.Model.Servers.TrueForAll(
            server => server == context.Route.Server || !NginxUse.Of(context.Config.Model, server).ContainsValue(group));

    private TextEdit? Setting(DirectiveName name, string wanted, Func<string, bool> does)
    {
        var (directives, origin) = EffectiveDirectives.Find(location, name);
        if (directives is [.., var last])
        {
            if (does(last.Argument(0))) return null;
            if (origin == location)
            {
                return last.Document == location.Origin.Document ? layout.Replace(last.Index, 0, wanted) : throw InAnotherFile(last);
            }
        }
        else if (_unread)
        {
            return null;
        }

        return Add([$"{DirectiveNames.Text(name)} {wanted};"]);
    }

    private TextEdit? Headers()
    {
        var wrong = Wrong().ToList();
        var lost = HeaderInheritanceRule.Lost(location).ToList();
        if (wrong.Count == 0) return lost.Count == 0 || _unread ? null : Add([.. lost.Select(AsWritten)]);
        foreach (var own in location.Directives)
        {
            if (own.Id != DirectiveName.ProxySetHeader
                || wrong.Find(pair => pair.Header.Equals(own.Argument(0), StringComparison.OrdinalIgnoreCase)).Value is not { } value)
            {
                continue;
            }

            return own.Document == location.Origin.Document ? layout.Replace(own.Index, 1, value) : throw InAnotherFile(own);
        }

        if (_unread) return null;
        var (inherited, origin) = EffectiveDirectives.Find(location, DirectiveName.ProxySetHeader);
        var lines = wrong.Select(pair => $"proxy_set_header {pair.Header} {pair.Value};").ToList();
        if (origin is not null && origin != location)
        {
            // one header of its own, and the location inherits none: what it had from outside has to come along
            lines.InsertRange(0, inherited
                .Where(directive => !wrong.Exists(pair => pair.Header.Equals(directive.Argument(0), StringComparison.OrdinalIgnoreCase)))
                .Select(AsWritten));
        }

        return Add(lines);
    }

    /// <summary>The headers whose absence or value is an Error or a Warning.</summary>
    private IEnumerable<(string Header, string Value)> Wrong()
    {
        var route = context.Route;
        if (route is { Proxy: not null, UpgradeHeader: { Text: { } upgrade } } && !Upgrade.HasToken(upgrade, "websocket"))
        {
            yield return ("Upgrade", "$http_upgrade");
        }

        if (route is { Proxy: not null, ConnectionHeader: { Text: { } connection } } && !Upgrade.HasToken(connection, "upgrade"))
        {
            yield return ("Connection", "\"upgrade\"");
        }
        else if (context.LostKeepAlive is not null)
        {
            yield return ("Connection", "\"upgrade\"");
        }

        foreach (var name in route is { Proxy: not null, State: { } state, Level: { } level } ? HandshakeHeaders.Lost(level, state) : [])
        {
            if (EffectiveDirectives.ProxyHeader(route.Level!, name, context.Modern) is not null)
            {
                yield return (name, $"$http_{name.ToLowerInvariant().Replace('-', '_')}");
            }
        }

        if (new HostHeaderRule().Judge(context).Status == SummitCheckStatus.Fail) yield return ("Host", "$host");
    }

    /// <summary>A directive as it stands in its file, on one line.</summary>
    internal static string AsWritten(DirectiveRef directive) =>
        Encoding.UTF8.GetString(directive.Document.Bytes, directive.Node.Start, directive.Node.End - directive.Node.Start)
            .ReplaceLineEndings(" ");

    private TextEdit Add(IReadOnlyList<string> directives) => layout.AtEnd(location.Origin.Index, directives);

    private SummitFileException InAnotherFile(DirectiveRef directive) =>
        refused($"{NginxText.Show(directive.Name)} {directive.ShowArguments()} stands in another file, {directive.File}", location);
}
