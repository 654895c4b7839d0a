using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Nginx;

namespace Summit.Ops.Commands;

/// <summary>Gives back a configuration file with the smallest edit that makes its WebSocket location work.</summary>
/// <remarks>
/// <para>A missing location goes into the site's server block, before the first location; an existing one gets only what it lacks, and a
/// value that does not work is replaced in its place. The file's own indentation, line ends, comments and every other byte stay. What is
/// right already comes back as it was.</para>
/// <para>Nothing is written: the answer is a configuration object. Deploy-SummitNginxConfig makes the same edit on a server, tests it and
/// rolls back when it does not work.</para>
/// <para>In the server block the site's name is added where one block is clearly meant for it, and TLS or the certificate that the site
/// names where they are missing. Where the site names its backend (another host or port than the default), a proxy_pass that leads
/// elsewhere is put right, and a group of one server that only this site uses gets the right port; else proxy_pass keeps what it says.
/// Headers that an outer level sets and the location loses come along. What an edit might do to others is left as it is: a warning names
/// each rule of severity Error or Warning that still fails.</para>
/// <para>Where no small edit does it, because the file has no server block for the site or the server redirects every request, it
/// is an error that says so.</para>
/// </remarks>
/// <example>
/// <title>See the mended file</title>
/// <code>(Repair-SummitNginxConfig -Path /etc/nginx/sites-available/summit-api).Text</code>
/// <para>The file as it should be; the one on the disk is not touched.</para>
/// </example>
/// <example>
/// <title>Check the result</title>
/// <code>Get-SummitNginxConfig ./summit-api | Repair-SummitNginxConfig | Test-SummitNginxConfig</code>
/// <para>No rule of severity Error or Warning about the location fails any more.</para>
/// </example>
/// <example>
/// <title>Mend a file in place</title>
/// <code>(Repair-SummitNginxConfig -Path ./summit-api -Site $site).Text | Set-Content -NoNewline -Path ./summit-api</code>
/// <para>For a file in a repository. On a server use Deploy-SummitNginxConfig.</para>
/// </example>
/// <seealso cref="TestSummitNginxConfigCommand"/>
/// <seealso cref="GetSummitNginxConfigCommand"/>
[Cmdlet(VerbsDiagnostic.Repair, "SummitNginxConfig", DefaultParameterSetName = "Config")]
[OutputType(typeof(SummitNginxConfig))]
public sealed class RepairSummitNginxConfigCommand : NginxConfigCmdlet
{
    /// <summary>The site, or the path of its JSON file; the guide's where none is given.</summary>
    /// <value>(New-SummitSite)</value>
    [Parameter(Position = 0)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    [SiteOrFile]
    public SummitSite Site { get; set; } = new();

    private protected override void Process(SummitNginxConfig config)
    {
        var repaired = NginxRepair.ApplyToSite(config, Site);
        foreach (var left in NginxRepair.Left(repaired, Site))
        {
            WriteWarning($"{left.Id} still fails, and no edit of this file is certain to mend it: {left.Evidence}");
        }

        WriteObject(repaired);
    }
}
