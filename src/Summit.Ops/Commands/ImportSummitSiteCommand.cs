using System.Management.Automation;
using Summit.Ops.Sites;

namespace Summit.Ops.Commands;

/// <summary>Reads a site from its JSON file.</summary>
/// <remarks>
/// <para>The file is one that Export-SummitSite wrote, or was written by hand: a JSON object with the fields of New-SummitSite. A field
/// that is left out has its default; one that is misspelt is an error, so that it is not silently ignored.</para>
/// </remarks>
/// <example>
/// <title>Diagnose the site of a file</title>
/// <code>Import-SummitSite -Path ./chat.site.json | ForEach-Object { Invoke-SummitDiagnostic -Site $_ }</code>
/// <para>The file lives beside the application's code; the runbook needs nothing else.</para>
/// </example>
/// <example>
/// <title>All sites of a folder</title>
/// <code>$sites = Get-ChildItem ./sites -Filter *.site.json | Import-SummitSite</code>
/// <para>Files come from the pipeline by their path.</para>
/// </example>
/// <example>
/// <title>A variant of a site</title>
/// <code>$staging = Import-SummitSite ./chat.site.json | New-SummitSite -ServerName staging.example.com</code>
/// <para>Everything else stays as the file has it.</para>
/// </example>
/// <seealso cref="ExportSummitSiteCommand"/>
/// <seealso cref="NewSummitSiteCommand"/>
[Cmdlet(VerbsData.Import, "SummitSite", DefaultParameterSetName = "Path")]
[OutputType(typeof(SummitSite))]
public sealed class ImportSummitSiteCommand : ImportCmdlet
{
    private protected override void Read(string path)
    {
        var site = SiteFile.Read(path, out var namesServer);
        if (!namesServer)
        {
            WriteWarning($"{path} has no ServerName, so the guide's default is meant: {site.ServerName}. Add the site's own: "
                + "\"ServerName\": \"HOST\".");
        }

        WriteObject(site);
    }
}
