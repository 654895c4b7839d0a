using System.Globalization;
using Summit.Ops.Lab;
using Summit.Ops.Tests.Engine;
using Summit.Ops.Lab.Peers;

namespace Summit.Ops.Tests.Probing;

[Trait("Category", "Lab")]
public sealed class TestSummitCertificateTests : IClassFixture<EngineFixture>, IDisposable
{
    private static readonly string[] Items =
    [
        "Tls.Served", "Tls.Validity", "Tls.Expiry", "Tls.Name", "Tls.Chain", "Tls.Trust", "Tls.Strength",
    ];

    private readonly EngineFixture _engine;
    private readonly PeerCertificates _certificates = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-cert-").FullName;
    private readonly string _ca;

    public TestSummitCertificateTests(EngineFixture engine) => (_engine, _ca) = (engine, _certificates.WriteRoot(_folder));

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<Dictionary<string, SummitCheck>> TestAsync(string arguments)
    {
        var result = await _engine.InvokeAsync($"Test-SummitCertificate {arguments}");
        Assert.Empty(result.Errors);
        Assert.All(result.Of<SummitCheck>(), check => Assert.NotEmpty(check.Evidence));
        Assert.All(
            result.Of<SummitCheck>(), check => Assert.True(File.Exists(Path.Combine(BuiltModule.Root, check.HelpUri)), check.HelpUri));
        return result.Of<SummitCheck>().ToDictionary(check => check.Id);
    }

    [Fact]
    public async Task A_good_certificate_passes_every_item()
    {
        await using var peer = Peer.Start(GoodPeers.Silent, _certificates.Tls());
        var checks = await TestAsync($"'{peer.Uri(host: "localhost")}' -CertificateAuthority '{_ca}'");
        Assert.Equal(Items, checks.Keys);
        Assert.All(checks.Values, check => Assert.Equal(SummitCheckStatus.Pass, check.Status));
    }

