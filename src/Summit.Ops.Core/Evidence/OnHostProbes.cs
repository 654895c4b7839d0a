using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Summit.Ops.Probing;
using Summit.Ops.Probing.Certificates;

namespace Summit.Ops.Evidence;

/// <summary>
/// The hops that only the host itself can try: it keeps the raw answers, and they are judged here by the same rules as every probe's.
/// </summary>
internal static class OnHostProbes
{
    /// <summary>The probes that the host's evidence holds.</summary>
    /// <param name="evidence">What the host said.</param>
    /// <param name="site">The site.</param>
    /// <param name="withToken">
    /// Whether the caller has a token. It does not travel to the host, so a refusal for want of one says nothing and is left out.
    /// </param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<List<SummitWebSocketResult>> ReadAsync(
        HostEvidence evidence, SummitSite site, bool withToken, TimeProvider time, CancellationToken cancellation)
    {
        var hops = new List<SummitWebSocketResult>();
        foreach (var (name, request) in new[]
        {
            (SiteEvidence.BackendHop, SiteProbes.Backend(site, token: null)),
            (SiteEvidence.LoopbackHop, SiteProbes.Loopback(site, token: null)),
        })
        {
            if (!evidence.Sections.TryGetValue($"hop.{name}", out var section)) continue;
            var said = evidence.Sections.GetValueOrDefault($"hop.{name}.said")?.Text ?? "";
            var answer = new RecordedAnswer(section.ToBytes(), section.ExitCode, said);
            if (!answer.SaysSomething) continue;
            var result = await RecordedHandshake.JudgeAsync(request, answer, time, cancellation);
            if ((result.FailedStage != SummitProbeStage.Tls || result.HttpStatus is not null)
                && evidence.Sections.TryGetValue($"hop.{name}.chain", out var chain))
            {
                result = result with { Certificate = Served(chain.Text, request, time) };
            }

            if (withToken && result.Cause is SummitCause.AuthenticationFailed) continue;
            hops.Add(SiteProbes.At(name, site, result));
        }

        return hops;
    }

    /// <summary>
    /// The chain that the host was served, judged as a probe judges the one it is served itself; null where it cannot be read.
    /// </summary>
    private static SummitCertificate? Served(string pem, ProbeRequest request, TimeProvider time)
    {
        var plan = ProbePlan.From(request);
        try
        {
            var sent = new X509Certificate2Collection();
            sent.ImportFromPem(pem);
            if (sent.Count == 0) return null;
            using var chain = new X509Chain { ChainPolicy = ChainPolicies.For(plan.Anchors) };
            foreach (var certificate in sent) chain.ChainPolicy.ExtraStore.Add(certificate);
            chain.Build(sent[0]);
            return CertificateJudge.Judge(sent[0], chain, plan.Uri.AsciiHost, plan.Anchors, time.GetUtcNow());
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
