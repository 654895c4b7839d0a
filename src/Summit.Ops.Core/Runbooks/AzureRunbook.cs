using Summit.Ops.Hosts;
using Summit.Ops.Sites;

namespace Summit.Ops.Runbooks;

/// <summary>
/// A PowerShell runbook for Azure Automation: diagnoses, repairs where it may, and fails where a WebSocket does not open in the end.
/// </summary>
internal static class AzureRunbook
{
    /// <summary>
    /// It, for a site. The site stands in it as JSON in a literal here-string, which ends at a line that begins
    /// with a quote: no line of JSON does.
    /// </summary>
    public static RunbookFile For(SummitSite site) =>
        new($"{new DocumentNames(site).Repair}.ps1", ShellScript.Load("azure-runbook.ps1")
            .ReplaceLineEndings("\n")
            .Replace("SITE_AS_JSON\n", SiteFile.Text(site), StringComparison.Ordinal));
}
