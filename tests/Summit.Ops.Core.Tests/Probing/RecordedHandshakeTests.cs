using System.Text;
using Summit.Ops.Evidence;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Probing;

/// <summary>What a host's curl brought home is judged like a live probe; what says nothing of the endpoint is no probe.</summary>
public sealed class RecordedHandshakeTests
{
    private const string Opened = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";

    [Theory]
    [InlineData(
        7,
        "0.000000 0.000000\ncurl: (7) Failed to connect to 127.0.0.1 port 4000: Connection refused\n",
        SummitProbeStage.Tcp, SummitCause.NginxNotRunning)]
    [InlineData(
        7, "0.000000 0.000000\ncurl: (7) Failed to connect: No route to host\n", SummitProbeStage.Tcp, SummitCause.HostFirewallBlocked)]
    [InlineData(6, "0.000000 0.000000\ncurl: (6) Could not resolve host: backend\n", SummitProbeStage.Dns, SummitCause.DnsNameNotFound)]
    [InlineData(28, "0.000000 0.000000\ncurl: (28) Connection timed out\n", SummitProbeStage.Tcp, SummitCause.HostFirewallBlocked)]
    [InlineData(
        28, "0.000000 0.000000\ncurl: (28) Connection timed out\n", SummitProbeStage.Tcp, SummitCause.SecurityGroupBlocked, "192.0.2.7")]
    [InlineData(28, "0.000124 0.000000\ncurl: (28) Operation timed out\n", SummitProbeStage.Upgrade, SummitCause.BackendTimeout)]
    [InlineData(
        52, "0.000124 0.000000\ncurl: (52) Empty reply from server\n", SummitProbeStage.Upgrade, SummitCause.WebSocketProtocolError)]
    public async Task What_never_answered_is_blamed_on_its_layer(
        int code, string said, SummitProbeStage stage, SummitCause cause, string address = "127.0.0.1")
    {
        var result = await JudgeAsync($"ws://{address}:4000/ws", new RecordedAnswer([], code, said));
        Assert.Equal((stage, cause), (result.FailedStage, result.Cause));
        Assert.NotEmpty(result.Explanation);
    }

    [Fact]
    public async Task A_port_without_TLS_is_told_from_a_TLS_that_fails()
    {
        var plain = await JudgeAsync(
            "wss://localhost:443/ws", new RecordedAnswer([], 35, "0.1 0\ncurl: (35) error:0A00010B:SSL routines::wrong version number\n"));
        Assert.Equal((SummitProbeStage.Tls, SummitCause.PlainHttpOnTlsPort), (plain.FailedStage, plain.Cause));
        var failed = await JudgeAsync(
            "wss://localhost:443/ws", new RecordedAnswer([], 35, "0.1 0\ncurl: (35) tlsv1 alert protocol version\n"));
        Assert.Equal(SummitCause.TlsProtocolMismatch, failed.Cause);
        Assert.Contains("alert protocol version", failed.Explanation);
    }

    [Fact]
    public async Task An_open_connection_a_close_and_a_wrong_accept_are_read_from_the_raw_answer()
    {
        var accept = Summit.Ops.Probing.Upgrading.UpgradeRequest.AcceptFor(RecordedHandshake.Key);
        byte[] head = Encoding.ASCII.GetBytes($"{Opened}{accept}\r\n\r\n");

        var open = await JudgeAsync("ws://127.0.0.1:4000/ws", new RecordedAnswer([.. head, 0x81, 0x05, .. "hello"u8], 255, "0.1 0\n"));
        Assert.True(open.Success, open.Explanation);
        Assert.Equal("hello", open.FirstMessage);
        var refused = await JudgeAsync("ws://127.0.0.1:4000/ws", new RecordedAnswer([.. head, 0x88, 0x02, 0x03, 0xF0], 0, "0.1 0\n"));
        Assert.Equal((1008, SummitCause.AuthenticationFailed), (refused.CloseCode, refused.Cause));
        var dropped = await JudgeAsync(
            "ws://127.0.0.1:4000/ws", new RecordedAnswer(head, 56, "0.1 0\ncurl: (56) Recv failure: Connection reset by peer\n"));
        Assert.Equal((1006, SummitCause.BackendError), (dropped.CloseCode, dropped.Cause));
        var forged = await JudgeAsync(
            "ws://127.0.0.1:4000/ws", new RecordedAnswer(Encoding.ASCII.GetBytes(Opened + "xxx\r\n\r\n"), 255, "0.1 0\n"));
        Assert.Equal(SummitProbeStage.Upgrade, forged.FailedStage);
    }

    [Fact]
    public async Task A_head_that_did_not_come_whole_is_judged_and_not_waited_for()
    {
        var cut = await JudgeAsync(
            "ws://127.0.0.1:4000/ws",
            new RecordedAnswer(Encoding.ASCII.GetBytes(Opened[..^22] + "Set-Cookie: " + new string('x', 5000)), 255, "127.0.0.1 0\n"));
        Assert.Equal((false, SummitProbeStage.Upgrade, SummitCause.BackendTimeout), (cut.Success, cut.FailedStage, cut.Cause));
    }

    [Fact]
    public async Task A_curl_that_could_not_even_ask_is_no_probe()
    {
        var sections = new Dictionary<string, EvidenceSection>(StringComparer.Ordinal)
        {
            ["hop.Backend"] = new(2, ""),
            ["hop.Backend.said"] = new(0, "curl: option --connect-to: is unknown\n"),
        };
        var hops = await OnHostProbes.ReadAsync(
            new HostEvidence(SummitTarget.Local, sections, TimeSpan.Zero),
            new SummitSite(), withToken: false, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Empty(hops);
    }

    private static Task<SummitWebSocketResult> JudgeAsync(string uri, RecordedAnswer answer) =>
        RecordedHandshake.JudgeAsync(ProbeRequest.Create(uri), answer, TimeProvider.System, TestContext.Current.CancellationToken);
}
