using System.Management.Automation;
using Summit.Ops.Errors;
using Summit.Ops.Rehydration;
using Summit.Ops.Reporting;

namespace Summit.Ops.Commands;

/// <summary>
/// Writes a report of diagnoses, checks, probes, measurements, deployments, repairs and watches: a page for people, or a file for a
/// ticket, a CI server, code scanning or Prometheus.
/// </summary>
/// <remarks>
/// <para>The format follows from the file's extension: .html is one self-contained page without scripts and outside resources, light and
/// dark, printable; .md is Markdown for a ticket; .xml is JUnit for a CI server; .sarif is SARIF 2.1.0 with file and line; .json holds the
/// objects themselves, and is what -Baseline reads; .prom holds figures for the textfile collector of Prometheus' node exporter: whether a
/// WebSocket opens and how fast, when the certificate is over, each check, the availability of a watch.</para>
/// <para>All objects that come in make one report. What failed and is mere advice, follows from another failure, or is accepted by a
/// suppression of the site never counts as a failure; what could not be looked at is shown as unknown, never as passed.</para>
/// <para>Tokens, passwords, cookies and credentials in configurations are masked in every format, always.</para>
/// </remarks>
/// <example>
/// <title>A page for the incident</title>
/// <code>Invoke-SummitDiagnostic -Site $site | Export-SummitReport -Path ./incident.html</code>
/// <para>Opens in any browser, also offline: verdict, hops, proposed change, checklist, the request's way through the configuration.</para>
/// </example>
/// <example>
/// <title>Test results for CI, and a page beside them</title>
/// <code>Get-SummitTarget -Tag @{ Role = 'web' } | Invoke-SummitDiagnostic -Site $site |
///     Export-SummitReport -Path ./websocket.xml -Force -PassThru |
///     Export-SummitReport -Path ./websocket.html -Force</code>
/// <para>With -PassThru the objects go on through the pipeline, in the place of the file.</para>
/// </example>
/// <example>
/// <title>What is new since last week</title>
/// <code>Invoke-SummitDiagnostic -Site $site | Export-SummitReport -Path ./today.md -Baseline ./last-week.json</code>
/// <para>Names what is new, what is still there and what was fixed since the JSON report of last week.</para>
/// </example>
/// <example>
/// <title>Findings in the repository of the configuration</title>
/// <code>Get-SummitNginxConfig -Path ./nginx/summit-api | Test-SummitNginxConfig | Export-SummitReport -Path ./nginx.sarif</code>
/// <para>Code scanning shows each finding at its file and line.</para>
/// </example>
/// <example>
/// <title>Figures for Prometheus</title>
/// <code>Invoke-SummitDiagnostic -Site $site | Export-SummitReport -Path /var/lib/prometheus/node-exporter/summit.prom -Force</code>
/// <para>Run by a timer: the file is replaced as a whole, and the node exporter's textfile collector shows summit_websocket_up,
/// summit_healthy, summit_cause and others.</para>
/// </example>
/// <seealso cref="ImportSummitReportCommand"/>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
/// <seealso cref="MeasureSummitWebSocketCommand"/>
[Cmdlet(VerbsData.Export, "SummitReport", SupportsShouldProcess = true)]
[OutputType(
    typeof(FileInfo), typeof(SummitDiagnosis), typeof(SummitCheck), typeof(SummitWebSocketResult),
    typeof(SummitWebSocketMeasurement), typeof(SummitDeployment), typeof(SummitRepair), typeof(SummitWebSocketTransition),
    typeof(SummitWatchSample), typeof(SummitWatchSummary))]
public sealed class ExportSummitReportCommand : SummitCmdlet
{
    private readonly List<object> _values = [];
    private string _path = "";
    private SummitReportFormat _format;
    private Report? _baseline;

    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>
    /// What the report is about: what Invoke-SummitDiagnostic, Test-Summit*, Measure-SummitWebSocket and the deploying cmdlets emit.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject InputObject { get; set; } = null!;

    /// <summary>The format.</summary>
    /// <value>What the file's extension says: .html, .md, .xml (JUnit), .json, .sarif, .prom</value>
    [Parameter]
    public SummitReportFormat? Format { get; set; }

    /// <summary>The least severity that counts as a failure: Warning or Error. Advice never does.</summary>
    [Parameter]
    public SummitSeverity MinimumSeverity { get; set; } = SummitSeverity.Warning;

    /// <summary>An earlier JSON report: the new one names what is new, still there and fixed since.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Baseline { get; set; }

    /// <summary>Replaces a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Lets the objects come out again, in the place of the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Arguments(() =>
    {
        _path = FileSystemPath(Path);
        _format = Format ?? ReportFile.FormatOf(_path);
        ReportFile.CheckPlace(_path, Force);
        if (!OnlyShows) ReportFile.TryPlace(_path);
        if (Baseline is not null) _baseline = ReportFile.Read(Baseline = FileSystemPath(Baseline));
    });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var value = Live(InputObject);
        Arguments(() => ReportSubjects.Check(value));
        _values.Add(value);
        if (PassThru) WriteObject(value);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_values.Count == 0)
        {
            Throw(new SummitArgumentException(
                "ReportEmpty", "Nothing came through the pipeline, so no report was written.", Path,
                "Invoke-SummitDiagnostic | Export-SummitReport -Path ./report.html"));
        }

        if (!ShouldProcess(_path, $"Write a {_format} report of {_values.Count} object{(_values.Count == 1 ? "" : "s")}")) return;
        var subjects = ReportSubjects.Of(_values);
        var report = new Report
        {
            Made = TimeProvider.System.GetUtcNow(),
            MinimumSeverity = MinimumSeverity,
            Subjects = subjects,
            Baseline = _baseline is null
                ? (_values is [SummitDiagnosis { Baseline: { } known }] ? known : null)
                : BaselineComparison.Over(_baseline, Baseline!, subjects),
        };
        Arguments(() => ReportFile.Write(report, _format, _path));
        if (!PassThru) WriteObject(new FileInfo(_path));
    }

    /// <summary>The object itself, also where it comes from a job, a remote session or Import-Clixml.</summary>
    private object Live(PSObject given)
    {
        try
        {
            return SavedObject.Live(given, ReportSubjects.Types);
        }
        catch (InvalidCastException error)
        {
            Throw(new SummitArgumentException(
                "ReportInputInvalid", $"What was saved of a {given.TypeNames[0]} cannot be read back: {error.Message}", given,
                "Save the report itself: Invoke-SummitDiagnostic | Export-SummitReport -Path ./report.json", error));
            throw;
        }
    }

    /// <summary>A report is whole or it is not there: what is wrong with it ends the pipeline.</summary>
    private void Arguments(Action work)
    {
        try
        {
            work();
        }
        catch (SummitException error)
        {
            Throw(error);
        }
    }
}
