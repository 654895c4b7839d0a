using Summit.Ops.Lab;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Probing;

/// <summary>One lab for the class: each case writes its site file and reloads nginx.</summary>
public sealed class ProbeLab : IAsyncLifetime
{
    public LabInstance? Lab { get; private set; }

    public string Missing { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        try
        {
            Lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess });
        }
        catch (LabUnavailableException error)
        {
            Missing = error.Message;
        }
    }

    public ValueTask DisposeAsync() => Lab?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>What a real nginx answers, and what the probe makes of it.</summary>
[Trait("Category", "Lab")]
public sealed class RealNginxTests(ProbeLab fixture) : IClassFixture<ProbeLab>
{
    private LabInstance Lab
    {
        get
        {
            Assert.SkipWhen(fixture.Lab is null, fixture.Missing);
            return fixture.Lab!;
        }
    }

    private const string Upgrade = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
        + "proxy_set_header Connection \"upgrade\"; proxy_set_header Host $host;";

    private async Task ServeAsync(string locations, string inServer = "", string before = "")
    {
        Lab.WriteSite(Lab.Config.Site(inServer + "\n" + locations, before));
        Assert.Null(await Lab.Nginx.TestAsync());
        await Lab.Nginx.ReloadAsync();
    }

    private Task<SummitWebSocketResult> ProbeAsync(string? uri = null, ProbeRequest? options = null) =>
        new WebSocketProbe().RunAsync(ProbeRequest.Create(
            uri ?? Lab.Uri,
            (options ?? new ProbeRequest { Timeout = TimeSpan.FromSeconds(5) }) with { CertificateAuthority = Lab.CaPath }));

    public static TheoryData<string, string, SummitCause, int?, string> Refusals => new()
    {
        { "no location", "location /api { return 204; }", SummitCause.NginxLocationMissing, 404, "itself" },
        { "a page for everything", "location / { default_type text/html; "
            + "return 200 '<html>app</html>'; }", SummitCause.NginxLocationMissing, 200, "nginx" },
        { "no upgrade headers", "location "
            + "/ws { proxy_pass http://127.0.0.1:BACKEND; }", SummitCause.NginxUpgradeHeadersMissing, null, "backend" },
        { "backend down", "location /ws { proxy_pass http://127.0.0.1:CLOSED; "
            + $"{Upgrade} }}", SummitCause.BackendNotListening, 502, "itself" },
        { "a slash too many", "location "
            + $"/ws/ {{ proxy_pass http://127.0.0.1:BACKEND; {Upgrade} }}", SummitCause.NginxRedirect, 301, "itself" },
        { "denied", "location /ws { deny all; }", SummitCause.NginxRejectsHandshake, 403, "itself" },
        { "a password", "location /ws { auth_basic off; return 401; }", SummitCause.NginxRejectsHandshake, 401, "itself" },
        { "maintenance", "location /ws { return 503; }", SummitCause.NginxRejectsHandshake, 503, "itself" },
        { "too many", "location /ws { return 429; }", SummitCause.NginxRejectsHandshake, 429, "itself" },
        { "hung up", "location /ws { return 444; }", SummitCause.WebSocketProtocolError, null, "" },
        { "another protocol", "location /ws { return 421; }", SummitCause.NginxWrongServer, 421, "itself" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_is_explained(string name, string locations, SummitCause cause, int? status, string answeredBy)
    {
        var closed = Peer.Start((_, _) => Task.CompletedTask);
        await closed.DisposeAsync();
        await ServeAsync(locations.Replace("BACKEND", $"{Lab.BackendPort}", StringComparison.Ordinal)
            .Replace("CLOSED", $"{closed.Port}", StringComparison.Ordinal));
        var result = await ProbeAsync();
        Assert.True(
            (result.FailedStage, result.Cause) == (SummitProbeStage.Upgrade, cause),
            $"{name}: {result.HttpStatus}: {result.FailedStage}, {result.Cause}. {result.Explanation}");
        if (status is not null) Assert.Equal(status, result.HttpStatus);
        Assert.Contains(answeredBy, result.AnsweredBy, StringComparison.Ordinal);
        Assert.NotEmpty(result.Fix);
    }

    [Fact]
    public async Task The_guides_configuration_works()
    {
        await ServeAsync(Lab.Config.ExpectedLocations);
        var result = await ProbeAsync();
        Assert.True(result.Success, result.Explanation);
        Assert.NotNull(result.FirstMessage);
        Assert.Equal("the backend, through nginx", result.AnsweredBy.Split('/')[0]);
        Assert.NotNull(result.RoundTrip);
        Assert.Equal(1000, result.CloseCode);
    }

    [Fact]
    public async Task A_silent_backend_is_a_504_after_the_read_timeout()
    {
        await using var silent = Peer.Start(GoodPeers.Silent);
        await ServeAsync($"location /ws {{ proxy_pass http://127.0.0.1:{silent.Port}; {Upgrade} proxy_read_timeout 1s; }}");
        var result = await ProbeAsync();
        Assert.Equal((SummitProbeStage.Upgrade, SummitCause.BackendTimeout, 504), (result.FailedStage, result.Cause, result.HttpStatus));
    }

    [Fact]
    public async Task An_idle_cut_off_is_measured_while_it_is_held()
    {
        await using var idle = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            await connection.DrainAsync(stop);
        });
        await ServeAsync($"location /ws {{ proxy_pass http://127.0.0.1:{idle.Port}; {Upgrade} proxy_read_timeout 2s; }}");
        var result = await ProbeAsync(options: new ProbeRequest { Settle = TimeSpan.Zero, Hold = TimeSpan.FromSeconds(10) });
        Assert.True((result.FailedStage, result.Cause) == (SummitProbeStage.Hold, SummitCause.NginxIdleTimeout), result.Explanation);
        Assert.Equal((1006, SummitClosedBy.Transport), (result.CloseCode!.Value, result.ClosedBy));
        Assert.Matches(@"after [2-9](\.\d)? s", result.Explanation);
    }

