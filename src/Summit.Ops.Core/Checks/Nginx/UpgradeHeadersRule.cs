using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Checks.Nginx;

/// <summary>The backend gets <c>Upgrade: websocket</c> and <c>Connection: upgrade</c>.</summary>
internal sealed class UpgradeHeadersRule : NginxRule
{
    private const string Wanted = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \"upgrade\";";

    public override CheckDefinition Definition { get; } = new(
        "Nginx.UpgradeHeaders", "WebSocket upgrade headers present", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxUpgradeHeadersMissing, SummitCause.NginxRejectsHandshake],
        LooksAt = [SummitCause.NginxUpgradeHeadersMissing],
    };

    public override bool FollowsProxies => true;

    public override RuleVerdict Judge(RuleContext context)
    {
        if (context.Level is not { } level)
        {
            return RuleVerdict.Skipped($"requests for {context.Site.WebSocketPath} are not passed to a backend");
        }

        if (context.Route.Proxy is null) return JudgeWritten(context, level);
        var upgrade = context.Route.UpgradeHeader;
        var connection = context.Route.ConnectionHeader;
        var upgradeLost = upgrade.IsKnown && !Upgrade.HasToken(upgrade.Text!, "websocket");
        var connectionLost = connection.IsKnown && !Upgrade.HasToken(connection.Text!, "upgrade");
        if (!upgradeLost && !connectionLost)
        {
            if (HandshakeHeaders.Lost(level, context.Route.State!) is { Count: > 0 } kept) return Lost(context, level, kept);
            if (!upgrade.IsKnown || !connection.IsKnown)
            {
                return RuleVerdict.Unknown(
                    $"a header depends on {(upgrade.IsKnown ? connection.Why : upgrade.Why)}", context.ResolveCommand()).At(level);
            }

            if (context.LostKeepAlive is { } keptAlive)
            {
                return RuleVerdict.Fail(
                    SummitCause.NginxUpgradeHeadersMissing,
                    $"from a client that sends \"Connection: {NginxRequest.KeepAliveUpgrade}\", as Firefox does, "
                        + $"the backend gets \"Connection: {NginxText.Show(keptAlive)}\" from {level.Describe()}, "
                        + "and answers as if it were plain HTTP",
                    Wanted, $"Connection: {NginxText.Show(keptAlive)}", context.RepairCommand(level.File)).At(Line(level, "Connection"));
            }

            if (context.KeepAliveEnd is { } end)
            {
                return RuleVerdict.Fail(
                    SummitCause.NginxRejectsHandshake,
                    $"a client that sends \"Connection: {NginxRequest.KeepAliveUpgrade}\", as Firefox does, does not get to the backend: "
                        + $"{(end.Status is { } status ? $"nginx answers {status} ({end.AnsweredBy})" : "nginx looks for a file")}",
                    "each browser's handshake is passed on", $"only \"Connection: Upgrade\" is", context.ResolveCommand())
                    .At(end.Level ?? level);
            }

            return RuleVerdict.Pass(
                $"the backend gets \"Upgrade: {NginxText.Show(upgrade.Text!)}\" and \"Connection: {NginxText.Show(connection.Text!)}\"")
                .At(Line(level, "Upgrade"));
        }

        if (RuleContext.UnreadInclude(level) is { } include
            && EffectiveDirectives.Find(level, DirectiveName.ProxySetHeader).Origin != level)
        {
            return RuleVerdict.Unknown(
                $"the headers are not in what was read, and include {include.ShowArguments()} was not read",
                context.ResolveCommand()).At(include);
        }

        var actual = $"Upgrade: {Sent(upgrade)}, Connection: {Sent(connection)}";
        var lost = upgradeLost && connectionLost ? "neither header" : upgradeLost ? "no Upgrade header" : "no \"upgrade\" in Connection";
        return RuleVerdict.Fail(
            SummitCause.NginxUpgradeHeadersMissing,
            $"the backend gets {lost} from {level.Describe()}, and answers the handshake as if it were plain HTTP",
            Wanted, actual, context.RepairCommand(level.File))
            .At(Culprit(level, upgradeLost ? "Upgrade" : "Connection"));
    }

    /// <summary>Upgrade and Connection are set, and other headers of the handshake are kept back.</summary>
    private static RuleVerdict Lost(RuleContext context, Scope level, IReadOnlyList<string> lost)
    {
        var line = lost.Select(name => Culprit(level, name)).FirstOrDefault(found => found.Id == DirectiveName.ProxySetHeader);
        if (line.Document is null)
        {
            line = EffectiveDirectives.Find(level, DirectiveName.ProxyPassRequestHeaders).Directives is [.., var written]
                ? written
                : level.Origin;
        }

        return RuleVerdict.Fail(
            SummitCause.NginxUpgradeHeadersMissing,
            $"the backend does not get the client's {string.Join(" and ", lost)} from {level.Describe()}, and refuses the handshake",
            "the client's headers are passed on", $"{NginxText.Show(line.Name)} {line.ShowArguments()}", context.RepairCommand(level.File))
            .At(line);
    }

    /// <summary>The request does not get to the location that was written for it; its own lines are judged all the same.</summary>
    private static RuleVerdict JudgeWritten(RuleContext context, Scope level)
    {
        if (EffectiveDirectives.Find(level, DirectiveName.ProxyPass).Directives.Count == 0)
        {
            return RuleVerdict.Skipped($"{level.Describe()} passes nothing to a backend");
        }

        var upgrade = EffectiveDirectives.ProxyHeader(level, "Upgrade", context.Modern);
        var connection = EffectiveDirectives.ProxyHeader(level, "Connection", context.Modern);
        if (upgrade?.Length > 0 && connection is { Length: > 0 } and not "close")
        {
            return RuleVerdict.Pass(
                $"{level.Describe()} sets Upgrade to {NginxText.Show(upgrade)} and Connection to {NginxText.Show(connection)}").At(level);
        }

        return RuleVerdict.Fail(
            SummitCause.NginxUpgradeHeadersMissing, $"{level.Describe()} does not pass the handshake's headers on", Wanted,
            $"Upgrade: {upgrade}, Connection: {connection}", context.RepairCommand(level.File)).At(level);
    }

    private static string Sent(TextValue value) =>
        !value.IsKnown ? "not known" : value.Text!.Length == 0 ? "not sent" : NginxText.Show(value.Text);

    private static DirectiveRef Line(Scope level, string header) =>
        Culprit(level, header) is var found && found.Document is not null ? found : level.Origin;

    private static DirectiveRef Culprit(Scope level, string header)
    {
        foreach (var directive in EffectiveDirectives.Find(level, DirectiveName.ProxySetHeader).Directives)
        {
            if (directive.Argument(0).Equals(header, StringComparison.OrdinalIgnoreCase)) return directive;
        }

        return level.Origin;
    }
}
