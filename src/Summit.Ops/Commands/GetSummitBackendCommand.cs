using System.Management.Automation;
using Summit.Ops.Hosts;

namespace Summit.Ops.Commands;

/// <summary>Shows a site's backend process: what its manager says of it, and what really listens on its port.</summary>
/// <remarks>
/// <para>The process is found in pm2 (any account's daemon, by the site's BackendUser and Pm2Home) or in systemd, by the site's
/// ProcessName; in pm2's cluster mode there is one object for each process. Where neither knows it, the object still says whether
/// anything listens on the port.</para>
/// <para>Nothing is changed, and pm2 is asked only where its daemon runs already: asking would start one.</para>
/// </remarks>
/// <example>
/// <title>The guide's "pm2 list" and "netstat"</title>
/// <code>Get-SummitBackend -Site $site</code>
/// <para>Status, restarts, uptime, memory, and the addresses that are listened on.</para>
/// </example>
/// <example>
/// <title>What says it runs and does not listen</title>
/// <code>Get-SummitTarget -Tag @{ Role = 'web' } | Get-SummitBackend -Site $site |
///     Where-Object { $_.Running -and -not $_.Listening }</code>
/// <para>The state in which pm2 says online and nginx answers 502.</para>
/// </example>
/// <example>
/// <title>Restarts of today</title>
/// <code>(Get-SummitBackend -Site $site).Restarts</code>
/// <para>A number that grows is a restart loop.</para>
/// </example>
/// <seealso cref="TestSummitBackendCommand"/>
/// <seealso cref="RestartSummitBackendCommand"/>
[Cmdlet(VerbsCommon.Get, "SummitBackend")]
[OutputType(typeof(SummitBackend))]
public sealed class GetSummitBackendCommand : OnHostCmdlet
{
    private protected override async Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        var known = (await GatherAsync(queue, host, site, cancellation)).Answered();
        foreach (var backend in known.Backends(site)) queue.Write(backend);
        return true;
    }
}
