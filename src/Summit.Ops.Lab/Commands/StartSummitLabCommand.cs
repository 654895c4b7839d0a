using System.Management.Automation;

namespace Summit.Ops.Lab.Commands;

/// <summary>Starts a lab on this machine: a real nginx with TLS and a WebSocket backend, with one fault in it.</summary>
/// <remarks>
/// <para>Start-SummitLab starts nginx, a certificate authority of its own, a backend (under pm2 where node and npm are there, else in this
/// process) and a loopback AWS endpoint whose Run Command runs its scripts on this machine. Everything listens on 127.0.0.1, on free ports.
/// Then it breaks what the scenario says.</para>
/// <para>The object that it emits has the address, the paths and the ports, and with Site, Target and LocalTarget all that the cmdlets of
/// Summit.Ops need. The AWS_* variables of the process lead to the lab until it is stopped.</para>
/// <para>nginx is taken from PATH, or Debian's package is unpacked into .cache/ of the checkout. The lab ends with Stop-SummitLab, with the
/// session, or with the process, also when the process is killed.</para>
/// </remarks>
/// <example>
/// <title>The first root cause of the guide</title>
/// <code>$Lab = Start-SummitLab; Invoke-SummitDiagnostic -Site $Lab.Site</code>
/// <para>The site's configuration is not deployed. The diagnosis names NginxConfigNotDeployed and the command that fixes it.</para>
/// </example>
/// <example>
/// <title>Another fault, over Systems Manager</title>
/// <code>$Lab = Start-SummitLab -Scenario backend-down; Invoke-SummitDiagnostic -Site $Lab.Site -Target $Lab.Target</code>
/// <para>The backend is stopped. The diagnosis goes through the lab's Run Command.</para>
/// </example>
/// <example>
/// <title>A test with Pester</title>
/// <code>BeforeAll { $Lab = Start-SummitLab -Scenario healthy }; AfterAll { Stop-SummitLab -Lab $Lab }</code>
/// <para>All tests of the file share one lab.</para>
/// </example>
/// <example>
/// <title>A drill</title>
/// <code>$Lab = Start-SummitLab -Random; Invoke-SummitDiagnostic -Site $Lab.Site; Stop-SummitLab</code>
/// <para>Something is broken, and nothing tells what. Stop-SummitLab does, and whether it was fixed.</para>
/// </example>
/// <seealso cref="StopSummitLabCommand"/>
/// <seealso cref="GetSummitLabScenarioCommand"/>
[Cmdlet(
    VerbsLifecycle.Start, "SummitLab", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low,
    DefaultParameterSetName = "Scenario")]
[OutputType(typeof(SummitLab))]
public sealed class StartSummitLabCommand : LabCmdlet
{
    /// <summary>The scenario's name, as Get-SummitLabScenario lists it.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = "Scenario")]
    [Alias("Name")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioCompleter))]
    public string Scenario { get; set; } = "nginx-config-missing";

    /// <summary>Breaks something without telling what: a drill. Stop-SummitLab tells, and whether it was fixed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Random")]
    public SwitchParameter Random { get; set; }

    /// <summary>Only faults of these root causes. Without it: any that a diagnosis on this machine can see.</summary>
    [Parameter(ParameterSetName = "Random")]
    [ValidateNotNullOrEmpty]
    public SummitCause[]? Cause { get; set; }

    /// <summary>What runs the backend. Auto is pm2 where node and npm are there, else this process.</summary>
    [Parameter]
    public LabBackendKind Backend { get; set; } = LabBackendKind.Auto;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            var scenario = Random ? Choose() : ScenarioNames.Find(Scenario);
            if (ShouldProcess(Random ? "a fault that is not told" : scenario.Name, "Start a lab on this machine")) Start(scenario);
        }
        catch (ScenarioNotFoundException error)
        {
            Throw(error, "ScenarioNotFound", ErrorCategory.ObjectNotFound, Scenario, "Get-SummitLabScenario");
        }
        catch (LabUnavailableException error)
        {
            Throw(error, "LabUnavailable", ErrorCategory.ResourceUnavailable, Scenario, error.RecommendedAction);
        }
    }

    private Scenario Choose()
    {
        var pool = Drill.Pool(Cause);
        if (pool.Count == 0) throw new ScenarioNotFoundException($"of {string.Join(", ", Cause!)}");
        return pool[System.Random.Shared.Next(pool.Count)];
    }

    private void Start(Scenario scenario)
    {
        SummitLab? lab = null;
        Run(Random ? "Starting a lab" : $"Starting a lab: {scenario.Name}", async (progress, stop) =>
        {
            progress.Report("nginx with TLS, and a backend");
            var options = new LabOptions { Scenario = scenario, Backend = Backend, Progress = progress };
            var instance = await LabInstance.StartAsync(options, stop);
            lab = new SummitLab(instance, Random ? new Drill(!(await Drill.ProbeAsync(instance, stop)).Success) : null);
        });
        ModuleLifetime.StopWith(System.Management.Automation.Runspaces.Runspace.DefaultRunspace);
        RunningLabs.Add(Session, lab!);
        if (lab!.Instance.BackendNote.Length > 0) WriteVerbose($"The backend runs in this process. {lab.Instance.BackendNote}");
        WriteObject(lab);
    }
}
