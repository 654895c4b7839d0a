using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Nginx;

/// <summary>nginx does not answer the handshake with a redirect or a page of its own: a WebSocket client follows neither.</summary>
internal sealed class RedirectRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.Redirect", site => $"nginx does not answer {site.WebSocketPath} itself", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxRedirect, SummitCause.NginxLocationMissing, SummitCause.NginxRejectsHandshake],
        LooksAt = [SummitCause.NginxRedirect],
        Restates = "Nginx.AccessControl",
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        var route = context.Route;
        var path = context.Site.WebSocketPath;
        switch (route.Kind)
        {
            case SummitNginxRouteKind.Unknown:
                return RuleVerdict.Unknown($"where {path} goes depends on {string.Join("; ", route.Why)}", context.ResolveCommand());
            case not SummitNginxRouteKind.Return:
                return RuleVerdict.Pass($"no return, redirect or refusal stands in the way of {path}");
        }

        var redirect = route.Status is >= 300 and < 400;
        var verdict = RuleVerdict.Fail(
            Cause(route),
            redirect
                ? $"nginx answers {path} with {route.Status} to {Secrets.RedactUri(route.RedirectTo)}, which a WebSocket client cannot "
                    + $"follow: {route.AnsweredBy}"
                : $"nginx answers {path} with {route.Status} itself: {route.AnsweredBy}",
            $"{path} is passed to the backend", redirect ? $"{route.Status} {Secrets.RedactUri(route.RedirectTo)}" : $"{route.Status}",
            route.Location is null ? context.ResolveCommand() : context.RepairCommand());
        return route.Level is null ? verdict with { File = context.Config.Path, Line = 1 } : verdict.At(route.Level);
    }

    /// <summary>What it is that nginx answers with a status of its own.</summary>
    public static SummitCause Cause(RouteTrace route) => route switch
    {
        { Status: >= 300 and < 400 } => SummitCause.NginxRedirect,
        // a condition that holds and ends in an error keeps clients out, whatever status it says
        { State.RefusedByIf: true } => SummitCause.NginxRejectsHandshake,
        // a location that keeps hidden files from being served says 404 and means no
        { Status: 404, Location: var location } when location is null || !RuleContext.Refuses(location) => SummitCause.NginxLocationMissing,
        _ => SummitCause.NginxRejectsHandshake,
    };
}
