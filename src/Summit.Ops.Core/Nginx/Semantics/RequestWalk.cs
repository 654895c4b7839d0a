using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>
/// Takes a request through nginx's phases: socket, server, rewrites, location, access, files, and what answers in the end.
/// </summary>
internal sealed class RequestWalk
{
    private readonly NginxModel _model;
    private readonly NginxRequest _request;
    private readonly Choices _choices;
    private ListenSocket? _socket;
    private RequestState _state = null!;
    private bool _errorPageUsed;

    private RequestWalk(NginxModel model, NginxRequest request, Choices choices)
    {
        _model = model;
        _request = request;
        _choices = choices;
    }

    /// <summary>Walks the request once for each answer to what is not known; the route is known where all walks end alike.</summary>
    public static RouteTrace Trace(NginxModel model, NginxRequest request)
    {
        var choices = new Choices();
        var first = new RequestWalk(model, request, choices).Walk();
        var questions = choices.Questions.ToList();
        var differ = choices.TooMany;
        while (questions.Count > 0 && !differ && choices.Advance())
        {
            var other = new RequestWalk(model, request, choices).Walk();
            questions = [.. questions.Union(choices.Questions)];
            differ = choices.TooMany || !first.SameEndAs(other);
        }

        if (!differ) return first;
        first.Kind = SummitNginxRouteKind.Unknown;
        first.Why.AddRange(questions);
        return first;
    }

    private RouteTrace Walk()
    {
        var steps = new List<string>(8);
        _socket = _model.Listens.Choose(_request.Port, _request.LocalAddress, out var why);
        steps.Add(why);
        if (_socket is null) return Early(SummitNginxRouteKind.NoMatch, status: null, steps);
        var host = HostName.Read(NginxText.Take(_request.Host));
        var server = ChooseServer(host ?? "", steps, out var captures);
        if (CheckTls(server, steps) is { } refused) return refused;
        var merge = EffectiveDirectives.Value(_request.Tls ? server : _socket.Default, DirectiveName.MergeSlashes) != "off";
        var uri = RequestUri.Read(NginxText.Take(_request.Uri), merge);
        if (host is null || uri is null)
        {
            steps.Add(host is null ? "nginx answers 400: the Host header is not valid" : "nginx answers 400: the URI is not valid");
            return Early(SummitNginxRouteKind.Return, 400, steps, server);
        }

        _state = new RequestState(_request, _model, _choices)
        {
            Original = uri, Uri = uri.Path, Args = uri.Args, Quoted = uri.Quoted, Host = host, Server = server, Level = server,
        };
        _state.Steps.AddRange(steps);
        if (uri.Path != NginxText.Take(_request.Uri)) _state.Steps.Add($"the URI is matched as {NginxText.Show(uri.Path)}");
        if (captures is not null) _state.Keep(captures);
        return Run();
    }

    private ServerScope ChooseServer(string host, List<string> steps, out NginxMatch? captures)
    {
        var table = _socket!.Names;
        var server = table.Find(host, out var why, out captures);
        if (captures is { Problem.Length: > 0 }
            && !_choices.Decide($"{server!.Describe()} at {server.File}:{server.Line}: {captures.Problem}"))
        {
            server = null;
        }

        if (server is null && table.NeedsHostName) _choices.Decide("server_name $hostname: the server's own host name");
        if (server is null)
        {
            server = _socket.Default;
            why += _socket.HasExplicitDefault
                ? $": {server.Describe()} is the default_server of {_socket}"
                : $": {server.Describe()} is the first server of {_socket}, and so its default";
        }

        steps.Add($"{server.Describe()} ({server.File}:{server.Line}): {why}");
        return server;
    }

    private RouteTrace? CheckTls(ServerScope server, List<string> steps)
    {
        var tls = _socket!.Ssl || _socket.Servers.Exists(each => each.SslOn);
        if (tls == _request.Tls) return null;
        if (tls)
        {
            steps.Add($"nginx answers 400: plain HTTP was sent to {_socket}, which speaks TLS");
            return Early(SummitNginxRouteKind.Return, 400, steps, server);
        }

        steps.Add($"the TLS handshake fails: {_socket} speaks plain HTTP");
        return Early(SummitNginxRouteKind.NoMatch, status: null, steps, server);
    }

