using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Diagnosis;
using Summit.Ops.Nginx;

namespace Summit.Ops.Commands;

/// <summary>Checks what a WebSocket request for a site really meets in an nginx configuration.</summary>
/// <remarks>
/// <para>The request for the site's WebSocket path is taken through the configuration as nginx would take it: listen socket, server block,
/// location, rewrites, inherited directives. The rules judge what it ends up with, not how the text looks, so headers that are lost by
/// inheritance or a regex that takes the path away are found.</para>
/// <para>The guide's own items come first. Severity Error breaks WebSockets, Warning breaks or degrades them for some, Advice is what the
/// guide asks for and nginx does not need. What could not be looked at is Unknown and says why: an include that was not read, a condition
/// on something that only the client knows.</para>
/// </remarks>
/// <example>
/// <title>A file on this machine</title>
/// <code>Test-SummitNginxConfig -Path /etc/nginx/nginx.conf</code>
/// <para>Reads the file and everything it includes, and checks it for the guide's site.</para>
/// </example>
/// <example>
/// <title>What nginx itself reads</title>
/// <code>sudo nginx -T | Get-SummitNginxConfig | Test-SummitNginxConfig -Site $site | Where-Object Status -eq Fail</code>
/// <para>Only what is wrong, with file, line and the command that mends it.</para>
/// </example>
/// <example>
/// <title>A gate before a deployment</title>
/// <code>$wrong = Get-SummitNginxConfig ./summit-api | Test-SummitNginxConfig -NginxVersion 1.22.1 |
///     Where-Object { $_.Status -eq 'Fail' -and $_.Severity -eq 'Error' }
/// if ($wrong) { exit 1 }</code>
/// <para>The version decides about defaults: from 1.29.7 on nginx speaks HTTP/1.1 to a backend by itself.</para>
/// </example>
/// <seealso cref="GetSummitNginxConfigCommand"/>
/// <seealso cref="ResolveSummitNginxLocationCommand"/>
/// <seealso cref="RepairSummitNginxConfigCommand"/>
[Cmdlet(VerbsDiagnostic.Test, "SummitNginxConfig", DefaultParameterSetName = "Config")]
[OutputType(typeof(SummitCheck))]
public sealed class TestSummitNginxConfigCommand : NginxConfigCmdlet
{
    /// <summary>The site, or the path of its JSON file; the guide's where none is given.</summary>
    /// <value>(New-SummitSite)</value>
    [Parameter(Position = 0)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    [SiteOrFile]
    public SummitSite Site { get; set; } = new();

    /// <summary>The version of the nginx that runs it, such as 1.22.1; without it one before 1.29.7 is taken.</summary>
    [Parameter]
    [NginxVersion]
    public string? NginxVersion { get; set; }

    private protected override void Process(SummitNginxConfig config) =>
        WriteObject(Suppressions.Mark(NginxRules.Evaluate(config, Site, NginxVersion), Site, config.Target), enumerateCollection: true);
}
