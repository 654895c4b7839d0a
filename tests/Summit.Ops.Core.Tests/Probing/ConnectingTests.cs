using System.Net;
using System.Net.Sockets;
using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;
using Summit.Ops.Probing.Connecting;

namespace Summit.Ops.Core.Tests.Probing;

/// <summary>Names, addresses, happy eyeballs (RFC 8305) and proxies.</summary>
public sealed class ConnectingTests
{
    private static Task<SummitWebSocketResult> ProbeAsync(string uri, string[] addresses, ProbeRequest? options = null) =>
        new WebSocketProbe(null, (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray())).RunAsync(
            ProbeRequest.Create(uri, options ?? new ProbeRequest { Timeout = TimeSpan.FromSeconds(5) }));

    // an address that swallows packets: a listener whose queue is full answers nothing
    private static (Socket Listener, List<Socket> Fillers, int Port) BlackHole()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        listener.Listen(0);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var fillers = new List<Socket>();
        for (var i = 0; i < 4; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                filler.Connect(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // it waits in the queue, which is what it is for
            }

            fillers.Add(filler);
        }

        return (listener, fillers, port);
    }

    [Fact]
    public void The_families_take_turns_and_the_resolvers_first_choice_begins() => Assert.Equal(
        ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"],
        Dialler.Interleave([.. new[] { "2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2", "192.0.2.3" }.Select(IPAddress.Parse)])
            .Select(address => address.ToString()));

    [Fact]
    public async Task An_address_that_refuses_is_passed_over_at_once()
    {
        await using var peer = Peer.Start(GoodPeers.Greet());
        var result = await ProbeAsync($"ws://name.test:{peer.Port}/ws", ["::1", "127.0.0.1"]);
        Assert.True(result.Success, result.Explanation);
        Assert.Equal("127.0.0.1", result.Address);
        Assert.Equal(["::1", "127.0.0.1"], result.Addresses);
        Assert.Equal(
            ["127.0.0.1: connected"],
            result.Attempts.Where(attempt => attempt.Outcome == "connected").Select(attempt => attempt.ToString()));
        Assert.Contains(
            result.Attempts, attempt => attempt.Address == "::1" && attempt.Outcome is "refused" or "unreachable" or "AddressNotAvailable");
    }

    [Fact]
    public async Task An_address_that_swallows_packets_costs_a_quarter_of_a_second()
    {
        var (listener, fillers, port) = BlackHole();
        using var hole = listener;
        await using var peer = PeerOn("127.0.0.3", port);
        var result = await ProbeAsync($"ws://name.test:{port}/ws", ["127.0.0.2", "127.0.0.3"]);
        fillers.ForEach(filler => filler.Dispose());
        Assert.True(result.Success, result.Explanation);
        Assert.Equal("127.0.0.3", result.Address);
        Assert.Contains(result.Attempts, attempt => attempt is { Address: "127.0.0.2", Outcome: "not needed" });
        Assert.InRange(result.Timings.Tcp!.Value.TotalMilliseconds, 200, 4900);
    }

    [Fact]
    public async Task Nothing_but_silence_of_this_machine_is_its_own_firewall()
    {
        var (listener, fillers, port) = BlackHole();
        using var hole = listener;
        foreach (var addresses in new[] { new[] { "127.0.0.2" }, ["127.0.0.2", "127.0.0.2"] })
        {
            var result = await ProbeAsync(
                $"ws://name.test:{port}/ws", addresses, new ProbeRequest { Timeout = TimeSpan.FromMilliseconds(600) });
            Assert.Equal((SummitProbeStage.Tcp, SummitCause.HostFirewallBlocked), (result.FailedStage, result.Cause));
            Assert.All(result.Attempts, attempt => Assert.Equal("timed out", attempt.Outcome));
        }

        fillers.ForEach(filler => filler.Dispose());
    }

    [Fact]
    public async Task All_addresses_refuse()
    {
        await using var peer = Peer.Start(GoodPeers.Greet());
        var port = peer.Port;
        await peer.DisposeAsync();
        var result = await ProbeAsync($"ws://name.test:{port}/ws", ["127.0.0.1", "127.0.0.2"]);
        Assert.Equal((SummitProbeStage.Tcp, SummitCause.NginxNotRunning), (result.FailedStage, result.Cause));
        Assert.Equal(2, result.Attempts.Count);
        Assert.Contains("all 2 addresses", result.Explanation);
    }

    [Fact]
    public async Task An_ipv6_literal_is_dialled_and_sent_in_brackets()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        var request = "";
        Peer peer;
        try
        {
            peer = Peer.Start(async (connection, stop) =>
            {
                request = await connection.ReadRequestAsync(stop);
                await connection.SendAsync(connection.Switching(), stop);
                await connection.ServeAsync(stop);
            }, address: IPAddress.IPv6Loopback);
        }
        catch (SocketException error)
        {
            Assert.Skip($"::1 cannot be listened on: {error.Message}");
            throw;
        }

        await using (peer)
        {
            var result = await new WebSocketProbe().RunAsync(ProbeRequest.Create(peer.Uri(host: "[::1]")));
            Assert.True(result.Success, result.Explanation);
            Assert.Equal("::1", result.Address);
            Assert.Contains($"\r\nHost: [::1]:{peer.Port}\r\n", request);
        }
    }

    [Theory]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.example", "xn--bcher-kva.example")]
    [InlineData("例え.テスト", "xn--r8jz45g.xn--zckzah")]
    [InlineData("Host.Example.", "host.example")]
    [InlineData("under_score.example", "under_score.example")]
    public async Task An_international_name_is_looked_up_and_sent_in_its_ascii_form(string host, string ascii)
    {
        var request = "";
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            request = await connection.ReadRequestAsync(stop);
            await connection.SendAsync(connection.Switching(), stop);
            await connection.ServeAsync(stop);
        });
        var asked = "";
        var probe = new WebSocketProbe(null, (name, _) =>
        {
            asked = name;
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        });
        Assert.True((await probe.RunAsync(ProbeRequest.Create($"ws://{host}:{peer.Port}/wß?q=ü"))).Success);
        Assert.Equal(ascii, asked);
        Assert.Contains($"\r\nHost: {ascii}:{peer.Port}\r\n", request);
        Assert.StartsWith("GET /w%C3%9F?q=%C3%BC HTTP/1.1\r\n", request);
    }

    // a small HTTP proxy: opens the tunnel to where it is told, whatever it is asked for
    private static PeerBehaviour Proxy(Func<PeerConnection, string> answer, int port) => async (connection, stop) =>
    {
        await connection.ReadRequestAsync(stop);
        var head = answer(connection);
        await connection.SendAsync(head, stop);
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) return;
        using var onward = new TcpClient();
        await onward.ConnectAsync(IPAddress.Loopback, port, stop);
        await Task.WhenAny(
            connection.Stream.CopyToAsync(onward.GetStream(), stop), onward.GetStream().CopyToAsync(connection.Stream, stop));
    };

    [Fact]
    public async Task A_proxy_is_asked_for_a_tunnel_and_the_name_is_its_to_resolve()
    {
        using var certificates = new PeerCertificates();
        var folder = Directory.CreateTempSubdirectory("summit-proxy-").FullName;
        try
        {
            await using var server = Peer.Start(
                GoodPeers.Greet(), certificates.Tls(certificates.Issue(new PeerCertificate { Names = ["api.example.test"] })));
            var asked = "";
            await using var proxy = Peer.Start(Proxy(connection =>
            {
                asked = connection.Request;
                return "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n";
            }, server.Port));
            var result = await new WebSocketProbe().RunAsync(ProbeRequest.Create("wss://api.example.test/ws", new ProbeRequest
            {
                Proxy = $"http://ann:p%40ss@127.0.0.1:{proxy.Port}",
                CertificateAuthority = certificates.WriteRoot(folder),
            }));
            Assert.True(result.Success, result.Explanation);
            Assert.StartsWith("CONNECT api.example.test:443 HTTP/1.1\r\nHost: api.example.test:443\r\n", asked);
            Assert.Contains($"\r\nProxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("ann:p@ss"))}\r\n", asked);
            Assert.NotNull(result.Timings.Proxy);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "credentials")]
    [InlineData("HTTP/1.1 403 Forbidden\r\n\r\n", "403")]
    [InlineData("HTTP/1.1 502 Bad Gateway\r\n\r\n", "502")]
    [InlineData("SSH-2.0-x\r\n", "does not answer as an HTTP proxy")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nand more", "data of its own")]
    [InlineData("", "does not answer as an HTTP proxy")]
    public async Task A_proxy_that_fails_is_a_failed_proxy_and_no_verdict_on_the_server(string answer, string explained)
    {
        await using var proxy = Peer.Start(async (connection, stop) =>
        {
            await connection.ReadRequestAsync(stop);
            await connection.SendAsync(answer, stop);
        });
        var result = await new WebSocketProbe().RunAsync(
            ProbeRequest.Create("ws://api.example.test/ws", new ProbeRequest { Proxy = $"127.0.0.1:{proxy.Port}" }));
        Assert.Equal((SummitProbeStage.Proxy, SummitCause.ProxyFailed), (result.FailedStage, result.Cause));
        Assert.Contains(explained, result.Explanation);
    }

    [Fact]
    public async Task A_proxy_that_is_not_there_is_a_failed_proxy()
    {
        await using var gone = Peer.Start(GoodPeers.Greet());
        var port = gone.Port;
        await gone.DisposeAsync();
        foreach (var proxy in new[] { $"http://127.0.0.1:{port}", "http://no-such-name.invalid:3128" })
        {
            var result = await new WebSocketProbe().RunAsync(
                ProbeRequest.Create("ws://api.example.test/ws", new ProbeRequest { Proxy = proxy, Timeout = TimeSpan.FromSeconds(5) }));
            Assert.Equal((SummitProbeStage.Proxy, SummitCause.ProxyFailed), (result.FailedStage, result.Cause));
        }
    }

    [Theory]
    [InlineData("socks5://proxy:1080")]
    [InlineData("http://proxy:99999")]
    [InlineData("http://")]
    [InlineData("http://proxy:80/path")]
    public void What_is_no_proxy_is_an_error(string proxy) =>
        Assert.Equal(
            "ProxyInvalid",
            Assert.Throws<SummitArgumentException>(() => ProbeRequest.Create("ws://host/", new ProbeRequest { Proxy = proxy })).ErrorId);

    private static Peer PeerOn(string address, int port) => Peer.Start(GoodPeers.Greet(), address: IPAddress.Parse(address), port: port);
}
