using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Summit.Ops.Lab.Peers;

/// <summary>The hostile and the odd peers: everything that was ever met behind a WebSocket's address, and some worse.</summary>
public static partial class HostilePeers
{
    private const SummitProbeStage Good = SummitProbeStage.None;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<HostilePeer> All { get; } = [.. Handshakes(), .. Refusals(), .. Streams(), .. Ends(), .. TlsOdds()];

    /// <summary>One by its name.</summary>
    /// <param name="name">The name.</param>
    public static HostilePeer Find(string name) => All.First(peer => peer.Name == name);

    private static IEnumerable<HostilePeer> Handshakes()
    {
        yield return Upgrade("slow headers, a byte at a time", SummitCause.BackendTimeout, async (connection, stop) =>
        {
            foreach (var one in Encoding.ASCII.GetBytes("HTTP/1.1 101 Switching Protocols\r\nX-Slow: " + new string('a', 10_000)))
            {
                await connection.SendAsync([one], stop);
                await Task.Delay(100, stop);
            }
        }) with { UsesUpTheTime = true };
        yield return Upgrade(
            "no answer at all", SummitCause.BackendTimeout,
            (connection, stop) => connection.DrainAsync(stop)) with { UsesUpTheTime = true };
        yield return Upgrade("endless headers", SummitCause.WebSocketProtocolError, async (connection, stop) =>
        {
            await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\n", stop);
            var block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("X-More: and more\r\n", 200)));
            while (true) await connection.SendAsync(block, stop);
        });
        yield return Upgrade("one endless header line", SummitCause.WebSocketProtocolError, async (connection, stop) =>
        {
            await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nX-Long: ", stop);
            var block = new byte[8192];
            Array.Fill(block, (byte)'a');
            while (true) await connection.SendAsync(block, stop);
        });
        yield return Upgrade("a header of 1 MiB", SummitCause.WebSocketProtocolError, async (connection, stop) =>
            await connection.SendAsync(connection.Switching("X-Big: " + new string('a', 1024 * 1024)), stop));
        yield return Upgrade("endless interim answers", SummitCause.WebSocketProtocolError, async (connection, stop) =>
        {
            while (true) await connection.SendAsync("HTTP/1.1 103 Early Hints\r\n\r\n", stop);
        });
        yield return Upgrade("a wrong Accept", SummitCause.WebSocketProtocolError, Answer(
            connection => connection.Switching().Replace(connection.Accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", StringComparison.Ordinal)));
        yield return Upgrade("no Accept", SummitCause.WebSocketProtocolError, Answer(
            connection => connection.Switching().Replace($"Sec-WebSocket-Accept: {connection.Accept}\r\n", "", StringComparison.Ordinal)));
        yield return Upgrade(
            "an Accept that comes twice", SummitCause.WebSocketProtocolError,
            Answer(connection => connection.Switching($"Sec-WebSocket-Accept: {connection.Accept}")));
        yield return Upgrade(
            "a 101 without Upgrade", SummitCause.WebSocketProtocolError,
            Answer(connection => connection.Switching().Replace("Upgrade: websocket\r\n", "", StringComparison.Ordinal)));
        yield return Upgrade(
            "a 101 to another protocol", SummitCause.WebSocketProtocolError,
            Answer(connection => connection.Switching().Replace("websocket", "h2c", StringComparison.Ordinal)));
        yield return Upgrade(
            "a 101 without Connection", SummitCause.WebSocketProtocolError,
            Answer(connection => connection.Switching().Replace("Connection: Upgrade\r\n", "", StringComparison.Ordinal)));
        yield return Upgrade(
            "an extension nobody asked for", SummitCause.WebSocketProtocolError,
            Answer(connection => connection.Switching("Sec-WebSocket-Extensions: permessage-deflate")));
        yield return Upgrade(
            "a subprotocol nobody asked for", SummitCause.WebSocketProtocolError,
            Answer(connection => connection.Switching("Sec-WebSocket-Protocol: chat")));
        yield return Upgrade(
            "a 101 as HTTP/1.0", SummitCause.WebSocketProtocolError,
            Answer(connection => connection.Switching().Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal)));
        yield return Upgrade(
            "a header line without a colon", SummitCause.WebSocketProtocolError,
            Answer(connection => connection.Switching("no colon here")));
        yield return Upgrade(
            "white space before the colon", SummitCause.WebSocketProtocolError,
            Answer(connection => connection.Switching("Server : nginx")));
        yield return Upgrade(
            "folding before the first header", SummitCause.WebSocketProtocolError,
            Answer(_ => "HTTP/1.1 101 Switching Protocols\r\n Upgrade: websocket\r\n\r\n"));
        yield return Upgrade(
            "a status that is no number", SummitCause.WebSocketProtocolError, Answer(_ => "HTTP/1.1 ten Switching\r\n\r\n"));
        yield return Upgrade(
            "the greeting of another protocol", SummitCause.WebSocketProtocolError,
            (connection, stop) => connection.SendAsync("SSH-2.0-OpenSSH_9.2\r\n", stop));
        yield return Upgrade(
            "a NUL in the status line", SummitCause.WebSocketProtocolError, Answer(_ => "HTTP/1.1\0 101 Switching\r\n\r\n"));
        yield return new HostilePeer("lower-case headers", Then(connection => connection.Switching()
            .Replace("Upgrade: w", "upgrade: W", StringComparison.Ordinal)
            .Replace("Connection: U", "connection: u", StringComparison.Ordinal)
            .Replace("Sec-WebSocket-Accept", "sec-websocket-accept", StringComparison.Ordinal)), Good, SummitCause.None);
        yield return new HostilePeer("duplicated headers that may repeat", Then(connection => connection.Switching(
            "Connection: keep-alive", "Date: one", "Date: two", "Set-Cookie: a=b", "Set-Cookie: c=d")), Good, SummitCause.None);
        yield return new HostilePeer(
            "obsolete folding", Then(connection => connection.Switching("X-Folded: one", "\t two", "  three")), Good, SummitCause.None);
        yield return new HostilePeer(
            "bare line feeds",
            Then(connection => connection.Switching().Replace("\r\n", "\n", StringComparison.Ordinal)),
            Good, SummitCause.None);
        yield return new HostilePeer(
            "interim answers before the 101",
            Then(connection => "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + connection.Switching()),
            Good, SummitCause.None);
        yield return new HostilePeer(
            "no reason phrase",
            Then(connection => connection.Switching().Replace("101 Switching Protocols", "101", StringComparison.Ordinal)),
            Good, SummitCause.None);
    }

    private static IEnumerable<HostilePeer> Refusals()
    {
        yield return Upgrade("a chunked error page", SummitCause.BackendNotListening, Answer(
            _ => "HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\n<html\r\n8\r\n>chunked\r\n0\r\n\r\n")) with
        {
            BodyShows = "<html>chunked",
        };
        yield return Upgrade(
            "a broken chunked page", SummitCause.BackendNotListening,
            Answer(_ => "HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\nzz\r\n")) with { BodyShows = "begin" };
        yield return Upgrade("a chunk of 2^60 bytes", SummitCause.BackendNotListening, Answer(
            _ => "HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000000\r\nbegin")) with { BodyShows = "begin" };
        yield return Upgrade("a gzip error page", SummitCause.BackendTimeout, AnswerBytes(
            "HTTP/1.1 504 Gateway Time-out\r\nContent-Encoding: gzip\r\n",
            Gzip("the page in gzip"u8.ToArray()))) with { BodyShows = "the page in gzip" };
        yield return Upgrade("a gzip bomb", SummitCause.BackendError, AnswerBytes(
            "HTTP/1.1 500 Internal Server Error\r\nContent-Encoding: gzip\r\n",
            Gzip(new byte[16 * 1024 * 1024]))) with { BodyShows = "\\x00\\x00" };
        yield return Upgrade("a page that only says it is gzip", SummitCause.BackendError, AnswerBytes(
            "HTTP/1.1 500 Internal Server Error\r\nContent-Encoding: gzip\r\n", "plain"u8.ToArray())) with { BodyShows = "not gzip" };
        yield return Upgrade("an endless error page", SummitCause.BackendError, async (connection, stop) =>
        {
            await connection.SendAsync("HTTP/1.1 500 Internal Server Error\r\n\r\n", stop);
            var block = Encoding.ASCII.GetBytes(new string('x', 8192));
            while (true) await connection.SendAsync(block, stop);
        }) with { BodyShows = "xxxx" };
        yield return Upgrade("an error page that never comes", SummitCause.BackendNotListening, async (connection, stop) =>
        {
            await connection.SendAsync("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 500\r\n\r\n", stop);
            await connection.DrainAsync(stop);
        });
        yield return Upgrade(
            "an error page with escape sequences", SummitCause.AuthenticationFailed,
            Answer(_ => "HTTP/1.1 403 Forbidden\r\nContent-Length: 9\r\n\r\n\x1b[31mred\x07")) with { BodyShows = "\\x1b[31mred" };
        yield return Upgrade(
            "an error as HTTP/1.0", SummitCause.NginxUpgradeHeadersMissing,
            Answer(_ => "HTTP/1.0 400 Bad Request\r\n\r\nwhat?")) with { BodyShows = "what?" };
    }

    private static HostilePeer Upgrade(string name, SummitCause cause, PeerBehaviour behaviour) =>
        new(name, Asked(behaviour), SummitProbeStage.Upgrade, cause);

    // reads the request first
    private static PeerBehaviour Asked(PeerBehaviour behaviour) => async (connection, stop) =>
    {
        await connection.ReadRequestAsync(stop);
        await behaviour(connection, stop);
    };

    private static PeerBehaviour Answer(Func<PeerConnection, string> text) => async (connection, stop) =>
    {
        await connection.SendAsync(text(connection), stop);
        await connection.DrainAsync(stop);
    };

    private static PeerBehaviour AnswerBytes(string head, byte[] body) => async (connection, stop) =>
    {
        await connection.SendAsync(
            Encoding.ASCII.GetBytes($"{head}Content-Length: {body.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n"), stop);
        await connection.SendAsync(body, stop);
        await connection.DrainAsync(stop);
    };

    // an odd but good handshake, and then a good server
    private static PeerBehaviour Then(Func<PeerConnection, string> text) => Asked(async (connection, stop) =>
    {
        await connection.SendAsync(text(connection), stop);
        await connection.SendAsync(PeerConnection.Text("hello"), stop);
        await connection.ServeAsync(stop);
    });

    private static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize)) gzip.Write(plain);
        return packed.ToArray();
    }
}
