using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Probing;

namespace Summit.Ops.Evidence;

/// <summary>Gathers all the evidence for one site: the host's script and the probes, side by side.</summary>
/// <param name="time">The clock.</param>
public sealed class SiteGatherer(TimeProvider time)
{
    private readonly WebSocketProbe _probe = new(time);

    /// <summary>Gathers it. What cannot be had is said in the evidence, not thrown.</summary>
    /// <param name="host">The host.</param>
    /// <param name="site">The site.</param>
    /// <param name="token">A token for the probes, or null.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<SiteEvidence> GatherAsync(IHost host, SummitSite site, string? token, CancellationToken cancellation)
    {
        var taken = time.GetUtcNow();
        var onHost = HostAsync(host, site, cancellation);
        var probing = Task.WhenAll(Hops(host, site, token).Select(async hop => SiteProbes.At(hop.Name, site, await _probe.RunAsync(hop.Request, cancellation))));
        // the host first, also where both are cancelled: nothing returns before its script was told to stop
        var (evidence, missing) = await onHost;
        var probed = await probing;
        List<SummitWebSocketResult> hops = evidence is null ? [] : await OnHostProbes.ReadAsync(evidence, site, withToken: token is not null, time, cancellation);
        hops.AddRange(probed);
        return new SiteEvidence(site, host.Target, taken, evidence, missing, hops);
    }

    /// <summary>From this machine only its own backend and loopback can be reached; every host's public name can.</summary>
    private static IEnumerable<(string Name, ProbeRequest Request)> Hops(IHost host, SummitSite site, string? token)
    {
        if (host.Target.Kind == SummitTargetKind.Local)
        {
            yield return (SiteEvidence.BackendHop, SiteProbes.Backend(site, token));
            yield return (SiteEvidence.LoopbackHop, SiteProbes.Loopback(site, token));
        }

        yield return (SiteEvidence.PublicHop, SiteProbes.Public(site, token));
    }

    private static async Task<(HostEvidence? Evidence, string Missing)> HostAsync(IHost host, SummitSite site, CancellationToken cancellation)
    {
        try
        {
            return (await HostGatherer.GatherAsync(host, site, cancellation), "");
        }
        catch (SummitException error) when (error is SummitHostException || (error is SummitAwsException { Kind: not SummitErrorKind.NotFound } && !AwsErrorIds.EndAll.Contains(error.ErrorId)))
        {
            // no answer from the host is evidence too: what a client sees is still looked at
            return (null, $"{error.Message} ({error.RecommendedAction})");
        }
    }
}
