using Summit.Ops.Checks;
using Summit.Ops.Checks.Backend;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;

namespace Summit.Ops.Backend;

/// <summary>Restarts a site's backend where its manager has it, and proves that it answers an upgrade.</summary>
/// <param name="host">The host.</param>
/// <param name="time">The clock.</param>
public sealed class BackendRestarter(IHost host, TimeProvider time)
{
    /// <summary>How long a backend may take until it serves.</summary>
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(15);

    /// <summary>Restarts it.</summary>
    /// <param name="before">The site's evidence on the host, which says who manages the process.</param>
    /// <param name="token">A token for the probe, or null.</param>
    /// <param name="cancellation">Ends the waiting; the manager goes on.</param>
    /// <exception cref="SummitHostException">Neither pm2 nor systemd knows the process, or the restart failed.</exception>
    public async Task<SummitDeployment> RestartAsync(SiteEvidence before, string? token, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var site = before.Site;
        var known = before.Answered();
        var backend = known.Backends(site)[0];
        if (backend.Manager == SummitBackendManager.None) throw NotManaged(before, known);

        var answer = ScriptAnswer.Read(await host.RunAsync(Script(before, backend.Manager), cancellation), host.Target);
        if (answer.Outcome != "restarted")
        {
            throw new SummitHostException(
                "BackendNotRestarted", SummitErrorKind.OperationFailed, $"{host.Target}: {answer["reason"]}",
                host.Target,
                BackendCommands.Logs(before));
        }

        var after = await new SiteGatherer(time).GatherAsync(host, site, token, cancellation);
        var probe = after.Hop(SiteEvidence.BackendHop);
        return new SummitDeployment
        {
            Target = host.Target,
            Path = site.ProcessName,
            Action = "Restart",
            Changed = true,
            Reloaded = true,
            Verified = probe is { Success: true },
            WebSocket = probe,
            Output = probe is null or { Success: true } ? answer["output"] : probe.Explanation,
            Duration = time.GetElapsedTime(started),
        };
    }

    /// <summary>The error for a process that no manager knows.</summary>
    internal static SummitHostException NotManaged(SiteEvidence evidence, HostEvidence known) => new(
        "BackendNotManaged", SummitErrorKind.NotFound,
        $"Neither pm2 nor systemd on {evidence.Target} knows '{evidence.Site.ProcessName}'"
            + $"{(known.Pm2Silent is { Length: > 0 } silent ? $" ({silent})" : "")}, so nothing was restarted.", evidence.Target,
        Command.Pm2(evidence.Site, "list") + "   # then name it: New-SummitSite -ProcessName NAME -BackendUser ACCOUNT");

    private static HostScript Script(SiteEvidence evidence, SummitBackendManager manager) => new(
        "restart the backend",
        ShellScript.Compose(
            [
                .. SiteVariables.Backend(evidence.Site),
                new("BACKEND_SOCKET", evidence.UpstreamSocket),
                new("MANAGER", manager.ToString()),
                new("BACKEND_URL", "http" + SiteProbes.Backend(evidence.Site, token: null).Uri[2..]),
                new("SERVER_NAME", evidence.Site.ServerName),
                new("WAIT", $"{StartTime.TotalSeconds:0}"),
            ],
            "prelude.sh",
            "pm2-owner.sh",
            "pm2.sh",
            "unit.sh",
            "answer.sh",
            "service.sh",
            "own.sh",
            "lock.sh",
            "backend-place.sh",
            "manager.sh",
            "restart-backend.sh"),
        // half a minute for the lock, and half for the manager
        StartTime + TimeSpan.FromMinutes(1),
        ReadOnly: false);
}
