namespace Summit.Ops.Lab;

/// <summary>What certificate is served.</summary>
internal static class CertificateScenarios
{
    public static Scenario Expired { get; } = Served("certificate-expired", SummitCause.CertificateExpired, "the certificate expired yesterday", LabCertificateKind.Expired);

    public static Scenario NotYetValid { get; } = Served("certificate-not-yet-valid", SummitCause.CertificateNotYetValid, "the certificate becomes valid tomorrow", LabCertificateKind.NotYetValid);

    public static Scenario WrongName { get; } = Served("certificate-wrong-name", SummitCause.CertificateNameMismatch, "the certificate is for another name", LabCertificateKind.WrongName);

    public static Scenario SelfSigned { get; } = Served("certificate-self-signed", SummitCause.CertificateUntrusted, "the certificate is signed by its own key", LabCertificateKind.SelfSigned);

    private static Scenario Served(string name, SummitCause expected, string description, LabCertificateKind kind) => new(name, expected, description)
    {
        InjectAsync = async (lab, cancellation) =>
        {
            lab.WriteCertificate(kind);
            await lab.Nginx.ReloadAsync(cancellation);
        },
    };
}
