using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>The guide asks for <c>proxy_buffering off</c>; on an upgraded connection it has no effect.</summary>
internal sealed class ProxyBufferingRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.ProxyBuffering", "`proxy_buffering off;` set", SummitSeverity.Advice, SummitRuleScope.Files);

    public override RuleVerdict Judge(RuleContext context)
    {
        if (context.Level is not { } level)
        {
            return RuleVerdict.Skipped($"requests for {context.Site.WebSocketPath} are not passed to a backend");
        }

        var (directives, origin) = EffectiveDirectives.Find(level, DirectiveName.ProxyBuffering);
        if (directives is [.., var last] && last.Argument(0) == "off")
        {
            return RuleVerdict.Pass(
                origin == level ? "proxy_buffering is off" : $"proxy_buffering is off, inherited from {origin!.Describe()}").At(last);
        }

        if (directives.Count == 0 && RuleContext.UnreadInclude(level) is { } include)
        {
            return RuleVerdict.Unknown($"it is not in what was read, and include {include.ShowArguments()} was not read").At(include);
        }

        var verdict = RuleVerdict.Fail(
            SummitCause.None,
            "the guide asks for it; an upgraded connection is never buffered, so this breaks no WebSocket",
            "proxy_buffering off;",
            directives.Count == 0 ? "proxy_buffering on (default)" : $"proxy_buffering {directives[^1].ShowArguments()}",
            context.RepairCommand(level.File));
        return directives.Count == 0 ? verdict.At(level) : verdict.At(directives[^1]);
    }
}
