using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Evidence.Replaying;
using Summit.Ops.Hosts;

namespace Summit.Ops.Diagnosis.Proving;

/// <summary>The second round trip of a diagnosis: where the site is broken, the host replays the handshake at the backend.</summary>
/// <param name="host">The host.</param>
/// <param name="time">The clock.</param>
public sealed class Experiment(IHost host, TimeProvider time)
{
    /// <summary>
    /// Makes the experiment where it can say more, and returns the evidence with its answers. A healthy site costs nothing.
    /// </summary>
    /// <param name="evidence">What was gathered.</param>
    /// <param name="token">The client's token, or null; it travels to this machine alone.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<SiteEvidence> RunAsync(SiteEvidence evidence, string? token, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        if (!IsNeeded(evidence)) return evidence;
        // what Run Command is given is kept by AWS: no token and no password goes that way
        var open = host.Target.Kind == SummitTargetKind.Ssm;
        var planned = ReplayPlan.For(evidence, open ? null : token);
        if (open)
        {
            planned = [.. planned.Select(request => request.HasSecret
                ? request with { Why = "it carries a secret, which does not travel through Run Command" }
                : request)];
        }

        if (planned.Count == 0) return evidence;
        var sent = ReplayAnswers.Sent(planned);
        if (sent.Count == 0) return evidence.With(ReplayAnswers.NotTried(planned, ""));
        try
        {
            var result = await host.RunAsync(ReplayScript.For(sent, evidence.Site), cancellation);
            return evidence.With(await ReplayAnswers.ReadAsync(
                planned, EvidenceSections.Read(result, host.Target), open && token is not null, time, cancellation));
        }
        catch (SummitException error)
        {
            return evidence.With(ReplayAnswers.NotTried(planned, error.Message));
        }
    }

    /// <summary>Whether a replay can say more: the nginx that serves the site was asked and no WebSocket opens through it.</summary>
    private static bool IsNeeded(SiteEvidence evidence) =>
        evidence.Host is { PortContainer: "" } && evidence.Hop(SiteEvidence.LoopbackHop) is not { Success: true }
        && (evidence.Hop(SiteEvidence.LoopbackHop) is not null || evidence.Hop(SiteEvidence.PublicHop) is not { Success: true });
}
