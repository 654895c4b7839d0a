using System.Management.Automation;
using Summit.Ops.Deployment;
using Summit.Ops.Hosts;

namespace Summit.Ops.Commands;

/// <summary>Puts a backup of a site's nginx configuration back: a deployment of it, with the same tests, proof and roll-back.</summary>
/// <remarks>
/// <para>Without -BackupPath it is the newest backup that differs from the file as it is. The file that is there now is backed up first, so
/// that a restore can be undone by another one.</para>
/// <para>It is a transaction as Deploy-SummitNginxConfig is: staged, tested with nginx -t, put in place in one step, reloaded, tried, and
/// undone where nginx does not take it or it makes things worse. -WhatIf shows the change.</para>
/// <para>What was added to the file since the backup goes. What other files of nginx answer stays: a restore that would hide a server or
/// location of another file is refused and lists it, unless -Force is given.</para>
/// <para>-VerifyUri is as with Deploy-SummitNginxConfig: where no WebSocket opens at that endpoint from this machine afterwards,
/// the restore is taken back.</para>
/// </remarks>
/// <example>
/// <title>Undo the last deployment</title>
/// <code>Restore-SummitNginxConfig -Site $site</code>
/// <para>The newest backup that differs from the file takes its place.</para>
/// </example>
/// <example>
/// <title>See the change first</title>
/// <code>Restore-SummitNginxConfig -Site $site -WhatIf</code>
/// <para>Prints the unified diff and the steps; nothing on the host is changed.</para>
/// </example>
/// <example>
/// <title>Choose the backup</title>
/// <code>$backup = @(Get-SummitNginxBackup -Site $site | Where-Object Created -lt '2026-11-01')
/// Restore-SummitNginxConfig -Site $site -BackupPath $backup[0].Path -Keep 10</code>
/// <para>The newest one from before November; of all backups the ten newest stay.</para>
/// </example>
/// <seealso cref="GetSummitNginxBackupCommand"/>
/// <seealso cref="DeploySummitNginxConfigCommand"/>
[Cmdlet(VerbsData.Restore, "SummitNginxConfig", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(SummitDeployment))]
public sealed class RestoreSummitNginxConfigCommand : DeployingCmdlet
{
    /// <summary>The backup's path on the host, from Get-SummitNginxBackup.</summary>
    /// <value>The newest that differs from the file</value>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Path")]
    [ValidateNotNullOrEmpty]
    public string? BackupPath { get; set; }

    /// <summary>Lets servers and locations be lost that other files of nginx answer now.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override Func<IHost, SummitSite, PipelineQueue, CancellationToken, Task<bool>> Work()
    {
        var backup = BackupPath;
        return (host, site, queue, cancellation) => RestoreAsync(backup, host, site, queue, cancellation);
    }

    private protected override Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation) =>
        RestoreAsync(BackupPath, host, site, queue, cancellation);

    private async Task<bool> RestoreAsync(string? backup, IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        var evidence = await GatherAsync(queue, host, site, cancellation);
        var (_, content) = await new BackupStore(host).ReadAsync(evidence.Site, backup, cancellation);
        // what was added since the backup goes: that is what a restore is for, and the diff shows it
        var plan = DeploymentPlanner.PlanRestore(evidence, content, Force);
        return await DeployAsync(plan, host, queue, cancellation);
    }
}
