using System.Diagnostics;
using System.Management.Automation;
using Summit.Ops.Diagnosis;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;

namespace Summit.Ops.Commands;

/// <summary>Finds out why a site's WebSocket does not work: the first broken layer, the evidence for it, and the next command.</summary>
/// <remarks>
/// <para>One script gathers everything on the host (nginx's configuration, test, processes and logs, what listens, pm2 or systemd, certificates) while the same WebSocket
/// handshake is tried at the backend, at nginx on the host, and at the public name. Nothing on the host is changed.</para>
/// <para>Of an instance over AWS Systems Manager EC2 is asked at the same time for the way to it (security groups, network ACLs, routes, addresses, a load balancer in front), and
/// each blocker is a check, as Test-SummitSecurityGroup has it. An action that is not allowed leaves its check Unknown and is named there.</para>
/// <para>The result holds the nine items of the troubleshooting guide's checklist and more, the causes with what each explains, and the root cause first.
/// What could not be looked at is Unknown and says why; it is never a Pass.</para>
/// <para>With -SaveEvidence the evidence is kept as a JSON file, without tokens; -Evidence judges such a file again, offline, on any machine.</para>
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
/// <code>if (-not (Invoke-SummitDiagnostic -Site $site).Healthy) { exit 1 }</code>
/// <para>Healthy means that a WebSocket opened and nothing that breaks it was found.</para>
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
/// <para>Over AWS Systems Manager. A security group without the port, a network ACL, a missing route or address, and a load balancer that may not reach the instance are root causes too.</para>
/// </example>
/// <seealso cref="NewSummitSiteCommand"/>
/// <seealso cref="TestSummitSecurityGroupCommand"/>
[Cmdlet(VerbsLifecycle.Invoke, "SummitDiagnostic", DefaultParameterSetName = GatherSet)]
[OutputType(typeof(SummitDiagnosis))]
public sealed class InvokeSummitDiagnosticCommand : OnHostCmdlet
{
    private const string GatherSet = "Gather";
    private const string EvidenceSet = "Evidence";

    private int _saved;

    /// <summary>A file to keep the evidence in.</summary>
    [Parameter(ParameterSetName = GatherSet)]
    [ValidateNotNullOrEmpty]
    public string? SaveEvidence { get; set; }

    /// <summary>A file with evidence from before, to be judged instead of gathering.</summary>
    [Parameter(Mandatory = true, ParameterSetName = EvidenceSet)]
    [ValidateNotNullOrEmpty]
    public string? Evidence { get; set; }

    private protected override bool UsesHosts => ParameterSetName != EvidenceSet;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (SaveEvidence is not null) SaveEvidence = FileSystemPath(SaveEvidence);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (ParameterSetName == EvidenceSet) Guard(Evidence, () => WriteObject(Verdict.Over(EvidenceFile.Read(FileSystemPath(Evidence!)), TimeSpan.Zero)));
    }

    private void Save(SiteEvidence evidence)
    {
        if (Interlocked.Exchange(ref _saved, 1) == 1)
        {
            throw new SummitArgumentException(
                "SaveEvidenceOneHost", $"The evidence of {evidence.Target} was not saved: -SaveEvidence names one file, and it holds another host's.", SaveEvidence,
                "Get-SummitTarget … | ForEach-Object { $_ | Invoke-SummitDiagnostic -SaveEvidence \"./$($_.InstanceId).json\" }");
        }

        EvidenceFile.Write(evidence, SaveEvidence!);
    }

    private protected override async Task<bool> RunAsync(IHost host, PipelineQueue queue, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var evidence = await GatherAsync(queue, host, cancellation, withNetwork: true);
        queue.Write(Verdict.Over(evidence, Stopwatch.GetElapsedTime(started)));
        if (SaveEvidence is not null) Save(evidence);
        return evidence.Host is not null;
    }
}