    private RouteTrace Run()
    {
        while (true)
        {
            // an internal redirect starts again with the server's rewrites
            _state.Location = null;
            _state.Level = _state.Server;
            _state.ValidLocation = true;
            var answer = RewriteScript.Run(_state.Server, _state);
            answer ??= FindLocation(named: null);
            var (trace, again) = answer is not null ? Answer(answer) : Content();
            while (trace is null && again is { } name && name.StartsWith('@'))
            {
                answer = FindLocation(name);
                (trace, again) = answer is not null ? Answer(answer) : Content();
            }

            if (trace is not null) return trace;
        }
    }

    /// <summary>Finds the location and runs its rewrites, again and again while they change the URI.</summary>
    private OwnAnswer? FindLocation(string? named)
    {
        while (true)
        {
            _state.UriChanged = false;
            _state.LeftHandler = null;
            var missingSlash = false;
            if (named is not null)
            {
                var target = _state.Server.Locations.Find(location => location.MatchKind == LocationKind.Named && location.Path == named);
                if (target is null) return new OwnAnswer(500, "", HasText: false, $"there is no location {NginxText.Show(named)}");
                _state.Steps.Add($"{target.Describe()} ({target.File}:{target.Line}): sent there by name");
                _state.Location = target;
                _state.Level = target;
                named = null;
            }
            else
            {
                missingSlash = LocationSearch.Run(_state);
            }

            if (_state.Location is not { } found) return null;
            if (!_state.Internal && EffectiveDirectives.Find(found, DirectiveName.Internal).Directives is [.., var marked])
            {
                return new OwnAnswer(404, "", HasText: false, $"internal ({marked.File}:{marked.Line})");
            }

            EnterLimitExcept(found);
            if (missingSlash)
            {
                var path = UriEscape.Path(found.Path);
                return new OwnAnswer(
                    301, _state.Args.Length > 0 ? $"{path}?{_state.Args}" : path, HasText: false,
                    $"{found.Describe()} ({found.File}:{found.Line}), for the slash at the end");
            }

            // a limit_except that holds takes the location's place, and so its rewrites do not run
            var answer = RewriteScript.Run(_state.Level, _state);
            if (answer is not null || !_state.UriChanged) return answer;
            if (--_state.UriChangesLeft == 0) return new OwnAnswer(500, "", HasText: false, "rewrites that go round in circles");
        }
    }

    private void EnterLimitExcept(LocationScope location)
    {
        if (location.Find(DirectiveName.LimitExcept) is not { } limit
            || limit.Arguments().Any(method => method == _state.Method || (method == "GET" && _state.Method == "HEAD")))
        {
            return;
        }

        _state.Level = location.Child(limit, ScopeKind.LimitExcept);
        _state.Steps.Add($"limit_except {limit.ShowArguments()} ({limit.File}:{limit.Line}) holds for {_state.Method}");
    }

    /// <summary>Access, files and the handler; either a route, or the name of a location (or nothing) to go on with.</summary>
    private (RouteTrace? Trace, string? Again) Content()
    {
        if (AccessRules.Denies(_state) is { } denied) return Answer(denied);
        if (_state.Level.Kind != ScopeKind.If && _state.Level.Find(DirectiveName.TryFiles) is { } tryFiles) return TryFiles(tryFiles);
        foreach (var level in EffectiveDirectives.Levels(_state.Level))
        {
            foreach (var directive in level.Directives)
            {
                if (!ContentHandlers.Handles(directive.Id)) continue;
                return (Handle(directive), null);
            }

            if (level.Kind is not (ScopeKind.If or ScopeKind.LimitExcept)) break;
        }

        if (_state.LeftHandler is { } left)
        {
            var by = $"{NginxText.Show(left.Name)} of an if that held ({left.File}:{left.Line}), whose settings a later if took away";
            return ContentHandlers.RedirectsToSlash(left.Id) ? Answer(new OwnAnswer(500, "", HasText: false, by)) : (Handle(left), null);
        }

        _state.Steps.Add(
            _state.Location is null ? "no location matches: nginx looks for a file" : "nothing answers here: nginx looks for a file");
        // as with try_files, a file that nobody has seen is taken as not there where that leads somewhere
        if (!_state.Uri.EndsWith('/') && !_errorPageUsed && ErrorPage(404) is not null)
        {
            _state.TakesFilesAsMissing = true;
            return Answer(new OwnAnswer(404, "", HasText: false, $"no file for {NginxText.Show(_state.Uri)}, as is taken here"));
        }

        return (End(SummitNginxRouteKind.Static), null);
    }

