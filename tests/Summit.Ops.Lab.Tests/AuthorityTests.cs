using System.Security.Cryptography.X509Certificates;

namespace Summit.Ops.Lab.Tests;

public sealed class AuthorityTests
{
    [Fact]
    public async Task Private_key_is_readable_by_its_owner_only_and_belongs_to_the_certificate()
    {
        await using var lab = await Start.LabAsync();

        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(lab.CertificateKeyPath));
        using var pair = X509Certificate2.CreateFromPemFile(lab.CertificatePath, lab.CertificateKeyPath);
        Assert.True(pair.HasPrivateKey);
    }

    [Theory]
    [InlineData(LabCertificateKind.Valid, true)]
    [InlineData(LabCertificateKind.WrongName, true)]
    [InlineData(LabCertificateKind.Expired, false)]
    [InlineData(LabCertificateKind.NotYetValid, false)]
    [InlineData(LabCertificateKind.SelfSigned, false)]
    public void Chain_is_good_where_it_should_be(LabCertificateKind kind, bool good)
    {
        using var authority = new LabAuthority();
        using var root = X509Certificate2.CreateFromPem(authority.CertificatePem);
        using var leaf = X509Certificate2.CreateFromPem(authority.Issue(kind, "lab.example", "localhost").Certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;

        Assert.Equal(good, chain.Build(leaf));
        Assert.Equal(kind != LabCertificateKind.WrongName, leaf.MatchesHostname("lab.example"));
        Assert.Equal(kind != LabCertificateKind.WrongName, leaf.MatchesHostname("127.0.0.1"));
    }
}
