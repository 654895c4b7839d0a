namespace Summit.Ops.Checks.Nginx;

/// <summary>The WebSocket path is not answered with a redirect to the same path with a slash.</summary>
internal sealed class TrailingSlashRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.TrailingSlash", site => $"{site.WebSocketPath} needs no slash at its end", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxRedirect],
        Restates = "Nginx.Redirect",
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        var path = context.Site.WebSocketPath;
        if (context.Route.Location is not { } location) return RuleVerdict.Skipped($"no location takes {path}");
        if (context.Route.Status != 301 || context.Route.RedirectTo.Split('?')[0] != path + "/")
        {
            return RuleVerdict.Pass($"{location.Describe()} takes {path} as it is").At(location);
        }

        return RuleVerdict.Fail(
            SummitCause.NginxRedirect, $"{location.Describe()} answers {path} with 301 to {path}/, which a WebSocket client cannot follow",
            $"location {path}", location.Describe(), context.RepairCommand(location.File)).At(location);
    }
}
