using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>
/// The guide's first item about nginx: the server that answers has a location for the WebSocket path, or another one that does the work.
/// </summary>
internal sealed class WebSocketLocationRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.WebSocketLocation", site => $"Nginx config has `{site.WebSocketPath}` location", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxLocationMissing, SummitCause.NginxRejectsHandshake],
        LooksAt = [SummitCause.NginxLocationMissing],
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        var route = context.Route;
        var path = context.Site.WebSocketPath;
        if (route.Status == 301 && route.RedirectTo.Split('?')[0] == path + "/" && route.Location is { } deeper)
        {
            return Missing(
                context,
                $"{deeper.Describe()} is for what lies under {path}/, and answers {path} itself with a redirect",
                deeper.Describe(), deeper);
        }

        if (route.Location is { } met && context.IsForWebSocket(met))
        {
            return RuleVerdict.Pass($"{met.Describe()} answers requests for {path}").At(met);
        }

        if (route is { Kind: SummitNginxRouteKind.Return, State.RefusedByIf: true })
        {
            return RuleVerdict.Skipped($"an if answers {path} before any location does: {route.AnsweredBy}");
        }

        if (route.Upgrades == true)
        {
            return RuleVerdict
                .Pass($"{route.Location?.Describe() ?? route.Server!.Describe()} answers requests for {path}, and the upgrade gets through")
                .At(route.Level!);
        }

        if (route.Proxy is not null && context.ReachesBackend)
        {
            return RuleVerdict.Pass($"{route.Location?.Describe() ?? route.Server!.Describe()} passes requests for {path} to the backend "
                + "with all others; a location of its own is not needed").At(route.Level!);
        }

        if (context.Candidate is { } written)
        {
            return RuleVerdict.Pass($"{written.Describe()} is there; what the request meets instead, the other checks say").At(written);
        }

        if (route.Server is null)
        {
            return Missing(
                context,
                $"no server block listens on port {context.Site.Port}, and so none has a location for {path}",
                "no server block", scope: null);
        }

        if (RuleContext.UnreadInclude(route.Location ?? (Scope)route.Server) is { } include)
        {
            return RuleVerdict.Unknown(
                $"no location for {path} is in what was read, and include {include.ShowArguments()} was not read",
                $"Get-SummitNginxConfig -Path /etc/nginx/nginx.conf | Test-SummitNginxConfig -Site {SiteExpression.For(context.Site)}")
                .At(include);
        }

        if (route.Kind == SummitNginxRouteKind.Unknown && route.Location is null)
        {
            return RuleVerdict.Unknown($"where {path} goes depends on {string.Join("; ", route.Why)}", context.ResolveCommand());
        }

        if (route.Location is { } refusing && RuleContext.Refuses(refusing))
        {
            return Missing(
                context,
                $"{refusing.Describe()} ({refusing.File}:{refusing.Line}) refuses requests for {path}, and was written to refuse",
                refusing.Describe(), refusing) with
            {
                Cause = SummitCause.NginxRejectsHandshake, Fix = context.ResolveCommand(),
            };
        }

        return route.Location is { } other
            ? Missing(
                context,
                $"requests for {path} end in {other.Describe()} ({other.File}:{other.Line}), which was not written for them",
                other.Describe(), other)
            : Missing(
                context, $"{route.Server.Describe()} ({route.Server.File}:{route.Server.Line}) has no location that takes {path}",
                route.AnsweredBy.Length > 0 ? route.AnsweredBy : "no location", route.Server);
    }

    private static RuleVerdict Missing(RuleContext context, string evidence, string actual, Scope? scope)
    {
        var verdict = RuleVerdict.Fail(
            SummitCause.NginxLocationMissing, evidence,
            $"location {context.Site.WebSocketPath} {{ proxy_pass {Summit.Ops.Nginx.ExpectedNginxConfig.Backend(context.Site)}; … }}",
            NginxText.Show(actual), context.RepairCommand(scope?.File));
        return scope is null ? verdict with { File = context.Config.Path, Line = 1 } : verdict.At(scope);
    }
}
