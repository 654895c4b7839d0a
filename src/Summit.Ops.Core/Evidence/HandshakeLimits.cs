using System.Globalization;
using Summit.Ops.Checks.Host;
using Summit.Ops.Checks.Nginx;
using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Evidence;

/// <summary>
/// <c>limit_conn</c> and <c>limit_req</c> on the way of the handshake: a diagnosis makes several at once, and one of them may be refused
/// that opens by itself.
/// </summary>
/// <param name="evidence">What was gathered.</param>
/// <param name="time">The clock.</param>
internal sealed class HandshakeLimits(SiteEvidence evidence, TimeProvider time)
{
    /// <summary>For a connection that is closed to be counted no more.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    /// <summary>How long is waited before a refused one is made again: the second is for a rate of one a second.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(1100)];

    private readonly List<int> _statuses = Statuses(evidence);

    /// <summary>Whether the handshake is counted by a limit at all.</summary>
    public bool Any => _statuses.Count > 0;

    /// <summary>Whether a handshake may have been refused by one of the limits.</summary>
    public bool Refused(SummitWebSocketResult hop) => hop switch
    {
        { Success: true } => false,
        { HttpStatus: { } status } => _statuses.Any(own => (own == status && hop.IsNginxPage) || ErrorPages.Turns(own, status, evidence)),
        _ => hop.FailedStage == SummitProbeStage.Upgrade && _statuses.Contains(444),
    };

    /// <summary>
    /// The evidence with each handshake that was refused while another one was open made once more by itself; a limit that refuses it
    /// again stays.
    /// </summary>
    /// <param name="canAsk">Whether a hop can be probed again.</param>
    /// <param name="ask">Probes a hop by its name.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<SiteEvidence> ByThemselvesAsync(
        Func<string, bool> canAsk, Func<string, Task<SummitWebSocketResult>> ask, CancellationToken cancellation)
    {
        if (!Any || !evidence.Hops.Any(hop => hop is { Hop: not SiteEvidence.BackendHop, Success: true })
            || !evidence.Hops.Any(hop => hop.Hop != SiteEvidence.BackendHop && Refused(hop)))
        {
            return evidence;
        }

        List<SummitWebSocketResult> hops = [];
        foreach (var hop in evidence.Hops)
        {
            if (hop.Hop == SiteEvidence.BackendHop || !Refused(hop)) hops.Add(hop);
            // what the host tried in the same moment, and does not try again, says nothing
            else if (canAsk(hop.Hop)) hops.Add(await AgainAsync(hop));
        }

        return evidence.With(hops);

        async Task<SummitWebSocketResult> AgainAsync(SummitWebSocketResult refused)
        {
            foreach (var pause in Pauses)
            {
                await Task.Delay(pause, time, cancellation);
                refused = await ask(refused.Hop);
                if (refused.Success) break;
            }

            return refused;
        }
    }

    /// <summary>Several handshakes: side by side, or one after the other where a limit counts them, until it refuses one.</summary>
    public async Task<IReadOnlyList<SummitWebSocketResult>> ProbeAsync(
        int count, Func<Task<SummitWebSocketResult>> probe, CancellationToken cancellation)
    {
        if (!Any) return await Task.WhenAll(Enumerable.Range(0, count).Select(_ => probe()));
        List<SummitWebSocketResult> results = [];
        while (results.Count < count)
        {
            var result = await AloneAsync(probe, cancellation);
            if (Refused(result)) break;
            results.Add(result);
        }

        return results;
    }

    /// <summary>One handshake when those before it are over.</summary>
    public async Task<SummitWebSocketResult> AloneAsync(Func<Task<SummitWebSocketResult>> probe, CancellationToken cancellation)
    {
        await Task.Delay(Short, time, cancellation);
        return await probe();
    }

    /// <summary>The statuses that a limit answers with where the handshake goes; empty where none counts it.</summary>
    private static List<int> Statuses(SiteEvidence evidence)
    {
        List<int> statuses = [];
        if (evidence.Host is not { Disk: { } disk } host) return statuses;
        for (var proxy = new RuleContext(disk, evidence.Site, host.NginxVersion); proxy is not null; proxy = proxy.Inner)
        {
            if (proxy.Route.Level is not { } level) continue;
            foreach (var (limit, status) in (ReadOnlySpan<(DirectiveName, DirectiveName)>)
                [(DirectiveName.LimitConn, DirectiveName.LimitConnStatus), (DirectiveName.LimitReq, DirectiveName.LimitReqStatus)])
            {
                if (EffectiveDirectives.Find(level, limit).Directives.Count == 0) continue;
                var written = EffectiveDirectives.Value(level, status);
                statuses.Add(int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var own) ? own : 503);
            }
        }

        return statuses;
    }
}
