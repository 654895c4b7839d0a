using System.Collections.Concurrent;
using System.Management.Automation;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Probing;
using Summit.Ops.Watching;

namespace Summit.Ops.Commands;

/// <summary>
/// Watches WebSocket endpoints and tells when one goes down, comes back, gets slow or flaps, why, and how long the outage lasted.
/// </summary>
/// <remarks>
/// <para>Each endpoint is probed at -Interval, on a schedule of its own, with a new connection: the name is resolved anew each time. A
/// SummitWebSocketTransition is written at the start and whenever something changes, and nothing in between. The first failed probe is
/// Down, and the first that opens is Up.</para>
/// <para>Degraded means that a WebSocket opens and either takes longer than is normal for this endpoint (the median of five probes against
/// the median of the last 240; it needs 30 probes to learn) or has a certificate that is over within -CertificateDays.</para>
/// <para>Six changes within a minute, or within twenty intervals where that is longer, are told as Flapping, once. It has settled when
/// nothing has changed for half of that time.</para>
/// <para>Where no probe ran for a while (the machine slept) or this machine has no network, the state is Unknown, and that time counts
/// neither as up nor as down.</para>
/// <para>-HoldConnection keeps one connection open beside the probes, with a ping every 15 s, and tells when it is cut: the close code, and
/// how long it was open. It is off by default, because it takes a place among the application's clients.</para>
/// <para>With -Diagnose or -Target a site is diagnosed once at the moment it breaks, while the probes go on; the transition is written
/// when the diagnosis is done.</para>
/// <para>With -Duration or -Until a SummitWatchSummary of each endpoint is written at the end. After Ctrl+C the summaries are shown on the
/// console: a stopped pipeline cannot write objects.</para>
/// <para>With -OutFile each change is also written to a file at once, and between the changes the figures of each minute (of ten probes,
/// where the interval is longer than six seconds). Export-SummitReport makes a page of it, or figures for Prometheus.</para>
/// <para>The module's folder examples has a systemd timer and a scheduled task that watch all the time, and an Azure runbook that tells a
/// webhook what changes.</para>
/// </remarks>
/// <example>
/// <title>What happens during a maintenance</title>
/// <code>Watch-SummitWebSocket -Site $site -Interval 1 -HoldConnection</code>
/// <para>Shows each outage with its cause and length, and each cut of the held connection, until Ctrl+C.</para>
/// </example>
/// <example>
/// <title>Wait until it works again</title>
/// <code>Watch-SummitWebSocket -Uri 'wss://summit-api.codingeverest.com/ws' -Until Up -Duration 600 -ErrorAction Stop</code>
/// <para>Ends as soon as a WebSocket opens. After ten minutes without one it is an error with the id WatchTimeout,
/// which ends a script here.</para>
/// </example>
/// <example>
/// <title>Diagnose at the moment it breaks</title>
/// <code>Watch-SummitWebSocket -Site $site -Target (Get-SummitTarget -InstanceId i-06bc5b2218c041802) -SaveEvidence ./evidence |
///     Where-Object State -EQ Down | ForEach-Object { $_.Diagnosis.Causes }</code>
/// <para>The evidence of each outage is kept as a file in the folder; Invoke-SummitDiagnostic -Evidence judges it again.</para>
/// </example>
/// <example>
/// <title>Many sites for a day</title>
/// <code>Get-ChildItem ./sites -Filter *.json | Import-SummitSite | Watch-SummitWebSocket -Duration 86400 |
///     Where-Object Availability -LT 0.999</code>
/// <para>All are watched at the same time; at the end the summaries have the availability of each.</para>
/// </example>
/// <example>
/// <title>A page of the last week</title>
/// <code>Watch-SummitWebSocket -Site $site -OutFile ./watch.jsonl
/// Import-SummitReport ./watch.jsonl | Export-SummitReport -Path ./week.html</code>
/// <para>The first line runs until it is stopped, and may run again: the file is continued. The second one, at any time, shows the
/// availability, the outages with their causes, and how long opening took over time.</para>
/// </example>
/// <seealso cref="TestSummitWebSocketCommand"/>
/// <seealso cref="MeasureSummitWebSocketCommand"/>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
/// <seealso cref="ExportSummitReportCommand"/>
[Cmdlet(VerbsCommon.Watch, "SummitWebSocket", DefaultParameterSetName = "Uri")]
[OutputType(typeof(SummitWebSocketTransition), typeof(SummitWatchSummary))]
public sealed class WatchSummitWebSocketCommand : ProbeCmdlet
{
    private readonly ConcurrentQueue<WebSocketWatch> _watches = new();
    private WatchFile? _record;
    private WatchRules _rules = new();

