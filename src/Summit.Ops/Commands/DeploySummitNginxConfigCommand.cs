using System.Management.Automation;
using Summit.Ops.Deployment;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Nginx;

namespace Summit.Ops.Commands;

/// <summary>
/// Deploys a site's nginx configuration as a transaction: tested before it is live, reloaded, tried, and put back where nginx does not
/// take it or it made things worse.
/// </summary>
/// <remarks>
/// <para>Without -InputObject or -Path the content comes from the site: a file that is there gets the smallest repair, which leaves every
/// other line as it is; where there is none, the whole expected file is written. -Replace writes the whole expected file over an existing
/// one and keeps its certificate lines.</para>
/// <para>On the host, under a lock: the new file is staged, tested with nginx -t (in a mount namespace, so that the live disk is
/// untouched, where the host allows that), the old one is backed up, the new one takes its place in one step, its link is made, nginx is
/// tested and reloaded, new worker processes are waited for, and a WebSocket handshake is tried. A test that fails, a reload that nginx
/// does not take, a WebSocket that opened before and opens no more, a signal or Ctrl+C put everything back. Where none opened before and
/// none opens after (a backend that is down), the change stays, Verified is False, and a warning says why. A run that was killed is
/// undone by the next one.</para>
/// <para>What works on the host may not work from outside. With -VerifyUri a WebSocket is opened to that endpoint from this machine once
/// the deployment stands, and where none opens the deployment is taken back on the host: the earlier file is put in its place, or, where
/// there was none, file and link go; nginx is tested and reloaded. The rule has no exceptions for the reason: a name that is not found
/// from here, a 401 and a Close with 1008 count as a 502 does, so give -Token where the application asks for one, and try the endpoint
/// with Test-SummitWebSocket before. A deployment stays, with the error DeploymentNotVerified, where somebody has changed the file
/// since, where its backup is gone, where what was there before did not pass nginx -t, and where nginx was only reloaded. Where nothing
/// had to change, the endpoint is tried and only reported. Ctrl+C while it is tried takes the deployment back; if this machine is lost
/// meanwhile, the deployment stays.</para>
/// <para>A deployment does not erase: where servers or locations would be lost (with -Replace, any directive) it is refused and lists them,
/// unless -Force is given. Where nothing has to change, nothing is touched.</para>
/// <para>-WhatIf shows the change as a unified diff and the steps, and only reads on the host.</para>
/// </remarks>
/// <example>
/// <title>See the change first</title>
/// <code>Deploy-SummitNginxConfig -Site $site -WhatIf</code>
/// <para>Prints the unified diff and the plan; nothing on the host is changed.</para>
/// </example>
/// <example>
/// <title>Deploy it</title>
/// <code>Deploy-SummitNginxConfig -Site $site</code>
/// <para>The result says whether it was changed, tested, reloaded and verified, and where the backup lies.</para>
/// </example>
/// <example>
/// <title>Deploy a file of your own</title>
/// <code>Deploy-SummitNginxConfig -Site $site -Path ./nginx/chat.conf</code>
/// <para>The file's exact bytes become the site's configuration file.</para>
/// </example>
/// <example>
/// <title>Read, repair, deploy</title>
/// <code>Get-SummitNginxConfig -InstanceId i-06bc5b2218c041802 | Repair-SummitNginxConfig $site |
///     Deploy-SummitNginxConfig $site -WhatIf</code>
/// <para>Of all that nginx reads there only the site's file is repaired, and it goes back to the instance that it came from.</para>
/// </example>
/// <example>
/// <title>Stop a pipeline that did not verify</title>
/// <code>if (-not (Deploy-SummitNginxConfig -Site $site -Confirm:$false).Verified) { exit 1 }</code>
/// <para>Verified means that a WebSocket opened afterwards, seen by a real probe.</para>
/// </example>
/// <example>
/// <title>Keep it only where clients get through</title>
/// <code>$public = @{ VerifyUri = 'wss://summit-api.codingeverest.com/ws'; Token = Read-Host -AsSecureString }
/// Deploy-SummitNginxConfig -Site $site -InstanceId i-06bc5b2218c041802 @public</code>
/// <para>A WebSocket is opened from this machine afterwards, the way clients come. Where that fails, the instance gets its earlier
/// configuration back; RolledBack is True, and Output and an error say why.</para>
/// </example>
/// <example>
/// <title>A fleet, one instance first</title>
/// <code>Get-SummitTarget -Tag @{ Role = 'web' } | Deploy-SummitNginxConfig -Site $site -Canary -MaxConcurrency 5 -MaxErrors 1</code>
/// <para>The others follow, five at a time, where a WebSocket opened on the first; after a second failure no further one is begun. Each
/// instance has its result or its error.</para>
/// </example>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
/// <seealso cref="RestartSummitNginxCommand"/>
// the verb is approved since PowerShell 6; the reference library is older and has no name for it
[Cmdlet(
    "Deploy", "SummitNginxConfig", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = SiteSet)]
