namespace Summit.Ops;

/// <summary>A certificate as it was served or as it lies on the disk.</summary>
public sealed record SummitCertificate
{
    /// <summary>The subject's distinguished name.</summary>
    public required string Subject { get; init; }

    /// <summary>The issuer's distinguished name.</summary>
    public required string Issuer { get; init; }

    /// <summary>The DNS names and IP addresses it is good for.</summary>
    public IReadOnlyList<string> Names { get; init => field = ItemList.Of(value); } = ItemList<string>.None;

    /// <summary>The first moment of its validity.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The last moment of its validity.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>SHA-256 of the certificate, hexadecimal, upper case.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The serial number, hexadecimal.</summary>
    public string SerialNumber { get; init; } = "";

    /// <summary>Key algorithm and size, for example <c>RSA 2048</c>.</summary>
    public string Key { get; init; } = "";

    /// <summary>The signature algorithm.</summary>
    public string SignatureAlgorithm { get; init; } = "";

    /// <summary>Everything wrong with it, each an item of its own; empty where nothing is.</summary>
    public IReadOnlyList<SummitCertificateProblem> Problems
    {
        get;
        init => field = ItemList.Of(value);
    } = ItemList<SummitCertificateProblem>.None;

    /// <summary>The certificates that were served after it, in the order they came.</summary>
    public IReadOnlyList<SummitCertificate> Chain { get; init => field = ItemList.Of(value); } = ItemList<SummitCertificate>.None;

    /// <summary>Subject and end of validity.</summary>
    public override string ToString() => $"{Subject}, valid to {NotAfter:yyyy-MM-dd HH:mm}Z";
}

/// <summary>One thing wrong with a certificate.</summary>
/// <param name="Cause">Which.</param>
/// <param name="Explanation">In plain words.</param>
public sealed record SummitCertificateProblem(SummitCause Cause, string Explanation)
{
    /// <summary>The cause.</summary>
    public override string ToString() => Cause.ToString();
}
