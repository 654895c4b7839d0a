using System.Management.Automation;

namespace Summit.Ops.Lab.Commands;

/// <summary>Stops labs: their nginx, backend and AWS endpoint end, and their folders are removed.</summary>
/// <remarks>
/// <para>Stop-SummitLab ends everything that Start-SummitLab started, and what cmdlets changed in the lab goes with it. The AWS_* variables
/// of the process are what they were before the first lab.</para>
/// <para>Of a drill (Start-SummitLab -Random) it tells what was broken, and whether a WebSocket opens at the lab's address now.</para>
/// <para>A lab that is stopped already is left alone. A session that ends stops its labs itself.</para>
/// </remarks>
/// <example>
/// <title>All labs of the session</title>
/// <code>Stop-SummitLab</code>
/// <para>Stops every lab that this session has started.</para>
/// </example>
/// <example>
/// <title>One lab</title>
/// <code>Stop-SummitLab -Lab $Lab</code>
/// <para>Stops this one; others go on.</para>
/// </example>
/// <example>
/// <title>After the tests of a file</title>
/// <code>AfterAll { $Lab | Stop-SummitLab }</code>
/// <para>Takes labs from the pipeline.</para>
/// </example>
/// <seealso cref="StartSummitLabCommand"/>
[Cmdlet(VerbsLifecycle.Stop, "SummitLab", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(SummitLabResult))]
public sealed class StopSummitLabCommand : LabCmdlet
{
    /// <summary>The labs to stop; without it every lab of this session.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public SummitLab[]? Lab { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        List<SummitLab> labs = [.. (Lab ?? RunningLabs.Of(Session)).Where(lab => ShouldProcess(lab.ToString(), "Stop the lab"))];
        if (labs.Count == 0) return;
        List<SummitLabResult> told = [];
        Run("Stopping the lab", async (progress, stop) =>
        {
            progress.Report(string.Join(", ", labs));
            try
            {
                foreach (var lab in labs.Where(lab => lab.Drill is not null))
                {
                    if (await lab.Drill!.EndAsync(lab.Instance, stop) is { } result) told.Add(result);
                }
            }
            finally
            {
                await RunningLabs.StopAsync(labs);
            }
        });
        foreach (var result in told) WriteObject(result);
    }
}
