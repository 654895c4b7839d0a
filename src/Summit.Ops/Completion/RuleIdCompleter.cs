using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Summit.Ops.Rules;

namespace Summit.Ops.Completion;

/// <summary>Completes the id of a check by its beginning or by any of its words; each choice says what the check is about.</summary>
public sealed class RuleIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = wordToComplete.Trim('\'', '"');
        foreach (var (id, title) in RuleCatalogue.Names.OrderBy(rule => rule.Id, StringComparer.Ordinal))
        {
            // "Upgrade" finds Nginx.UpgradeHeaders too
            var starts = id.StartsWith(word, StringComparison.OrdinalIgnoreCase)
                || id.Contains("." + word, StringComparison.OrdinalIgnoreCase);
            if (starts) yield return new CompletionResult(id, id, CompletionResultType.ParameterValue, title);
        }
    }
}
