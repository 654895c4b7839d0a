using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Summit.Ops.Evidence.Replaying;
using Summit.Ops.Nginx;

namespace Summit.Ops.Evidence;

/// <summary>
/// nginx asks no peer of an upstream for ten seconds after it failed; where all have, it answers 502 though the backend is back.
/// </summary>
internal static partial class BenchedPeers
{
    /// <summary>nginx's default <c>fail_timeout</c>.</summary>
    public static readonly TimeSpan FailTimeout = TimeSpan.FromSeconds(10);

    private const string AllFailed = "no live upstreams";

    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Whether that is what was met: the backend opens, nginx leads to it and answers 502, and its log tells of peers that failed just now.
    /// </summary>
    public static bool Seen(SiteEvidence evidence) => evidence.Host is { } host && IsMet(evidence)
        && LastFailure(host) is { } line && IsOf(line, evidence.Route) && IsBack(line, host) && !AllDown(evidence);

    /// <summary>Whether it may be what was met: the same, and no log of nginx could be read.</summary>
    public static bool IsPossible(SiteEvidence evidence) => evidence.Host is { } host && IsMet(evidence)
        && !AllDown(evidence) && (Seen(evidence) || !host.ErrorLogs().Any());

    private static bool IsMet(SiteEvidence evidence) => evidence.Hop(SiteEvidence.BackendHop) is { Success: true }
        && evidence.Hop(SiteEvidence.LoopbackHop) is { HttpStatus: 502 }
        && evidence.Rules.Any(rule => rule is { Id: "Nginx.Upstream", Status: SummitCheckStatus.Pass });

    /// <summary>The last line of nginx's log that tells of it, if that is recent.</summary>
    public static string? LastFailure(HostEvidence host) => host.LocalTime is not { } now ? null : host.ErrorLogs()
        .SelectMany(log => log.Text.Split('\n'))
        .LastOrDefault(line => (line.Contains(AllFailed, StringComparison.Ordinal)
            || line.Contains("connect() failed (111", StringComparison.Ordinal)) && IsRecent(line, now));

    /// <summary>Asks again until nginx asks its peers again.</summary>
    /// <param name="evidence">What was met.</param>
    /// <param name="ask">Probes a hop by its name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public static async Task<SiteEvidence> WaitAsync(
        SiteEvidence evidence, Func<string, Task<SummitWebSocketResult>> ask, TimeProvider time, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < FailTimeout + TimeSpan.FromSeconds(2))
        {
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation);
            var again = await ask(SiteEvidence.LoopbackHop);
            if (!again.Success) continue;
            var outside = await ask(SiteEvidence.PublicHop);
            return evidence.With([.. evidence.Hops.Select(
                hop => hop.Hop == SiteEvidence.LoopbackHop ? again : hop.Hop == SiteEvidence.PublicHop ? outside : hop)]);
        }

        return evidence;
    }

    /// <summary>Whether the route leads to no server that nginx may ask: those that are marked down never come back.</summary>
    private static bool AllDown(SiteEvidence evidence) => evidence is { Host.Disk: { } disk, Site: var site }
        && NginxRouter.Trace(
            disk, UpstreamReplay.Client(site, evidence.Host!.NginxVersion, token: null)).Proxy is { Group: { Servers.Count: > 0 } group }
        && group.Servers.TrueForAll(server => server.Arguments().Skip(1).Contains("down"));

    /// <summary>Whether the peer that refused is one of the disk's: a running nginx that asks another one waits for a reload.</summary>
    private static bool IsOf(string line, SummitNginxRoute? route)
    {
        if (route is null || line.Contains(AllFailed, StringComparison.Ordinal)) return true;
        return route.Upstreams.Any(upstream => line.Contains($"{upstream[upstream.LastIndexOf(':')..]}/", StringComparison.Ordinal));
    }

    /// <summary>Whether something listens now where the peer refused: where nothing does, asking again brings no better luck.</summary>
    private static bool IsBack(string line, HostEvidence host)
    {
        if (host.Listeners is not { } listeners || !IPEndPoint.TryParse(Peer().Match(line).Groups["at"].Value, out var peer)) return true;
        return listeners.Any(each => each.Port == peer.Port && ListenerTable.Reaches(each.Address, peer.Address));
    }

    private static bool IsRecent(string line, DateTime now) =>
        Stamp().Match(line) is { Success: true } stamp
            && DateTime.TryParseExact(
                stamp.Value, "yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var written)
        && now - written <= Recent;

    [GeneratedRegex(
        "upstream: \"https?://(?<at>[^/\"]+)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Peer();

    [GeneratedRegex(@"^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Stamp();
}
