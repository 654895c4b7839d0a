using System.Management.Automation;
using Summit.Ops.Backend;
using Summit.Ops.Checks;
using Summit.Ops.Hosts;

namespace Summit.Ops.Commands;

/// <summary>Restarts a site's backend in pm2 or systemd, waits until it listens, and proves that it answers a WebSocket upgrade.</summary>
/// <remarks>
/// <para>The guide's "pm2 restart summit", as the account and for the daemon that run it. Open connections end, as with any restart. Where
/// neither pm2 nor systemd knows the process it is an error, and nothing is restarted.</para>
/// <para>Verified in the result means that the backend answered 101 past nginx afterwards. How many connections end is said
/// beforehand by -WhatIf and -Confirm; how long clients found nobody is LongestGap of the result, from WebSockets that are held and
/// tried meanwhile (-HoldConnection).</para>
/// </remarks>
/// <example>
/// <title>Restart it</title>
/// <code>Restart-SummitBackend -Site $site</code>
/// <para>The result says whether it answers an upgrade now.</para>
/// </example>
/// <example>
/// <title>See what would be done</title>
/// <code>Restart-SummitBackend -Site $site -WhatIf</code>
/// <para>Names the process and its manager; nothing is changed.</para>
/// </example>
/// <example>
/// <title>On one instance</title>
/// <code>Restart-SummitBackend -Site $site -InstanceId i-06bc5b2218c041802 -Region eu-west-1</code>
/// <para>Over AWS Systems Manager.</para>
/// </example>
/// <seealso cref="TestSummitBackendCommand"/>
/// <seealso cref="GetSummitBackendCommand"/>
[Cmdlet(VerbsLifecycle.Restart, "SummitBackend", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(SummitDeployment))]
public sealed class RestartSummitBackendCommand : HoldingCmdlet
{
    private protected override bool Changes => true;

    private protected override async Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        var evidence = await GatherAsync(queue, host, site, cancellation);
        var manager = evidence.Answered().Backends(site)[0].Manager;
        if (manager != SummitBackendManager.None)
        {
            var open = evidence.Answered().ClientsAt(site.BackendPort);
            RefuseToCut(evidence, open, $"a restart of {site.ProcessName}", Command.For("Test-SummitBackend", evidence));
            var action = $"Restart in {manager.ToString().ToLowerInvariant()}, which ends {Counted(open)} at port {site.BackendPort}";
            if (!await queue.AskAsync(cmdlet => cmdlet.ShouldProcess($"{site.ProcessName} on {host.Target}", action), cancellation))
            {
                return Follows;
            }
        }

        using var progress = queue.Activity("Restarting the backend", $"{site.ProcessName} on {host.Target}");
        var restarter = new BackendRestarter(host, TimeProvider.System);
        var done = await HoldingAsync(
            request: null, site, queue, () => restarter.RestartAsync(evidence, PlainToken, cancellation), cancellation);
        queue.Write(done);
        WarnUnverified(queue, done);
        return done.Verified;
    }
}
