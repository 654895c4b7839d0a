using System.Text.RegularExpressions;
using Summit.Ops.Evidence;

namespace Summit.Ops.Checks.Host;

/// <summary>The guide's item "Nginx reloaded after config change".</summary>
/// <remarks>
/// <c>nginx -T</c> shows the disk and nothing shows what runs. Proven is a missing reload where the disk would route the handshake
/// otherwise than the running nginx does. The age of the workers against the files' is a hint: a respawned worker serves the old
/// configuration, and a file may be touched without a change.
/// </remarks>
internal sealed partial class NginxReloaded : ICheck
{
    public CheckDefinition Definition { get; } = new(
        "Nginx.Reloaded", "Nginx reloaded after config change", SummitSeverity.Error, SummitRuleScope.Host)
    {
        Causes = [SummitCause.NginxNotReloaded],
        LooksAt = [SummitCause.NginxNotReloaded],
    };

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var finding = Definition.On(evidence.Target.Name);
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        if (!host.SaysProcesses) return finding.Unknown("The host did not say which processes run.");
        if (host.Master(evidence.Site) is null)
        {
            return finding.Unknown(
                "nginx does not run, so there is nothing that could be reloaded.", Command.For("Restart-SummitNginx", evidence));
        }

        if (host.Disk is null && new NginxSyntax().Evaluate(evidence) is { Status: SummitCheckStatus.Unknown } unread)
        {
            return finding.Unknown($"What a reload would load could not be read: {unread.Evidence}", unread.Fix);
        }

        if (host.Disk is null) return finding.Unknown("The disk does not pass nginx -t, so a reload would fail; see Nginx.Syntax.");
        if (evidence.Route is not { } route)
        {
            return finding.Unknown("The way of the handshake through the disk's configuration could not be followed.");
        }

        var reload = Command.For("Restart-SummitNginx", evidence);

        if (Unchanged(evidence, host) is { } since)
        {
            return finding.Pass(
                $"nothing that nginx reads has changed since it started at {since:HH:mm:ss}Z, so it runs what the disk says");
        }

        if (evidence.Hop(SiteEvidence.LoopbackHop) is { HttpStatus: not null } live && Contradiction(route, live, evidence) is { } proof)
        {
            var place = route.Location is { } location ? (location.File, (int?)location.Line) : (route.Server?.File, route.Server?.Line);
            return finding.Fail(
                SummitCause.NginxNotReloaded, proof + Age(evidence, host), $"the running nginx answers as {place.Item1} says",
                $"{live.HttpStatus} {live.HttpReason}".TrimEnd(), reload, place.Item1, place.Item2);
        }

        var hint = Age(evidence, host);
        if (evidence.Hop(SiteEvidence.LoopbackHop) is { HttpStatus: 101 } && route.Upgrades)
        {
            return finding.Pass($"the running nginx upgrades {evidence.Site.WebSocketPath}, as the disk says{hint}");
        }

        if (hint.Length == 0 && evidence.Hop(SiteEvidence.LoopbackHop) is null && !AllOlder(evidence, host))
        {
            return finding.Unknown(
                "No handshake on the host shows what the running nginx does, and its workers are no older than its files.", reload);
        }

