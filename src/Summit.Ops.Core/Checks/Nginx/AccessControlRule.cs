using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>Nothing in front of the backend asks a browser's WebSocket for what it cannot send.</summary>
internal sealed class AccessControlRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.AccessControl", site => $"nginx lets clients through to {site.WebSocketPath}", SummitSeverity.Warning, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxRejectsHandshake],
        LooksAt = [SummitCause.NginxRejectsHandshake],
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        if (context.Level is not { } level)
        {
            return RuleVerdict.Skipped($"requests for {context.Site.WebSocketPath} are not passed to a backend");
        }

        var any = EffectiveDirectives.Value(level, DirectiveName.Satisfy) == "any";
        var rules = AccessRules.Rules(level);
        if (!any && rules.FirstOrDefault(rule => rule.Argument(0) == "all") is { Document: not null } all && all.Id == DirectiveName.Deny)
        {
            var first = rules[0] == all;
            return Fail(
                context, all,
                first ? "nobody gets in: nginx answers 403" : "only the addresses that are allowed get in, all others see 403") with
            {
                Severity = first ? SummitSeverity.Error : SummitSeverity.Warning,
            };
        }

        foreach (var name in AccessRules.Questions)
        {
            if (EffectiveDirectives.Find(level, name).Directives is not [.., var directive] || directive.Argument(0) == "off") continue;
            return Fail(context, directive, name switch
            {
                DirectiveName.AuthBasic => "a browser's WebSocket cannot be told to send a password, and sees 401",
                DirectiveName.AuthRequest =>
                    "each handshake is decided by a request of its own, and anything but 2xx refuses it with 401, 403 or 500",
                DirectiveName.AuthJwt => "each handshake needs a token that nginx accepts",
                _ => "code decides about each handshake, and it is not read here",
            }) with { Severity = name == DirectiveName.AuthBasic ? SummitSeverity.Warning : SummitSeverity.Advice };
        }

        return RuleVerdict.Pass("no deny, auth_basic, auth_request or code stands in front");
    }

    private static RuleVerdict Fail(RuleContext context, DirectiveRef directive, string why)
    {
        var written = $"{NginxText.Show(directive.Name)}{(directive.ArgumentCount > 0 ? " " + directive.ShowArguments() : "")}";
        return RuleVerdict.Fail(
            SummitCause.NginxRejectsHandshake, $"{written}: {why}",
            $"the application decides who may open {context.Site.WebSocketPath}",
            written, context.ResolveCommand()).At(directive);
    }
}
