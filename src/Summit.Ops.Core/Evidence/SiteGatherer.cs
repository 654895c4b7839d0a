using Summit.Ops.Checks.Nginx;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Network;
using Summit.Ops.Probing;
using Summit.Ops.Sites;

namespace Summit.Ops.Evidence;

/// <summary>Gathers all the evidence for one site: the host's script and the probes, side by side.</summary>
/// <param name="time">The clock.</param>
/// <param name="patience">
/// How long each probe may take; null for ten seconds. On a host that tries the hops itself they end after eight in any case.
/// </param>
public sealed class SiteGatherer(TimeProvider time, TimeSpan? patience = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly WebSocketProbe _probe = new(time);

    /// <summary>Whether EC2 is asked for the way to an instance as well: a verdict needs it, a change on the host does not.</summary>
    public bool WithNetwork { get; init; }

    /// <summary>How long the probes through nginx must stay open, idle; zero for not at all.</summary>
    public TimeSpan Hold { get; init; }

    /// <summary>Gathers it. What cannot be had is said in the evidence, not thrown.</summary>
    /// <param name="host">The host.</param>
    /// <param name="site">The site.</param>
    /// <param name="token">A token for the probes, or null.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<SiteEvidence> GatherAsync(IHost host, SummitSite site, string? token, CancellationToken cancellation)
    {
        var first = await LookAsync(host, site, token, WithNetwork, cancellation);
        if (first.Host is not { } said || SiteFinder.Find(site, said) is var found && found.Equals(site)) return first;
        // the site lies elsewhere on this host: its file, its log and its backend are looked at there
        var second = await LookAsync(host, found, token, withNetwork: false, cancellation);
        return new SiteEvidence(
            found, first.Target, second.Taken, second.Host, second.HostMissing, second.Hops, first.NetworkPath, first.NetworkMissing)
        {
            HasToken = token is not null,
        };
    }

    /// <summary>Whether a site leaves it to the host which file is its own.</summary>
    public static bool IsOpen(SummitSite site) => !SiteWishes.NameFile(site);

    private async Task<SiteEvidence> LookAsync(IHost host, SummitSite site, string? token, bool withNetwork, CancellationToken cancellation)
    {
        var taken = time.GetUtcNow();
        var onHost = HostAsync(host, site, cancellation);
        var onTheWay = withNetwork ? NetworkAsync(host, cancellation) : Task.FromResult<(NetworkPath? Path, string Missing)>((null, ""));
        var probing = Task.WhenAll(Hops(host, site, token).Select(ProbeAsync));
        // the host first, also where both are cancelled: nothing returns before its script was told to stop
        var (evidence, missing) = await onHost;
        var probed = await probing;
        List<SummitWebSocketResult> hops = evidence is null
            ? []
            : await OnHostProbes.ReadAsync(evidence, site, withToken: token is not null, time, cancellation);
        // where nginx has a network of its own, its hops are those that were dialled there
        hops.AddRange(evidence is { Container.OwnNetwork: true } ? probed.Where(probe => probe.Hop == SiteEvidence.PublicHop) : probed);
        var (path, unasked) = await onTheWay;
        // a region that was found in the environment: with it the commands of the verdict run anywhere
        var target = host.Target.Region.Length == 0 && path is not null ? host.Target with { Region = path.Region } : host.Target;
        var gathered = new SiteEvidence(site, target, taken, evidence, missing, hops, path, unasked) { HasToken = token is not null };
        if (host.Target.Kind == SummitTargetKind.Local && evidence is not { Container.OwnNetwork: true }
            && BenchedPeers.IsPossible(gathered))
        {
            return await BenchedPeers.WaitAsync(gathered, AgainAsync, time, cancellation);
        }

        // handshakes side by side may use up what one alone does not
        var limits = new HandshakeLimits(gathered, time);
        gathered = await limits.ByThemselvesAsync(
            name => name == SiteEvidence.PublicHop
                || (host.Target.Kind == SummitTargetKind.Local && evidence is not { Container.OwnNetwork: true }),
            AgainAsync, cancellation);
        hops = [.. gathered.Hops];
        // what the configuration makes of other browsers' handshakes is tried, where it makes something else of them
        if (gathered.Hops.Any(hop => hop is { Hop: not SiteEvidence.BackendHop, Success: true }) && evidence?.Disk is { } disk
            && new RuleContext(disk, site, evidence.NginxVersion).TellsClientsApart)
        {
            return gathered.With(await InsteadAsync(hop => ProbeAsync((hop.Name, hop.Request with { KeepAlive = true }))));
        }

        if (gathered.Route is not { Upstreams.Count: > 1 }) return gathered;
        return gathered.With(await InsteadAsync(hop => RepeatedProbes.OverAsync(
            gathered, gathered.Hop(hop.Name)!, count => limits.ProbeAsync(count, () => ProbeAsync(hop), cancellation))));

        async Task<SummitWebSocketResult> ProbeAsync((string Name, ProbeRequest Request) hop) =>
            SiteProbes.At(hop.Name, site, await _probe.RunAsync(hop.Request, cancellation));

        Task<SummitWebSocketResult> AgainAsync(string name) => ProbeAsync(Hops(host, site, token).First(hop => hop.Name == name));

        // the hops, those through nginx that are probed from here with another result in their place
        async Task<IReadOnlyList<SummitWebSocketResult>> InsteadAsync(
            Func<(string Name, ProbeRequest Request), Task<SummitWebSocketResult>> probe)
        {
            var through = Hops(host, site, token).Where(hop => hop.Name != SiteEvidence.BackendHop && gathered.Hop(hop.Name) is not null
                && (hop.Name == SiteEvidence.PublicHop || evidence is not { Container.OwnNetwork: true }));
            var others = limits.Any ? [] : await Task.WhenAll(through.Select(probe));
            if (limits.Any) foreach (var hop in through) others = [.. others, await limits.AloneAsync(() => probe(hop), cancellation)];
            return [.. hops.Select(hop => others.FirstOrDefault(other => other.Hop == hop.Hop && !limits.Refused(other)) ?? hop)];
        }
    }

    /// <summary>From this machine only its own backend and loopback can be reached; every host's public name can.</summary>
    private IEnumerable<(string Name, ProbeRequest Request)> Hops(IHost host, SummitSite site, string? token)
    {
        var patient = patience ?? Patience;
        if (host.Target.Kind == SummitTargetKind.Local)
        {
            yield return (SiteEvidence.BackendHop, SiteProbes.Backend(site, token) with { Timeout = patient });
            yield return (SiteEvidence.LoopbackHop, SiteProbes.Loopback(site, token) with { Timeout = patient, Hold = Hold });
        }

        yield return (SiteEvidence.PublicHop, SiteProbes.Public(site, token) with { Timeout = patient, Hold = Hold });
    }

    private static async Task<(NetworkPath? Path, string Missing)> NetworkAsync(IHost host, CancellationToken cancellation)
    {
        if (host is not INetworkedHost networked) return (null, "");
        if (!host.Target.InstanceId.StartsWith("i-", StringComparison.Ordinal))
        {
            return (null, $"{host.Target} is no instance of EC2, so EC2 knows nothing of the way to it.");
        }

        try
        {
            return (await networked.NetworkPathAsync(cancellation), "");
        }
        catch (SummitException error)
        {
            // what ends all, no credentials for one, the host's own evidence says
            return (null, Said(error));
        }
    }

    private static async Task<(HostEvidence? Evidence, string Missing)> HostAsync(
        IHost host, SummitSite site, CancellationToken cancellation)
    {
        try
        {
            return (await HostGatherer.GatherAsync(host, site, cancellation), "");
        }
        catch (SummitException error) when (error is SummitHostException
            || (error is SummitAwsException { Kind: not SummitErrorKind.NotFound } && !AwsErrorIds.EndAll.Contains(error.ErrorId)))
        {
            // no answer from the host is evidence too: what a client sees is still looked at
            return (null, Said(error));
        }
    }

    private static string Said(SummitException error) =>
        $"{error.Message}{(error.RecommendedAction.Length > 0 ? $" Next: {error.RecommendedAction}" : "")}";
}
