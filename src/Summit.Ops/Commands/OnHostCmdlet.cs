using System.Management.Automation;
using System.Net;
using System.Security;
using Summit.Ops.Completion;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Sites;

namespace Summit.Ops.Commands;

/// <summary>What the cmdlets share that look at a site on a host, or change it there.</summary>
public abstract class OnHostCmdlet : SummitCmdlet
{
    /// <summary>The site; the guide's where none is given.</summary>
    /// <value>(New-SummitSite)</value>
    [Parameter(Position = 0)]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(SiteCompleter))]
    public SummitSite Site { get; set; } = new();

    /// <summary>The hosts to work on; this machine where none is given.</summary>
    /// <value>This machine</value>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public SummitTarget[] Target { get; set; } = [SummitTarget.Local];

    /// <summary>A token that the application asks for: it is sent with the probes and shown nowhere.</summary>
    [Parameter]
    public SecureString? Token { get; set; }

    /// <summary>The token as it goes over the wire; null where none was given.</summary>
    private protected string? PlainToken => Token is null ? null : new NetworkCredential("", Token).Password;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            SiteRules.Check(Site);
        }
        catch (SummitException error)
        {
            Throw(error);
        }
    }

    /// <summary>Gathers a site's evidence on a host, with progress while it takes longer than a moment.</summary>
    private protected async Task<SiteEvidence> GatherAsync(PipelineQueue queue, IHost host)
    {
        queue.Verbose($"Gathering evidence on {host.Target} for {Site.Uri}.");
        using var progress = queue.Activity("Gathering evidence", $"{Site} on {host.Target}");
        var evidence = await new SiteGatherer(TimeProvider.System).GatherAsync(host, Site, PlainToken, StopToken);
        if (evidence.Host is { } gathered) queue.Verbose($"{host.Target} answered in {gathered.Duration.TotalMilliseconds:0} ms.");
        return evidence;
    }
}
