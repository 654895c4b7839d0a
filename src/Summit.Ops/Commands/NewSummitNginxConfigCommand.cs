using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Nginx;

namespace Summit.Ops.Commands;

/// <summary>Makes the nginx configuration that a site should have.</summary>
/// <remarks>
/// <para>The configuration is the troubleshooting guide's, with the site's own names, ports and paths: a server block with TLS, the
/// location for WebSockets with its upgrade headers and timeouts, and the location of the API behind it.</para>
/// <para>Nothing is written anywhere. A value that would mean something else inside a configuration file (a quote, a semicolon, a brace, a
/// line end, a dollar sign) is refused and not escaped.</para>
/// </remarks>
/// <example>
/// <title>See what should be on the server</title>
/// <code>(New-SummitNginxConfig).Text</code>
/// <para>The guide's expected configuration as text.</para>
/// </example>
/// <example>
/// <title>Write it to a file</title>
/// <code>$site = New-SummitSite -Name chat -ServerName chat.example.com -BackendPort 5000
/// New-SummitNginxConfig -Site $site | ForEach-Object Text | Set-Content -NoNewline ./chat</code>
/// <para>Only a file is made here; Deploy-SummitNginxConfig brings it onto a server, tests it and proves that it works.</para>
/// </example>
/// <example>
/// <title>Check it against the rules</title>
/// <code>New-SummitNginxConfig | Test-SummitNginxConfig</code>
/// <para>Every rule passes, or does not apply.</para>
/// </example>
/// <seealso cref="TestSummitNginxConfigCommand"/>
/// <seealso cref="NewSummitSiteCommand"/>
[Cmdlet(VerbsCommon.New, "SummitNginxConfig")]
[OutputType(typeof(SummitNginxConfig))]
public sealed class NewSummitNginxConfigCommand : SummitCmdlet
{
    /// <summary>The site, or the path of its JSON file; the guide's where none is given.</summary>
    /// <value>(New-SummitSite)</value>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    [SiteOrFile]
    public SummitSite Site { get; set; } = new();

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(Site, () => WriteObject(ExpectedNginxConfig.For(Site)));
}
