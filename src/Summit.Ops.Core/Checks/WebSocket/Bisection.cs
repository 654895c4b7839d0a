using System.Net;
using Summit.Ops.Checks.Host;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Evidence;
using Summit.Ops.Evidence.Replaying;
using Summit.Ops.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.WebSocket;

/// <summary>The same handshake at two hops: where the inner one opens, what the outer one says is not the inner one's fault.</summary>
internal static class Bisection
{
    /// <summary>The cause of a failed probe and what it means, in the light of the hop behind it.</summary>
    /// <remarks>
    /// A gateway error by itself is a dead backend, and a refusal by the backend is a request without its headers; while the backend opens,
    /// nginx asks somebody else, or for something else.
    /// </remarks>
    public static (SummitCause Cause, string Explanation) Refine(SummitWebSocketResult probe, SiteEvidence evidence)
    {
        if (probe.FailedHandshakes > 0 && probe.FailedHandshakes < probe.Handshakes)
        {
            return (SummitCause.NginxUpstreamMismatch, probe.Explanation);
        }

        // how such a request ends is a matter of which connection was missing first
        if (probe is { Success: false, FailedStage: SummitProbeStage.Upgrade, HttpStatus: null or 500 or 502 or 504 }
            && evidence.EndsInCircle)
        {
            return (
                SummitCause.NginxUpstreamMismatch,
                $"{probe.Explanation} nginx passes the request to itself without end, until it has no connection left.");
        }

        var replayed = evidence.Replayed;
        if (!probe.Success && replayed is { VariationCause: not SummitCause.None, Variation: { } other } && replayed.Accounts(probe))
        {
            return (replayed.VariationCause, $"{probe.Explanation} Replayed past nginx, nginx's own request gets "
                + $"{replayed.AsSent!.Answered}; changed in one thing it gets {other.Answered} (see Backend.Upgrade).");
        }

        // what the configuration makes nginx answer by itself is what its own words say of it
        if (probe is { Success: false, HttpStatus: { } own, IsNginxPage: true }
            && evidence.Route is { Kind: SummitNginxRouteKind.Return } route && route.Status == own
            && evidence.Rules.FirstOrDefault(rule => rule is { Id: "Nginx.Redirect", Status: SummitCheckStatus.Fail }) is { } rule)
        {
            return (rule.Cause, $"Nginx itself answered {own} {probe.HttpReason}".TrimEnd() + $" instead of 101: {rule.Evidence}.");
        }

        // a rule may depend on a header that some clients send: what this client sends is known
        if (probe is { Success: false } && ByItself(probe, evidence) is { } itself)
        {
            if (probe.HttpStatus is { } shown && itself.Status == shown && (probe.IsNginxPage || HasItsText(probe, itself)))
            {
                return (
                    RedirectRule.Cause(itself),
                    $"Nginx itself answered {shown} {probe.HttpReason}".TrimEnd() + $" instead of 101: {itself.AnsweredBy}.");
            }

            if (probe.HttpStatus is null && ClosesUnanswered(probe, itself))
            {
                return (RedirectRule.Cause(itself), $"{probe.Explanation} nginx does so itself: {itself.AnsweredBy}.");
            }
        }

        // why nginx answers 500 itself is in its log, and so is a refusal that an error_page shows as another status
        if (probe is { Success: false, HttpStatus: { } answered }
            && new NginxErrorLog().Evaluate(evidence) is { Status: SummitCheckStatus.Fail, Severity: SummitSeverity.Error } said
            && ((answered == 500 && probe.IsNginxPage) || IsHidden(said, answered, evidence)))
        {
            return (said.Cause, $"{probe.Explanation} {said.Evidence}");
        }

        // the client's own time was over, and the backend answers the same request at once: it is not the backend that hangs
        if (probe is { Success: false, HttpStatus: null, Cause: SummitCause.BackendTimeout }
            && replayed.AsSent is { Answer: { HttpStatus: not null } } atOnce)
        {
            return (
                replayed.VariationCause == SummitCause.None ? SummitCause.Unknown : replayed.VariationCause,
                $"{probe.Explanation} Replayed past nginx, the backend answers at once: {atOnce.Answered}.");
        }

        if (probe is { Success: false, HttpStatus: not (null or 101 or 502 or 504) }
            && replayed.AsSent is { Answer.FailedStage: SummitProbeStage.Tcp } dead && ErrorPages.For(502, evidence) is { } page)
        {
            return (
                SummitCause.BackendNotListening,
                $"{probe.Explanation} It is the page of {page.Shown}: the backend does not take a connection ({dead.Answered}).");
        }

        if (probe.Success || evidence.Hop(SiteEvidence.BackendHop) is not { Success: true } backend)
        {
            return (probe.Cause, probe.Explanation);
        }

        // it opens, and later than nginx waits for it
        if (probe is { HttpStatus: 504 } && replayed.AsSent is { Answer.Cause: SummitCause.BackendTimeout })
        {
            return (
                SummitCause.BackendTimeout,
                $"{probe.Explanation} Asked past nginx, {backend.Uri} opens: it takes longer than nginx waits (proxy_read_timeout).");
        }

        // the application refuses what it takes without nginx: something that nginx adds, changes or leaves out
        if (evidence.Route is { Upgrades: true } && probe is { HttpStatus: 401 or 403 or (>= 300 and < 400) } && !probe.IsNginxPage)
        {
            return (SummitCause.Unknown, $"{probe.Explanation} Asked past nginx, {backend.Uri} opens: "
                + "the application refuses something that nginx adds, changes or leaves out.");
        }

        if (!IsBackendBlamed(probe, evidence)) return (probe.Cause, probe.Explanation);
        // the right address, which nginx does not ask at the moment
        if (BenchedPeers.Seen(evidence))
        {
            return (SummitCause.BackendNotListening, $"{probe.Explanation} The backend answers again; "
                + "nginx asks a peer that failed for 10 s no more (no live upstreams), and then by itself or after a reload.");
        }

        if (evidence.Route is { ProxyPass: { } pass } && pass.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
            && AsksBackend(evidence))
        {
            return (
                SummitCause.NginxUpstreamScheme,
                $"{probe.Explanation} nginx speaks TLS to it ({pass}), and asked past nginx, {backend.Uri} opens without.");
        }

        return (SummitCause.NginxUpstreamMismatch, $"{probe.Explanation} Asked past nginx, {backend.Uri} opens: "
            + "nginx passes the handshake to another address or path, or in another way.");
    }

