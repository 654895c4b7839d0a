using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Backend;

/// <summary>A backend that runs and listens on another port than nginx connects to.</summary>
/// <param name="Evidence">Where it listens, and where nginx connects to.</param>
/// <param name="Actual">Where it listens.</param>
/// <param name="Fix">The smallest change.</param>
internal sealed record BackendElsewhere(string Evidence, string Actual, string Fix)
{
    /// <summary>It; null where the processes of the backend listen nowhere, or that cannot be known.</summary>
    public static BackendElsewhere? Of(SiteEvidence evidence, IReadOnlyList<SummitBackend> backends)
    {
        var (site, host) = (evidence.Site, evidence.Host!);
        var sockets = host.Sockets;
        var found = backends.Where(backend => backend.ProcessId is not null).SelectMany(backend => sockets.Of(backend.ProcessId!.Value))
            // in cluster mode the daemon holds the socket
            .Concat(backends.Any(backend => backend.Mode == "cluster")
                ? sockets.All.Where(socket => socket.Program.StartsWith("PM2 v", StringComparison.Ordinal))
                : [])
            .Where(socket => socket.Address.Port != site.BackendPort).DistinctBy(socket => socket.Address.ToString()).ToList();
        if (found.Count == 0) return null;
        var where = string.Join(", ", found.Select(socket => socket.Address));
        var port = found[0].Address.Port;
        return new(
            $"nothing listens on port {site.BackendPort}: it listens on {where} (pid {found[0].ProcessId}), "
                + $"and nginx connects to {site.BackendHost}:{site.BackendPort}", $"listening on {where}",
            $"{Change(evidence)}   # or, where {port} is the right port: proxy_pass http://{site.BackendHost}:{port} in {Place(evidence)}, "
                + $"and New-SummitSite -BackendPort {port}");
    }

    // nginx and the site agree on the port, so that the backend's is the one that differs; it takes its port from PORT as a rule
    private static string Change(SiteEvidence evidence)
    {
        var site = evidence.FoundSite;
        return BackendCommands.Unit(evidence) is { } unit
            ? $"sudo systemctl edit {ShellWord.Quote(unit.Name)}   # [Service] Environment=PORT={site.BackendPort}; "
                + $"then: sudo systemctl restart {ShellWord.Quote(unit.Name)}"
            : BackendCommands.Pm2(evidence, $"restart {ShellWord.Quote(site.ProcessName)} --update-env")
                .Replace("pm2 restart", $"env PORT={site.BackendPort} pm2 restart", StringComparison.Ordinal);
    }

    private static string Place(SiteEvidence evidence) => evidence.Site.ConfigPath;
}
