using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Summit.Ops.Completion;

/// <summary>
/// Completes an instance by its id, or for a parameter called Tag by its Name tag: those that a variable of the session holds. AWS is
/// not asked while somebody types.
/// </summary>
public sealed class InstanceCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var byTag = string.Equals(parameterName, "Tag", StringComparison.OrdinalIgnoreCase);
        var choices = Targets().DistinctBy(target => target.InstanceId).Select(target => byTag
            ? ByTag(target)
            : new CompletionResult(target.InstanceId, target.ToString(), CompletionResultType.ParameterValue, Tip(target)));
        // a shape to fill in, and no file name
        if (byTag)
        {
            choices = choices.Append(new CompletionResult(
                "@{ Name = '' }", "@{ Name = '…' }", CompletionResultType.ParameterValue,
                "Running instances that have this tag; several values are alternatives."));
        }

        return choices.Where(
            choice => choice.CompletionText.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase));
    }

    private static CompletionResult ByTag(SummitTarget target)
    {
        var text = $"@{{ Name = '{target.Name.Replace("'", "''", StringComparison.Ordinal)}' }}";
        return new CompletionResult(text, text, CompletionResultType.ParameterValue, Tip(target));
    }

    private static string Tip(SummitTarget target) =>
        string.Join(", ", new[] { target.Name, target.Region, target.PingStatus }.Where(part => part.Length > 0));

    private static IEnumerable<SummitTarget> Targets()
    {
        using var session = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var variables = session.AddScript("$ExecutionContext.InvokeProvider.Item.Get('Variable:*')").Invoke()
            .Select(found => found.BaseObject).OfType<PSVariable>().ToList();
        return variables.SelectMany(variable => Items(variable.Value)).Where(target => target.InstanceId.Length > 0);
    }

    private static IEnumerable<SummitTarget> Items(object? value) => Bare(value) switch
    {
        SummitTarget target => [target],
        object[] list => list.Select(Bare).OfType<SummitTarget>(),
        _ => [],
    };

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