    /// <summary>How the disk's configuration answers this very client without the backend; null where it does not.</summary>
    private static RouteTrace? ByItself(SummitWebSocketResult probe, SiteEvidence evidence)
    {
        if (evidence.Host?.Disk is not { } disk) return null;
        // the address that nginx sees is known of a client on the host itself, where it dials the loopback
        var isOnHost = probe.Hop == SiteEvidence.LoopbackHop || evidence.Target.Kind == SummitTargetKind.Local;
        var own = isOnHost && IPAddress.TryParse(probe.Address, out var dialled) && IPAddress.IsLoopback(dialled) ? probe.Address : null;
        var client = UpstreamReplay.Client(evidence.Site, evidence.Host.NginxVersion, token: null) with
        {
            RemoteAddress = own is null ? null : own.Contains(':', StringComparison.Ordinal) ? own : UpstreamReplay.Loopback,
            LocalAddress = own ?? evidence.LocalAddress,
            // a sample decides nothing
            Samples = null,
            // a host asks itself without a token
            HasToken = evidence.HasToken && (probe.Hop == SiteEvidence.PublicHop || evidence.Target.Kind == SummitTargetKind.Local),
        };
        // and of the other form of Connection, where nginx tells the two apart
        return new[] { client, UpstreamReplay.WithConnection(client, NginxRequest.KeepAliveUpgrade) }
            .Select(each => NginxRouter.Trace(disk, each))
            .FirstOrDefault(trace => trace is { Kind: SummitNginxRouteKind.Return, Why.Count: 0 });
    }

    /// <summary>
    /// Whether the body is the text that a return of the configuration says, as far as a probe reads it; or none for a status that
    /// nginx has no page for.
    /// </summary>
    private static bool HasItsText(SummitWebSocketResult probe, RouteTrace itself)
    {
        if (itself.State is not { AnswerText: var text }) return false;
        var hasPage = itself.Status is not (407 or (>= 417 and < 421) or (>= 422 and < 429));
        if (text.Length == 0) return probe.ResponseBodyHead.Length == 0 && !hasPage;
        return probe.ResponseBodyHead.Length > 0
            && ForeignText.VisibleLines(TextRedaction.Of(NginxText.Utf8(text)))
                .StartsWith(probe.ResponseBodyHead, StringComparison.Ordinal);
    }

    private static bool IsHidden(SummitCheck said, int status, SiteEvidence evidence) =>
        ErrorLogTable.Find(said.Actual) is { } entry && !entry.Statuses.Contains(status)
            && entry.Statuses.Any(own => ErrorPages.Turns(own, status, evidence));

    private static bool ClosesUnanswered(SummitWebSocketResult probe, RouteTrace itself) =>
        probe.Cause == SummitCause.WebSocketProtocolError && probe.FailedStage == SummitProbeStage.Upgrade && itself.Status == 444;

    private static bool IsBackendBlamed(SummitWebSocketResult probe, SiteEvidence evidence) => probe.Cause switch
    {
        SummitCause.BackendNotListening or SummitCause.BackendTimeout => true,
        // what the backend answers to a request that has its headers, and another path than the one it has a WebSocket at
        SummitCause.NginxUpgradeHeadersMissing or SummitCause.BackendRejectsUpgrade or SummitCause.NginxLocationMissing =>
            evidence.Route is { Upgrades: true, UpstreamUri: { Length: > 0 } asked }
                && asked.Split('?')[0] != SiteProbes.BackendPath(evidence.Site) && !probe.IsNginxPage,
        _ => false,
    };

    private static bool AsksBackend(SiteEvidence evidence) =>
        evidence.Rules.Any(rule => rule is { Id: "Nginx.Upstream", Status: SummitCheckStatus.Pass });
}
