using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Summit.Ops.Errors;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;
using Summit.Ops.Probing.Redirecting;

namespace Summit.Ops.Core.Tests.Probing;

/// <summary>Redirects: followed on request only, each one shown, and nothing secret taken along to another origin.</summary>
public sealed class RedirectTests
{
    private static Task<SummitWebSocketResult> ProbeAsync(string uri, ProbeRequest? options = null) =>
        new WebSocketProbe().RunAsync(
            ProbeRequest.Create(uri, (options ?? new ProbeRequest { MaximumRedirection = 5 }) with { Timeout = TimeSpan.FromSeconds(5) }));

    // redirects every path but /ws to what the function says; an answer of null opens the WebSocket
    private static Peer Redirecting(Func<PeerConnection, string?> location, ConcurrentQueue<string>? seen = null, int status = 302) =>
        Peer.Start(async (connection, stop) =>
        {
            await connection.ReadRequestAsync(stop);
            seen?.Enqueue(connection.Request);
            if (location(connection) is { } to)
            {
                await connection.SendAsync(
                    $"HTTP/1.1 {status} Elsewhere\r\n{(to.Length == 0 ? "" : $"Location: {to}\r\n")}Content-Length: 0\r\n\r\n", stop);
                return;
            }

            await connection.SendAsync(connection.Switching(), stop);
            await connection.SendAsync(PeerConnection.Text("hello"), stop);
            await connection.ServeAsync(stop);
        });

    private static string Path(PeerConnection connection) => connection.Request.Split(' ')[1];

