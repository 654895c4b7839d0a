using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Probing;

public sealed class TlsTests : IDisposable
{
    private readonly PeerCertificates _certificates = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-tls-").FullName;

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<SummitWebSocketResult> ProbeAsync(string uri, bool trust = true, bool skip = false, string? connectTo = null) =>
        new WebSocketProbe().RunAsync(ProbeRequest.Create(uri, new ProbeRequest
        {
            CertificateAuthority = trust ? _certificates.WriteRoot(_folder) : null,
            SkipCertificateCheck = skip,
            ConnectTo = connectTo,
            Timeout = TimeSpan.FromSeconds(5),
        }));

    [Fact]
    public async Task A_good_certificate_passes_and_the_served_chain_is_shown()
    {
        await using var peer = Peer.Start(GoodPeers.Greet(), _certificates.Tls());
        var result = await ProbeAsync(peer.Uri(host: "localhost"));
        Assert.True(result.Success, result.Explanation);
        Assert.StartsWith("TLS 1.", result.TlsProtocol);
        Assert.NotEmpty(result.TlsCipher);
        Assert.NotNull(result.Timings.Tls);
        Assert.Equal("hello", result.FirstMessage);
        Assert.Empty(result.Certificate!.Problems);
        Assert.Equal(["localhost", "127.0.0.1"], result.Certificate.Names);
        Assert.Equal("CN=Summit Test Intermediate", Assert.Single(result.Certificate.Chain).Subject);
        Assert.Equal("ECDSA 256", result.Certificate.Key);
    }

    [Fact]
    public async Task ConnectTo_keeps_name_and_host()
    {
        var request = "";
        await using var peer = Peer.Start(
            async (connection, stop) =>
            {
                request = await connection.ReadRequestAsync(stop);
                await connection.SendAsync(connection.Switching(), stop);
                await connection.ServeAsync(stop);
            },
            _certificates.Tls(_certificates.Issue(new PeerCertificate { Names = ["summit-api.example.test"] })));
        var result = await ProbeAsync("wss://summit-api.example.test/ws", connectTo: peer.Endpoint);
        Assert.True(result.Success, result.Explanation);
        Assert.Contains("\r\nHost: summit-api.example.test\r\n", request);
        Assert.Equal(peer.Port, result.RemotePort);
    }

