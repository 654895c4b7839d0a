using System.Globalization;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>nginx leaves an idle WebSocket open for longer than the application stays silent.</summary>
internal abstract class IdleTimeoutRule : NginxRule
{
    /// <summary>What an application that never pings needs at least; the guide has a day.</summary>
    public static readonly TimeSpan WithoutPings = TimeSpan.FromHours(1);

    /// <summary>The directive.</summary>
    public abstract DirectiveName Directive { get; }

    /// <summary>Whether this timeout is long enough for the site.</summary>
    public static bool Suffices(TimeSpan timeout, SummitSite site) =>
        site.PingInterval > TimeSpan.Zero ? timeout > site.PingInterval : timeout >= WithoutPings;

    public override RuleVerdict Judge(RuleContext context)
    {
        if (context.Level is not { } level || EffectiveDirectives.Find(level, DirectiveName.ProxyPass).Directives.Count == 0)
        {
            return RuleVerdict.Skipped($"requests for {context.Site.WebSocketPath} are not passed to an HTTP backend");
        }

        var name = DirectiveNames.Text(Directive);
        var (directives, _) = EffectiveDirectives.Find(level, Directive);
        var own = directives is [.., var last] ? last : default;
        if (own.Document is null && RuleContext.UnreadInclude(level) is { } include)
        {
            return RuleVerdict.Unknown($"{name} is not in what was read, and include {include.ShowArguments()} was not read").At(include);
        }

        var timeout = own.Document is null ? TimeSpan.FromSeconds(60) : NginxTime.Read(own.Argument(0));
        if (timeout is not { } known) return RuleVerdict.Unknown($"{name} {own.ShowArguments()} is no time").At(own);
        var actual = own.Document is null ? $"{name} 60s (default)" : $"{name} {own.ShowArguments()}";
        var silence = context.Site.PingInterval > TimeSpan.Zero
            ? $"the application sends something every {Show(context.Site.PingInterval)}"
            : "the site's PingInterval says that the application sends nothing on an idle connection";
        var verdict = Suffices(known, context.Site)
            ? RuleVerdict.Pass($"{actual}, and {silence}")
            : RuleVerdict.Fail(
                SummitCause.NginxIdleTimeout,
                $"nginx closes the connection without a Close frame (the client sees 1006) after {Show(known)} of silence, and {silence}",
                $"{name} 86400;", actual, context.RepairCommand(level.File));
        // where the site says how often something is sent, it is certain that the connection breaks in between
        if (Directive == DirectiveName.ProxyReadTimeout && verdict.Status == SummitCheckStatus.Fail
            && context.Site.PingInterval > TimeSpan.Zero)
        {
            verdict = verdict with { Severity = SummitSeverity.Error };
        }

        return own.Document is null ? verdict.At(level) : verdict.At(own);
    }

    private static string Show(TimeSpan time) => time.TotalSeconds < 600
        ? $"{time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s"
        : $"{time.TotalMinutes.ToString("0.#", CultureInfo.InvariantCulture)} min";
}

/// <summary>Silence of the backend.</summary>
internal sealed class ReadTimeoutRule : IdleTimeoutRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.ReadTimeout", "proxy_read_timeout outlasts an idle WebSocket", SummitSeverity.Warning, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxIdleTimeout],
    };

    public override DirectiveName Directive => DirectiveName.ProxyReadTimeout;
}

/// <summary>A backend that does not take what the client sends.</summary>
internal sealed class SendTimeoutRule : IdleTimeoutRule
{
    public override CheckDefinition Definition { get; } = new(
        "Nginx.SendTimeout", "proxy_send_timeout outlasts an idle WebSocket", SummitSeverity.Advice, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxIdleTimeout],
    };

    public override DirectiveName Directive => DirectiveName.ProxySendTimeout;
}