    [Theory]
    [InlineData("ws://host/ws", "/x/y?z=1", "ws://host/x/y?z=1")]
    [InlineData("ws://host/a/b?q", "c", "ws://host/a/c")]
    [InlineData("ws://host/a/b?q", "../c/./d", "ws://host/c/d")]
    [InlineData("ws://host/a/b?q", "../../../c/..", "ws://host/")]
    [InlineData("ws://host/a/b?q", "?r=/../s", "ws://host/a/b?r=/../s")]
    [InlineData("ws://host/a/b", "//other:81/c", "ws://other:81/c")]
    [InlineData("wss://host/a/b", "//other/c#top", "wss://other/c")]
    [InlineData("ws://host/a", "HTTPS://Other.Example/c d", "wss://other.example/c%20d")]
    [InlineData("ws://host/a", "http://other", "ws://other/")]
    [InlineData("ws://host/a", "wss://ann:pw@other:444/é", "wss://other:444/%C3%A9")]
    [InlineData("ws://[::1]:8080/a", "b", "ws://[::1]:8080/b")]
    [InlineData("ws://host/a", "/b//c", "ws://host/b//c")]
    [InlineData("ws://host/a", "b:c/d", null)]
    [InlineData("ws://host/a", "", null)]
    [InlineData("ws://host/a", "#top", null)]
    [InlineData("ws://host/a", "https:", null)]
    [InlineData("ws://host/a", "https://", null)]
    [InlineData("ws://host/a", "https://[::1/x", null)]
    [InlineData("ws://host/a", "https://host:99999/x", null)]
    [InlineData("ws://host/a", "javascript:alert(1)", null)]
    [InlineData("ws://host/a", "/a\u0001b", null)]
    public void A_location_is_read_against_the_uri_it_answers(string from, string location, string? to)
    {
        var found = Location.Resolve(ProbeUri.Parse(from), location, out var problem);
        Assert.Equal(to, found is null ? null : Location.Origin(found) + found.Target);
        Assert.Equal(found is null, problem is not null);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_unless_that_is_asked()
    {
        await using var peer = Redirecting(connection => Path(connection) == "/ws" ? "/ws/" : null);
        var result = await ProbeAsync(peer.Uri(), new ProbeRequest());
        Assert.Equal((SummitProbeStage.Upgrade, SummitCause.NginxRedirect), (result.FailedStage, result.Cause));
        Assert.Empty(result.Redirects);
        Assert.Equal(1, peer.Connections);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Each_hop_is_shown(int status)
    {
        await using var other = Redirecting(_ => null);
        await using var peer = Redirecting(
            connection => Path(connection) == "/ws" ? "/ws/" : $"http://127.0.0.1:{other.Port}/socket", status: status);
        var result = await ProbeAsync(peer.Uri());
        Assert.True(result.Success, result.Explanation);
        Assert.Equal(peer.Uri(), result.Uri);
        Assert.Equal(
            [(peer.Uri(), status, peer.Uri("/ws/")), (peer.Uri("/ws/"), status, other.Uri("/socket"))],
            result.Redirects.Select(one => (one.From, one.Status, one.To)));
        Assert.All(result.Redirects, one => Assert.Empty(one.Withheld));
        Assert.All(result.Redirects, one => Assert.InRange(one.Elapsed, TimeSpan.FromTicks(1), result.Timings.Total));
        Assert.Equal((other.Port, 101, "hello"), (result.RemotePort, result.HttpStatus, result.FirstMessage));
        Assert.StartsWith($"After 2 redirects, at {other.Uri("/socket")}: 101", result.Explanation);
        Assert.Equal(
            JsonSerializer.Serialize(result),
            JsonSerializer.Serialize(JsonSerializer.Deserialize<SummitWebSocketResult>(JsonSerializer.Serialize(result))));
    }

    [Theory]
    [InlineData(300)]
    [InlineData(304)]
    [InlineData(305)]
    public async Task Other_statuses_of_the_three_hundreds_are_not_followed(int status)
    {
        await using var peer = Redirecting(connection => Path(connection) == "/ws" ? "/ws/" : null, status: status);
        var result = await ProbeAsync(peer.Uri());
        Assert.Equal((SummitCause.NginxRedirect, status), (result.Cause, result.HttpStatus));
        Assert.Equal(1, peer.Connections);
    }

    [Fact]
    public async Task From_plain_to_tls_it_is_followed_and_back_it_is_refused()
    {
        using var certificates = new PeerCertificates();
        var folder = Directory.CreateTempSubdirectory("summit-redirect-").FullName;
        try
        {
            await using var plain = Redirecting(_ => null);
            await using var secure = Peer.Start(GoodPeers.Greet(), certificates.Tls());
            await using var up = Redirecting(_ => $"https://localhost:{secure.Port}/ws");
            await using var down = Peer.Start(async (connection, stop) =>
            {
                await connection.ReadRequestAsync(stop);
                await connection.SendAsync(
                    $"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:{plain.Port}/ws\r\nContent-Length: 0\r\n\r\n", stop);
            }, certificates.Tls());
            var options = new ProbeRequest { MaximumRedirection = 3, CertificateAuthority = certificates.WriteRoot(folder) };
            var result = await ProbeAsync(up.Uri(), options);
            Assert.True(result.Success, result.Explanation);
            Assert.Equal("wss", Assert.Single(result.Redirects).To.Split(':')[0]);
            Assert.NotNull(result.Certificate);

            result = await ProbeAsync(down.Uri(host: "localhost"), options);
            Assert.Equal((SummitProbeStage.Upgrade, SummitCause.NginxRedirect), (result.FailedStage, result.Cause));
            Assert.Contains("it leads from TLS to a connection without", result.Explanation);
            Assert.Equal(0, plain.Connections);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Authorization")]
    [InlineData("X-Api-Key")]
    [InlineData("Sec-WebSocket-Protocol")]
    public async Task Nothing_secret_goes_to_another_origin(string? tokenHeader)
    {
        var seen = new ConcurrentQueue<string>();
        var text = "";
        await using var other = Peer.Start(async (connection, stop) =>
        {
            seen.Enqueue(await connection.ReadRequestAsync(stop));
            await connection.SendAsync(connection.Switching(), stop);
            while (await connection.ReadFrameAsync(stop) is { } frame)
            {
                text += $"{frame.Opcode}:{System.Text.Encoding.UTF8.GetString(frame.Payload)} ";
                if (frame.Opcode == 8) return;
            }
        });

        // the query is repeated, as nginx's own redirects do
        await using var peer = Redirecting(connection => $"http://127.0.0.1:{other.Port}/socket?{(Path(connection) + "?").Split('?')[1]}");
        var result = await ProbeAsync(peer.Uri("/ws?room=1&key=K3ySecret", "ann:Pa55word@127.0.0.1"), new ProbeRequest
        {
            MaximumRedirection = 1, Token = "T0pSecret", TokenHeader = tokenHeader, Origin = "https://app.example.com", SubProtocols = [],
            Headers =
            [
                new SummitHeader("X-Session", "S3ssion"), new SummitHeader("X-Version", "2"), new SummitHeader("Cookie", "c=C00kie"),
                new SummitHeader("Host", "h0st.internal"),
            ], Message = "M3ssage", Settle = TimeSpan.FromMilliseconds(50),
        });
        Assert.True(result.Success, result.Explanation);
        var request = Assert.Single(seen);
        Assert.StartsWith("GET /socket?room=1 HTTP/1.1\r\n", request);
        Assert.Contains("Origin: https://app.example.com\r\n", request);
        Assert.All(
            [
                "T0pSecret", "K3ySecret", "Pa55word", "S3ssion", "X-Version", "C00kie", "h0st", "Authorization", "M3ssage",
                "Sec-WebSocket-Protocol",
            ], secret => Assert.DoesNotContain(secret, request + text));
        Assert.Equal(["token", "credentials", "headers", "message"], Assert.Single(result.Redirects).Withheld);
        Assert.Contains("without the token and the credentials and the headers and the message", result.Explanation);
        Assert.All(
            ["T0pSecret", "K3ySecret", "Pa55word", "S3ssion", "C00kie"],
            secret => Assert.DoesNotContain(secret, JsonSerializer.Serialize(result)));
    }

    [Fact]
    public async Task An_address_of_another_origin_that_repeats_the_token_outside_the_query_is_not_opened()
    {
        await using var other = Redirecting(_ => null);
        await using var peer = Redirecting(_ => $"http://127.0.0.1:{other.Port}/session/T0p%2553ecret/ws");
        var result = await ProbeAsync(peer.Uri(), new ProbeRequest { MaximumRedirection = 1, Token = "T0pSecret" });
        Assert.Equal(SummitCause.NginxRedirect, result.Cause);
        Assert.Contains("repeats the token", result.Explanation);
        Assert.Equal(0, other.Connections);
    }

    [Fact]
    public async Task A_short_token_does_not_go_to_another_origin_either()
    {
        var seen = new ConcurrentQueue<string>();
        await using var other = Redirecting(_ => null, seen);
        await using var peer = Redirecting(connection => $"http://127.0.0.1:{other.Port}{Path(connection)}");
        Assert.True((await ProbeAsync(peer.Uri(), new ProbeRequest { MaximumRedirection = 1, Token = "abc" })).Success);
        Assert.StartsWith("GET /ws HTTP/1.1\r\n", Assert.Single(seen));
    }

    [Fact]
    public async Task To_the_same_origin_headers_and_credentials_go_along_and_the_query_is_the_redirects()
    {
        var seen = new ConcurrentQueue<string>();
        await using var peer = Redirecting(connection => Path(connection) == "/ws" ? "/b" : null, seen);
        Assert.True((await ProbeAsync(peer.Uri(host: "ann:Pa55word@127.0.0.1"), new ProbeRequest
        {
            MaximumRedirection = 1, Token = "T0pSecret", TokenHeader = "X-Api-Key", Headers = [new SummitHeader("X-Version", "2")],
        })).Success);
        Assert.Equal(2, seen.Count);
        Assert.All(seen, request => Assert.Contains("X-Api-Key: T0pSecret\r\n", request));
        Assert.All(seen, request => Assert.Contains("Authorization: Basic ", request));
        Assert.All(seen, request => Assert.Contains("X-Version: 2\r\n", request));

        seen.Clear();
        await using var query = Redirecting(connection => Path(connection).StartsWith("/ws?", StringComparison.Ordinal)
            ? "/b?" + Path(connection).Split('?')[1]
            : Path(connection).StartsWith("/b?", StringComparison.Ordinal) ? "/c" : null, seen);
        Assert.True((await ProbeAsync(query.Uri(), new ProbeRequest { MaximumRedirection = 2, Token = "T0pSecret" })).Success);
        Assert.Equal(["/ws?token=T0pSecret", "/b?token=T0pSecret", "/c"], seen.Select(request => request.Split(' ')[1]));
    }

    [Fact]
    public async Task A_circle_ends_at_once()
    {
        await using var peer = Redirecting(connection => Path(connection) == "/a" ? "/b" : "/a");
        var result = await ProbeAsync(peer.Uri("/a"), new ProbeRequest { MaximumRedirection = 50 });
        Assert.Equal((SummitProbeStage.Upgrade, SummitCause.NginxRedirect, 1), (result.FailedStage, result.Cause, result.Redirects.Count));
        Assert.Contains("in a circle", result.Explanation);
        Assert.NotEmpty(result.Fix);
        Assert.Equal(2, peer.Connections);
    }

    [Fact]
    public async Task Redirects_without_end_are_followed_as_often_as_was_asked()
    {
        var count = 0;
        await using var peer = Redirecting(_ => $"/ws?{Interlocked.Increment(ref count)}");
        var result = await ProbeAsync(peer.Uri(), new ProbeRequest { MaximumRedirection = 7 });
        Assert.Equal(
            (SummitProbeStage.Upgrade, SummitCause.NginxRedirect, 7, 8),
            (result.FailedStage, result.Cause, result.Redirects.Count, peer.Connections));
        Assert.Contains("-MaximumRedirection allows 7", result.Explanation);
    }

    [Fact]
    public async Task Slow_redirects_without_end_use_up_the_one_budget()
    {
        var count = 0;
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.ReadRequestAsync(stop);
            await Task.Delay(400, stop);
            await connection.SendAsync(
                $"HTTP/1.1 302 Found\r\nLocation: /ws?{Interlocked.Increment(ref count)}\r\nContent-Length: 0\r\n\r\n", stop);
        });
        var watch = Stopwatch.StartNew();
        var result = await new WebSocketProbe().RunAsync(
            ProbeRequest.Create(peer.Uri(), new ProbeRequest { MaximumRedirection = 100, Timeout = TimeSpan.FromSeconds(3) }));
        Assert.Equal((SummitProbeStage.Upgrade, SummitCause.BackendTimeout), (result.FailedStage, result.Cause));
        Assert.InRange(watch.Elapsed.TotalSeconds, 2.9, 60);
        Assert.NotEmpty(result.Redirects);
        Assert.InRange(result.Timings.Total, TimeSpan.FromSeconds(2.9), watch.Elapsed);
    }

    [Theory]
    [InlineData("", "no Location header")]
    [InlineData("ftp://host/x", "not 'ftp'")]
    [InlineData("http://[::1/x", "bracket")]
    [InlineData("http://\u001b[31mhost/x", "control character")]
    [InlineData("/one\r\nLocation: /two", "more than one Location")]
    public async Task Garbage_is_not_followed_and_says_why(string location, string why)
    {
        await using var peer = Redirecting(_ => location);
        var result = await ProbeAsync(peer.Uri());
        Assert.Equal((SummitProbeStage.Upgrade, SummitCause.NginxRedirect), (result.FailedStage, result.Cause));
        Assert.Contains(why, result.Explanation);
        Assert.NotEmpty(result.Fix);
        Assert.Empty(result.Redirects);
        Assert.DoesNotContain('\u001b', JsonSerializer.Serialize(result));
        Assert.Equal(1, peer.Connections);
    }

    [Fact]
    public async Task What_is_refused_behind_a_redirect_is_blamed_on_that_hop()
    {
        using var closed = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        closed.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        await using var peer = Redirecting(_ => $"http://127.0.0.1:{((System.Net.IPEndPoint)closed.LocalEndPoint!).Port}/ws");
        var result = await ProbeAsync(peer.Uri());
        Assert.Equal((SummitProbeStage.Tcp, SummitCause.NginxNotRunning), (result.FailedStage, result.Cause));
        Assert.Null(result.HttpStatus);
        Assert.Single(result.Redirects);
        Assert.StartsWith("After 1 redirect, at ws://127.0.0.1:", result.Explanation);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public void A_number_that_makes_no_sense_is_refused(int number) =>
        Assert.Equal("MaximumRedirectionInvalid", Assert.Throws<SummitArgumentException>(
            () => ProbeRequest.Create("ws://host/ws", new ProbeRequest { MaximumRedirection = number })).ErrorId);
}
