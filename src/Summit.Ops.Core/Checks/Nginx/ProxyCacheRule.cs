using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>
/// The guide asks for <c>proxy_cache off</c>; off is also nginx's default, and a cache in front of a handshake does harm.
/// </summary>
internal sealed class ProxyCacheRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.ProxyCache", "proxy_cache is off", SummitSeverity.Advice, SummitRuleScope.Files);

    public override RuleVerdict Judge(RuleContext context)
    {
        if (context.Level is not { } level)
        {
            return RuleVerdict.Skipped($"requests for {context.Site.WebSocketPath} are not passed to a backend");
        }

        var (directives, _) = EffectiveDirectives.Find(level, DirectiveName.ProxyCache);
        if (directives is not [.., var last]) return RuleVerdict.Pass("no proxy_cache is set, and off is the default").At(level);
        if (last.Argument(0) == "off") return RuleVerdict.Pass("proxy_cache is off").At(last);
        // with a cache nginx asks the backend without the headers that belong to the client's request (ngx_http_proxy_cache_headers)
        return RuleVerdict.Fail(
            SummitCause.None,
            $"a cache ({last.ShowArguments()}) stands in front of the handshake",
            "proxy_cache off;", $"proxy_cache {last.ShowArguments()}", context.RepairCommand(level.File)).At(last);
    }
}
