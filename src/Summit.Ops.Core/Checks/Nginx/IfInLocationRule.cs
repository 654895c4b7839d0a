using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>
/// No <c>if</c> in the location takes the request over: one that holds replaces the location's settings, and the rest of it is lost.
/// </summary>
internal sealed class IfInLocationRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.IfInLocation", site => $"No if changes what happens to {site.WebSocketPath}", SummitSeverity.Warning, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxLocationShadowed, SummitCause.NginxRejectsHandshake],
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        if ((context.Route.Location ?? context.Candidate) is not { } location)
        {
            return RuleVerdict.Skipped($"there is no location for {context.Site.WebSocketPath}");
        }

        foreach (var directive in location.Directives)
        {
            if (directive.Id != DirectiveName.If || !directive.Node.IsBlock) continue;
            var inner = location.Child(directive, ScopeKind.If);
            // only return, rewrite, set and break do what they say inside an if
            var evil = inner.Directives.FirstOrDefault(each => each.Id is not (DirectiveName.Return or DirectiveName.Rewrite
                or DirectiveName.Set or DirectiveName.Break or DirectiveName.AddHeader or DirectiveName.AccessLog));
            var held = context.Route.Level?.Origin == directive;
            if (held && context.Route.Upgrades == false)
            {
                return Fail(
                    context, directive, $"it holds for the handshake, which then does not get through: {context.Route.Steps[^1]}") with
                {
                    Severity = SummitSeverity.Error,
                    // an if that answers with an error does not send the handshake elsewhere: it refuses
                    Cause = context.Route is { Kind: SummitNginxRouteKind.Return, Status: >= 400 }
                        ? SummitCause.NginxRejectsHandshake
                        : SummitCause.NginxLocationShadowed,
                };
            }

            if (context.Route.Upgrades == false && context.Route.Location != location
                && context.Route.Steps.Any(step => step.EndsWith($" holds ({directive.File}:{directive.Line})", StringComparison.Ordinal)))
            {
                return Fail(context, directive, $"it holds for the handshake and sends it elsewhere: {context.Route.Steps[^1]}") with
                {
                    Severity = SummitSeverity.Error,
                };
            }

            if (evil.Document is not null && ContentHandlers.Handles(evil.Id))
            {
                return Fail(
                    context, directive, $"it has {NginxText.Show(evil.Name)} of its own, and where it holds the request goes there");
            }

            if (location.Find(DirectiveName.TryFiles) is not null)
            {
                return Fail(context, directive, "where it holds, the location's try_files is lost");
            }
        }

        return RuleVerdict.Pass($"no if in {location.Describe()} takes the request elsewhere").At(location);
    }

    private static RuleVerdict Fail(RuleContext context, DirectiveRef directive, string why) =>
        RuleVerdict.Fail(
            SummitCause.NginxLocationShadowed, $"if {directive.ShowArguments()}: {why}",
            "only return, rewrite or set inside an if", $"if {directive.ShowArguments()} {{ … }}",
            context.ResolveCommand()).At(directive);
}
