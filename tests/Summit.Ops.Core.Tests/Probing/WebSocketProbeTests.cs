using System.Net;
using System.Net.Sockets;
using System.Text;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Probing;

public sealed class WebSocketProbeTests
{
    private static async Task<SummitWebSocketResult> ProbeAsync(string uri, ProbeRequest? options = null) =>
        await new WebSocketProbe().RunAsync(ProbeRequest.Create(uri, options ?? new ProbeRequest { Timeout = TimeSpan.FromSeconds(5) }));

    [Fact]
    public async Task A_good_server_passes_every_layer_and_each_is_timed()
    {
        await using var peer = Peer.Start(GoodPeers.Greet());
        var result = await ProbeAsync(peer.Uri("/ws?room=1"));
        Assert.True(result.Success, result.Explanation);
        Assert.Equal(SummitCause.None, result.Cause);
        Assert.Equal(101, result.HttpStatus);
        Assert.Equal("hello", result.FirstMessage);
        Assert.Equal("127.0.0.1", result.Address);
        Assert.Equal(peer.Port, result.RemotePort);
        Assert.Equal(SummitClosedBy.Client, result.ClosedBy);
        Assert.Equal(1000, result.CloseCode);
        Assert.Equal("", result.Fix);
        Assert.NotNull(result.Timings.Tcp);
        Assert.NotNull(result.Timings.Upgrade);
        Assert.NotNull(result.Timings.FirstMessage);
        Assert.NotNull(result.Timings.Close);
        Assert.NotNull(result.RoundTrip);
        Assert.Null(result.Timings.Tls);
        Assert.Empty(peer.Faults);
    }

