using System.Diagnostics;
using System.Management.Automation;
using Summit.Ops.Diagnosis;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Reporting;

namespace Summit.Ops.Commands;

/// <summary>Finds out why a site's WebSocket does not work: the first broken layer, the evidence for it, and the next command.</summary>
/// <remarks>
/// <para>One script gathers everything on the host (nginx's configuration, test, processes and logs, what listens, pm2 or systemd,
/// certificates) while the same WebSocket handshake is tried at the backend, at nginx on the host, and at the public name. Nothing
/// on the host is changed.</para>
/// <para>Of an instance over AWS Systems Manager EC2 is asked at the same time for the way to it (security groups, network ACLs, routes,
/// addresses, a load balancer in front), and each blocker is a check, as Test-SummitSecurityGroup has it. An action that is not allowed
/// leaves its check Unknown and is named there.</para>
/// <para>The result holds the nine items of the troubleshooting guide's checklist and more, the causes with what each explains, and the
/// root cause first. What could not be looked at is Unknown and says why; it is never a Pass.</para>
/// <para>With -SaveEvidence the evidence is kept as a JSON file, without tokens; -Evidence judges such a file again,
/// offline, on any machine.</para>
/// </remarks>
/// <example>
/// <title>Diagnose this machine</title>
/// <code>Invoke-SummitDiagnostic -Site (New-SummitSite -ServerName api.example.com)</code>
/// <para>Shows the verdict, its evidence, the next command and the checklist.</para>
/// </example>
/// <example>
/// <title>Only what is wrong</title>
/// <code>(Invoke-SummitDiagnostic).Checks | Where-Object Status -eq Fail</code>
/// <para>Each check has its evidence, file and line, and a command that mends it.</para>
/// </example>
/// <example>
/// <title>A gate in a script</title>
/// <code>if (-not (Invoke-SummitDiagnostic -Site $site).Accepted) { exit 1 }</code>
/// <para>Healthy means that a WebSocket opened and nothing that breaks it was found; Accepted allows for the site's suppressions too.
/// See about_Summit_Gates.</para>
/// </example>
/// <example>
/// <title>What changed since yesterday</title>
/// <code>(Invoke-SummitDiagnostic -Site $site -Baseline ./yesterday.json).Baseline.New</code>
/// <para>The baseline is a JSON report of Export-SummitReport; Baseline has New, StillThere, Fixed and NotLookedAt.</para>
/// </example>
/// <example>
/// <title>Why does it break after a minute?</title>
/// <code>Invoke-SummitDiagnostic -Site $site -Hold 70</code>
/// <para>Holds a WebSocket idle for 70 s, at nginx on the host and from here: what cuts it is a root cause (NginxIdleTimeout), with the
/// time that was measured.</para>
/// </example>
/// <example>
/// <title>Take the evidence home</title>
/// <code>Invoke-SummitDiagnostic -Site $site -SaveEvidence ./evidence.json
/// Invoke-SummitDiagnostic -Evidence ./evidence.json</code>
/// <para>The second line gives the same verdict without the server.</para>
/// </example>
/// <example>
/// <title>An instance, and the network in front of it</title>
/// <code>Invoke-SummitDiagnostic -Site $site -InstanceId i-06bc5b2218c041802 -Region eu-west-1</code>
/// <para>Over AWS Systems Manager. A security group without the port, a network ACL, a missing route or address, and a load balancer that
/// may not reach the instance are root causes too.</para>
/// </example>
/// <seealso cref="ExportSummitReportCommand"/>
/// <seealso cref="NewSummitSiteCommand"/>
/// <seealso cref="TestSummitSecurityGroupCommand"/>
[Cmdlet(VerbsLifecycle.Invoke, "SummitDiagnostic", DefaultParameterSetName = GatherSet)]
[OutputType(typeof(SummitDiagnosis))]
public sealed class InvokeSummitDiagnosticCommand : OnHostCmdlet
{
    private const string GatherSet = "Gather";
    private const string EvidenceSet = "Evidence";

    private int _saved;
    private Report? _baseline;

    /// <summary>A file to keep the evidence in.</summary>
    [Parameter(ParameterSetName = GatherSet)]
    [ValidateNotNullOrEmpty]
    public string? SaveEvidence { get; set; }

    /// <summary>A file with evidence from before, to be judged instead of gathering.</summary>
    [Parameter(Mandatory = true, ParameterSetName = EvidenceSet)]
    [ValidateNotNullOrEmpty]
    public string? Evidence { get; set; }

    /// <summary>
    /// How long a WebSocket through nginx must stay open, idle; a number is seconds. It finds what cuts an idle connection
    /// (proxy_read_timeout, 60 s by default), and takes that long.
    /// </summary>
    /// <value>It is not held</value>
    [Parameter(ParameterSetName = GatherSet)]
    [Seconds]
    public TimeSpan Hold { get; set; }

    /// <summary>
    /// An earlier JSON report (Export-SummitReport): the verdict's Baseline names what is new, still there and fixed since.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Baseline { get; set; }

    private protected override bool WarnsOfDefaultSite => true;

    private protected override TimeSpan HoldTime => Hold;

    private protected override bool UsesHosts => ParameterSetName != EvidenceSet;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (SaveEvidence is not null) SaveEvidence = FileSystemPath(SaveEvidence);
        try
        {
            if (Baseline is not null) _baseline = ReportFile.Read(Baseline = FileSystemPath(Baseline));
        }
        catch (SummitException error)
        {
            Throw(error);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (ParameterSetName == EvidenceSet)
        {
            Guard(Evidence, () => WriteObject(Compared(Verdict.Over(EvidenceFile.Read(FileSystemPath(Evidence!)), TimeSpan.Zero))));
        }
    }

    private SummitDiagnosis Compared(SummitDiagnosis found) =>
        _baseline is null ? found : found with { Baseline = BaselineComparison.Over(_baseline, Baseline!, ReportSubjects.Of([found])) };

    private void Save(SiteEvidence evidence)
    {
        if (Interlocked.Exchange(ref _saved, 1) == 1)
        {
            throw new SummitArgumentException(
                "SaveEvidenceOneHost",
                $"The evidence of {evidence.Target} was not saved: -SaveEvidence names one file, and it holds another host's.",
                SaveEvidence,
                "Get-SummitTarget … | ForEach-Object { $_ | Invoke-SummitDiagnostic -SaveEvidence \"./$($_.InstanceId).json\" }");
        }

        EvidenceFile.Write(evidence, SaveEvidence!);
    }

    private protected override async Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var evidence = await ProveAsync(queue, host, await GatherAsync(queue, host, site, cancellation, withNetwork: true), cancellation);
        queue.Write(Compared(Verdict.Over(evidence, Stopwatch.GetElapsedTime(started))));
        if (SaveEvidence is not null) Save(evidence);
        return evidence.Host is not null;
    }
}
