using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Errors;
using Summit.Ops.Rules;
using Summit.Ops.Text;

namespace Summit.Ops.Commands;

/// <summary>Lists the checks that this module makes: what each looks at, the causes it can name, and the page that explains it.</summary>
/// <remarks>
/// <para>Get-SummitRule lists every check by its id: those of a diagnosis, of an nginx configuration, of a certificate and of the way
/// through EC2. The property Sees says what a check looks at: files, the host, the backend, or what a client outside sees.</para>
/// <para>A rule for nginx configurations has a configuration that fails it in BadExample, and one that passes in GoodExample. The ids are
/// those of the property Id of a check, and those that a suppression in a site file names.</para>
/// <para>Nothing is asked of a host: the list is part of the module.</para>
/// </remarks>
/// <example>
/// <title>All checks</title>
/// <code>Get-SummitRule</code>
/// <para>One line for each check: id, severity, what it looks at, title.</para>
/// </example>
/// <example>
/// <title>What the failed checks are about</title>
/// <code>Get-SummitNginxConfig -Path ./chat.conf | Test-SummitNginxConfig | Where-Object Status -eq Fail | Get-SummitRule |
///     Format-List</code>
/// <para>Takes checks from the pipeline by their Id.</para>
/// </example>
/// <example>
/// <title>The checks that can name a cause</title>
/// <code>Get-SummitRule | Where-Object Causes -Contains NginxUpgradeHeadersMissing</code>
/// <para>Finds the checks that name missing upgrade headers as the cause of a failure.</para>
/// </example>
/// <example>
/// <title>A configuration that passes</title>
/// <code>(Get-SummitRule Nginx.UpgradeHeaders).GoodExample</code>
/// <para>Prints an nginx configuration that passes this check.</para>
/// </example>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
/// <seealso cref="TestSummitNginxConfigCommand"/>
[Cmdlet(VerbsCommon.Get, "SummitRule")]
[OutputType(typeof(SummitRule))]
public sealed class GetSummitRuleCommand : SummitCmdlet
{
    /// <summary>
    /// The ids of the checks, with wildcards, or checks from the pipeline: 'Nginx.*', Tls.Certificate. All of them by default.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RuleIdCompleter))]
    public string[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Id is null)
        {
            WriteObject(RuleCatalogue.All, enumerateCollection: true);
            return;
        }

        foreach (var id in Id) Guard(id, () => Write(id ?? ""));
    }

    private void Write(string id)
    {
        var pattern = WildcardPattern.Get(id, WildcardOptions.IgnoreCase);
        var found = RuleCatalogue.All.Where(rule => pattern.IsMatch(rule.Id)).ToList();
        if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(id))
        {
            throw new SummitArgumentException(
                "RuleNotFound", $"There is no check with the id '{ForeignText.Visible(id)}'.", id, "Get-SummitRule");
        }

        WriteObject(found, enumerateCollection: true);
    }
}
