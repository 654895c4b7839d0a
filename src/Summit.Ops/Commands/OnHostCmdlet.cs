using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;
using Summit.Ops.Completion;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Sites;

namespace Summit.Ops.Commands;

/// <summary>What the cmdlets share that look at a site on a host, or change it there.</summary>
public abstract class OnHostCmdlet : TargetingCmdlet
{
    private TargetRun? _run;

    /// <summary>The site; the guide's where none is given.</summary>
    /// <value>(New-SummitSite)</value>
    [Parameter(Position = 0)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    public SummitSite Site { get; set; } = new();

    /// <summary>The hosts to work on; this machine where none is given.</summary>
    /// <value>This machine</value>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [TargetsOnly]
    public SummitTarget[]? Target { get; set; }

    /// <summary>Instances to work on, by id, reached over AWS Systems Manager.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string[]? InstanceId { get; set; }

    /// <summary>Instances to work on, by tag: running ones that have all of these. Several values of one tag are alternatives; * and ? are wildcards.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Tag { get; set; }

    /// <summary>How many hosts are worked on at the same time: 500 where it is only looked, one after the other where something is changed.</summary>
    /// <value>500, or 1 where something is changed</value>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int? MaxConcurrency { get; set; }

    /// <summary>After how many failed hosts no further one is begun: never where it is only looked, at the first where something is changed.</summary>
    /// <value>Unlimited, or 0 where something is changed</value>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? MaxErrors { get; set; }

    /// <summary>A token that the application asks for: it is sent with the probes and shown nowhere.</summary>
    [Parameter]
    public SecureString? Token { get; set; }

    /// <summary>The token as it goes over the wire; null where none was given.</summary>
    private protected string? PlainToken => Token is null ? null : new NetworkCredential("", Token).Password;

    /// <summary>How long the probes through nginx must stay open, idle.</summary>
    private protected virtual TimeSpan HoldTime => TimeSpan.Zero;

    /// <summary>Whether the cmdlet changes something on the hosts.</summary>
    private protected virtual bool Changes => false;

    /// <summary>Whether it is a warning that no site was given: where something is done for a site that may be somebody else's.</summary>
    private protected virtual bool WarnsOfDefaultSite => Changes;

    /// <summary>Whether the first host is waited for, and the others are begun only where it went well there.</summary>
    private protected virtual bool FirstGoesAlone => false;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            SiteRules.Check(Site);
            if (HoldTime < TimeSpan.Zero || HoldTime > TimeSpan.FromDays(1)) throw new SummitArgumentException("HoldInvalid", $"A hold time of {HoldTime} makes no sense: it is zero to a day.", HoldTime, "-Hold 70");
        }
        catch (SummitException error)
        {
            Throw(error);
        }

        CheckConnection();
        CheckWays(nameof(Target), nameof(InstanceId), nameof(Tag));
        if (UsesHosts) CheckHosts(InstanceId);
        if (UsesHosts && !MyInvocation.BoundParameters.ContainsKey(nameof(Site))) TellOfDefaultSite();
        _run = new TargetRun(this, Site, MaxConcurrency ?? (Changes ? 1 : 500), MaxErrors ?? (Changes ? 0 : int.MaxValue), FirstGoesAlone, StopToken);
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        if (!UsesHosts || Tag is not null) return;
        foreach (var target in Hosts(Target, InstanceId)) Begin(target);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (UsesHosts && Tag is not null) FindTagged(Tag, Begin);
        _run!.Finish();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _run?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Whether this call works on hosts at all.</summary>
    private protected virtual bool UsesHosts => true;

    /// <summary>Does the cmdlet's work on one host, and queues what it has to say.</summary>
    /// <returns>Whether it went well; a thrown <see cref="SummitException"/> is a failure too.</returns>
    private protected abstract Task<bool> RunAsync(IHost host, PipelineQueue queue, CancellationToken cancellation);

    /// <summary>Gathers a site's evidence on a host, with progress while it takes longer than a moment.</summary>
    /// <param name="queue">Where progress goes.</param>
    /// <param name="host">The host.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="withNetwork">Whether EC2 is asked for the way to an instance as well; a verdict needs it.</param>
    private protected async Task<SiteEvidence> GatherAsync(PipelineQueue queue, IHost host, CancellationToken cancellation, bool withNetwork = false)
    {
        queue.Verbose($"Gathering evidence on {host.Target} for {Site.Uri}.");
        using var progress = queue.Activity("Gathering evidence", $"{Site} on {host.Target}");
        var evidence = await new SiteGatherer(TimeProvider.System) { WithNetwork = withNetwork, Hold = HoldTime }.GatherAsync(host, Site, PlainToken, cancellation);
        if (evidence.Host is { } gathered) queue.Verbose($"{host.Target} answered in {gathered.Duration.TotalMilliseconds:0} ms.");
        return evidence;
    }

    /// <summary>Where the site is broken, replays the handshake at the backend: the second round trip, and the last.</summary>
    private protected async Task<SiteEvidence> ProveAsync(PipelineQueue queue, IHost host, SiteEvidence evidence, CancellationToken cancellation)
    {
        using var progress = queue.Activity("Replaying the handshake at the backend", $"{Site} on {host.Target}");
        return await new Experiment(host, TimeProvider.System).RunAsync(evidence, PlainToken, cancellation);
    }

    /// <summary>The site with its file as found on the host; the site itself where it names its file.</summary>
    private protected async Task<SummitSite> FindSiteAsync(PipelineQueue queue, IHost host, CancellationToken cancellation) =>
        SiteGatherer.IsOpen(Site) ? (await GatherAsync(queue, host, cancellation)).Site : Site;

    /// <summary>Says aloud that a change was made and no WebSocket opens after it: a script that looks at errors alone must not take that for a success.</summary>
    private protected static void WarnUnverified(PipelineQueue queue, SummitDeployment done)
    {
        if (done.Verified || done.RolledBack || done.WebSocket is not { } probe) return;
        queue.Warning($"{done.Target}: no WebSocket opens after it ({probe.Cause}). {probe.Explanation}{(probe.Fix.Length > 0 ? $" Run next: {probe.Fix}" : "")}");
    }

    private void TellOfDefaultSite()
    {
        var said = $"No -Site was given, so the guide's is meant: {Site.ServerName}, {Site.ConfigPath}. Another is named by -Site (New-SummitSite -ServerName HOST), or once for all cmdlets in $PSDefaultParameterValues['*-Summit*:Site'].";
        if (WarnsOfDefaultSite) WriteWarning(said);
        else WriteVerbose(said);
    }

    private void Begin(SummitTarget named)
    {
        var target = Connected(named);
        _run!.Add(target, (queue, cancellation) => RunAsync(HostDirectory.For(target, progress: new StateProgress(queue, target)), queue, cancellation));
    }
}
