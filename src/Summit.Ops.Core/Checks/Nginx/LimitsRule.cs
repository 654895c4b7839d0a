using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>No limit counts long-lived connections as if they were requests.</summary>
internal sealed class LimitsRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.Limits", site => $"No limit cuts off handshakes for {site.WebSocketPath}", SummitSeverity.Warning, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxRejectsHandshake],
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        if (context.Level is not { } level)
        {
            return RuleVerdict.Skipped($"requests for {context.Site.WebSocketPath} are not passed to a backend");
        }

        if (EffectiveDirectives.Find(level, DirectiveName.LimitConn).Directives is [var connections, ..]
            && Small(connections.Argument(1), 50))
        {
            return Fail(
                context, connections,
                $"each open WebSocket counts for as long as it is open, and the one above {connections.Argument(1)} gets 503");
        }

        if (EffectiveDirectives.Find(level, DirectiveName.LimitReq).Directives is [var requests, ..]
            && !requests.Arguments().Any(argument => argument.StartsWith("burst=", StringComparison.Ordinal)))
        {
            return Fail(context, requests, "without a burst a client that reconnects, or a page that opens two sockets, gets 503");
        }

        foreach (var name in (ReadOnlySpan<DirectiveName>)[DirectiveName.ClientHeaderTimeout, DirectiveName.ClientBodyTimeout])
        {
            if (EffectiveDirectives.Find(level, name).Directives is [.., var timeout] && NginxTime.Read(timeout.Argument(0)) is { } time
                && time < TimeSpan.FromSeconds(3))
            {
                return Fail(context, timeout, "a client on a slow line is cut off while it sends the handshake");
            }
        }

        if (context.Route.Server is { } server && RequestLine.IsTooLong(server, context.Site))
        {
            var written = EffectiveDirectives.Find(server, DirectiveName.LargeClientHeaderBuffers).Directives is [.., var own]
                ? own
                : server.Origin;
            return Fail(
                context, written, "the request line with its query does not fit into one of these buffers, and nginx answers 414") with
            {
                Severity = SummitSeverity.Error, Expected = RequestLine.Wanted(server, context.Site) is { } wanted
                    ? $"large_client_header_buffers {wanted};"
                    : "a shorter URI", Fix = context.RepairCommand(server.File),
            };
        }

        if (EffectiveDirectives.Find(level, DirectiveName.LargeClientHeaderBuffers).Directives is [.., var buffers]
            && buffers.Argument(1) is "512" or "1k")
        {
            return Fail(context, buffers, "a handshake with cookies and a token does not fit, and nginx answers 400 or 414");
        }

        return RuleVerdict.Pass("no limit_conn, limit_req or client timeout stands in the way");
    }

    private static bool Small(string number, int least) => int.TryParse(number, out var value) && value < least;

    private static RuleVerdict Fail(RuleContext context, DirectiveRef directive, string why)
    {
        var written = $"{NginxText.Show(directive.Name)} {directive.ShowArguments()}";
        return RuleVerdict.Fail(
            SummitCause.NginxRejectsHandshake, $"{written}: {why}",
            $"no such limit on {context.Site.WebSocketPath}, or a wide one",
            written, context.ResolveCommand()).At(directive);
    }
}