    private RouteTrace Handle(DirectiveRef directive)
    {
        var where = $"{NginxText.Show(directive.Name)} {directive.ShowArguments()} ({directive.File}:{directive.Line})";
        if (directive.Id == DirectiveName.ProxyPass)
        {
            var proxy = ProxyTarget.Read(directive, _state);
            _state.Steps.Add(proxy.Why.Length > 0 ? proxy.Why : $"{where}: passed on as {NginxText.Show(proxy.UpstreamUri.Text ?? "?")}");
            return End(SummitNginxRouteKind.Proxy, proxy);
        }

        _state.Steps.Add(where);
        if (ContentHandlers.IsCode(directive.Id))
        {
            var unknown = End(SummitNginxRouteKind.Unknown);
            unknown.Why.Add($"{where} is code");
            return unknown;
        }

        // FastCGI, uwsgi, SCGI, gRPC and memcached are proxies too, and none of them can carry a WebSocket
        return End(ContentHandlers.RedirectsToSlash(directive.Id) ? SummitNginxRouteKind.Proxy : SummitNginxRouteKind.Static);
    }

    private (RouteTrace? Trace, string? Again) TryFiles(DirectiveRef directive)
    {
        var last = directive.Argument(directive.ArgumentCount - 1);
        _state.TakesFilesAsMissing = true;
        _state.Steps.Add(
            $"try_files {directive.ShowArguments()} ({directive.File}:{directive.Line}): taken that none of the files is there");
        if (last.StartsWith('=') && int.TryParse(last.AsSpan(1), out var status))
        {
            return Answer(new OwnAnswer(status, "", HasText: false, $"try_files ({directive.File}:{directive.Line})"));
        }

        var target = VariableText.Evaluate(last, _state);
        return target.IsKnown ? Redirect(target.Text!, "try_files") : (Unknown(target.Why), null);
    }

    private (RouteTrace? Trace, string? Again) Redirect(string target, string by)
    {
        if (--_state.UriChangesLeft == 0)
        {
            return (End(SummitNginxRouteKind.Return, status: 500, answeredBy: $"{by} that goes round in circles"), null);
        }

        _state.Internal = true;
        if (target.StartsWith('@')) return (null, target);
        _state.ValidUnparsedUri = false;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        _state.Uri = question < 0 ? target : target[..question];
        _state.Args = question < 0 ? "" : target[(question + 1)..];
        _state.Steps.Add($"{by}: goes on as {NginxText.Show(_state.Uri)}");
        return (null, "");
    }

    /// <summary>An answer of nginx's own, or what <c>error_page</c> makes of it.</summary>
    private (RouteTrace? Trace, string? Again) Answer(OwnAnswer answer)
    {
        if (answer.Status == 0) return (Unknown(answer.RedirectTo.Why), null);
        if (!answer.HasText)
        {
            _state.ForcedStatus = answer.Status;
            if (!_errorPageUsed && _state.UriChangesLeft > 0 && ErrorPage(answer.Status) is { } page) return AnswerByPage(answer, page);
        }

        if (!answer.RedirectTo.IsKnown) return (Unknown(answer.RedirectTo.Why), null);
        var status = _state.ForcedStatus != 0 ? _state.ForcedStatus : answer.Status;
        _state.Steps.Add($"{answer.By}: nginx answers {status}");
        return (
            End(SummitNginxRouteKind.Return, status: status, redirectTo: NginxText.Show(answer.RedirectTo.Text!), answeredBy: answer.By),
            null);
    }

