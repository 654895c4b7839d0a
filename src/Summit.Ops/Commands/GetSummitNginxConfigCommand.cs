using System.Collections;
using System.Management.Automation;
using System.Text;
using Summit.Ops.Completion;
using Summit.Ops.Hosts;
using Summit.Ops.Nginx;

namespace Summit.Ops.Commands;

/// <summary>Reads an nginx configuration: what nginx on a host reads, or a file with everything it includes.</summary>
/// <remarks>
/// <para>The configuration is parsed as nginx parses it, and goes on where nginx would stop: Diagnostics has what is wrong with file, line
/// and column, and the rest can still be used. An include that cannot be read is a diagnostic too.</para>
/// <para>Without -Path it asks the nginx of this machine, or of the instances that -InstanceId, -Tag or -Target name, with nginx -T,
/// through sudo -n where that is needed. nginx -T shows the disk, and not what runs: that is what a reload would bring.</para>
/// <para>The text of nginx -T comes with -InputObject or through the pipeline, line by line as a program writes it. A file of
/// sites-available, which has server blocks at its top, is read as the content of http.</para>
/// </remarks>
/// <example>
/// <title>This machine's nginx</title>
/// <code>Get-SummitNginxConfig | Test-SummitNginxConfig</code>
/// <para>Everything that nginx reads here, checked for the guide's site.</para>
/// </example>
/// <example>
/// <title>A main file and its includes</title>
/// <code>Get-SummitNginxConfig -Path /etc/nginx/nginx.conf</code>
/// <para>Path, servers and diagnostics; the servers have their locations and directives.</para>
/// </example>
/// <example>
/// <title>A dump that somebody made</title>
/// <code>Get-Content ./nginx-T.txt | Get-SummitNginxConfig</code>
/// <para>The same for the output of a program: sudo nginx -T | Get-SummitNginxConfig.</para>
/// </example>
/// <example>
/// <title>The configuration of instances</title>
/// <code>Get-SummitNginxConfig -Tag @{ Role = 'web' } -Region eu-west-1 | Test-SummitNginxConfig -Site $site</code>
/// <para>Over AWS Systems Manager; each configuration knows its Target.</para>
/// </example>
/// <example>
/// <title>Every place that passes requests on</title>
/// <code>(Get-SummitNginxConfig ./summit-api).Servers.Locations |
///     ForEach-Object { $_.Directives | Where-Object Name -eq proxy_pass }</code>
/// <para>Each directive has its file and line.</para>
/// </example>
/// <seealso cref="TestSummitNginxConfigCommand"/>
/// <seealso cref="ResolveSummitNginxLocationCommand"/>
[Cmdlet(VerbsCommon.Get, "SummitNginxConfig", DefaultParameterSetName = "Target")]
[OutputType(typeof(SummitNginxConfig))]
public sealed class GetSummitNginxConfigCommand : TargetingCmdlet
{
    private const int AtOnce = 500;
    private TargetRun? _run;
    private readonly StringBuilder _dump = new();

    /// <summary>Configuration files on this machine. * and ? are wildcards, save with -Prefix.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [Alias("FullName", "PSPath")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Configuration files, taken as it is written: no character in it is a wildcard.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>nginx's prefix (nginx -p): a path that is not absolute is looked for there.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    public string? Prefix { get; set; }

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

    /// <summary>The site, for how nginx is called on the host; the guide's where none is given.</summary>
    /// <value>(New-SummitSite)</value>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    [SiteOrFile]
    public SummitSite Site { get; set; } = new();

    /// <summary>The text that nginx -T writes, whole or line by line.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [AllowEmptyString]
    public string[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        CheckConnection();
        CheckWays(nameof(Target), nameof(InstanceId), nameof(Tag), nameof(HostName));
        CheckHosts(InstanceId, HostName);
        _run = new TargetRun(this, AtOnce, int.MaxValue, fleet: null, StopToken);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "InputObject")
        {
            foreach (var line in InputObject) _dump.Append(line).Append('\n');
            return;
        }

        if (ParameterSetName == "Target")
        {
            if (Tag is not null) return;
            foreach (var target in Hosts(Target, InstanceId, HostName)) Begin(target);
            return;
        }

        foreach (var path in Files())
        {
            Guard(path, () => WriteObject(
                NginxConfigReader.FromFile(path, new LocalConfigFiles(), Prefix is null ? null : FileSystemPath(Prefix))));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == "InputObject") Guard(target: null, () => WriteObject(NginxConfigReader.FromDump(_dump.ToString())));
        if (Tag is not null) FindTagged(Tag, Begin);
        _run!.Finish();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _run?.Dispose();
        base.Dispose(disposing);
    }

    private IEnumerable<string> Files()
    {
        var literal = ParameterSetName == "LiteralPath" ? LiteralPath : [];
        if (Prefix is not null) return literal.Concat(Path); // looked for below the prefix
        return literal.Select(FileSystemPath).Concat(Path.SelectMany(Matches));
    }

    private void Begin(SummitTarget named)
    {
        var target = Connected(named);
        _run!.Add(target, Site, async (queue, cancellation) =>
        {
            queue.Write(
                await NginxHostReader.ReadAsync(HostDirectory.For(target, progress: new StateProgress(queue, target)), Site, cancellation));
            return true;
        });
    }
}
