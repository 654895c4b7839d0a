using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>nginx speaks HTTP/1.1 to the backend: 1.0 has no upgrade, and 2 is not proxied for WebSockets.</summary>
internal sealed class HttpVersionRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.HttpVersion", "nginx speaks HTTP/1.1 to the backend", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxHttpVersion],
        LooksAt = [SummitCause.NginxHttpVersion],
    };

    public override bool FollowsProxies => true;

    public override RuleVerdict Judge(RuleContext context)
    {
        if (context.Level is not { } level || EffectiveDirectives.Find(level, DirectiveName.ProxyPass).Directives.Count == 0)
        {
            return RuleVerdict.Skipped($"requests for {context.Site.WebSocketPath} are not passed to an HTTP backend");
        }

        var (directives, _) = EffectiveDirectives.Find(level, DirectiveName.ProxyHttpVersion);
        if (directives is [.., var last])
        {
            if (last.Argument(0) == "1.1") return RuleVerdict.Pass("proxy_http_version is 1.1").At(last);
            return Fail(context, level, $"proxy_http_version {last.ShowArguments()}").At(last);
        }

        if (context.Modern) return RuleVerdict.Pass($"nginx {context.Version} speaks HTTP/1.1 by default").At(level);
        if (RuleContext.UnreadInclude(level) is { } include)
        {
            return RuleVerdict.Unknown(
                $"proxy_http_version is not in what was read, and include {include.ShowArguments()} was not read").At(include);
        }

        return Fail(context, level, "proxy_http_version 1.0 (default before nginx 1.29.7)").At(level);
    }

    private static RuleVerdict Fail(RuleContext context, Scope level, string actual) =>
        RuleVerdict.Fail(
            SummitCause.NginxHttpVersion,
            $"{level.Describe()} does not speak HTTP/1.1 to the backend, and only HTTP/1.1 has an upgrade",
            "proxy_http_version 1.1;", actual, context.RepairCommand(level.File));
}