    [Fact]
    public async Task A_held_connection_that_stays_open_is_a_success()
    {
        await ServeAsync(Lab.Config.ExpectedLocations);
        var result = await ProbeAsync(options: new ProbeRequest { Hold = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(30) });
        Assert.True(result.Success, result.Explanation);
        Assert.Contains("stayed open for 1 s", result.Explanation);
    }

    [Fact]
    public async Task Tls_and_plain_http_meet_each_others_ports()
    {
        await ServeAsync(Lab.Config.ExpectedLocations, before: $"server {{ listen 127.0.0.1:{Lab.HttpPort}; return 404; }}\n");
        var plain = await ProbeAsync($"ws://localhost:{Lab.Port}/ws");
        Assert.Equal((SummitProbeStage.Upgrade, SummitCause.TlsOnPlainPort, 400), (plain.FailedStage, plain.Cause, plain.HttpStatus));
        var tls = await ProbeAsync($"wss://localhost:{Lab.HttpPort}/ws");
        Assert.Equal((SummitProbeStage.Tls, SummitCause.PlainHttpOnTlsPort), (tls.FailedStage, tls.Cause));
    }

    [Fact]
    public async Task A_resumed_session_never_shows_a_certificate_that_is_no_longer_served()
    {
        await ServeAsync(
            Lab.Config.ExpectedLocations, "ssl_session_cache shared:probe:1m; ssl_session_timeout 10m; ssl_session_tickets on;");
        var probe = new WebSocketProbe();
        var request = ProbeRequest.Create(Lab.Uri, new ProbeRequest { CertificateAuthority = Lab.CaPath });
        for (var round = 0; round < 3; round++)
        {
            // the second and third resume the session of the first
            var served = (await probe.RunAsync(request)).Certificate!.Sha256;
            Assert.Equal(served, (await probe.RunAsync(request)).Certificate!.Sha256);
            Assert.Equal(served, (await probe.RunAsync(request)).Certificate!.Sha256);
            using var disk = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(
                await File.ReadAllTextAsync(Lab.CertificatePath));
            Assert.Equal(disk.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256), served);
            Lab.WriteCertificate(LabCertificateKind.Valid);
            await Lab.Nginx.ReloadAsync();
        }
    }

    [Fact]
    public async Task A_client_certificate_is_demanded()
    {
        await ServeAsync(Lab.Config.ExpectedLocations, $"ssl_verify_client on; ssl_client_certificate {Lab.CaPath};");
        var result = await ProbeAsync();
        Assert.Equal((SummitProbeStage.Tls, SummitCause.ClientCertificateRequired), (result.FailedStage, result.Cause));
    }

    [Fact]
    public async Task A_name_that_no_server_block_has_is_refused_by_the_default_one()
    {
        await ServeAsync(
            Lab.Config.ExpectedLocations,
            before: $"server {{ listen 127.0.0.1:{Lab.HttpPort} ssl default_server; ssl_reject_handshake on; }}\n");
        var result = await ProbeAsync("wss://other.example.test/ws", new ProbeRequest { ConnectTo = $"127.0.0.1:{Lab.HttpPort}" });
        Assert.Equal((SummitProbeStage.Tls, SummitCause.NginxWrongServer), (result.FailedStage, result.Cause));
    }

    [Fact]
    public async Task Only_old_tls()
    {
        // a port of its own: nginx takes the protocols from a port's default server
        await ServeAsync(
            Lab.Config.ExpectedLocations,
            before: $"server {{ listen 127.0.0.1:{Lab.HttpPort} ssl; ssl_certificate {Lab.CertificatePath}; "
                + $"ssl_certificate_key {Lab.CertificateKeyPath}; ssl_protocols TLSv1; ssl_ciphers 'ALL:@SECLEVEL=0'; }}\n");
        var result = await ProbeAsync($"wss://localhost:{Lab.HttpPort}/ws");
        Assert.True(
            (result.FailedStage, result.Cause) == (SummitProbeStage.Tls, SummitCause.TlsProtocolMismatch),
            $"{result.Cause}: {result.Explanation}");
    }

    [Fact]
    public async Task A_weak_key_is_named()
    {
        await ServeAsync(Lab.Config.ExpectedLocations);
        using var certificates = new PeerCertificates();
        using var weak = certificates.Issue(new PeerCertificate { WeakKey = true });
        using var key = System.Security.Cryptography.X509Certificates.RSACertificateExtensions.GetRSAPrivateKey(weak)!;
        var folder = Directory.CreateTempSubdirectory("summit-weak-").FullName;
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder, "weak.pem"), weak.ExportCertificatePem() + "\n" + certificates.IntermediatePem);
            await File.WriteAllTextAsync(Path.Combine(folder, "weak.key"), key.ExportPkcs8PrivateKeyPem());
            Lab.WriteSite(Lab.Config.Site(Lab.Config.ExpectedLocations + " ssl_ciphers 'ALL:@SECLEVEL=0';")
                .Replace(Lab.CertificatePath, Path.Combine(folder, "weak.pem"), StringComparison.Ordinal)
                .Replace(Lab.CertificateKeyPath, Path.Combine(folder, "weak.key"), StringComparison.Ordinal));
            Assert.Null(await Lab.Nginx.TestAsync());
            await Lab.Nginx.ReloadAsync();
            var result = await new WebSocketProbe().RunAsync(
                ProbeRequest.Create(Lab.Uri, new ProbeRequest { CertificateAuthority = certificates.WriteRoot(folder) }));
            Assert.True(
                (result.FailedStage, result.Cause) == (SummitProbeStage.Tls, SummitCause.CertificateWeak),
                $"{result.Cause}: {result.Explanation}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
