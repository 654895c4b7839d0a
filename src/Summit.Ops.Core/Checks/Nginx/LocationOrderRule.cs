using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Nginx;

/// <summary>
/// Nothing takes the WebSocket path's requests away. The order of two prefix locations has no effect; a regex or
/// an exact location elsewhere has.
/// </summary>
internal sealed class LocationOrderRule : NginxRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.LocationOrder", site => site.ApiPath.Length > 0
            ? $"`{site.WebSocketPath}` location comes before `{site.ApiPath}`"
            : $"`{site.WebSocketPath}` location comes before every other", SummitSeverity.Advice, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxLocationShadowed],
        LooksAt = [SummitCause.NginxLocationShadowed],
    };

    public override RuleVerdict Judge(RuleContext context)
    {
        var path = context.Site.WebSocketPath;
        if (context.Candidate is not { } own) return RuleVerdict.Skipped($"there is no location for {path}");
        if (context.Route.Location is { } met && met != own && Steals(context, own, met))
        {
            return RuleVerdict.Fail(
                SummitCause.NginxLocationShadowed,
                $"requests for {path} end in {met.Describe()} ({met.File}:{met.Line}) and not in {own.Describe()} "
                    + $"({own.File}:{own.Line}): {Reason(met)}",
                $"{own.Describe()} answers {path}", $"{met.Describe()} answers {path}", Fix(context, own)).At(met) with
            {
                Severity = SummitSeverity.Error,
            };
        }

        var siblings = context.Route.Server!.Locations;
        var api = siblings.FindIndex(location => location is { IsRegex: false } && location.Path == context.Site.ApiPath);
        var mine = siblings.IndexOf(own);
        if (api < 0 || mine < 0 || mine < api)
        {
            return RuleVerdict.Pass(api < 0
                ? $"{own.Describe()} answers, and there is no location {context.Site.ApiPath} beside it"
                : $"{own.Describe()} stands before {siblings[api].Describe()}").At(own);
        }

        return RuleVerdict.Fail(
            SummitCause.None,
            $"{own.Describe()} stands behind {siblings[api].Describe()} ({siblings[api].File}:{siblings[api].Line}); "
                + "for nginx the order of prefix locations has no effect, so this breaks nothing",
            $"{own.Describe()} above {siblings[api].Describe()}",
            $"line {siblings[api].Line}: {siblings[api].Describe()}, line {own.Line}: {own.Describe()}",
            $"Get-SummitNginxConfig -Path {PowerShellWord.Of(context.Config.Path)} | Resolve-SummitNginxLocation -Uri "
                + $"{PowerShellWord.Of(context.Site.Uri)}").At(own);
    }

    /// <summary>A second location for the path is no thief where the upgrade gets through.</summary>
    private static bool Steals(RuleContext context, LocationScope own, LocationScope met)
    {
        if (context.Route.Upgrades == true) return false;
        // a location that names the very path takes nothing away, whatever it answers
        if (met.MatchKind == LocationKind.Exact && context.Route.Status is >= 300 and < 400) return false;
        for (Scope? scope = met; scope is not null; scope = scope.Parent)
        {
            // a location inside the one for the path is still the path's
            if (scope == own) return false;
        }

        return true;
    }

    private static string Reason(LocationScope met) => met switch
    {
        { IsRegex: true } => "a regex goes before a plain prefix, wherever it stands",
        { MatchKind: LocationKind.Exact } => "an exact location goes before all others",
        { MatchKind: LocationKind.Named } => "it was sent there by name",
        _ => "it is the longer prefix",
    };

    private static string Fix(RuleContext context, LocationScope own) =>
        own.MatchKind == LocationKind.Prefix ? context.RepairCommand(own.File) : context.ResolveCommand();
}
