using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>
/// A literal <c>Connection "upgrade"</c> goes with every request of its location: where plain requests share it, the
/// group's kept connections do not work.
/// </summary>
internal sealed class KeepaliveUpstreamRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.KeepaliveUpstream", "Connection is \"upgrade\" only for an upgrade", SummitSeverity.Advice, SummitRuleScope.Files);

    public override RuleVerdict Judge(RuleContext context)
    {
        if (context.Route.Proxy is not { } proxy || context.Level is not { } level)
        {
            return RuleVerdict.Skipped($"requests for {context.Site.WebSocketPath} are not passed to an HTTP backend");
        }

        if (proxy.Group is not { HasKeepalive: true } group)
        {
            return RuleVerdict.Pass("the backend is no group with keepalive").At(proxy.Directive);
        }

        var header = EffectiveDirectives.Find(level, DirectiveName.ProxySetHeader).Directives
            .FirstOrDefault(directive => directive.Argument(0).Equals("Connection", StringComparison.OrdinalIgnoreCase));
        if (header.Document is null || VariableText.HasVariables(header.Argument(1)))
        {
            return RuleVerdict.Pass("Connection follows the request").At(proxy.Directive);
        }

        if (context.Route.Location is { } location && context.IsForWebSocket(location))
        {
            return RuleVerdict.Pass($"{location.Describe()} is the WebSocket's own").At(location);
        }

        return RuleVerdict.Fail(
            SummitCause.None,
            $"{level.Describe()} serves plain requests too, and says \"Connection: "
                + $"{NginxText.Show(header.Argument(1))}\" with each of them, against keepalive of upstream {NginxText.Show(group.Name)}",
            "map $http_upgrade $connection_upgrade { default upgrade; '' ''; } and proxy_set_header Connection $connection_upgrade;",
            $"proxy_set_header {header.ShowArguments()}", context.ResolveCommand()).At(header);
    }
}
