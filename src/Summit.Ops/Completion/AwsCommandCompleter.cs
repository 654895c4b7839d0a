using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Summit.Ops.Commands;

namespace Summit.Ops.Completion;

/// <summary>Completes a cmdlet that asks AWS.</summary>
public sealed class AwsCommandCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        from name in GetSummitPermissionCommand.Commands
        where name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase)
        select new CompletionResult(name, name, CompletionResultType.ParameterValue, name);
}
