using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Errors;
using Summit.Ops.Probing;

namespace Summit.Ops.Commands;

/// <summary>What the cmdlets that dial an endpoint share: where to, and how to get there.</summary>
public abstract class EndpointCmdlet : SummitCmdlet
{
    private ProbeProgress? _progress;
    private ConcurrentPipeline? _pipeline;

    /// <summary>
    /// The endpoints, wss://host/path or ws://host/path; path and query are sent exactly as written. Without
    /// -Uri and -Site it is the guide's.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Uri")]
    [AllowEmptyString]
    public string[]? Uri { get; set; }

    /// <summary>The site whose endpoint is meant, or the path of its JSON file; its certificate authority is trusted.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Site")]
    [Parameter(ParameterSetName = "Uri")]
    [ArgumentCompleter(typeof(SiteCompleter))]
    [SiteOrFile]
    public SummitSite? Site { get; set; }

    /// <summary>The host:port to connect to instead; the name for SNI, Host and the certificate stays the URI's.</summary>
    [Parameter]
    public string? ConnectTo { get; set; }

    /// <summary>One budget, in seconds, for everything but a -Hold or -Duration.</summary>
    [Parameter]
    public int TimeoutSec { get; set; } = 10;

    /// <summary>A PEM file with authorities to trust beside the system's.</summary>
    [Parameter]
    public string? CertificateAuthority { get; set; }

    /// <summary>
    /// The HTTP proxy, http://host:port; without it the system's is used, and none for this machine. 'none' goes without. SOCKS and
    /// HTTPS proxies are not spoken to.
    /// </summary>
    [Parameter]
    public string? Proxy { get; set; }

    /// <summary>Everything but the URI.</summary>
    private protected virtual ProbeRequest Options => new()
    {
        Command = MyInvocation.MyCommand.Name,
        ConnectTo = ConnectTo,
        Timeout = TimeSpan.FromSeconds(TimeoutSec),
        CertificateAuthority = CertificateAuthority is { Length: > 0 } path ? FileSystemPath(path) : null,
        Proxy = Proxy,
    };

    /// <summary>
    /// The site that is meant: none where a URI is given, so that a site of $PSDefaultParameterValues is in nobody's way.
    /// </summary>
    /// <remarks>A site from the pipeline has a URI of its own, which the engine binds too.</remarks>
    private protected SummitSite? MeantSite =>
        Uri is { Length: > 0 } && !(Site is not null && Uri is [var own] && own == Site.Uri) ? null : Site;

    /// <summary>The same for all endpoints, made once.</summary>
    private protected ProbeRequest Shared { get; private set; } = new();

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Uri)) && Uri is not { Length: > 0 }) Throw(NoUri());
        Shared = Options;
        try
        {
            // what is wrong for one endpoint is wrong for all: said once, before anything is sent
            _ = ProbeRequest.Create(new SummitSite().Uri, Shared);
        }
        catch (SummitArgumentException error)
        {
            Throw(error);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _pipeline?.Finish();
        _progress?.Complete();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _pipeline?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Makes ready to work on many endpoints at the same time.</summary>
    /// <param name="activity">What is done, for the progress.</param>
    /// <param name="each">How long one takes at least.</param>
    /// <param name="limit">How many at once: -ThrottleLimit.</param>
    private protected void WorkConcurrently(string activity, TimeSpan each, int limit)
    {
        Within("ThrottleLimit", limit, 1, 10_000, 32);
        _progress = new ProbeProgress(this, activity, each);
        _pipeline = new ConcurrentPipeline(this, limit, _progress.Tick, StopToken);
    }

    /// <summary>Works on each endpoint of this pipeline item, among the others.</summary>
    private protected void Begin(Func<ProbeRequest, PipelineQueue, CancellationToken, Task> work)
    {
        foreach (var request in Requests()) _pipeline!.Add((queue, cancellation) => work(request, queue, cancellation));
    }

    /// <summary>Counts a failed endpoint in the progress.</summary>
    private protected void CountFailed(PipelineQueue queue) => queue.Post(_ => _progress!.Failed++);

    /// <summary>The requests of this pipeline item; an endpoint that makes no sense is an error of its own.</summary>
    private protected IReadOnlyList<ProbeRequest> Requests()
    {
        var (requests, site) = (new List<ProbeRequest>(), MeantSite);
        var options = Shared;
        if (site is { CertificateAuthorityPath.Length: > 0 } && options.CertificateAuthority is null)
        {
            options = options with { CertificateAuthority = FileSystemPath(site.CertificateAuthorityPath) };
        }

        if (site is null && Uri is not { Length: > 0 }
            && (MyInvocation.ExpectingInput || MyInvocation.BoundParameters.ContainsKey(nameof(Uri))))
        {
            // a variable without a value must not mean the guide's endpoint
            WriteError(ErrorRecords.From(NoUri()));
            return [];
        }

        if (site is null && Uri is null)
        {
            WriteVerbose($"Neither -Uri nor -Site was given: the guide's endpoint is meant, {new SummitSite().Uri}.");
        }

        if (site is not null) options = options with { Site = site };
        foreach (var uri in site is not null ? [site.Uri] : Uri ?? [new SummitSite().Uri])
        {
            Guard(null, () => requests.Add(ProbeRequest.Create(uri, options)));
        }

        return requests;
    }

    private SummitArgumentException NoUri() =>
        new("UriEmpty", "No URI was given.", null, $"{MyInvocation.MyCommand.Name} -Uri 'wss://host.example.com/ws'");

    /// <summary>Ends the pipeline where a number is out of its range: the engine's own validation has no advice to give.</summary>
    private protected void Within(string parameter, int value, int least, int most, int example)
    {
        if (value >= least && value <= most) return;
        Throw(new SummitArgumentException(
            $"{parameter}Invalid", $"-{parameter} {value} makes no sense: it is {least:N0} to {most:N0}.", value,
            $"{MyInvocation.MyCommand.Name} -{parameter} {example}"));
    }
}
