using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>Nothing expects the WebSocket to travel over HTTP/2 or gRPC: nginx proxies it over HTTP/1.1 alone.</summary>
internal sealed class Http2Rule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.Http2", site => $"{site.WebSocketPath} is not expected over HTTP/2", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxHttpVersion],
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        if ((context.Route.Level ?? context.Candidate) is not { } level)
        {
            return RuleVerdict.Skipped($"nothing takes {context.Site.WebSocketPath}");
        }

        if (EffectiveDirectives.Find(level, DirectiveName.GrpcPass).Directives is [.., var grpc])
        {
            return Fail(context, grpc, "gRPC is HTTP/2 and carries no WebSocket");
        }

        if (EffectiveDirectives.Find(level, DirectiveName.ProxyHttpVersion).Directives is [.., var version] && version.Argument(0) == "2")
        {
            return Fail(context, version, "nginx does not pass an upgrade on over HTTP/2");
        }

        var offered = context.Route.Socket?.Http2 == true
            || (context.Route.Server is { } server && EffectiveDirectives.Value(server, DirectiveName.Http2) == "on");
        return RuleVerdict.Pass(offered
            ? "the listen line offers HTTP/2, and a WebSocket client asks for HTTP/1.1 beside it"
            : "the backend is spoken to in HTTP/1").At(level);
    }

    private static RuleVerdict Fail(RuleContext context, DirectiveRef directive, string why) =>
        RuleVerdict.Fail(
            SummitCause.NginxHttpVersion, $"{NginxText.Show(directive.Name)} {directive.ShowArguments()}: {why}",
            "proxy_pass http://…; proxy_http_version 1.1;", $"{NginxText.Show(directive.Name)} {directive.ShowArguments()}",
            context.RepairCommand(directive.File)).At(directive);
}
