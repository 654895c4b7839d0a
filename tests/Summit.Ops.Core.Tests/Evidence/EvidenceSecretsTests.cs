using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Evidence;

/// <summary>What leaves the host, and what is written down, holds no key and no password.</summary>
[Trait("Category", "Lab")]
public sealed class EvidenceSecretsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_beside_a_certificate_stays_on_the_host()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        await File.AppendAllTextAsync(lab.CertificatePath, await File.ReadAllTextAsync(lab.CertificateKeyPath, Cancellation), Cancellation);

        var evidence = await HostGatherer.GatherAsync(new LocalHost(), lab.Site, Cancellation);

        Assert.Contains(
            evidence.Certificates(), certificate => certificate.Pem?.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal) == true);
        Assert.DoesNotContain(evidence.Sections.Values, section => section.Text.Contains("PRIVATE KEY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_pm2_s_list_only_what_is_looked_at_leaves_the_host()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } nginx) Assert.Skip(nginx);
        if (await LabRequirement.Pm2MissingAsync(Cancellation) is { } pm2) Assert.Skip(pm2);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.Pm2 }, Cancellation);

        var evidence = await HostGatherer.GatherAsync(new LocalHost(), lab.Site, Cancellation);

        var backend = Assert.Single(evidence.Backends(lab.Site));
        Assert.Equal((SummitBackendManager.Pm2, "online", true), (backend.Manager, backend.Status, backend.Listening));
        Assert.NotNull(backend.Memory);
        Assert.DoesNotContain("PM2_HOME", evidence.Sections["pm2"].Text);
        Assert.DoesNotContain("PATH", evidence.Sections["pm2"].Text);
    }

    [Theory]
    [InlineData("proxy_set_header Authorization \"Basic c2VjcmV0\";", "proxy_set_header Authorization ***;")]
    [InlineData("proxy_set_header X-Api-Key abc123;", "proxy_set_header X-Api-Key ***;")]
    [InlineData("location /cookie { proxy_pass http://user:pw@b; }", "location /cookie { proxy_pass http://***@b; }")]
    [InlineData("location /authorization {\n return 204;\n}", "location /authorization {\n return 204;\n}")]
    [InlineData("GET /ws?token=abc&x=1 HTTP/1.1", "GET /ws?token=***&x=1 HTTP/1.1")]
    public void Secrets_are_masked_and_a_configuration_stays_one(string text, string redacted) =>
        Assert.Equal(redacted, Summit.Ops.Text.TextRedaction.Of(text));
}