    /// <summary>From the start of one probe to the start of the next; a number is seconds, 0.1 at least.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to watch; a number is seconds.</summary>
    /// <value>Until it is stopped</value>
    [Parameter]
    [Seconds]
    public TimeSpan Duration { get; set; }

    /// <summary>
    /// Ends the watch of an endpoint when a WebSocket opens (Up) or does not open (Down), which may be at the first probe. Not
    /// reached within -Duration is an error.
    /// </summary>
    [Parameter]
    public SummitWatchGoal? Until { get; set; }

    /// <summary>Holds one connection open to each endpoint, and tells when it is cut.</summary>
    [Parameter]
    public SwitchParameter HoldConnection { get; set; }

    /// <summary>A certificate with fewer days left is told as Degraded.</summary>
    [Parameter]
    public int CertificateDays { get; set; } = 14;

    /// <summary>Diagnoses a site when it goes down, on this machine or on -Target.</summary>
    [Parameter]
    public SwitchParameter Diagnose { get; set; }

    /// <summary>The host of the sites, from Get-SummitTarget: they are diagnosed there when they go down.</summary>
    [Parameter]
    [ValidateNotNull]
    public SummitTarget? Target { get; set; }

    /// <summary>A folder that keeps the evidence of each diagnosis, a file each.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SaveEvidence { get; set; }

    /// <summary>
    /// A file that gets each change, the figures of each minute and the summary as JSON lines; a record that is there is continued.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    private bool Diagnoses => Diagnose || Target is not null || SaveEvidence is not null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _rules = new WatchRules
        {
            Interval = Interval, Duration = Duration, Until = Until, HoldConnection = HoldConnection, CertificateDays = CertificateDays,
        };
        try
        {
            _rules.Check();
            if (SaveEvidence is not null && !Directory.Exists(SaveEvidence = FileSystemPath(SaveEvidence)))
            {
                throw WatchErrors.NoFolder(SaveEvidence);
            }

            if (Diagnoses && Site is null && !MyInvocation.ExpectingInput) throw WatchErrors.NoSite();
            if (OutFile is not null) _record = WatchFile.Open(FileSystemPath(OutFile));
        }
        catch (SummitException error)
        {
            Throw(error);
        }

        WorkConcurrently("Watching WebSockets", Duration, 10_000);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Begin(WatchAsync);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            base.EndProcessing();
        }
        catch (PipelineStoppedException)
        {
            // Ctrl+C: a stopped pipeline writes nothing any more, and the console still does
            if (StopToken.IsCancellationRequested) foreach (var watch in _watches) Host?.UI?.WriteLine(watch.Summary.ToString());
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) _record?.Dispose();
    }

    private async Task WatchAsync(ProbeRequest request, PipelineQueue queue, CancellationToken cancellation)
    {
        if (request.Site is { } site)
        {
            request = request with
            {
                Origin = request.Origin ?? SiteProbes.Origin(site),
                SubProtocols = request.SubProtocols.Count > 0 ? request.SubProtocols : SiteProbes.SubProtocols(site),
            };
        }

        var watch = new WebSocketWatch(request, _rules)
        {
            Diagnose = Diagnoses ? (broken, at, stop) => DiagnoseAsync(broken, at, request.Token, queue, stop) : null,
            Record = _record is null ? null : value => _record.TryAdd(value, error => queue.Warning(
                $"{OutFile} cannot be written ({error.Message}): the watch goes on, and what comes now may be missing there.")),
        };
        _watches.Enqueue(watch);
        queue.Verbose($"Watching {request} every {Interval.TotalSeconds} s.");
        var reached = await watch.RunAsync(queue.Write, cancellation);
        if (Until is not null || Duration > TimeSpan.Zero) queue.Write(watch.Summary);
        if (!reached) queue.Error(WatchErrors.TimedOut(watch.Summary, Until!.Value, Duration));
    }

    private async Task<SummitDiagnosis?> DiagnoseAsync(
        SummitSite site, DateTimeOffset at, string? token, PipelineQueue queue, CancellationToken cancellation)
    {
        var target = Target ?? SummitTarget.Local;
        queue.Verbose($"{site.Uri} is down: diagnosing it on {target}.");
        try
        {
            return await new BreakDiagnosis(HostDirectory.For(target), token, SaveEvidence, TimeProvider.System).RunAsync(
                site, at, cancellation);
        }
        catch (SummitException error)
        {
            queue.Warning($"{site.Uri} was not diagnosed on {target}: {error.Message} Run next: {error.RecommendedAction}");
            return null;
        }
    }
}
