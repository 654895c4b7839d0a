using System.Management.Automation;
using Summit.Ops.Backend;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Commands;

/// <summary>
/// Deploys a site's backend: runs the site's own DeployCommand, reloads the process, waits until it answers a WebSocket upgrade, and undoes
/// it by the site's RollbackCommand where it does not.
/// </summary>
/// <remarks>
/// <para>The guide's step 3. The DeployCommand (for example git pull, npm ci) runs in the folder that the process runs in, as the
/// account that runs it; a site without one gets the reload alone. pm2 reloads in cluster mode one process after the other, and the
/// port is closed at no time; in fork mode, and for a systemd unit that cannot reload, it is a restart. WebSockets that are open end
/// with the process that has them.</para>
/// <para>Then the backend is asked, past nginx, until it listens and answers an upgrade, and again two seconds later: a process that is
/// started again and again is no success. A command that fails or does not end, a backend that does not serve, a signal or Ctrl+C lead to
/// the RollbackCommand, a reload and the same proof. RolledBack says that it serves again as before; without a RollbackCommand, or where
/// that fails as well, the result and an error say what stands.</para>
/// <para>One deployment of a backend runs at a time. The commands are the site's own and run as they are written; what they print is in
/// Output, without the tokens and passwords that stand in it.</para>
/// </remarks>
/// <example>
/// <title>Bring it up to date</title>
/// <code>$deploy = 'git rev-parse HEAD &gt;.summit-previous &amp;&amp; git pull --ff-only &amp;&amp; npm ci'
/// $rollback = 'git reset --hard "$(cat .summit-previous)" &amp;&amp; npm ci'
/// $site = New-SummitSite -DeployCommand $deploy -RollbackCommand $rollback
/// Deploy-SummitBackend -Site $site</code>
/// <para>The result says whether it answers an upgrade, and what the command printed.</para>
/// </example>
/// <example>
/// <title>See what would be done</title>
/// <code>Deploy-SummitBackend -Site $site -WhatIf</code>
/// <para>The commands, the folder, the account and the manager; nothing is run.</para>
/// </example>
/// <example>
/// <title>On a fleet, one instance after the other</title>
/// <code>Deploy-SummitBackend -Site $site -Tag @{ Role = 'api' } -Region eu-west-1</code>
/// <para>The first that fails stops it: -MaxErrors is 0 where something is changed.</para>
/// </example>
/// <seealso cref="RestartSummitBackendCommand"/>
/// <seealso cref="TestSummitBackendCommand"/>
/// <seealso cref="RepairSummitWebSocketCommand"/>
[Cmdlet("Deploy", "SummitBackend", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(SummitDeployment))]
public sealed class DeploySummitBackendCommand : HoldingCmdlet
{
    /// <summary>How long each of the site's two commands may run, in seconds; one that takes longer is ended, and has failed.</summary>
    [Parameter]
    [ValidateRange(1, 36_000)]
    public int CommandTimeoutSec { get; set; } = 600;

    private protected override bool Changes => true;

    private protected override async Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        var evidence = await GatherAsync(queue, host, site, cancellation);
        var open = evidence.Answered().ClientsAt(site.BackendPort);
        RefuseToCut(evidence, open, $"a new version of {site.ProcessName}", Checks.Command.For("Test-SummitBackend", evidence));
        var cut = $"{Counted(open)} at port {site.BackendPort} now: each ends with the process that has it";
        var text = $"Deploy {site.ProcessName} on {host.Target}:\n{Wrapping.Steps([.. BackendDeployer.Steps(evidence), cut])}";
        if (!await queue.AskAsync(cmdlet => cmdlet.ShouldProcess(text, $"{text}\n\nDo it?", $"Deploy {site.ProcessName}"), cancellation))
        {
            return Follows;
        }

        using var progress = queue.Activity("Deploying the backend", $"{site.ProcessName} on {host.Target}");
        var (deployer, limit) = (new BackendDeployer(host, TimeProvider.System), TimeSpan.FromSeconds(CommandTimeoutSec));
        var done = await HoldingAsync(
            request: null, site, queue, () => deployer.DeployAsync(evidence, limit, PlainToken, cancellation), cancellation);
        queue.Write(done);
        if (done.Stands)
        {
            WarnUnverified(queue, done);
            return done.Verified || !InSteps;
        }

        queue.Error(new SummitDeploymentException(
            done.RolledBack ? "DeploymentRolledBack" : "BackendDeploymentFailed", SummitErrorKind.OperationFailed,
            $"{done.Target}: {done.Output}", done.Target, Checks.Command.For("Test-SummitBackend", site, done.Target)));
        return false;
    }
}
