using System.Buffers.Binary;

namespace Summit.Ops.Lab.Peers;

/// <content>What goes wrong after the 101, and in TLS.</content>
public static partial class HostilePeers
{
    private static IEnumerable<HostilePeer> Streams()
    {
        yield return Frames(
            "a masked frame", 1002, [0x81, 0x85, 1, 2, 3, 4, (byte)'h' ^ 1, (byte)'e' ^ 2, (byte)'l' ^ 3, (byte)'l' ^ 4, (byte)'o' ^ 1]);
        yield return Frames("a reserved bit", 1002, PeerConnection.Frame(0xC1, "hello"u8));
        yield return Frames("all reserved bits on a ping", 1002, PeerConnection.Frame(0xF9, ""u8));
        yield return Frames("an unknown data opcode", 1002, PeerConnection.Frame(0x83, "hello"u8));
        yield return Frames("an unknown control opcode", 1002, PeerConnection.Frame(0x8F, ""u8));
        yield return Frames("a fragmented ping", 1002, PeerConnection.Frame(0x09, "hello"u8));
        yield return Frames("a fragmented Close", 1002, PeerConnection.Frame(0x08, [0x03, 0xE8]));
        yield return Frames("a ping of 126 bytes", 1002, PeerConnection.Frame(0x89, new byte[126]));
        yield return Frames("a length of 2^63", 1002, [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]);
        yield return Frames("a length of 2^63 - 1", 1009, [0x82, 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        yield return Frames("a length of 1 TiB", 1009, [0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0]);
        yield return Frames("a short length in long form", 1002, [0x81, 126, 0, 5, .. "hello"u8]);
        yield return Frames("a medium length in the longest form", 1002, [0x81, 127, 0, 0, 0, 0, 0, 0, 0, 200, .. new byte[200]]);
        yield return Frames("a continuation of nothing", 1002, PeerConnection.Frame(0x80, "hello"u8));
        yield return Frames(
            "a message within a message", 1002, [.. PeerConnection.Frame(0x01, "hel"u8), .. PeerConnection.Frame(0x81, "lo"u8)]);
        yield return Frames("text that is not UTF-8", 1007, PeerConnection.Frame(0x81, [0x68, 0xFF, 0xFE]));
        yield return Frames("UTF-8 of a surrogate", 1007, PeerConnection.Frame(0x81, [0xED, 0xA0, 0x80]));
        yield return Frames("text that ends inside a character", 1007, PeerConnection.Frame(0x81, [0x68, 0xC3]));
        yield return Frames("a Close with one byte", 1002, PeerConnection.Frame(0x88, [0x03]));
        yield return Frames("a Close with code 999", 1002, PeerConnection.Close(999));
        yield return Frames("a Close with code 1004", 1002, PeerConnection.Close(1004));
        yield return Frames("a Close with code 1005", 1002, PeerConnection.Close(1005));
        yield return Frames("a Close with code 1006", 1002, PeerConnection.Close(1006));
        yield return Frames("a Close with code 1015", 1002, PeerConnection.Close(1015));
        yield return Frames("a Close with code 2000", 1002, PeerConnection.Close(2000));
        yield return Frames("a Close with code 5000", 1002, PeerConnection.Close(5000));
        yield return Frames("a Close whose reason is not UTF-8", 1007, PeerConnection.Frame(0x88, [0x03, 0xE8, 0xFF]));
        yield return Sends(
            "a message in many fragments with pings between",
            [
                .. PeerConnection.Frame(0x01, "he"u8), .. PeerConnection.Frame(0x89, "p"u8), .. PeerConnection.Frame(0x00, "l"u8),
                .. PeerConnection.Frame(0x8A, ""u8), .. PeerConnection.Frame(0x80, "lo"u8),
            ]);
        yield return Sends(
            "a character split between fragments", [.. PeerConnection.Frame(0x01, [0xC3]), .. PeerConnection.Frame(0x80, [0xBC])]);
        yield return Sends("a message of 15 MiB", PeerConnection.Frame(0x82, new byte[15 * 1024 * 1024]));
        yield return Sends("an empty message", PeerConnection.Frame(0x81, ""u8));
        yield return new HostilePeer("a Close without a code", Open(async (connection, stop) =>
        {
            await connection.SendAsync(PeerConnection.Frame(0x88, ""u8), stop);
            await connection.DrainAsync(stop);
        }), Good, SummitCause.None) { CloseCode = 1005 };
        yield return new HostilePeer("endless pings", Open(async (connection, stop) =>
        {
            while (true) await connection.SendAsync(PeerConnection.Frame(0x89, "again"u8), stop);
        }), Good, SummitCause.None);
        yield return new HostilePeer("a frame that never ends", Open(async (connection, stop) =>
        {
            await connection.SendAsync([0x81, 100, .. "hel"u8], stop);
            await connection.DrainAsync(stop);
        }), Good, SummitCause.None);
        yield return new HostilePeer(
            "a server that never answers the Close", Open((connection, stop) => connection.DrainAsync(stop)), Good, SummitCause.None);
    }

    private static IEnumerable<HostilePeer> Ends()
    {
        yield return Ended("the end right after the 101", (_, _) => Task.CompletedTask);
        yield return Ended("a reset right after the 101", async (connection, stop) =>
        {
            await Task.Delay(20, stop);
            connection.Abort();
        });
        yield return Ended("the end in the middle of a frame", (connection, stop) => connection.SendAsync([0x81, 100, .. "hel"u8], stop));
        yield return Ended(
            "the end in the middle of a frame's length", (connection, stop) => connection.SendAsync([0x82, 127, 0, 0], stop));
        yield return new HostilePeer(
            "the end instead of an answer", Asked((_, _) => Task.CompletedTask), SummitProbeStage.Upgrade,
            SummitCause.WebSocketProtocolError);
        yield return new HostilePeer("a reset instead of an answer", Asked((connection, _) =>
        {
            connection.Abort();
            return Task.CompletedTask;
        }), SummitProbeStage.Upgrade, SummitCause.WebSocketProtocolError);
        yield return new HostilePeer(
            "the end before the request", (_, _) => Task.CompletedTask, SummitProbeStage.Upgrade, SummitCause.WebSocketProtocolError);
        yield return new HostilePeer(
            "the end of TLS right after the 101", Open((_, _) => Task.CompletedTask), SummitProbeStage.Message,
            SummitCause.BackendError) { Transport = PeerTransport.Tls, CloseCode = 1006 };
        yield return new HostilePeer("the end of TCP under TLS after the 101", Open(async (connection, stop) =>
        {
            await Task.Delay(20, stop);
            connection.Abort();
        }), SummitProbeStage.Message, SummitCause.BackendError) { Transport = PeerTransport.Tls, CloseCode = 1006 };
    }

    private static IEnumerable<HostilePeer> TlsOdds()
    {
        yield return Greeted(
            "plain HTTP on the TLS port", SummitCause.PlainHttpOnTlsPort,
            (connection, stop) => connection.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stop));
        yield return Greeted(
            "another protocol on the TLS port", SummitCause.TlsProtocolMismatch,
            (connection, stop) => connection.SendAsync("SSH-2.0-OpenSSH_9.2\r\n", stop));
        yield return Greeted("a hello of TLS 1.0", SummitCause.TlsProtocolMismatch, Hello(0x0301));
        yield return Greeted("a hello of SSL 3.0", SummitCause.TlsProtocolMismatch, Hello(0x0300));
        yield return Greeted("the alert protocol_version", SummitCause.TlsProtocolMismatch, Alert(70));
        yield return Greeted("the alert handshake_failure", SummitCause.TlsProtocolMismatch, Alert(40));
        yield return Greeted("the alert unrecognized_name", SummitCause.NginxWrongServer, Alert(112));
        yield return Greeted("the alert no_application_protocol", SummitCause.TlsProtocolMismatch, Alert(120));
        yield return Greeted("the alert certificate_required", SummitCause.ClientCertificateRequired, Alert(116));
        yield return Greeted("the end instead of a TLS hello", SummitCause.Unknown, (_, _) => Task.CompletedTask);
        yield return Greeted(
            "a TLS record of rubbish", SummitCause.TlsProtocolMismatch,
            (connection, stop) => connection.SendAsync([0x16, 0x03, 0x03, 0x00, 0x04, 0x0B, 0x00, 0x00, 0x00], stop));
        yield return Greeted(
            "no answer to the TLS hello", SummitCause.Unknown,
            (connection, stop) => connection.DrainAsync(stop)) with { UsesUpTheTime = true };
        yield return new HostilePeer(
            "TLS on the plain port", Then(connection => connection.Switching()), SummitProbeStage.Upgrade,
            SummitCause.TlsOnPlainPort) { Transport = PeerTransport.TlsDialledAsPlain };
        yield return new HostilePeer(
            "a TLS alert on the plain port", Asked(Alert(10)), SummitProbeStage.Upgrade, SummitCause.TlsOnPlainPort);
        yield return new HostilePeer(
            "a client certificate demanded", Then(connection => connection.Switching()), SummitProbeStage.Tls,
            SummitCause.ClientCertificateRequired) { Transport = PeerTransport.Tls, DemandsClientCertificate = true };
    }

    private static HostilePeer Frames(string name, int closeCode, byte[] bytes) => new(name, Open(async (connection, stop) =>
    {
        await connection.SendAsync(bytes, stop);
        await connection.DrainAsync(stop);
    }), SummitProbeStage.Message, SummitCause.WebSocketProtocolError) { CloseCode = closeCode };

    private static HostilePeer Sends(string name, byte[] bytes) => new(name, Open(async (connection, stop) =>
    {
        await connection.SendAsync(bytes, stop);
        await connection.ServeAsync(stop);
    }), Good, SummitCause.None);

    private static HostilePeer Ended(string name, PeerBehaviour behaviour) =>
        new(name, Open(behaviour), SummitProbeStage.Message, SummitCause.BackendError) { CloseCode = 1006 };

    private static HostilePeer Greeted(string name, SummitCause cause, PeerBehaviour behaviour) => new(name, async (connection, stop) =>
    {
        // the whole greeting is read: what is left unread would turn the end into a reset that eats the answer
        var header = new byte[5];
        await connection.Stream.ReadExactlyAsync(header, stop);
        await connection.Stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(3))], stop);
        await behaviour(connection, stop);
    }, SummitProbeStage.Tls, cause) { Transport = PeerTransport.PlainDialledAsTls };

    private static PeerBehaviour Open(PeerBehaviour behaviour) => async (connection, stop) =>
    {
        await connection.OpenAsync(stop);
        await behaviour(connection, stop);
    };

    private static PeerBehaviour Alert(byte description) =>
        (connection, stop) => connection.SendAsync([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, description], stop);

    private static PeerBehaviour Hello(int version) => async (connection, stop) =>
    {
        var (high, low) = ((byte)(version >> 8), (byte)version);
        await connection.SendAsync(
            [0x16, high, low, 0x00, 0x2A, 0x02, 0x00, 0x00, 0x26, high, low, .. new byte[32], 0x00, 0xC0, 0x13, 0x00], stop);
        await connection.DrainAsync(stop);
    };
}