[OutputType(typeof(SummitDeployment))]
public sealed class DeploySummitNginxConfigCommand : DeployingCmdlet
{
    private const string SiteSet = "Site";
    private const string ObjectSet = "Object";
    private const string PathSet = "Path";

    private bool _contentWritten;

    /// <summary>
    /// The configuration to deploy, for example from New-SummitNginxConfig. Through the pipeline it goes back to the host that it was read
    /// from, where no other is named; of a whole configuration the site's file is taken.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ObjectSet)]
    [ValidateNotNull]
    public SummitNginxConfig? InputObject { get; set; }

    /// <summary>A file on this machine whose exact bytes are deployed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Writes the whole expected file instead of the smallest repair.</summary>
    [Parameter(ParameterSetName = SiteSet)]
    public SwitchParameter Replace { get; set; }

    /// <summary>Lets servers and locations be lost that are there now.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// As -CanaryCount 1: deploys to the first host alone, and to the others only where a WebSocket opened there afterwards; where the
    /// first is declined they are left alone. On those a WebSocket that does not open counts as a failure as well (see -MaxErrors).
    /// </summary>
    [Parameter]
    public SwitchParameter Canary { get; set; }

    private protected override int Canaries => CanaryCount ?? (Canary ? 1 : 0);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _contentWritten = InputObject is not null;
        if (Path is null) return;
        try
        {
            InputObject = NginxConfigReader.FromFile(FileSystemPath(Path), new LocalConfigFiles(), prefix: null);
        }
        catch (SummitException error)
        {
            Throw(error);
        }
    }

    private bool ContentComesIn => !_contentWritten && ParameterSetName == ObjectSet;

    private protected override bool BringsWork => ContentComesIn || base.BringsWork;

    private protected override SummitTarget? OwnHost => ContentComesIn ? InputObject?.Target : base.OwnHost;

    private protected override Func<IHost, SummitSite, PipelineQueue, CancellationToken, Task<bool>> Work()
    {
        var content = InputObject;
        return (host, site, queue, cancellation) => DeployAsync(content, host, site, queue, cancellation);
    }

    private protected override Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation) =>
        DeployAsync(InputObject, host, site, queue, cancellation);

    private async Task<bool> DeployAsync(
        SummitNginxConfig? content, IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        var evidence = await GatherAsync(queue, host, site, cancellation);
        // what mends is tried at the backend before it is made
        var mends = content is null && !Replace;
        if (mends) evidence = await ProveAsync(queue, host, evidence, cancellation);
        var mode = Replace ? DeploymentMode.Replace : DeploymentMode.Repair;
        var plan = DeploymentPlanner.Plan(evidence, mode, SiteContent.Of(content, evidence.Site), Force);
        if (mends) ChangeGate.Check(plan, evidence);

        return await DeployAsync(plan, host, queue, cancellation);
    }
}
