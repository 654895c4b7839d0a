using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Nginx;

namespace Summit.Ops.Commands;

/// <summary>Says how a configuration differs from what it should be, as text and as what nginx makes of it.</summary>
/// <remarks>
/// <para>The reference is the site's expected configuration, or the one of -Reference. The first difference is that of the text, with a
/// unified diff; the others change what nginx does: server blocks, listen lines, locations, directives that hold, rewrites, the order of
/// regex locations, and the upstream groups, maps, geo and split_clients blocks that the servers use.</para>
/// <para>A whole configuration (nginx -T, or a main file with its includes) is compared with a site's file by the site's own
/// server blocks: other sites are left out, and so is what the http level sets for all of them where the reference says nothing.
/// -All compares everything.</para>
/// <para>What nginx does not care for is no difference in meaning: comments and layout, prefix locations in another order, a directive that
/// moved from the location to the server block. Nothing comes back where the files are equal byte for byte.</para>
/// </remarks>
/// <example>
/// <title>Has the server drifted from what we expect?</title>
/// <code>Get-SummitNginxConfig /etc/nginx/sites-available/summit-api | Compare-SummitNginxConfig</code>
/// <para>Against the guide's expected configuration.</para>
/// </example>
/// <example>
/// <title>A running server against the file in the repository</title>
/// <code>Get-SummitTarget i-06bc5b2218c041802 | Get-SummitNginxConfig | Compare-SummitNginxConfig -Reference ./summit-api</code>
/// <para>Of all that nginx reads there, only the site's server blocks and what they use are compared.</para>
/// </example>
/// <example>
/// <title>Only what nginx does differently</title>
/// <code>Compare-SummitNginxConfig -Path ./summit-api -Site $site | Where-Object ChangesMeaning</code>
/// <para>Comments and layout are left out.</para>
/// </example>
/// <example>
/// <title>What a repair changes</title>
/// <code>$before = Get-SummitNginxConfig ./summit-api
/// ($before | Repair-SummitNginxConfig | Compare-SummitNginxConfig -Reference $before)[0].Diff</code>
/// <para>The unified diff from the file to the mended one.</para>
/// </example>
/// <seealso cref="GetSummitNginxConfigCommand"/>
/// <seealso cref="RepairSummitNginxConfigCommand"/>
[Cmdlet(VerbsData.Compare, "SummitNginxConfig", DefaultParameterSetName = "Config")]
[OutputType(typeof(SummitNginxDifference))]
public sealed class CompareSummitNginxConfigCommand : NginxConfigCmdlet
{
    /// <summary>The site whose expected configuration is the reference; the guide's where none is given.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    [SiteOrFile]
    public SummitSite Site { get; set; } = new();

    /// <summary>The reference, in place of the site's expected configuration: an object of Get-SummitNginxConfig, or a file.</summary>
    [Parameter]
    [ConfigOrFile]
    public SummitNginxConfig? Reference { get; set; }

    /// <summary>
    /// Compares a whole configuration in full: server blocks of other sites and what the http level sets are differences too.
    /// </summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    private protected override void Process(SummitNginxConfig config) =>
        WriteObject(NginxComparison.Compare(Reference ?? ExpectedNginxConfig.For(Site), config, All), enumerateCollection: true);
}
