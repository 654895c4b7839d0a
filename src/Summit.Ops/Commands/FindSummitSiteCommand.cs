using System.Collections;
using System.Management.Automation;
using System.Text;
using Summit.Ops.Completion;
using Summit.Ops.Discovery;
using Summit.Ops.Hosts;
using Summit.Ops.Nginx;

namespace Summit.Ops.Commands;

/// <summary>Finds the sites that an nginx proxies WebSockets for, ready for Invoke-SummitDiagnostic and Export-SummitSite.</summary>
/// <remarks>
/// <para>Every server block and location that passes requests on by proxy_pass is looked at, as nginx itself would reach it: a location
/// that no request reaches is no site, and a warning names it. A site has the name, port and path that clients use, the backend, the file
/// of its block, and the certificate.</para>
/// <para>Only those that look like WebSockets come out; with -All each one. Likelihood and SeenBy say what speaks for it: upgrade headers,
/// a map of $http_upgrade, a long proxy_read_timeout, a name such as /ws or /socket.io. With -Probe the host tries a real handshake at each
/// backend; a 101 makes it Confirmed.</para>
/// <para>Without -Path it asks the running nginx of this machine, or of the hosts that are named. What comes out knows its host: the next
/// cmdlet in the pipeline goes there. A configuration of Get-SummitNginxConfig and the text of nginx -T come through the pipeline.</para>
/// <para>What the configuration leaves open is in Notes: a backend that depends on a variable, a UNIX socket, a name that only stands for a
/// pattern, a server without TLS.</para>
/// </remarks>
/// <example>
/// <title>Which WebSockets does this machine serve, and do they work?</title>
/// <code>Find-SummitSite | Invoke-SummitDiagnostic</code>
/// <para>One verdict for each site.</para>
/// </example>
/// <example>
/// <title>Instances, with a handshake at each backend</title>
/// <code>Find-SummitSite -Tag @{ Role = 'web' } -Region eu-west-1 -Probe | Format-List Name, Uri, Target, Likelihood, SeenBy, Notes</code>
/// <para>Over AWS Systems Manager. SeenBy has what each backend answered.</para>
/// </example>
/// <example>
/// <title>A file for each site</title>
/// <code>Find-SummitSite -Path /etc/nginx/nginx.conf | ForEach-Object { $_ | Export-SummitSite -Path "./$($_.Name).site.json" }</code>
/// <para>The files go beside the runbook; Import-SummitSite reads them.</para>
/// </example>
/// <example>
/// <title>A dump that somebody made</title>
/// <code>Get-Content ./nginx-T.txt | Find-SummitSite -All</code>
/// <para>Every location that proxies, also those that do not look like WebSockets.</para>
/// </example>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
/// <seealso cref="ExportSummitSiteCommand"/>
/// <seealso cref="GetSummitNginxConfigCommand"/>
[Cmdlet(VerbsCommon.Find, "SummitSite", DefaultParameterSetName = "Target")]
[OutputType(typeof(SummitFoundSite))]
public sealed class FindSummitSiteCommand : TargetingCmdlet
{
    private const int AtOnce = 500;
    private const int MostWarnings = 20;
    private readonly StringBuilder _dump = new();
    private TargetRun? _run;

    /// <summary>Configuration files on this machine; what they include is read too. * and ? are wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [Alias("FullName", "PSPath")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>A configuration, as Get-SummitNginxConfig gives it.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Config")]
    [ValidateNotNull]
    public SummitNginxConfig? Config { get; set; }

    /// <summary>The text that nginx -T writes, whole or line by line.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [AllowEmptyString]
    public string[] InputObject { get; set; } = [];

    /// <summary>The hosts to ask; this machine where none is given.</summary>
    /// <value>This machine</value>
    [Parameter(ValueFromPipeline = true, ParameterSetName = "Target")]
    [ValidateNotNullOrEmpty]
    [TargetsOnly]
    public SummitTarget[]? Target { get; set; }

    /// <summary>Instances to ask, by id, reached over AWS Systems Manager.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = "Target")]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public string[]? InstanceId { get; set; }

    /// <summary>
    /// Hosts to ask, reached by this machine's OpenSSH client: user@host:port, ssh://user@host:port, or an alias of ~/.ssh/config.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = "Target")]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[]? HostName { get; set; }

    /// <summary>
    /// Instances to ask, by tag: running ones that have all of these. Several values of one tag are alternatives; * and ? are wildcards.
    /// </summary>
    [Parameter(ParameterSetName = "Target")]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public Hashtable? Tag { get; set; }

    /// <summary>
    /// What the sites have in common: how nginx is called on the host, a private certificate authority, the backend's account. A server
    /// name that is set there is tried first.
    /// </summary>
    /// <value>(New-SummitSite)</value>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    [SiteOrFile]
    public SummitSite Site { get; set; } = new();

    /// <summary>Every location that passes requests on, and not only those that look like WebSockets.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Tries a WebSocket handshake at each backend, from its host.</summary>
    [Parameter(ParameterSetName = "Target")]
    public SwitchParameter Probe { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        CheckConnection();
        CheckWays(nameof(Target), nameof(InstanceId), nameof(Tag), nameof(HostName));
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(Path))) CheckHosts(InstanceId, HostName);
        _run = new TargetRun(this, AtOnce, int.MaxValue, fleet: null, StopToken);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "InputObject":
                foreach (var line in InputObject) _dump.Append(line).Append('\n');
                break;
            case "Config":
                Guard(Config!.Path, () => Show(SiteSearch.In(Config, new SearchOptions(Site))));
                break;
            case "Path":
                foreach (var path in Path.SelectMany(Matches))
                {
                    Guard(path, () => Show(SiteSearch.In(
                        NginxConfigReader.FromFile(path, new LocalConfigFiles(), prefix: null),
                        new SearchOptions(Site, RealPath: LocalConfigFiles.LinkTarget))));
                }

                break;
            case "Target" when Tag is null:
                foreach (var target in Hosts(Target, InstanceId, HostName)) Begin(target);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == "InputObject")
        {
            Guard(target: null, () => Show(SiteSearch.In(NginxConfigReader.FromDump(_dump.ToString()), new SearchOptions(Site))));
        }

        if (Tag is not null) FindTagged(Tag, Begin);
        _run!.Finish();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _run?.Dispose();
        base.Dispose(disposing);
    }

    private void Begin(SummitTarget named)
    {
        var target = Connected(named);
        _run!.Add(target, Site, async (queue, cancellation) =>
        {
            using var progress = queue.Activity("Looking for sites", $"{target}");
            var found = await new HostSearch(TimeProvider.System).FindAsync(
                HostDirectory.For(target, progress: new StateProgress(queue, target)), Site, Probe, cancellation);
            queue.Post(_ => Show(found));
            return true;
        });
    }

    private void Show(SearchResult found)
    {
        foreach (var warning in found.Warnings.Take(MostWarnings)) WriteWarning(warning);
        if (found.Warnings.Count > MostWarnings)
        {
            WriteWarning($"{found.Warnings.Count - MostWarnings} more like these; -Verbose shows them.");
        }

        foreach (var warning in found.Warnings.Skip(MostWarnings)) WriteVerbose(warning);
        var chosen = SiteChoice.Of(found.Sites, All);
        foreach (var site in chosen) WriteObject(site);
        if (chosen.Count < found.Sites.Count)
        {
            WriteVerbose(
                $"{found.Sites.Count - chosen.Count} more locations pass requests on and do not look like WebSockets: -All shows them.");
        }
    }
}
