using System.Management.Automation;
using Summit.Ops.Reporting;

namespace Summit.Ops.Commands;

/// <summary>Reads the objects of a JSON report, or of the record of a watch, back.</summary>
/// <remarks>
/// <para>The file is one that Export-SummitReport wrote with the extension .json. The same objects come out that went in, with every secret
/// masked: diagnoses, checks, probes, measurements, deployments, repairs. They can be looked at, compared, put behind a gate, or written in
/// another format, on any machine.</para>
/// <para>A file that Watch-SummitWebSocket -OutFile writes is read too, also while it is being written: the changes, the figures of each
/// minute, and the summaries.</para>
/// </remarks>
/// <example>
/// <title>Make a page of yesterday's report</title>
/// <code>Import-SummitReport -Path ./yesterday.json | Export-SummitReport -Path ./yesterday.html</code>
/// <para>The server is not asked again.</para>
/// </example>
/// <example>
/// <title>What failed then</title>
/// <code>(Import-SummitReport -Path ./yesterday.json).Failures | Format-List Id, Evidence, Fix</code>
/// <para>Failures are the checks that count: no advice, no symptoms, nothing that was accepted.</para>
/// </example>
/// <example>
/// <title>All reports of a folder as one</title>
/// <code>Get-ChildItem ./reports -Filter *.json | Import-SummitReport | Export-SummitReport -Path ./all.html</code>
/// <para>Files come from the pipeline by their path.</para>
/// </example>
/// <seealso cref="ExportSummitReportCommand"/>
[Cmdlet(VerbsData.Import, "SummitReport", DefaultParameterSetName = "Path")]
[OutputType(
    typeof(SummitDiagnosis), typeof(SummitCheck), typeof(SummitWebSocketResult), typeof(SummitWebSocketMeasurement),
    typeof(SummitDeployment), typeof(SummitRepair), typeof(SummitWebSocketTransition), typeof(SummitWatchSample),
    typeof(SummitWatchSummary))]
public sealed class ImportSummitReportCommand : ImportCmdlet
{
    private protected override void Read(string path)
    {
        foreach (var value in ReportFile.Read(path).Values) WriteObject(value);
    }
}
