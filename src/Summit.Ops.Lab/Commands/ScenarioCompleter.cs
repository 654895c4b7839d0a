using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Summit.Ops.Lab.Commands;

/// <summary>Completes the name of a scenario; each choice says what is broken.</summary>
public sealed class ScenarioCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        from scenario in ScenarioCatalogue.All
        where scenario.Name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase)
        select new CompletionResult(
            scenario.Name, scenario.Name, CompletionResultType.ParameterValue, $"{scenario.Expected}: {scenario.Description}");
}
