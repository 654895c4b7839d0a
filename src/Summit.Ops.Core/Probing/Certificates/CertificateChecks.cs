using Summit.Ops.Checks;
using Summit.Ops.Checks.Tls;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Certificates;

/// <summary>Judges a served certificate item by item, and the one on the disk against it: a pure function of both.</summary>
internal sealed class CertificateChecks(string host, string target, string uri, TimeSpan warning, DateTimeOffset now)
{
    private const string Reload = "Restart-SummitNginx";

    private static readonly CheckDefinition ServedDefinition = new(
        "Tls.Served", "A certificate is served", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes =
        [
            SummitCause.PlainHttpOnTlsPort, SummitCause.TlsProtocolMismatch, SummitCause.ClientCertificateRequired,
            SummitCause.NginxWrongServer,
        ],
    };

    private static readonly CheckDefinition ValidityDefinition = new(
        "Tls.Validity", "The certificate is within its validity", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.CertificateExpired, SummitCause.CertificateNotYetValid],
    };

    private static readonly CheckDefinition ExpiryDefinition = new(
        "Tls.Expiry", "Enough days of validity are left", SummitSeverity.Warning, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.CertificateExpired],
    };

    private static readonly CheckDefinition NameDefinition = new(
        "Tls.Name", site => $"The certificate includes {site.ServerName}", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.CertificateNameMismatch],
    };

    private static readonly CheckDefinition ChainDefinition = new(
        "Tls.Chain", "The full chain is served", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.CertificateChainIncomplete],
    };

    private static readonly CheckDefinition TrustDefinition = new(
        "Tls.Trust", "The chain ends in an authority that is trusted here", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.CertificateUntrusted],
    };

    private static readonly CheckDefinition StrengthDefinition = new(
        "Tls.Strength", "Keys and signatures are strong enough", SummitSeverity.Error, SummitRuleScope.Outside)
    {
        Causes = [SummitCause.CertificateWeak],
    };

    /// <summary>The items, in the order in which a client meets them; Tls.Loaded is a check of a diagnosis as well.</summary>
    public static IReadOnlyList<CheckDefinition> Definitions { get; } =
        [ServedDefinition, ValidityDefinition, ExpiryDefinition, NameDefinition, ChainDefinition, TrustDefinition, StrengthDefinition];

    /// <summary>All items, in the order in which a client trips over them.</summary>
    /// <param name="probe">What was seen on the wire.</param>
    /// <param name="file">What lies on the disk; null where that was not asked.</param>
    /// <param name="fileMissing">Why it could not be read; null where it could.</param>
    public IReadOnlyList<SummitCheck> Evaluate(SummitWebSocketResult probe, CertificateFile? file, string? fileMissing)
    {
        List<SummitCheck> checks = [Served(probe)];
        if (probe.Certificate is { } served)
        {
            checks.AddRange([Validity(served), Expiry(served), Name(served), Chain(served, file), Trust(served), Strength(served)]);
        }
        else
        {
            var why = probe.FailedStage == SummitProbeStage.Tls
                ? "No certificate was served."
                : $"The connection got no further than {probe.FailedStage}.";
            checks.AddRange(new[] { Validity(null), Expiry(null), Name(null), Chain(null, null), Trust(null), Strength(null) }.Select(
                check => check with { Evidence = why }));
        }

        if (file is not null) checks.Add(Loaded(file, probe.Certificate));
        else if (fileMissing is not null) checks.Add(new TlsLoaded().Definition.On(target).Unknown(fileMissing));
        return checks;
    }

    private SummitCheck Served(SummitWebSocketResult probe)
    {
        var finding = ServedDefinition.On(target);
        if (probe.Certificate is { } certificate)
        {
            return finding.Pass($"{certificate.Subject}, issued by {certificate.Issuer}, "
                + $"over {(probe.TlsProtocol.Length == 0 ? "TLS" : probe.TlsProtocol)}, with {certificate.Chain.Count} more in the chain.");
        }

        return probe.FailedStage == SummitProbeStage.Tls
            ? finding.Fail(probe.Cause, probe.Explanation, "a TLS handshake", "none", probe.Fix)
            : finding.Unknown(probe.Explanation, probe.Fix);
    }

    private SummitCheck Validity(SummitCertificate? served)
    {
        var finding = ValidityDefinition.On(target);
        return Judge(
            finding, served, [SummitCause.CertificateExpired, SummitCause.CertificateNotYetValid], "valid now",
            one => $"{one.NotBefore:yyyy-MM-dd} to {one.NotAfter:yyyy-MM-dd}",
            $"sudo certbot renew --cert-name {host} --deploy-hook 'nginx -s reload'");
    }

    private SummitCheck Expiry(SummitCertificate? served)
    {
        var finding = ExpiryDefinition.On(target) with { Title = $"More than {warning.TotalDays:0.#} days of validity are left" };
        if (served is null) return finding.Unknown("-");
        var first = served.Chain.Prepend(served).MinBy(one => one.NotAfter)!;
        var left = first.NotAfter - now;
        if (left <= TimeSpan.Zero) return finding.Skipped("It is over already: see Tls.Validity.");
        var evidence = $"{first.Subject} is valid to {first.NotAfter:yyyy-MM-dd HH:mm}Z, {left.TotalDays:0.#} days from now.";
        return left > warning
            ? finding.Pass(evidence, $"more than {warning.TotalDays:0.#} days", $"{left.TotalDays:0.#} days")
            : finding.Fail(
                SummitCause.CertificateExpired, evidence, $"more than {warning.TotalDays:0.#} days",
                $"{left.TotalDays:0.#} days",
                $"sudo certbot renew --cert-name {host} --deploy-hook 'nginx -s reload'");
    }

    private SummitCheck Name(SummitCertificate? served)
    {
        var finding = NameDefinition.On(target, new SummitSite { ServerName = host });
        return Judge(
            finding, served, [SummitCause.CertificateNameMismatch], host, one => string.Join(", ", one.Names),
            $"sudo certbot --nginx -d {host}");
    }

    private SummitCheck Chain(SummitCertificate? served, CertificateFile? file)
    {
        var finding = ChainDefinition.On(target);
        var check = Judge(
            finding, served, [SummitCause.CertificateChainIncomplete],
            "the server's certificate and every intermediate",
            one => string.Join(" > ", one.Chain.Prepend(one).Select(link => link.Subject)),
            $"sudo nginx -T 2>/dev/null | grep -n 'ssl_certificate '");
        return check.Status == SummitCheckStatus.Fail && file is { Certificate.Chain.Count: 0 }
            ? check with { Evidence = $"{check.Evidence} {file.Path} holds that one certificate only.", File = file.Path }
            : check;
    }

    private SummitCheck Trust(SummitCertificate? served)
    {
        var finding = TrustDefinition.On(target);
        if (served is not null && Problems(served, [SummitCause.CertificateChainIncomplete]).Count > 0
            && Problems(served, [SummitCause.CertificateUntrusted]).Count == 0)
        {
            return finding.Unknown("The chain is not complete, so its end is not known: see Tls.Chain.");
        }

        return Judge(
            finding, served, [SummitCause.CertificateUntrusted], "a trusted root",
            one => one.Chain.Count == 0 ? one.Issuer : one.Chain[^1].Issuer,
            $"Test-SummitCertificate -Uri {PowerShellWord.Quote(uri)} -CertificateAuthority ./ca.pem");
    }

    private SummitCheck Strength(SummitCertificate? served)
    {
        var finding = StrengthDefinition.On(target);
        return Judge(
            finding, served, [SummitCause.CertificateWeak], "RSA 2048 or ECDSA 256, SHA-256",
            one => $"{one.Key}, {one.SignatureAlgorithm}",
            $"sudo certbot certonly --nginx -d {host} --key-type ecdsa --force-renewal");
    }

    private SummitCheck Loaded(CertificateFile file, SummitCertificate? served)
    {
        var finding = new TlsLoaded().Definition.On(target);
        var disk = file.Certificate;
        var lies = $"{file.Path} on {file.Target} holds {disk.Subject}, valid to {disk.NotAfter:yyyy-MM-dd HH:mm}Z";
        if (served is null) return finding.Unknown($"{lies}; nothing was served to compare it with.");
        if (disk.Sha256 == served.Sha256)
        {
            return finding.Pass($"{lies}, and that is what is served.", disk.Sha256, served.Sha256) with { File = file.Path };
        }

        if (disk.NotBefore > served.NotBefore)
        {
            return finding.Fail(
                SummitCause.CertificateNotReloaded,
                $"{lies}; it is newer than the one that is served, which ends on {served.NotAfter:yyyy-MM-dd HH:mm}Z: "
                    + "nginx was not reloaded since it was renewed.",
                disk.Sha256, served.Sha256, Reload, file.Path);
        }

        return finding.Fail(
            SummitCause.Unknown,
            $"{lies}; the one that is served is another and newer ({served.Subject}, valid to {served.NotAfter:yyyy-MM-dd HH:mm}Z): "
                + "nginx reads it from another file, or something in front ends TLS.",
            disk.Sha256, served.Sha256, "sudo nginx -T 2>/dev/null | grep -n 'ssl_certificate '", file.Path);
    }

    private static SummitCheck Judge(
        Finding finding, SummitCertificate? served, SummitCause[] causes, string expected,
        Func<SummitCertificate, string> actual, string fix)
    {
        if (served is null) return finding.Unknown("-");
        var problems = Problems(served, causes);
        return problems.Count == 0
            ? finding.Pass($"{actual(served)}.", expected, actual(served))
            : finding.Fail(
                problems[0].Cause, string.Join(' ', problems.Select(problem => problem.Explanation)), expected, actual(served), fix);
    }

    private static List<SummitCertificateProblem> Problems(SummitCertificate served, SummitCause[] causes) =>
        [.. served.Problems.Where(problem => causes.Contains(problem.Cause))];
}