    [Fact]
    public async Task First_bytes_of_a_frame_in_the_same_packet_as_the_101_are_not_lost()
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.ReadRequestAsync(stop);
            byte[] greeting = PeerConnection.Text("connected");
            await connection.SendAsync([.. Encoding.ASCII.GetBytes(connection.Switching()), .. greeting[..3]], stop);
            await Task.Delay(30, stop);
            await connection.SendAsync(greeting[3..], stop);
            await connection.ServeAsync(stop);
        });
        Assert.Equal("connected", (await ProbeAsync(peer.Uri())).FirstMessage);
    }

    [Theory]
    [InlineData(0x89)]
    [InlineData(0x81)]
    public async Task A_frame_whose_rest_comes_after_the_wait_is_read_on_where_it_stopped(byte first)
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            var frame = PeerConnection.Frame(first, "again"u8);
            await connection.SendAsync(frame[..3], stop);
            var ping = await connection.ReadFrameAsync(stop); // the client has waited long enough, and says goodbye
            await connection.SendAsync([.. frame[3..], .. PeerConnection.Frame(0x8A, ping!.Value.Payload)], stop);
            await connection.ServeAsync(stop);
        });
        var result = await ProbeAsync(
            peer.Uri(), new ProbeRequest { Timeout = TimeSpan.FromSeconds(30), Settle = TimeSpan.FromMilliseconds(50) });
        Assert.True(result.Success, result.Explanation);
        Assert.Equal(1000, result.CloseCode);
        Assert.Empty(peer.Faults);
    }

    [Theory]
    [InlineData("/a//../b/%41?x=%7e+y")]
    [InlineData("/")]
    [InlineData("/ws/")]
    public async Task Path_and_query_travel_as_written(string target)
    {
        string request = "";
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            request = connection.Request;
            await connection.ServeAsync(stop);
        });
        Assert.True((await ProbeAsync(peer.Uri(target))).Success);
        Assert.StartsWith($"GET {target} HTTP/1.1\r\n", request);
        Assert.Contains($"\r\nHost: 127.0.0.1:{peer.Port}\r\n", request);
    }

    [Fact]
    public async Task Silence_after_the_101_is_a_success()
    {
        await using var peer = Peer.Start(GoodPeers.Serve);
        var result = await ProbeAsync(peer.Uri(), new ProbeRequest { Settle = TimeSpan.FromMilliseconds(50) });
        Assert.True(result.Success);
        Assert.Null(result.FirstMessage);
    }

    [Theory]
    [InlineData(1008, "bad token", SummitCause.AuthenticationFailed)]
    [InlineData(1011, "", SummitCause.BackendError)]
    [InlineData(1001, "", SummitCause.BackendError)]
    [InlineData(4401, "", SummitCause.AuthenticationFailed)]
    [InlineData(4000, "token expired", SummitCause.AuthenticationFailed)]
    [InlineData(4000, "", SummitCause.Unknown)]
    public async Task A_close_right_after_the_101_is_no_success(int code, string reason, SummitCause cause)
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            await connection.SendAsync(PeerConnection.Close(code, reason), stop);
            await connection.DrainAsync(stop);
        });
        var result = await ProbeAsync(peer.Uri());
        Assert.Equal((SummitProbeStage.Message, cause), (result.FailedStage, result.Cause));
        Assert.Equal((code, reason, SummitClosedBy.Peer), (result.CloseCode!.Value, result.CloseReason, result.ClosedBy));
        Assert.NotEmpty(result.Fix);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_of_the_stream_without_a_close_frame_is_1006(bool reset)
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            await Task.Delay(20, stop);
            if (reset) connection.Abort();
        });
        var result = await ProbeAsync(peer.Uri());
        Assert.Equal((SummitProbeStage.Message, SummitCause.BackendError), (result.FailedStage, result.Cause));
        Assert.Equal((1006, SummitClosedBy.Transport), (result.CloseCode!.Value, result.ClosedBy));
        Assert.Contains(reset ? "reset" : "closed", result.Explanation);
    }

    [Fact]
    public async Task A_refused_connection_says_so()
    {
        using var closed = new Socket(SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var result = await ProbeAsync($"ws://127.0.0.1:{((IPEndPoint)closed.LocalEndPoint!).Port}/ws");
        Assert.Equal((SummitProbeStage.Tcp, SummitCause.NginxNotRunning), (result.FailedStage, result.Cause));
        Assert.Null(result.CloseCode);
        Assert.Contains("refused", result.Explanation);
        Assert.Equal("refused", Assert.Single(result.Attempts).Outcome);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_a_dns_failure()
    {
        var result = await ProbeAsync("ws://no-such-name.invalid/ws");
        Assert.Equal((SummitProbeStage.Dns, SummitCause.DnsNameNotFound), (result.FailedStage, result.Cause));
    }

    [Fact]
    public async Task An_expected_message_may_be_the_third_and_the_sent_message_is_masked_and_whole()
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            await connection.SendAsync(PeerConnection.Text("one"), stop);
            await connection.SendAsync(PeerConnection.Text("two"), stop);
            await connection.ServeAsync(stop);
        });
        var message = new string('ü', 40_000);
        var result = await ProbeAsync(peer.Uri(), new ProbeRequest { Message = message, ExpectMessage = "^ü+$" });
        Assert.True(result.Success, result.Explanation);
        Assert.Equal("one", result.FirstMessage);
        Assert.Equal(3, result.Messages);
    }

    [Fact]
    public async Task An_expected_message_that_does_not_come_fails_within_the_budget()
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            await connection.SendAsync(PeerConnection.Text("other"), stop);
            await connection.ServeAsync(stop);
        });
        var result = await ProbeAsync(peer.Uri(), new ProbeRequest { ExpectMessage = "ready", Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(SummitProbeStage.Message, result.FailedStage);
        Assert.Equal("other", result.FirstMessage);
    }

    [Fact]
    public async Task Cancelling_is_the_callers_and_no_result()
    {
        await using var peer = Peer.Start(GoodPeers.Silent);
        using var cancel = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new WebSocketProbe().RunAsync(ProbeRequest.Create(peer.Uri()), cancel.Token));
    }

    [Fact]
    public async Task The_token_travels_in_the_query_and_shows_nowhere()
    {
        var request = "";
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            request = await connection.ReadRequestAsync(stop);
            await connection.SendAsync(
                $"HTTP/1.1 302 Found\r\nLocation: /login?next={request.Split(' ')[1]}\r\nX-Echo: s3cret tok\r\nContent-Length: 21\r\n\r\n"
                    + "no good: s3cret%20tok",
                stop);
        });
        var result = await ProbeAsync(peer.Uri("/ws?a=1"), new ProbeRequest { Token = "s3cret tok" });
        Assert.StartsWith("GET /ws?a=1&token=s3cret%20tok HTTP/1.1\r\n", request);
        Assert.Equal(SummitCause.NginxRedirect, result.Cause);
        var shown = System.Text.Json.JsonSerializer.Serialize(result);
        Assert.DoesNotContain("s3cret", shown);
    }

    [Theory]
    [InlineData("Authorization", "Authorization: Bearer s3cret")]
    [InlineData("X-Auth-Token", "X-Auth-Token: s3cret")]
    [InlineData("Sec-WebSocket-Protocol", "Sec-WebSocket-Protocol: v2, s3cret")]
    public async Task The_token_travels_in_a_header(string header, string line)
    {
        var request = "";
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            request = await connection.ReadRequestAsync(stop);
            await connection.SendAsync(connection.Switching(), stop);
            await connection.ServeAsync(stop);
        });
        Assert.True(
            (await ProbeAsync(peer.Uri(), new ProbeRequest { Token = "s3cret", TokenHeader = header, SubProtocols = ["v2"] })).Success);
        Assert.Contains($"\r\n{line}\r\n", request);
    }
}
