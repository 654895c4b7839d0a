using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;
using Summit.Ops.Completion;
using Summit.Ops.Deployment;
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
    private SummitSite? _begun;
    private SummitSite? _checked;
    private bool _siteWritten;
    private bool _tagsFound;
    private bool _told;

    /// <summary>The site, or the path of its JSON file; the guide's where none is given.</summary>
    /// <value>(New-SummitSite)</value>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    [SiteOrFile(NamesServer = true)]
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
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public string[]? InstanceId { get; set; }

    /// <summary>
    /// Instances to work on, by tag: running ones that have all of these. Several values of one tag are
    /// alternatives; * and ? are wildcards.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public Hashtable? Tag { get; set; }

    /// <summary>
    /// Hosts to work on, reached by this machine's OpenSSH client: user@host:port, ssh://user@host:port, or an alias of ~/.ssh/config.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[]? HostName { get; set; }

    /// <summary>
    /// How many hosts are worked on at the same time: 500 where it is only looked, one after the other where something is changed.
    /// </summary>
    /// <value>500, or 1 where something is changed</value>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int? MaxConcurrency { get; set; }

    /// <summary>
    /// After how many failed hosts no further one is begun: never where it is only looked, at the first where something is changed.
    /// </summary>
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

    /// <summary>How many hosts are worked on at the same time where nobody says it.</summary>
    private protected virtual int UsualConcurrency => Changes ? 1 : 500;

    /// <summary>The steps in which the hosts come in turn; null where they come as there is room.</summary>
    /// <param name="maxErrors">How many may fail.</param>
    private protected virtual FleetRun? Steps(int maxErrors) => null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            _checked = _begun = SiteRules.Check(Site);
            if (HoldTime < TimeSpan.Zero || HoldTime > TimeSpan.FromDays(1))
            {
                throw new SummitArgumentException(
                    "HoldInvalid", $"A hold time of {HoldTime} makes no sense: it is zero to a day.", HoldTime, "-Hold 70");
            }
        }
        catch (SummitException error)
        {
            Throw(error);
        }

        _siteWritten = MyInvocation.BoundParameters.ContainsKey(nameof(Site));
        CheckConnection();
        CheckWays(nameof(Target), nameof(InstanceId), nameof(Tag), nameof(HostName));
        if (UsesHosts) CheckHosts(InstanceId, HostName);
        // a site may still come through the pipeline
        if (UsesHosts && !_siteWritten && !MyInvocation.ExpectingInput) TellOfDefaultSite();
        var maxErrors = MaxErrors ?? (Changes ? 0 : int.MaxValue);
        _run = new TargetRun(this, MaxConcurrency ?? UsualConcurrency, maxErrors, Steps(maxErrors), StopToken);
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        if (!UsesHosts || !TakesSite()) return;
        if (Tag is null)
        {
            foreach (var target in Target is null && InstanceId is null && HostName is null && OwnHost is { } own
                ? [own]
                : Hosts(Target, InstanceId, HostName))
            {
                Begin(target);
            }
        }
        else if (BringsWork)
        {
            _tagsFound = true;
            FindTagged(Tag, Begin);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (UsesHosts && Tag is not null && !_tagsFound) FindTagged(Tag, Begin);
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
    private protected abstract Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation);

    /// <summary>
    /// The work of this pipeline item: what the item itself brings is kept for it, as the next item comes before this one's work is done.
    /// </summary>
    private protected virtual Func<IHost, SummitSite, PipelineQueue, CancellationToken, Task<bool>> Work() => RunAsync;

    /// <summary>The host that this pipeline item comes from, where none is named; null for this machine.</summary>
    private protected virtual SummitTarget? OwnHost => (Site as SummitFoundSite)?.Target;

    /// <summary>Whether this pipeline item is something to do on each host, and not a host.</summary>
    private protected virtual bool BringsWork => SiteComesIn;

    // the property of a piped site is set anew for each item
    private bool SiteComesIn => MyInvocation.ExpectingInput && !ReferenceEquals(Site, _begun);

    /// <summary>Gathers a site's evidence on a host, with progress while it takes longer than a moment.</summary>
    /// <param name="queue">Where progress goes.</param>
    /// <param name="host">The host.</param>
    /// <param name="site">The site.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="withNetwork">Whether EC2 is asked for the way to an instance as well; a verdict needs it.</param>
    private protected async Task<SiteEvidence> GatherAsync(
        PipelineQueue queue, IHost host, SummitSite site, CancellationToken cancellation, bool withNetwork = false)
    {
        queue.Verbose($"Gathering evidence on {host.Target} for {site.Uri}.");
        using var progress = queue.Activity("Gathering evidence", $"{site} on {host.Target}");
        var evidence = await new SiteGatherer(TimeProvider.System) { WithNetwork = withNetwork, Hold = HoldTime }.GatherAsync(
            host, site, PlainToken, cancellation);
        if (evidence.Host is { } gathered) queue.Verbose($"{host.Target} answered in {gathered.Duration.TotalMilliseconds:0} ms.");
        return evidence;
    }

    /// <summary>Where the site is broken, replays the handshake at the backend: the second round trip, and the last.</summary>
    private protected async Task<SiteEvidence> ProveAsync(
        PipelineQueue queue, IHost host, SiteEvidence evidence, CancellationToken cancellation)
    {
        using var progress = queue.Activity("Replaying the handshake at the backend", $"{evidence.Site} on {host.Target}");
        return await new Experiment(host, TimeProvider.System).RunAsync(evidence, PlainToken, cancellation);
    }

    /// <summary>The site with its file as found on the host; the site itself where it names its file.</summary>
    private protected async Task<SummitSite> FindSiteAsync(
        PipelineQueue queue, IHost host, SummitSite site, CancellationToken cancellation) =>
        SiteGatherer.IsOpen(site) ? (await GatherAsync(queue, host, site, cancellation)).Site : site;

    /// <summary>
    /// Says aloud that a change was made and no WebSocket opens after it: a script that looks at errors alone
    /// must not take that for a success.
    /// </summary>
    private protected static void WarnUnverified(PipelineQueue queue, SummitDeployment done)
    {
        if (done.Verified || done.RolledBack || done.WebSocket is not { } probe) return;
        queue.Warning($"{done.Target}: no WebSocket opens after it ({probe.Cause}). "
            + $"{probe.Explanation}{(probe.Fix.Length > 0 ? $" Run next: {probe.Fix}" : "")}");
    }

    /// <summary>Checks the site of this pipeline item; one that makes no sense is an error of its own.</summary>
    private bool TakesSite()
    {
        if (SiteComesIn)
        {
            if (Target is null && InstanceId is null && Tag is null && AwsWithoutHost(this, "-InstanceId, -Tag or -Target") is { } nowhere)
            {
                Throw(nowhere);
            }

            if (!ReferenceEquals(Site, _checked)) Guard(Site, () => _checked = SiteRules.Check(Site));
            return ReferenceEquals(Site, _checked);
        }

        if (!_siteWritten && MyInvocation.ExpectingInput && !_told) TellOfDefaultSite();
        return true;
    }

    private void TellOfDefaultSite()
    {
        _told = true;
        var said = $"No -Site was given, so the guide's is meant: {Site.ServerName}, {Site.ConfigPath}. "
            + "Another is named by -Site (New-SummitSite -ServerName HOST), or once for all "
            + "cmdlets in $PSDefaultParameterValues['*-Summit*:Site'].";
        if (WarnsOfDefaultSite) WriteWarning(said);
        else WriteVerbose(said);
    }

    private void Begin(SummitTarget named)
    {
        var (target, site, work) = (Connected(named), Site, Work());
        _run!.Add(target, site, (queue, cancellation) => work(
            HostDirectory.For(target, progress: new StateProgress(queue, target)), site, queue, cancellation));
    }
}
