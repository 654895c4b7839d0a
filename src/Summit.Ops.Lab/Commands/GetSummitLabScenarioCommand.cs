using System.Management.Automation;

namespace Summit.Ops.Lab.Commands;

/// <summary>Lists the scenarios: the faults that a lab can have, each with the root cause that a diagnosis should find.</summary>
/// <remarks>
/// <para>A scenario is a real fault in a real nginx, a real backend or a loopback AWS account. A name that begins with healthy is a lab
/// without a fault, or with something harmless that looks like one.</para>
/// </remarks>
/// <example>
/// <title>All of them</title>
/// <code>Get-SummitLabScenario</code>
/// <para>Lists every scenario, those of one cause together.</para>
/// </example>
/// <example>
/// <title>By name</title>
/// <code>Get-SummitLabScenario backend-*</code>
/// <para>Names may have wildcards.</para>
/// </example>
/// <example>
/// <title>One of each cause</title>
/// <code>Get-SummitLabScenario | Group-Object Expected | ForEach-Object { $_.Group[0] }</code>
/// <para>A short tour through all causes.</para>
/// </example>
/// <seealso cref="StartSummitLabCommand"/>
[Cmdlet(VerbsCommon.Get, "SummitLabScenario")]
[OutputType(typeof(SummitLabScenario))]
public sealed class GetSummitLabScenarioCommand : LabCmdlet
{
    /// <summary>Names, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Scenario")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ScenarioCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only scenarios of these causes.</summary>
    [Parameter]
    public SummitCause[]? Expected { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            List<Scenario> found = [.. ScenarioCatalogue.All.Where(scenario => pattern.IsMatch(scenario.Name))];
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) WriteNotFound(name);
            foreach (var scenario in found.Where(scenario => Expected is null || Expected.Contains(scenario.Expected)))
            {
                WriteObject(new SummitLabScenario(scenario.Name, scenario.Expected, scenario.Description, scenario.OverSystemsManager));
            }
        }
    }

    private void WriteNotFound(string name)
    {
        var error = new ScenarioNotFoundException(name);
        WriteError(new ErrorRecord(error, "ScenarioNotFound", ErrorCategory.ObjectNotFound, name)
        {
            ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = "Get-SummitLabScenario" },
        });
    }
}
