using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Runbooks;

namespace Summit.Ops.Commands;

/// <summary>
/// Writes runbooks for a site that work without this module, or unattended: for AWS Systems Manager and for Azure Automation.
/// </summary>
/// <remarks>
/// <para>RunCommandParameters are the troubleshooting guide's three files, diagnose-websocket-issues.json, deploy-nginx-config.json and
/// deploy-summit-backend.json, each usable as it stands with aws ssm send-command --document-name AWS-RunShellScript --parameters
/// file://FILE. They answer in words: the verdict in the first line, then the guide's items with OK, FAIL, WARN or UNKNOWN. The exit code
/// is 0 only where all is well.</para>
/// <para>CommandDocument makes four Command documents (schema 2.2: diagnose, deploy, restart the backend, verify) for aws ssm
/// create-document; their parameters are held against patterns. AutomationDocument makes an Automation runbook (schema 0.3) that
/// runs those in order, with an approval where it is asked for. AzureRunbook makes a PowerShell runbook for Azure Automation,
/// which needs this module there.</para>
/// <para>The scripts are the ones that the cmdlets themselves run. What a shell cannot do is left out and refused: a configuration file
/// that somebody else wrote only gets the WebSocket location that its server lacks, and every other difference is for
/// Deploy-SummitNginxConfig, or for FORCE=yes in the script, which replaces the file and keeps a backup.</para>
/// <para>The site's values stand in the files, quoted; a token or a key never does. A file that is there with another content is not
/// replaced without -Force.</para>
/// </remarks>
/// <example>
/// <title>The guide's three files</title>
/// <code>$site = Import-SummitSite -Path ./examples/summit-api.site.json
/// Export-SummitRunbook -Kind RunCommandParameters -Path ./runbooks -Site $site</code>
/// <para>Then, from any machine with the AWS CLI: aws ssm send-command --instance-ids i-06bc5b2218c041802 --document-name
/// AWS-RunShellScript --parameters file://runbooks/diagnose-websocket-issues.json --region eu-west-1</para>
/// </example>
/// <example>
/// <title>Documents to keep in the account</title>
/// <code>Export-SummitRunbook -Kind CommandDocument, AutomationDocument -Path ./runbooks -Site $site</code>
/// <para>aws ssm create-document --name summit-api-diagnose-websocket --document-type Command --content
/// file://runbooks/summit-api-diagnose-websocket.json stores one of them; its file is called as the document is to be called. The
/// Automation runbook has --document-type Automation.</para>
/// </example>
/// <example>
/// <title>A runbook for Azure Automation</title>
/// <code>Export-SummitRunbook -Kind AzureRunbook -Path ./runbooks -Site $site -Force</code>
/// <para>The comments in the file say what the Automation account needs: the module, a credential, two variables.</para>
/// </example>
/// <example>
/// <title>See what would be written</title>
/// <code>Export-SummitRunbook -Kind RunCommandParameters -Path ./runbooks -WhatIf</code>
/// <para>Nothing is written.</para>
/// </example>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
/// <seealso cref="DeploySummitNginxConfigCommand"/>
/// <seealso cref="ExportSummitSiteCommand"/>
[Cmdlet(VerbsData.Export, "SummitRunbook", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportSummitRunbookCommand : SummitCmdlet
{
    /// <summary>What the runbooks are for; several kinds may be given.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public SummitRunbookKind[] Kind { get; set; } = [];

    /// <summary>The folder to write to; it is made where it does not exist.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The site, or the path of its JSON file; the guide's where none is given.</summary>
    /// <value>(New-SummitSite)</value>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    [SiteOrFile]
    public SummitSite Site { get; set; } = new();

    /// <summary>Replaces files that are there with another content.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Path, () =>
    {
        var folder = new RunbookFolder(FileSystemPath(Path), Force);
        // all of them are made and looked at before one is written
        var files = Kind.Distinct()
            .SelectMany(kind => RunbookFile.For(Site, kind))
            .Select(file => (File: file, IsThere: folder.Holds(file))).ToList();
        foreach (var (file, isThere) in files)
        {
            if (!ShouldProcess(folder.PathOf(file), $"Write the runbook of {Site.Name}")) continue;
            if (!isThere) folder.Write(file);
            WriteObject(new FileInfo(folder.PathOf(file)));
        }
    });
}
