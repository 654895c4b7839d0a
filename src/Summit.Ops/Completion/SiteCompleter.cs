using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Summit.Ops.Completion;

/// <summary>Completes a site: the variables that hold one, then the site files (<c>*.site.json</c>) of the current folder.</summary>
public sealed class SiteCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Variables().Concat(Files()).Where(choice => choice.CompletionText.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<CompletionResult> Variables() =>
        from variable in Ask("$ExecutionContext.InvokeProvider.Item.Get('Variable:*')").OfType<PSVariable>()
        let value = variable.Value is PSObject wrapped ? wrapped.BaseObject : variable.Value
        where value is SummitSite
        let text = "$" + variable.Name
        select new CompletionResult(text, text, CompletionResultType.Variable, ((SummitSite)value).Uri);

    private static IEnumerable<CompletionResult> Files() =>
        from folder in Ask("$PWD.ProviderPath").OfType<string>()
        where Directory.Exists(folder)
        from file in Directory.EnumerateFiles(folder, "*.site.json").Order(StringComparer.OrdinalIgnoreCase)
        let text = $"(Import-SummitSite './{Path.GetFileName(file).Replace("'", "''", StringComparison.Ordinal)}')"
        select new CompletionResult(text, Path.GetFileName(file), CompletionResultType.ParameterValue, file);

    // the session that completes is the only one that knows its variables and its location
    private static IEnumerable<object> Ask(string script)
    {
        using var session = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return [.. session.AddScript(script).Invoke().Select(found => found.BaseObject)];
    }
}
