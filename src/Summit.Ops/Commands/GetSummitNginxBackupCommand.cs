using System.Management.Automation;
using Summit.Ops.Deployment;
using Summit.Ops.Hosts;

namespace Summit.Ops.Commands;

/// <summary>Lists the backups that deployments made of a site's nginx configuration file, the newest first.</summary>
/// <remarks>
/// <para>Each deployment that changes the file keeps a copy of what was there, with its owner and mode, in the folder .summit-ops/backups
/// beside the file, where nginx does not look. Nothing is changed.</para>
/// </remarks>
/// <example>
/// <title>The backups of a site</title>
/// <code>Get-SummitNginxBackup -Site $site</code>
/// <para>With time, size, and whether the file is the same as the copy now.</para>
/// </example>
/// <example>
/// <title>On several instances</title>
/// <code>Get-SummitTarget -Tag @{ Role = 'web' } | Get-SummitNginxBackup -Site $site</code>
/// <para>Grouped by instance.</para>
/// </example>
/// <example>
/// <title>Put the newest back</title>
/// <code>$backup = @(Get-SummitNginxBackup -Site $site)[0]
/// Restore-SummitNginxConfig -Site $site -BackupPath $backup.Path</code>
/// <para>Restore-SummitNginxConfig without -BackupPath chooses the newest that differs from the file.</para>
/// </example>
/// <seealso cref="RestoreSummitNginxConfigCommand"/>
/// <seealso cref="DeploySummitNginxConfigCommand"/>
[Cmdlet(VerbsCommon.Get, "SummitNginxBackup")]
[OutputType(typeof(SummitNginxBackup))]
public sealed class GetSummitNginxBackupCommand : OnHostCmdlet
{
    private protected override async Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        var found = await FindSiteAsync(queue, host, site, cancellation);
        foreach (var backup in await new BackupStore(host).ListAsync(found, cancellation)) queue.Write(backup);
        return true;
    }
}
