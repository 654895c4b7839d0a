using System.Security.Cryptography.X509Certificates;
using Summit.Ops.Probing.Tls;

namespace Summit.Ops.Probing.Certificates;

/// <summary>Everything wrong with a served chain, each an item of its own, what hurts most first.</summary>
internal static class CertificateJudge
{
    private const X509ChainStatusFlags TrustFlags = X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot;

    private const X509ChainStatusFlags BrokenFlags = X509ChainStatusFlags.NotSignatureValid | X509ChainStatusFlags.InvalidBasicConstraints
        | X509ChainStatusFlags.InvalidNameConstraints
        | X509ChainStatusFlags.HasExcludedNameConstraint | X509ChainStatusFlags.HasNotPermittedNameConstraint
        | X509ChainStatusFlags.HasNotDefinedNameConstraint
        | X509ChainStatusFlags.HasNotSupportedNameConstraint | X509ChainStatusFlags.InvalidPolicyConstraints
        | X509ChainStatusFlags.InvalidExtension
        | X509ChainStatusFlags.HasNotSupportedCriticalExtension | X509ChainStatusFlags.ExplicitDistrust | X509ChainStatusFlags.Cyclic
        | X509ChainStatusFlags.NotValidForUsage;

    /// <summary>Judges what a server sent.</summary>
    /// <param name="leaf">Its certificate.</param>
    /// <param name="chain">The chain that was built from what it sent; its ExtraStore holds that.</param>
    /// <param name="host">The name that was asked for.</param>
    /// <param name="anchors">Authorities that were named by the caller, or null.</param>
    /// <param name="now">The time.</param>
    public static SummitCertificate Judge(X509Certificate2 leaf, X509Chain chain, string host, TrustAnchors? anchors, DateTimeOffset now)
    {
        var served = chain.ChainPolicy.ExtraStore
            .Where(certificate => !certificate.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span)).ToList();
        var problems = new List<SummitCertificateProblem>();
        Validity(leaf, served, chain, now, problems);
        Name(leaf, host, problems);
        Trust(leaf, served, chain, anchors, problems);
        Strength(leaf, chain, problems);
        return CertificateFacts.Describe(leaf) with { Problems = problems, Chain = [.. served.Select(CertificateFacts.Describe)] };
    }

    private static void Validity(
        X509Certificate2 leaf, List<X509Certificate2> served, X509Chain chain, DateTimeOffset now, List<SummitCertificateProblem> problems)
    {
        foreach (var certificate in chain.ChainElements.Select(element => element.Certificate).Prepend(leaf)
            .DistinctBy(certificate => certificate.Thumbprint))
        {
            var isLeaf = certificate.Thumbprint == leaf.Thumbprint;

            // an old root that is trusted all the same is the store's affair, not the server's
            if (!isLeaf && !served.Exists(one => one.Thumbprint == certificate.Thumbprint)) continue;
            var what = isLeaf ? "The certificate" : $"The intermediate certificate '{Short(certificate)}'";
            var (from, to) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
            if (to < now.UtcDateTime)
            {
                problems.Add(
                    new(SummitCause.CertificateExpired, $"{what} expired on {to:yyyy-MM-dd HH:mm}Z, {Age(now.UtcDateTime - to)} ago."));
            }
            else if (from > now.UtcDateTime)
            {
                problems.Add(new(
                    SummitCause.CertificateNotYetValid,
                    $"{what} is valid only from {from:yyyy-MM-dd HH:mm}Z, in {Age(from - now.UtcDateTime)}; or a clock is wrong."));
            }
        }
    }

    private static void Name(X509Certificate2 leaf, string host, List<SummitCertificateProblem> problems)
    {
        if (leaf.MatchesHostname(host.Split('%')[0], allowWildcards: true, allowCommonName: false)) return;
        var names = CertificateFacts.Describe(leaf).Names;
        var has = names.Count == 0
            ? "names no host at all (no subjectAltName; a common name is no longer looked at)"
            : $"is for {string.Join(", ", names.Take(8))}{(names.Count > 8 ? " …" : "")}";
        problems.Add(new(SummitCause.CertificateNameMismatch, $"The certificate {has}, not for {host}."));
    }

    private static void Trust(
        X509Certificate2 leaf, List<X509Certificate2> served, X509Chain chain, TrustAnchors? anchors,
        List<SummitCertificateProblem> problems)
    {
        var flags = Flags(chain);
        var elements = chain.ChainElements.Select(element => element.Certificate).ToList();
        if ((flags & TrustFlags) != X509ChainStatusFlags.NoError && anchors is not null)
        {
            // not by the authority that was named; then perhaps by the system's
            using var second = new X509Chain { ChainPolicy = ChainPolicies.For(null) };
            foreach (var certificate in served) second.ChainPolicy.ExtraStore.Add(certificate);
            second.Build(leaf);
            if ((Flags(second) & TrustFlags) == X509ChainStatusFlags.NoError)
            {
                flags = Flags(second);
                elements = [.. second.ChainElements.Select(element => element.Certificate)];
            }
        }

        if ((flags & BrokenFlags) is var broken and not X509ChainStatusFlags.NoError)
        {
            problems.Add(new(SummitCause.CertificateUntrusted, $"The chain is broken: {Words(broken)}."));
        }

        var top = elements.Count == 0 ? leaf : elements[^1];
        if ((flags & X509ChainStatusFlags.PartialChain) != X509ChainStatusFlags.NoError)
        {
            problems.Add(Partial(leaf, top, served, anchors));
        }
        else if ((flags & X509ChainStatusFlags.UntrustedRoot) != X509ChainStatusFlags.NoError)
        {
            problems.Add(new(SummitCause.CertificateUntrusted, top.Thumbprint == leaf.Thumbprint
                ? $"The certificate is signed by itself and by no authority that is trusted here{Trusting(anchors)}"
                : $"The chain ends in '{Short(top)}', which is not trusted here{Trusting(anchors)}"));
        }
        else if (elements.Skip(1)
            .Take(elements.Count - 2)
            .FirstOrDefault(certificate => !served.Exists(one => one.Thumbprint == certificate.Thumbprint)) is { } missing)
        {
            // this machine happens to have it; other clients do not
            problems.Add(new(
                SummitCause.CertificateChainIncomplete,
                $"The server does not send the intermediate certificate '{Short(missing)}', which only this machine happens to have: "
                    + "ssl_certificate must name the full chain."));
        }
    }

    private static SummitCertificateProblem Partial(
        X509Certificate2 leaf, X509Certificate2 top, List<X509Certificate2> served, TrustAnchors? anchors)
    {
        var alone = top.Thumbprint == leaf.Thumbprint;
        var uri = CertificateFacts.IssuerUri(top);
        if (alone && (uri is not null || anchors is not null || served.Count > 0))
        {
            var sent = served.Count == 0 ? "sends only its own certificate" : "sends intermediates that do not belong to its certificate";
            var where = uri is null ? "" : $" (it can be had at {uri})";
            return new(
                SummitCause.CertificateChainIncomplete,
                $"The server {sent}, and that of its issuer '{Common(top.Issuer)}' is missing{where}: "
                    + "ssl_certificate "
                    + "must name "
                    + $"the full chain (fullchain.pem){(anchors is null ? "." : ", or another authority than the one given signed it.")}");
        }

        return new(SummitCause.CertificateUntrusted, alone
            ? $"The certificate was issued by '{Common(top.Issuer)}', which is not known here: a private authority{Trusting(anchors)}"
            : $"The chain ends in '{Short(top)}', whose issuer '{Common(top.Issuer)}' is not known here: "
                + $"a private authority, or one more intermediate is missing{Trusting(anchors)}");
    }

    private static void Strength(X509Certificate2 leaf, X509Chain chain, List<SummitCertificateProblem> problems)
    {
        foreach (var certificate in chain.ChainElements.Select(element => element.Certificate).Prepend(leaf)
            .DistinctBy(certificate => certificate.Thumbprint))
        {
            var isLeaf = certificate.Thumbprint == leaf.Thumbprint;

            // a root is trusted by itself: its own signature proves nothing and its strength is the store's affair
            if (!isLeaf && CertificateFacts.IsSelfIssued(certificate)) continue;
            var what = isLeaf ? "The certificate" : $"The intermediate certificate '{Short(certificate)}'";
            var (key, weak) = CertificateFacts.Key(certificate);
            if (weak) problems.Add(new(SummitCause.CertificateWeak, $"{what} has a weak key ({key}): RSA needs 2048 bits or more."));
            if (CertificateFacts.HasWeakSignature(certificate))
            {
                problems.Add(new(
                    SummitCause.CertificateWeak,
                    $"{what} has a weak signature ({certificate.SignatureAlgorithm.FriendlyName}): SHA-256 or better is needed."));
            }
        }
    }

    private static X509ChainStatusFlags Flags(X509Chain chain) =>
        chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);

    private static string Words(X509ChainStatusFlags broken) => broken switch
    {
        _ when broken.HasFlag(X509ChainStatusFlags.NotSignatureValid) => "a signature in it is not valid",
        _ when broken.HasFlag(X509ChainStatusFlags.NotValidForUsage) =>
            "a certificate in it may not be used for a TLS server (extended key usage)",
        _ when broken.HasFlag(X509ChainStatusFlags.InvalidBasicConstraints) => "a certificate that is no authority signed another",
        _ when broken.HasFlag(X509ChainStatusFlags.ExplicitDistrust) => "this machine distrusts a certificate in it",
        _ => broken.ToString(),
    };

    private static string Trusting(TrustAnchors? anchors) =>
        anchors is null
            ? ". A private authority is given with -CertificateAuthority."
            : $", neither by the system nor by {Path.GetFileName(anchors.Path)}.";

    private static string Age(TimeSpan span) => span.TotalDays >= 2
        ? $"{(int)span.TotalDays} days"
        : span.TotalHours >= 2 ? $"{(int)span.TotalHours} hours" : $"{(int)span.TotalMinutes} minutes";

    private static string Short(X509Certificate2 certificate) => Common(certificate.Subject);

    private static string Common(string name)
    {
        var at = name.IndexOf("CN=", StringComparison.Ordinal);
        return Text.ForeignText.Visible(at < 0 ? name : name[(at + 3)..].Split(',')[0].Trim('"'));
    }
}
