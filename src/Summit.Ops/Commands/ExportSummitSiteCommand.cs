using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Sites;

namespace Summit.Ops.Commands;

/// <summary>Writes a site to a JSON file, which Import-SummitSite reads back as the same site.</summary>
/// <remarks>
/// <para>A file that is there with another content is not replaced without -Force.</para>
/// <para>The file is written whole or not at all: a full disk leaves an older one as it was. It holds no secret; tokens
/// are never part of a site.</para>
/// </remarks>
/// <example>
/// <title>Keep a site beside the code</title>
/// <code>New-SummitSite -Name chat -ServerName chat.example.com | Export-SummitSite -Path ./chat.site.json</code>
/// <para>The runbook then starts with Import-SummitSite.</para>
/// </example>
/// <example>
/// <title>Write it and go on with it</title>
/// <code>$site = New-SummitSite -ServerName api.example.com | Export-SummitSite -Path ./api.site.json -PassThru</code>
/// <para>With -PassThru the site itself comes out.</para>
/// </example>
/// <example>
/// <title>See what would be written</title>
/// <code>New-SummitSite | Export-SummitSite -Path ./site.json -WhatIf</code>
/// <para>Nothing is written.</para>
/// </example>
/// <seealso cref="ImportSummitSiteCommand"/>
/// <seealso cref="NewSummitSiteCommand"/>
[Cmdlet(VerbsData.Export, "SummitSite", SupportsShouldProcess = true)]
[OutputType(typeof(SummitSite))]
public sealed class ExportSummitSiteCommand : SummitCmdlet
{
    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The site.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [Alias("InputObject")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    [SiteOrFile]
    public SummitSite Site { get; set; } = null!;

    /// <summary>Replaces a file that is there with another content.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Lets the site itself come out.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = FileSystemPath(Path);
        Guard(Path, () =>
        {
            var isThere = SiteFile.Holds(path, SiteRules.Check(Site), Force);
            if (!ShouldProcess(path, $"Write the site {Site.Name}")) return;
            if (!isThere) SiteFile.Write(Site, path);
            if (PassThru) WriteObject(Site);
        });
    }
}
