using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using Summit.Ops.Probing;

namespace Summit.Ops.Completion;

/// <summary>Completes a close code by its number or, for a parameter called Name, by its name; each choice says what it means.</summary>
public sealed class CloseCodeCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var byName = string.Equals(parameterName, "Name", StringComparison.OrdinalIgnoreCase);
        var word = wordToComplete.Trim('\'', '"');
        foreach (var entry in CloseCodes.All)
        {
            var text = byName ? entry.Name : entry.Code?.ToString(CultureInfo.InvariantCulture);
            if (text is null || !text.StartsWith(word, StringComparison.OrdinalIgnoreCase)) continue;
            yield return new CompletionResult(
                text, entry.ToString(), CompletionResultType.ParameterValue, $"{entry.Meaning} {entry.UsualCause}");
        }
    }
}
