using System.Management.Automation;
using Summit.Ops.Completion;
using Summit.Ops.Diagnosis;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Hosts.Ssh;
using Summit.Ops.Probing;
using Summit.Ops.Probing.Certificates;

namespace Summit.Ops.Commands;

/// <summary>Tests the certificate chain that an endpoint serves, item by item, and whether it is the one on the disk.</summary>
/// <remarks>
/// <para>Test-SummitCertificate opens TLS, looks at the chain as it was sent, and emits one check for each item: is one served, is it valid
/// now and for how long, is it for the name, is the chain complete, is its end trusted, are keys and signatures strong. All problems are
/// gathered; the first does not hide the rest.</para>
/// <para>Nothing is downloaded and no revocation service is asked: a missing intermediate is found, not mended, because other
/// clients do not mend it.</para>
/// <para>With -Path the certificate file is compared with what is served: a certificate that was renewed on the disk and is not served yet
/// means that nginx was not reloaded. The file is read on this machine, or on the hosts that -InstanceId or -Target name, one comparison
/// for each. Only certificates leave the host, never a key.</para>
/// </remarks>
/// <example>
/// <title>Is the certificate all right?</title>
/// <code>Test-SummitCertificate -Uri 'wss://summit-api.codingeverest.com/ws'</code>
/// <para>Shows each item with its evidence; what fails has a command that mends it.</para>
/// </example>
/// <example>
/// <title>Only what is wrong, a month ahead</title>
/// <code>Test-SummitCertificate -Uri 'wss://summit-api.codingeverest.com/ws' -WarningDays 30 | Where-Object Status -EQ Fail</code>
/// <para>Less than -WarningDays of validity is a failed check of severity Warning.</para>
/// </example>
/// <example>
/// <title>Renewed, but not reloaded?</title>
/// <code>$file = '/etc/letsencrypt/live/summit-api.codingeverest.com/fullchain.pem'
/// Test-SummitCertificate -Uri 'wss://summit-api.codingeverest.com/ws' -ConnectTo '127.0.0.1:443' -Path $file</code>
/// <para>Run on the server: compares the file with what nginx serves.</para>
/// </example>
/// <example>
/// <title>The same from elsewhere</title>
/// <code>Test-SummitCertificate -Site $site -InstanceId i-06bc5b2218c041802 -Region eu-west-1</code>
/// <para>The site's certificate file on the instance, read over AWS Systems Manager, against what clients get. Behind a load balancer add
/// -ConnectTo with the instance's own address.</para>
/// </example>
/// <example>
/// <title>A private authority</title>
/// <code>Test-SummitCertificate -Uri 'wss://internal.example.com/ws' -CertificateAuthority ./company-root.pem</code>
/// <para>Trusts the authorities of the file beside the system's.</para>
/// </example>
/// <seealso cref="TestSummitWebSocketCommand"/>
[Cmdlet(VerbsDiagnostic.Test, "SummitCertificate", DefaultParameterSetName = "Uri")]
[OutputType(typeof(SummitCheck))]
public sealed class TestSummitCertificateCommand : EndpointCmdlet
{
    private readonly CertificateTest _test = new();
    private readonly List<SummitTarget?> _hosts = [];

    /// <summary>The certificate file (ssl_certificate) to compare with what is served.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>
    /// The hosts that -Path lies on; without any this machine. For a -Site without -Path it is the site's certificate path there.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [TargetsOnly]
    public SummitTarget[]? Target { get; set; }

    /// <summary>Instances that -Path lies on, by id, reached over AWS Systems Manager.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceCompleter))]
    public string[]? InstanceId { get; set; }

    /// <summary>
    /// Hosts whose file -Path names, reached by this machine's OpenSSH client: user@host:port, or an alias of ~/.ssh/config.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[]? HostName { get; set; }

    /// <summary>Options of ssh for -HostName, each as after ssh -o.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] SshOption { get; set; } = [];

    /// <summary>The AWS region of -InstanceId. Without it: the profile's, AWS_REGION, or that of the instance this runs on.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string? Region { get; set; }

    /// <summary>The AWS profile for -InstanceId; more of an account, and tags, take -Target with what Get-SummitTarget gives.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    [ValidateNotNullOrEmpty]
    public string? ProfileName { get; set; }

    /// <summary>How many days of validity must be left.</summary>
    [Parameter]
    public int WarningDays { get; set; } = 21;

    /// <summary>How many endpoints are tested at the same time.</summary>
    [Parameter]
    public int ThrottleLimit { get; set; } = 32;

    /// <inheritdoc/>
    private protected override ProbeRequest Options => base.Options with { TlsOnly = true };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Within(nameof(WarningDays), WarningDays, 0, 36_500, 21);
        var ways = new[]
        {
            (nameof(Target), Target is not null), (nameof(InstanceId), InstanceId is not null), (nameof(HostName), HostName is not null),
        }.Where(way => way.Item2).Select(way => way.Item1).ToList();
        if (ways.Count > 1)
        {
            Throw(new SummitArgumentException(
                "TargetAmbiguous",
                $"Hosts are named by -{string.Join(" and by -", ways)}: one of them is enough.",
                null, "Get-Help about_Summit_Ops"));
        }

        if (ways.Count == 0 && AwsCmdlet.AwsWithoutHost(this, "-InstanceId or -Target") is { } nowhere) Throw(nowhere);
        if (AwsCmdlet.WrongInstanceId(InstanceId ?? []) is { } wrong) Throw(wrong);
        var connection = new AwsConnection { Region = Region, ProfileName = ProfileName, Purpose = MyInvocation.MyCommand.Name };
        if (HostName is not null) BySsh(HostName);
        _hosts.AddRange(Target
            ?? InstanceId?.Select(id => new SummitTarget { Name = id, Kind = SummitTargetKind.Ssm, InstanceId = id, Region = Region
                ?? "", Connection = connection })
            ?? []);
        if (_hosts.Count == 0) _hosts.Add(null); // this machine
        WorkConcurrently("Testing certificates", TimeSpan.Zero, ThrottleLimit);
    }

    private void BySsh(string[] names)
    {
        try
        {
            _hosts.AddRange(names.Select(name => SshHost.TargetOf(name, SshOption)));
        }
        catch (SummitException error)
        {
            Throw(error);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // read here: the next pipeline item brings another site, while this one is still worked on
        var site = MeantSite;
        foreach (var host in _hosts)
        {
            var path = Path is not null
                ? (host is null ? FileSystemPath(Path) : Path)
                : host is not null && site is { CertificatePath.Length: > 0 } ? site.CertificatePath : null;
            Begin((request, queue, cancellation) => TestAsync(request, path, host, site, queue, cancellation));
        }
    }

    private async Task TestAsync(
        ProbeRequest request, string? path, SummitTarget? host, SummitSite? site, PipelineQueue queue, CancellationToken cancellation)
    {
        queue.Verbose($"Opening TLS to {request}{(path is null ? "" : $", and reading {path}{(host is null ? "" : $" on {host}")}")}.");
        var (found, error) = await _test.RunAsync(
            request, TimeSpan.FromDays(WarningDays), path, host is null ? null : HostDirectory.For(host), cancellation);
        if (error is not null) queue.Error(error);
        var checks = site is null ? found : Suppressions.Mark(found, site, host);
        if (checks.Any(check => check is { Status: SummitCheckStatus.Fail, Suppression: null })) CountFailed(queue);
        foreach (var check in checks) queue.Write(check);
    }
}
