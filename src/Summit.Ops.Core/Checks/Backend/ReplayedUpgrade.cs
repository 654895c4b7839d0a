using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Backend;

/// <summary>
/// What the backend answers to nginx's own request, replayed past nginx: it says more than a probe of ours, which nginx never sends.
/// </summary>
internal static class ReplayedUpgrade
{
    /// <summary>The verdict of the replays; null where they say nothing of the backend.</summary>
    public static SummitCheck? Judge(SiteEvidence evidence)
    {
        var facts = evidence.Replayed;
        if (facts.Asking is not { Answer: { } answer } asked) return null;
        var finding = new BackendUpgrade().Definition.On(asked.Upstream);
        if (facts.Variation is { Form: not SummitReplayForm.AtSiteBackend } variation
            && !(variation.Form == SummitReplayForm.AfterChange && variation.Upstream != asked.Upstream))
        {
            var what = Words(variation, asked, evidence.Site);
            return finding.Fail(
                facts.VariationCause,
                $"{Asked(asked)} answers {asked.Answered}; "
                    + $"{what}{(variation.Opens ? " it opens" : $" it answers {variation.Answered}")}{Body(answer)}.",
                "101 Switching Protocols", asked.Answered, Fix(facts.VariationCause, evidence));
        }

        if (Opening(asked, facts) is { } opened)
        {
            if (opened.Answer is { Success: true } good)
            {
                return finding.Pass(
                    $"{Asked(opened)} answered 101{(good.FirstMessage is { } message ? $", first message {message}" : "")}",
                    "101 Switching Protocols", "101 Switching Protocols");
            }

            (asked, answer) = (opened, opened.Answer!);
        }

        // a connection that fails is what the processes and sockets are asked about
        if (answer.FailedStage == SummitProbeStage.Tcp) return null;
        var cause = BackendUpgrade.Cause(answer);
        return finding.Fail(
            cause,
            answer.HttpStatus is not (null or 101)
                ? $"{Asked(asked)} answers {asked.Answered}, whatever of the request is changed{Body(answer)}."
                : $"{Asked(asked)}: {answer.Explanation}",
            "101 Switching Protocols", asked.Answered,
            cause == SummitCause.AuthenticationFailed
                ? Command.For("Invoke-SummitDiagnostic", evidence) + " -Token (Read-Host -AsSecureString)"
                : Command.For("Get-SummitBackendLog", evidence));
    }

    private static SummitReplay? Opening(SummitReplay asked, ReplayFacts facts) =>
        asked.Opens ? asked : facts.AsSent is { Opens: true } sent ? sent : facts.Variation;

    private static string Asked(SummitReplay asked) => asked.Form switch
    {
        SummitReplayForm.AsSent => $"{asked.Upstream}, past nginx, asked as nginx asks it,",
        SummitReplayForm.AfterChange => $"{asked.Upstream}, past nginx, asked as nginx would ask it after the change,",
        _ => $"{asked.Upstream}, past nginx, asked as nginx asks it and for an upgrade,",
    };

    private static string Words(SummitReplay variation, SummitReplay asked, SummitSite site) => variation.Form switch
    {
        SummitReplayForm.WithoutOrigin => $"without 'Origin: {SiteProbes.Origin(site)}'",
        SummitReplayForm.WithClientOrigin => $"with '{Line(variation, "Origin")}' in place of '{Line(asked, "Origin")}'",
        SummitReplayForm.WithClientHost => $"with '{Line(variation, "Host")}' in place of '{Line(asked, "Host")}'",
        SummitReplayForm.WithForwardedProto => "with 'X-Forwarded-Proto: https'",
        SummitReplayForm.WithPlainConnection => $"with '{Line(variation, "Connection")}' in place of '{Line(asked, "Connection")}'",
        SummitReplayForm.WithoutForwarded => "without the X-Forwarded and X-Real-IP headers",
        SummitReplayForm.WithForwardedHost => $"with '{Line(variation, "X-Forwarded-Host")}'",
        SummitReplayForm.WithUpstreamHost => $"with '{Line(variation, "Host")}' in place of '{Line(asked, "Host")}'",
        SummitReplayForm.WithSubProtocols => "with a subprotocol offered (Sec-WebSocket-Protocol)",
        SummitReplayForm.AfterChange => "as nginx would ask it after the change",
        SummitReplayForm.WithOtherPath => $"for '{Path(variation)}' in place of '{Path(asked)}'",
        _ => $"asked at {variation.Upstream}",
    };

    private static string Line(SummitReplay replay, string header) =>
        replay.Request.FirstOrDefault(line => line.StartsWith(header + ":", StringComparison.OrdinalIgnoreCase)) ?? $"no {header}";

    private static string Path(SummitReplay replay) => replay.Request is [var line, ..] && line.Split(' ') is [_, var path, _] ? path : "";

    private static string Body(SummitWebSocketResult answer) =>
        answer.ResponseBodyHead.Trim() is { Length: > 0 } body
            ? $" ({ForeignText.Visible(body.Length > 120 ? body[..120] + "..." : body)})"
            : "";

    private static string Fix(SummitCause cause, SiteEvidence evidence) => cause switch
    {
        _ when evidence.Replayed.Variation is { Form: SummitReplayForm.WithSubProtocols } =>
            $"{Command.For("Get-SummitBackendLog", evidence)}   # then ask for its subprotocol: New-SummitSite -SubProtocol NAME",
        SummitCause.BackendRejectsHost when evidence.Replayed.Variation is { Form: SummitReplayForm.WithUpstreamHost } =>
            $"{Command.For("Get-SummitBackendLog", evidence)}   # then allow {evidence.Site.ServerName} in the application's list of hosts",
        SummitCause.BackendRejectsOrigin when evidence.Replayed.Variation is not { Form: SummitReplayForm.WithClientOrigin } =>
            $"{Command.For("Get-SummitBackendLog", evidence)}   # then allow {SiteProbes.Origin(evidence.Site)} in the "
                + "application's list of origins",
        SummitCause.TlsOnPlainPort =>
            Command.Pm2(evidence.Site, $"logs {ShellWord.Quote(evidence.Site.ProcessName)} --lines 50 --nostream"),
        _ => Command.For("Deploy-SummitNginxConfig", evidence),
    };
}
