using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Summit.Ops.Probing.Certificates;
using Summit.Ops.Probing.Explaining;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Tls;

/// <summary>TLS: the handshake with the URI's name, HTTP/1.1 alone in ALPN, and the whole served chain judged.</summary>
internal static class TlsLayer
{
    private static readonly List<SslApplicationProtocol> Http11 = [SslApplicationProtocol.Http11];

    /// <summary>Puts TLS over the connection.</summary>
    /// <returns>
    /// False where a session was resumed that shows an older certificate than the server's: connect again,
    /// without <paramref name="recent"/>.
    /// </returns>
    /// <exception cref="LayerFailedException">The handshake failed, or the certificate is not good and must be.</exception>
    public static async Task<bool> PassAsync(
        ProbeConnection connection, ProbeTrace trace, ProbeBudget budget, RecentHandshakes handshakes, RecentHandshakes.Entry? recent)
    {
        trace.Stage = SummitProbeStage.Tls;
        var plan = trace.Plan;
        var began = trace.Time.GetTimestamp();
        var recorder = new FirstBytesStream(connection.Stream);
        var tls = new SslStream(recorder, leaveInnerStreamOpen: false);
        connection.Stream = tls;
        try
        {
            await tls.AuthenticateAsClientAsync(recent is null ? Whole(trace) : Resuming(trace), budget.Token);
        }
        catch (Exception error) when (error is AuthenticationException or IOException or InvalidOperationException)
        {
            budget.Token.ThrowIfCancellationRequested();
            if (recorder.First.Length == 0 && await SecondLook.SpeaksHttpAsync(trace, budget)) throw TlsFailures.PlainHttp(trace, error);
            throw TlsFailures.For(error, recorder.First, trace);
        }

        recorder.Forget();
        var leaf = tls.RemoteCertificate?.GetRawCertData() ?? [];
        if (recent is not null)
        {
            if (!leaf.AsSpan().SequenceEqual(recent.Leaf)) return false;
            trace.Certificate = recent.Certificate;
        }
        else if (trace.Certificate is { Problems.Count: 0 } good && !trace.ClientCertificateRequested)
        {
            handshakes.Add(trace, leaf, good);
        }

        trace.Tls = trace.Since(began);
        trace.TlsProtocol = Name(tls.SslProtocol);
        trace.TlsCipher = tls.NegotiatedCipherSuite.ToString();
        if (trace.Certificate is { Problems.Count: > 0 } certificate && !plan.Request.SkipCertificateCheck)
        {
            throw CertificateFailure(certificate, plan);
        }

        return true;
    }

    private static SslClientAuthenticationOptions Resuming(ProbeTrace trace) => new()
    {
        TargetHost = trace.Plan.Uri.AsciiHost,
        ApplicationProtocols = Http11,
        CertificateChainPolicy = ChainPolicies.For(trace.Plan.Anchors),
#pragma warning disable CA5359 // judged within the last second: the caller compares
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
    };

    private static SslClientAuthenticationOptions Whole(ProbeTrace trace)
    {
        var plan = trace.Plan;
        return new SslClientAuthenticationOptions
        {
            TargetHost = plan.Uri.AsciiHost,
            ApplicationProtocols = Http11,
            AllowTlsResume = false,
            CertificateChainPolicy = ChainPolicies.For(plan.Anchors),
#pragma warning disable CA5359 // gathered here and judged after the handshake: a bad certificate is a finding, not an exception
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
            {
                if (certificate is X509Certificate2 leaf && chain is not null)
                {
                    trace.Certificate = CertificateJudge.Judge(leaf, chain, plan.Uri.AsciiHost, plan.Anchors, trace.Time.GetUtcNow());
                }

                return true;
            },
#pragma warning restore CA5359
            LocalCertificateSelectionCallback = (_, _, _, remote, issuers) =>
            {
                if (remote is not null || issuers.Length > 0) trace.ClientCertificateRequested = true;
                return null!;
            },
        };
    }

    private static LayerFailedException CertificateFailure(SummitCertificate certificate, ProbePlan plan)
    {
        var worst = certificate.Problems[0];
        var more = certificate.Problems.Count == 1
            ? ""
            : $" And {(certificate.Problems.Count - 1).ToString(CultureInfo.InvariantCulture)} more: "
                + $"{string.Join(" ", certificate.Problems.Skip(1).Select(problem => problem.Explanation))}";
        return new LayerFailedException(
            SummitProbeStage.Tls, worst.Cause, worst.Explanation + more, $"Test-SummitCertificate -Uri {PowerShellWord.Quote(plan.Shown)}");
    }

    private static string Name(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls12 => "TLS 1.2",
        SslProtocols.Tls13 => "TLS 1.3",
        _ => protocol.ToString(),
    };
}
