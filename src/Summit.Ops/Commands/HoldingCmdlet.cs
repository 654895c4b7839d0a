using System.Management.Automation;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Probing;
using Summit.Ops.Text;

namespace Summit.Ops.Commands;

/// <summary>
/// What the cmdlets share that change what clients are connected to: some WebSockets are held through the
/// change, and who was cut is reported.
/// </summary>
public abstract class HoldingCmdlet : OnHostCmdlet
{
    private const int AFew = 3;

    /// <summary>
    /// How many WebSockets this machine holds open at the site's endpoint through the change; 0 for none. ConnectionsKept,
    /// LongestGap and FirstRefused of the result say what became of them, and of new ones that are tried meanwhile. Where none
    /// opens before the change, none is held.
    /// </summary>
    /// <value>3; 0 where all connections end anyway (Restart-SummitNginx -Force)</value>
    [Parameter]
    [ValidateRange(0, 1000)]
    public int? HoldConnection { get; set; }

    /// <summary>
    /// How many of the held WebSockets must outlive the change: a share (100%), or a number. A change that ends open connections by its
    /// nature is refused where any must; a deployment of a configuration that cut more is taken back on the host.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MinimumKept { get; set; }

    /// <summary>
    /// How many hosts go ahead: the others follow only where a WebSocket opened on each of these afterwards.
    /// </summary>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int? CanaryCount { get; set; }

    /// <summary>
    /// How many hosts are a batch, and are worked on at the same time where -MaxConcurrency says nothing else. The next batch begins
    /// when a WebSocket opened on each host of the last, but for -MaxErrors.
    /// </summary>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int? BatchSize { get; set; }

    /// <summary>How long to wait between the canaries and the first batch, and from batch to batch; a number is seconds.</summary>
    /// <value>0</value>
    [Parameter]
    [Seconds]
    public TimeSpan Pause { get; set; }

    private KeptMinimum? _minimum;

    /// <summary>How many hosts go ahead; 0 for none.</summary>
    private protected virtual int Canaries => CanaryCount ?? 0;

    /// <summary>Whether hosts come in steps: then only what was verified lets others follow.</summary>
    private protected bool InSteps => Canaries > 0 || BatchSize is not null;

    /// <summary>Whether other hosts follow one where nothing was done: not where somebody said no, and steps were asked for.</summary>
    private protected bool Follows => !InSteps || OnlyShows;

    private protected override int UsualConcurrency => BatchSize ?? base.UsualConcurrency;

    /// <summary>Whether a run that is stopped takes the change back where it went well.</summary>
    private protected virtual bool TakesBack => false;

    /// <summary>The steps of this run; null where there are none.</summary>
    private protected FleetRun? Fleet { get; private set; }

    private protected override FleetRun? Steps(int maxErrors) => Fleet = InSteps
        ? new FleetRun(Canaries, BatchSize ?? int.MaxValue, maxErrors, OnlyShows ? TimeSpan.Zero : Pause, TakesBack, TimeProvider.System)
        : null;

    /// <summary>Whether a minimum of kept connections was asked for.</summary>
    private protected bool AsksToKeep => _minimum is { AsksForAny: true };

    /// <summary>Whether all open connections end anyway, so that none is held where nobody asks for it.</summary>
    private protected virtual bool EndsAll => false;

    private int Held => HoldConnection ?? (EndsAll ? 0 : AFew);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Pause < TimeSpan.Zero || Pause > TimeSpan.FromDays(1))
        {
            Throw(new SummitArgumentException(
                "PauseInvalid", $"A pause of {Pause} makes no sense: it is zero to a day.", null, "-Pause 60"));
        }

        base.BeginProcessing();
        if (MinimumKept is null) return;
        try
        {
            _minimum = KeptMinimum.Parse(MinimumKept, Held);
        }
        catch (SummitArgumentException error)
        {
            Throw(error);
        }
    }

    /// <summary>Makes a change while WebSockets are held.</summary>
    /// <param name="request">The endpoint to hold them at; null for the site's own.</param>
    /// <param name="site">The site.</param>
    /// <param name="queue">Where warnings go.</param>
    /// <param name="change">The change.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The report of the change, with what became of them.</returns>
    private protected async Task<SummitDeployment> HoldingAsync(
        ProbeRequest? request, SummitSite site, PipelineQueue queue, Func<Task<SummitDeployment>> change, CancellationToken cancellation)
    {
        if (Held == 0) return await change();
        await using var hold = await ConnectionHold.OpenAsync(
            request ?? SiteProbes.Public(site, PlainToken), Held, TimeProvider.System, cancellation);
        queue.Verbose(hold.Count == 0
            ? $"No WebSocket opens at {site.Uri} yet, so none is held."
            : $"{hold.Count} of {Held} WebSockets are held at {site.Uri}.");
        if (AsksToKeep && hold.Count == 0)
        {
            queue.Warning(
                $"No WebSocket opens at {site.Uri} from here before the change, so none is held, and -MinimumKept has nothing to count.");
        }

        var done = await change();
        return (await hold.EndAsync(cancellation)).On(done);
    }

    /// <summary>Whether fewer were kept than must be.</summary>
    private protected bool CutTooMany(SummitDeployment done) =>
        _minimum is { } minimum && !minimum.IsMetBy(done.ConnectionsHeld, done.ConnectionsKept);

    /// <summary>What is said of a change that cut more than it may.</summary>
    private protected string Shortfall(SummitDeployment done) =>
        $"{done.ConnectionsKept} of {done.ConnectionsHeld} held WebSockets were kept, and -MinimumKept is {_minimum}.";

    /// <summary>Refuses a change that ends open connections where some must be kept.</summary>
    /// <param name="evidence">The host's evidence.</param>
    /// <param name="open">How many are open now; null where the host does not say.</param>
    /// <param name="what">What ends them.</param>
    /// <param name="instead">The command that does not.</param>
    private protected void RefuseToCut(SiteEvidence evidence, int? open, string what, string instead)
    {
        if (!AsksToKeep || open == 0) return;
        throw new SummitDeploymentException(
            "ConnectionsWouldBeCut",
            SummitErrorKind.OperationFailed,
            $"{evidence.Target}: {what} ends {Counted(open)}, and -MinimumKept is {_minimum}. Nothing was changed.",
            evidence.Target,
            instead);
    }

    /// <summary>Open connections in words.</summary>
    private protected static string Counted(int? open) => open switch
    {
        null => "the connections that are open",
        0 => "no open connection",
        { } count => Amount.Of(count, "open connection"),
    };
}
