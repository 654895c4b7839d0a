using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Probing.Certificates;

/// <summary>Tests the certificate that an endpoint serves, and whether it is the one that lies on the disk.</summary>
public sealed class CertificateTest
{
    private readonly TimeProvider _time;
    private readonly WebSocketProbe _probe;

    /// <summary>Makes one; it may run any number of tests, also at the same time.</summary>
    /// <param name="time">The clock that judges; null for the system's.</param>
    public CertificateTest(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _probe = new WebSocketProbe(_time);
    }

    /// <summary>Runs one: no request is sent, the connection ends after the TLS handshake.</summary>
    /// <param name="request">The endpoint, <c>wss://</c>.</param>
    /// <param name="warning">How much validity must be left.</param>
    /// <param name="path">The certificate file to compare; null for none.</param>
    /// <param name="host">The host that the file lies on; null for this machine.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>One check for each item, and the error that kept the file from being read, or null.</returns>
    /// <exception cref="SummitArgumentException">The request makes no sense, or is not for TLS.</exception>
    public async Task<(IReadOnlyList<SummitCheck> Checks, SummitException? FileError)> RunAsync(
        ProbeRequest request, TimeSpan warning, string? path, IHost? host, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        request = request with { TlsOnly = true, SkipCertificateCheck = true };
        var plan = ProbePlan.From(request);
        var probing = _probe.RunTlsAsync(request, cancellation);
        CertificateFile? file = null;
        SummitException? failure = null;
        try
        {
            if (path is not null)
            {
                file = host is null ? CertificateFile.Read(path) : await CertificateFile.ReadAsync(host, path, cancellation);
            }
        }
        catch (SummitException error)
        {
            failure = error;
        }

        var probe = await probing;
        var target = plan.Uri.HostHeader + (probe.Address.Length == 0 ? "" : $" ({probe.Address}:{probe.RemotePort})");
        return (new CertificateChecks(plan.Uri.AsciiHost, target, plan.Shown, warning, _time.GetUtcNow()).Evaluate(
            probe, file, failure?.Message), failure);
    }
}