    /// <summary>
    /// <c>error_page 404 [=[code]] target</c>: without an equals sign the error's status stays, with one alone the target's own is sent.
    /// </summary>
    private (RouteTrace? Trace, string? Again) AnswerByPage(OwnAnswer answer, DirectiveRef page)
    {
        _errorPageUsed = EffectiveDirectives.Value(_state.Level, DirectiveName.RecursiveErrorPages) != "on";
        var where = $"error_page {page.ShowArguments()} ({page.File}:{page.Line})";
        var overwrite = page.ArgumentCount > 2 && page.Argument(page.ArgumentCount - 2) is ['=', .. var code]
            ? int.TryParse(code, out var number) ? number : 0
            : answer.Status;
        _state.ForcedStatus = overwrite;
        // error_page 418 = @ws is a way to go elsewhere: what is found there answers
        if (overwrite == 0) _state.RefusedByIf = false;
        var target = VariableText.Evaluate(page.Argument(page.ArgumentCount - 1), _state);
        if (!target.IsKnown) return (Unknown(target.Why), null);
        _state.Steps.Add($"{answer.By}: {answer.Status}, and {where} answers it");
        if (target.Text!.StartsWith('/') && _state.Method != "HEAD") _state.Method = "GET";
        if (target.Text.StartsWith('/') || target.Text.StartsWith('@')) return Redirect(target.Text, "error_page");
        return (End(
            SummitNginxRouteKind.Return,
            status: overwrite is 301 or 302 or 303 or 307 or 308 ? overwrite : 302,
            redirectTo: NginxText.Show(target.Text), answeredBy: where), null);
    }

    private DirectiveRef? ErrorPage(int status)
    {
        foreach (var page in EffectiveDirectives.Find(_state.Level, DirectiveName.ErrorPage).Directives)
        {
            if (page.Arguments().SkipLast(1).Any(code => code == status.ToString())) return page;
        }

        return null;
    }

    private RouteTrace Unknown(string why)
    {
        var trace = End(SummitNginxRouteKind.Unknown);
        trace.Why.Add(why);
        return trace;
    }

    private RouteTrace Early(SummitNginxRouteKind kind, int? status, List<string> steps, ServerScope? server = null) =>
        new() { Kind = kind, Status =
            status, Steps = steps, Socket = _socket, Server = server, Level = server, Upgrades = false, AnsweredBy = steps[^1] };

    private RouteTrace End(
        SummitNginxRouteKind kind, ProxyTarget? proxy = null, int? status = null, string redirectTo = "", string answeredBy = "")
    {
        var modern = NginxVersion.SpeaksHttp11(_request.NginxVersion);
        var upgrade = proxy is null ? "" : Sent("Upgrade", modern);
        var connection = proxy is null ? "" : Sent("Connection", modern);
        var version = proxy is null
            ? ""
            : EffectiveDirectives.Value(_state.Level, DirectiveName.ProxyHttpVersion) ?? (modern ? "1.1" : "1.0");
        if (kind == SummitNginxRouteKind.Proxy && proxy is { Why.Length: > 0 }) kind = SummitNginxRouteKind.Unknown;
        var trace = new RouteTrace
        {
            Kind = kind, Steps = _state.Steps, Socket = _socket, Server = _state.Server, Location = _state.Location,
            Level = _state.Level, Proxy = proxy, Status = status,
            RedirectTo = redirectTo, AnsweredBy = answeredBy, State = _state, UpgradeHeader = upgrade,
            ConnectionHeader = connection, HttpVersion = version,
            // an error_page without "=" sends its own status in place of the backend's 101
            Upgrades = proxy is null || _state.ForcedStatus is not (0 or 101) || HandshakeHeaders.Lost(_state.Level, _state).Count > 0
                ? false
                : Upgrade.GetsThrough(upgrade, connection, version),
        };
        if (proxy is not null && _state.ForcedStatus is not (0 or 101))
        {
            _state.Steps.Add($"the client sees {_state.ForcedStatus} whatever the backend answers, because the error_page says so");
        }

        if (proxy is { Why.Length: > 0 }) trace.Why.Add(proxy.Why);
        return trace;
    }

    private TextValue Sent(string header, bool modern) =>
        EffectiveDirectives.ProxyHeader(_state.Level, header, modern) is { } text
            ? VariableText.Evaluate(text, _state)
            : Variables.Get("http_" + header.ToLowerInvariant(), _state);
}