    public static TheoryData<string, PeerCertificate, SummitCause[]> Bad => new()
    {
        { "expired", new PeerCertificate { From = TimeSpan.FromDays(-90), To = TimeSpan.FromDays(-2) }, [SummitCause.CertificateExpired] },
        { "not yet", new PeerCertificate { From = TimeSpan.FromDays(2) }, [SummitCause.CertificateNotYetValid] },
        { "name", new PeerCertificate { Names = ["other.example.test"] }, [SummitCause.CertificateNameMismatch] },
        { "common name only", new PeerCertificate { CommonNameOnly = true }, [SummitCause.CertificateNameMismatch] },
        { "self-signed", new PeerCertificate { SelfSigned = true }, [SummitCause.CertificateUntrusted] },
        { "for clients", new PeerCertificate { ForClients = true }, [SummitCause.CertificateUntrusted] },
        { "expired and name", new PeerCertificate
        {
            Names = ["other.example.test"],
            From = TimeSpan.FromDays(-90),
            To = TimeSpan.FromDays(-2),
        }, [SummitCause.CertificateExpired, SummitCause.CertificateNameMismatch] },

    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_certificate_fails_with_every_problem_named(string name, PeerCertificate request, SummitCause[] causes)
    {
        await using var peer = Peer.Start(GoodPeers.Greet(), _certificates.Tls(_certificates.Issue(request)));
        var result = await ProbeAsync(peer.Uri(host: "localhost"));
        Assert.True(result.FailedStage == SummitProbeStage.Tls, $"{name}: {result.Explanation}");
        Assert.Equal(causes[0], result.Cause);
        Assert.Equal(causes, result.Certificate!.Problems.Select(problem => problem.Cause));
        Assert.NotEmpty(result.Fix);
    }

    [Fact]
    public async Task An_expired_certificate_is_passed_on_request_and_still_named()
    {
        await using var peer = Peer.Start(
            GoodPeers.Greet(),
            _certificates.Tls(_certificates.Issue(new PeerCertificate { From = TimeSpan.FromDays(-9), To = TimeSpan.FromDays(-2) })));
        var result = await ProbeAsync(peer.Uri(host: "localhost"), skip: true);
        Assert.True(result.Success, result.Explanation);
        Assert.Equal(SummitCause.CertificateExpired, Assert.Single(result.Certificate!.Problems).Cause);
    }

    [Fact]
    public async Task A_missing_intermediate_is_found_and_not_mended()
    {
        await using var peer = Peer.Start(GoodPeers.Greet(), _certificates.Tls(withIntermediate: false));
        var result = await ProbeAsync(peer.Uri(host: "localhost"));
        Assert.Equal((SummitProbeStage.Tls, SummitCause.CertificateChainIncomplete), (result.FailedStage, result.Cause));
        Assert.Empty(result.Certificate!.Chain);
        Assert.Contains("Summit Test Intermediate", result.Explanation);
    }

    [Fact]
    public async Task A_private_authority_is_not_trusted_until_it_is_named()
    {
        await using var peer = Peer.Start(GoodPeers.Greet(), _certificates.Tls());
        Assert.Equal(SummitCause.CertificateUntrusted, (await ProbeAsync(peer.Uri(host: "localhost"), trust: false)).Cause);
        await using var direct = Peer.Start(
            GoodPeers.Greet(), _certificates.Tls(_certificates.Issue(new PeerCertificate { ByRoot = true }), withIntermediate: false));
        Assert.Equal(SummitCause.CertificateUntrusted, (await ProbeAsync(direct.Uri(host: "localhost"), trust: false)).Cause);
        Assert.True((await ProbeAsync(direct.Uri(host: "localhost"))).Success);
    }

    [Fact]
    public async Task Plain_http_on_the_tls_port()
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.Stream.ReadExactlyAsync(new byte[16], stop);
            await connection.SendAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", stop);
        });
        var result = await ProbeAsync(peer.Uri(scheme: "wss"));
        Assert.Equal((SummitProbeStage.Tls, SummitCause.PlainHttpOnTlsPort), (result.FailedStage, result.Cause));
        Assert.StartsWith("Test-SummitWebSocket -Uri 'ws://127.0.0.1:", result.Fix);
    }

    [Fact]
    public async Task Tls_on_the_plain_port()
    {
        await using var peer = Peer.Start(GoodPeers.Greet(), _certificates.Tls());
        var result = await ProbeAsync(peer.Uri(scheme: "ws"));
        Assert.Equal((SummitProbeStage.Upgrade, SummitCause.TlsOnPlainPort), (result.FailedStage, result.Cause));
        Assert.StartsWith("Test-SummitWebSocket -Uri 'wss://127.0.0.1:", result.Fix);
    }

    [Fact]
    public async Task A_client_certificate_demanded()
    {
        var tls = _certificates.Tls();
        tls.ClientCertificateRequired = true;
        await using var peer = Peer.Start(GoodPeers.Greet(), tls);
        var result = await ProbeAsync(peer.Uri(host: "localhost"));
        Assert.Equal((SummitProbeStage.Tls, SummitCause.ClientCertificateRequired), (result.FailedStage, result.Cause));
    }

    [Fact]
    public async Task Only_an_old_tls_version()
    {
        // a ServerHello that chooses TLS 1.0, as a server with nothing newer sends it
        byte[] hello = [0x16, 0x03, 0x01, 0x00, 0x2A, 0x02, 0x00, 0x00, 0x26, 0x03, 0x01, .. new byte[32], 0x00, 0xC0, 0x13, 0x00];
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.Stream.ReadExactlyAsync(new byte[16], stop);
            await connection.SendAsync(hello, stop);
            await connection.DrainAsync(stop);
        });
        var result = await ProbeAsync(peer.Uri(scheme: "wss"));
        Assert.Equal((SummitProbeStage.Tls, SummitCause.TlsProtocolMismatch), (result.FailedStage, result.Cause));
        Assert.Contains("TLS 1.0", result.Explanation);
    }
}