        return hint.Length == 0
            ? finding.Pass("every configuration file is older than the workers")
            : finding.Unknown($"Whether the running nginx has the disk's configuration could not be proven by a handshake{hint}.", reload);
    }

    /// <summary>Why the answer cannot come from the configuration on the disk; null where it can.</summary>
    private static string? Contradiction(SummitNginxRoute route, SummitWebSocketResult live, SiteEvidence evidence)
    {
        if (route.Kind != SummitNginxRouteKind.Proxy || !route.Upgrades || live.HttpStatus == 101) return null;
        // a file that try_files finds is answered before the proxy is asked
        if (route.TakesFilesAsMissing && live.HttpStatus is 200 or 301 or 403 or 404) return null;
        var replay = evidence.Replayed.AsSent is { Tried: true } tried ? tried : null;
        // a second proxy of this nginx, behind the first one, drops what the first one passes on
        if (evidence.Rules.Any(rule => rule is { Id: "Nginx.UpgradeHeaders" or "Nginx.HttpVersion", Status: SummitCheckStatus.Fail }))
        {
            return null;
        }

        var seen = ($"the disk sends {evidence.Site.WebSocketPath} to {route.ProxyPass} ({route.Location?.File}:{route.Location?.Line}), "
            + $"and the running nginx answers {live.HttpStatus} {live.HttpReason}").TrimEnd();
        var backendOpens = evidence.Hop(SiteEvidence.BackendHop) is { HttpStatus: 101 } || replay is { Opens: true };
        switch (live.HttpStatus)
        {
            // an error_page may show a refusal as a redirect or as another page
            case 301 or 302 or 303 or 307 or 308 or 401 or 403 or 404 or 405 when live.IsNginxPage && Refuses(evidence):
                return null;
            // the replay asked one member of the group, and a client may have met another one
            case >= 200 and < 500 when !live.IsNginxPage && route.Upstreams.Count > 1:
                return null;
            // an nginx behind this one answers so as well
            case 404 or 301 or 302 or 307 or 308 or 403 or 405 when live.IsNginxPage && replay?.Answer?.HttpStatus == live.HttpStatus:
                return null;
            case 404 or 301 or 302 or 307 or 308 or 403 or 405 when live.IsNginxPage:
                return seen + " itself";
            // the running nginx sends something else than what the disk says, for which the backend opens
            case >= 200 and < 500 when !live.IsNginxPage && replay is not null:
                return replay.Opens ? $"{seen}, while the backend opens for the request that the disk makes nginx send" : null;
            // a path that the backend is not known to serve is reason enough for its answer; many answer a
            // request without Upgrade like a page
            case 200 or 400 or 404
                or 426 when backendOpens && !live.IsNginxPage && route.UpstreamUri.Split('?')[0] == SiteProbes.BackendPath(evidence.Site):
                // the backend upgrades when it is asked for it: what reached it through the running nginx had no Upgrade header
                return $"{seen}, while the backend, asked past nginx, answers 101";
            case 502 when backendOpens && OtherUpstream(route, evidence.Host!) is { } other:
                return $"{seen}: its log shows it connect to {other}";
            default:
                return null;
        }
    }

    /// <summary>Whether the disk has rules that refuse some clients: which, a route does not say.</summary>
    private static bool Refuses(SiteEvidence evidence) =>
        evidence.Rules.Any(rule => rule is { Id: "Nginx.AccessControl", Status: not SummitCheckStatus.Pass });

    private static string? OtherUpstream(SummitNginxRoute route, HostEvidence host)
    {
        if (route.Upstreams.Count == 0) return null;
        var ports = route.Upstreams.Select(upstream => upstream[(upstream.LastIndexOf(':') + 1)..]).ToHashSet(StringComparer.Ordinal);
        var last = host.ErrorLogs().SelectMany(log => log.Text.Split('\n')).Select(line => Upstream().Match(line))
            .LastOrDefault(match => match.Success);
        return last is { } found && !ports.Contains(found.Groups["port"].Value)
            ? $"{found.Groups["host"].Value}:{found.Groups["port"].Value}"
            : null;
    }

    private static string Age(SiteEvidence evidence, HostEvidence host)
    {
        var oldest = host.Workers(evidence.Site).Min(worker => worker.Started);
        if (oldest is not { } started) return "";
        var newer = host.FileChanges.Where(file => file.Value > started.AddSeconds(1)).OrderByDescending(file => file.Value).ToList();
        return newer.Count == 0
            ? ""
            : $"; {newer[0].Key} changed at {newer[0].Value:HH:mm:ss}Z, after the workers started at {started:HH:mm:ss}Z";
    }

    /// <summary>
    /// When nginx started, where no file and no folder that it reads is younger; else null. A worker may be
    /// started again, and its master is not.
    /// </summary>
    private static DateTimeOffset? Unchanged(SiteEvidence evidence, HostEvidence host)
    {
        if (host.Master(evidence.Site)?.Started is not { } started || host.FileChanges.Count == 0 || host.FolderChanges.Count == 0)
        {
            return null;
        }

        return host.FileChanges.Values.Concat(host.FolderChanges.Values).All(changed => changed < started.AddSeconds(-1)) ? started : null;
    }

    /// <summary>Whether every file is older than the workers by more than the second to which both are known.</summary>
    private static bool AllOlder(SiteEvidence evidence, HostEvidence host) =>
        AllChanged(evidence, host, (changed, started) => changed < started.AddSeconds(-1));

    /// <summary>
    /// Whether no file is younger than the workers by more than that second: one that was written and loaded within it is taken for loaded.
    /// </summary>
    internal static bool NoneYounger(SiteEvidence evidence, HostEvidence host) =>
        AllChanged(evidence, host, (changed, started) => changed <= started.AddSeconds(1));

    private static bool AllChanged(SiteEvidence evidence, HostEvidence host, Func<DateTimeOffset, DateTimeOffset, bool> holds) =>
        host.Workers(evidence.Site).Min(worker => worker.Started) is { } started && host.FileChanges.Count > 0
        && host.FileChanges.Values.All(changed => holds(changed, started));

    [GeneratedRegex("upstream: \"[a-z]+://(?<host>[^\"/]+):(?<port>\\d+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Upstream();
}
