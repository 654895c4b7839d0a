using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>No header that stands on an outer level is lost because the location has headers of its own.</summary>
internal sealed class HeaderInheritanceRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.HeaderInheritance", "No proxy_set_header is lost by inheritance", SummitSeverity.Warning, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxUpgradeHeadersMissing],
        Restates = "Nginx.UpgradeHeaders",
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        if (context.Level is not { } level)
        {
            return RuleVerdict.Skipped($"requests for {context.Site.WebSocketPath} are not passed to a backend");
        }

        var (directives, origin) = EffectiveDirectives.Find(level, DirectiveName.ProxySetHeader);
        if (origin is null) return RuleVerdict.Pass("no proxy_set_header stands on any level");
        var lost = Lost(level);
        if (lost.Count == 0)
        {
            return RuleVerdict.Pass($"every header that stands on an outer level is set again in {origin.Describe()}, or none does");
        }

        var upgrade = lost.Exists(directive => directive.Argument(0).Equals("Upgrade", StringComparison.OrdinalIgnoreCase)
            || directive.Argument(0).Equals("Connection", StringComparison.OrdinalIgnoreCase));
        var names = string.Join(
            ", ", lost.Select(directive => $"{NginxText.Show(directive.Argument(0))} ({directive.File}:{directive.Line})"));
        var verdict = RuleVerdict.Fail(
            upgrade ? SummitCause.NginxUpgradeHeadersMissing : SummitCause.None,
            $"{origin.Describe()} has proxy_set_header of its own, and then nginx inherits none: {names} does not hold",
            string.Join(' ', lost.Select(directive => $"proxy_set_header {directive.ShowArguments()};")),
            $"{directives.Count} headers of {origin.Describe()} alone", context.RepairCommand(level.File)).At(lost[0]);
        return upgrade && context.Route.Upgrades != true ? verdict with { Severity = SummitSeverity.Error } : verdict;
    }

    /// <summary>
    /// The headers that outer levels set and that do not hold, because a nearer level has headers of its own; of one name the nearest.
    /// </summary>
    public static List<DirectiveRef> Lost(Scope level)
    {
        var (directives, origin) = EffectiveDirectives.Find(level, DirectiveName.ProxySetHeader);
        var lost = new List<DirectiveRef>();
        if (origin is null) return lost;
        var held = directives.Select(directive => directive.Argument(0)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var outer in EffectiveDirectives.Levels(level).SkipWhile(scope => scope != origin).Skip(1))
        {
            lost.AddRange(
                outer.Directives.Where(directive => directive.Id == DirectiveName.ProxySetHeader && held.Add(directive.Argument(0))));
        }

        return lost;
    }
}
