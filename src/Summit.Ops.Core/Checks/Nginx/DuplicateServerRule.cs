using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>
/// No second server block claims the site's name on its port: nginx ignores the later one, with a warning that nobody reads.
/// </summary>
internal sealed class DuplicateServerRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.DuplicateServer", site => $"Only one server block claims {site.ServerName} on port {site.Port}", SummitSeverity.Warning,
        SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxWrongServer],
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        if (context.Route.Socket is not { } socket) return RuleVerdict.Skipped($"nothing listens on port {context.Site.Port}");
        var name = NginxText.Take(context.Site.ServerName);
        foreach (var (claimed, winner, loser) in socket.Names.Conflicts)
        {
            if (winner == loser || !claimed.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            var verdict = RuleVerdict.Fail(
                SummitCause.NginxWrongServer,
                $"{loser.File}:{loser.Line} claims {claimed} on {socket} too, and nginx ignores it: "
                    + $"{winner.File}:{winner.Line} was read first and answers",
                $"server_name {claimed} in one server block",
                $"{winner.File}:{winner.Line} answers, {loser.File}:{loser.Line} is ignored",
                $"{context.ResolveCommand()}   # shows the way of the handshake; remove the name from one of them: "
                + $"{winner.File}:{winner.Line}, {loser.File}:{loser.Line}").At(loser);
            // the one that is ignored was written for the WebSocket, and the one that answers does not let it through
            return context.Route.Upgrades != true && context.HasLocation(loser)
                ? verdict with { Severity = SummitSeverity.Error }
                : verdict;
        }

        return RuleVerdict.Pass($"no other server block on {socket} claims {context.Site.ServerName}");
    }
}