    [Fact]
    public async Task Everything_wrong_is_an_item_of_its_own()
    {
        await using var peer = Peer.Start(GoodPeers.Silent, _certificates.Tls(
            _certificates.Issue(new PeerCertificate { Names = ["other.test"], From = TimeSpan.FromDays(-9), To = TimeSpan.FromDays(-1) }),
            withIntermediate: false));
        var checks = await TestAsync($"'{peer.Uri(host: "localhost")}' -CertificateAuthority '{_ca}'");
        Assert.Equal(SummitCheckStatus.Pass, checks["Tls.Served"].Status);
        Assert.Equal(
            (SummitCheckStatus.Fail, SummitCause.CertificateExpired), (checks["Tls.Validity"].Status, checks["Tls.Validity"].Cause));
        Assert.Equal(SummitCheckStatus.Skipped, checks["Tls.Expiry"].Status);
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.CertificateNameMismatch), (checks["Tls.Name"].Status, checks["Tls.Name"].Cause));
        Assert.Equal(
            (SummitCheckStatus.Fail, SummitCause.CertificateChainIncomplete), (checks["Tls.Chain"].Status, checks["Tls.Chain"].Cause));
        Assert.Equal(SummitCheckStatus.Unknown, checks["Tls.Trust"].Status);
        Assert.Equal(SummitCheckStatus.Pass, checks["Tls.Strength"].Status);
    }

    [Fact]
    public async Task Few_days_left_is_a_warning()
    {
        await using var peer = Peer.Start(
            GoodPeers.Silent, _certificates.Tls(_certificates.Issue(new PeerCertificate { To = TimeSpan.FromDays(10) })));
        var uri = peer.Uri(host: "localhost");
        var check = (await TestAsync($"'{uri}' -CertificateAuthority '{_ca}'"))["Tls.Expiry"];
        Assert.Equal((SummitCheckStatus.Fail, SummitSeverity.Warning), (check.Status, check.Severity));
        Assert.Equal(
            SummitCheckStatus.Pass, (await TestAsync($"'{uri}' -CertificateAuthority '{_ca}' -WarningDays 5"))["Tls.Expiry"].Status);
    }

    [Fact]
    public async Task What_was_not_served_is_unknown_and_never_a_pass()
    {
        await using var peer = Peer.Start((connection, stop) => connection.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n", stop));
        var checks = await TestAsync($"'{peer.Uri(scheme: "wss")}'");
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.PlainHttpOnTlsPort), (checks["Tls.Served"].Status, checks["Tls.Served"].Cause));
        Assert.All(Items.Skip(1), id => Assert.Equal(SummitCheckStatus.Unknown, checks[id].Status));
        checks = await TestAsync("'wss://no-such-name.invalid/ws'");
        Assert.All(Items, id => Assert.Equal(SummitCheckStatus.Unknown, checks[id].Status));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_file_is_compared_with_what_is_served(bool onTarget)
    {
        var old = _certificates.Issue(new PeerCertificate { From = TimeSpan.FromDays(-30) });
        var renewed = _certificates.Issue();
        await using var peer = Peer.Start(GoodPeers.Silent, _certificates.Tls(old));
        var path = Path.Combine(_folder, "full chain.pem");
        var arguments = $"'{peer.Uri(host: "localhost")}' -CertificateAuthority '{_ca}' -Path '{path}'"
            + $"{(onTarget ? " -Target ([Summit.Ops.SummitTarget]::Local)" : "")}";

        await File.WriteAllTextAsync(path, old.ExportCertificatePem() + "\n" + _certificates.IntermediatePem);
        Assert.Equal(SummitCheckStatus.Pass, (await TestAsync(arguments))["Tls.Loaded"].Status);

        await File.WriteAllTextAsync(path, renewed.ExportCertificatePem() + "\n" + _certificates.IntermediatePem);
        var check = (await TestAsync(arguments))["Tls.Loaded"];
        Assert.Equal((SummitCheckStatus.Fail, SummitCause.CertificateNotReloaded, path), (check.Status, check.Cause, check.File));

        await File.WriteAllTextAsync(
            path, _certificates.Issue(new PeerCertificate { From = TimeSpan.FromDays(-60) }).ExportCertificatePem());
        Assert.Equal(
            (SummitCheckStatus.Fail, SummitCause.Unknown),
            ((await TestAsync(arguments))["Tls.Loaded"] is var other ? (other.Status, other.Cause) : default));
    }

    [Theory]
    [InlineData("-Path './no-such-file.pem'", "CertificateFileNotFound")]
    [InlineData("-Path './no-such-file.pem' -Target ([Summit.Ops.SummitTarget]::Local)", "CertificateFileNotFound")]
    [InlineData("-Path '/etc/passwd'", "CertificateFileInvalid")]
    [InlineData("-Path '/etc/passwd' -Target ([Summit.Ops.SummitTarget]::Local)", "CertificateFileInvalid")]
    [InlineData("-Path '/'", "CertificateFileInvalid")]
    public async Task A_file_that_cannot_be_read_is_an_error_and_the_rest_is_still_told(string path, string errorId)
    {
        await using var peer = Peer.Start(GoodPeers.Silent, _certificates.Tls());
        var result = await _engine.InvokeAsync(
            $"Test-SummitCertificate '{peer.Uri(host: "localhost")}' -CertificateAuthority '{_ca}' {path}");
        Assert.StartsWith(errorId + ",", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Equal([.. Items, "Tls.Loaded"], result.Of<SummitCheck>().Select(check => check.Id));
        Assert.Equal(SummitCheckStatus.Unknown, result.Of<SummitCheck>()[^1].Status);
    }

    [Theory]
    [InlineData("'ws://localhost/ws'", "UriWithoutTls", "Test-SummitCertificate -Uri 'wss://localhost/ws'")]
    [InlineData("'https://localhost/ws'", "UriSchemeInvalid", "Test-SummitCertificate -Uri 'wss://localhost/ws'")]
    [InlineData("'ftp://localhost/ws'", "UriSchemeInvalid", "Test-SummitCertificate -Uri 'wss://summit-api.codingeverest.com/ws'")]
    [InlineData("-TimeoutSec 0", "TimeoutInvalid", "Test-SummitCertificate -Uri 'wss://summit-api.codingeverest.com/ws' -TimeoutSec 10")]
    [InlineData("-WarningDays -1", "WarningDaysInvalid", "Test-SummitCertificate -WarningDays 21")]
    [InlineData("-ThrottleLimit 0", "ThrottleLimitInvalid", "Test-SummitCertificate -ThrottleLimit 32")]
    public async Task What_makes_no_sense_is_a_clear_error_with_the_same_command_put_right(string arguments, string errorId, string action)
    {
        var error = Assert.Single((await _engine.InvokeAsync($"Test-SummitCertificate {arguments}")).Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        Assert.Equal(action, error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public async Task A_certificate_renewed_on_the_disk_of_a_real_nginx_is_found_until_it_reloads()
    {
        LabInstance lab;
        try
        {
            lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess });
        }
        catch (LabUnavailableException error)
        {
            Assert.Skip(error.Message);
            throw;
        }

        await using (lab)
        {
            _engine.Session.SetVariable("site", lab.Site);
            var arguments = $"-Site $site -Path '{lab.CertificatePath}'";
            Assert.All(
                (await TestAsync(arguments)).Values,
                check => Assert.True(check.Status == SummitCheckStatus.Pass, $"{check}: {check.Evidence}"));
            await Task.Delay(TimeSpan.FromSeconds(1.1)); // validity counts whole seconds
            lab.WriteCertificate(LabCertificateKind.Valid);
            var check = (await TestAsync(arguments))["Tls.Loaded"];
            Assert.True(check.Status == SummitCheckStatus.Fail, check.Evidence);
            await lab.Nginx.ReloadAsync();
            Assert.Equal(SummitCheckStatus.Pass, (await TestAsync(arguments))["Tls.Loaded"].Status);
            Assert.Equal(lab.Port.ToString(CultureInfo.InvariantCulture), check.Target.Split(':', ')')[1].Split(' ')[0]);
        }
    }
}
