using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Summit.Ops.Lab.Peers;

/// <summary>The server's end of one connection, with the words of HTTP and RFC 6455 at hand, and no rule enforced.</summary>
public sealed class PeerConnection
{
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static readonly byte[] End = "\r\n\r\n"u8.ToArray();

    internal PeerConnection(Socket socket, Stream stream) => (Socket, Stream) = (socket, stream);

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>The stream, TLS where the peer has it.</summary>
    public Stream Stream { get; }

    /// <summary>The request's head as it came, once it was read.</summary>
    public string Request { get; private set; } = "";

    /// <summary>The value of Sec-WebSocket-Accept that answers the request.</summary>
    public string Accept
    {
        get
        {
#pragma warning disable CA5350 // RFC 6455 names SHA-1
            return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(Header("Sec-WebSocket-Key") + AcceptSuffix)));
#pragma warning restore CA5350
        }
    }

    /// <summary>A header of the request, or empty.</summary>
    /// <param name="name">Its name, in any case.</param>
    public string Header(string name)
    {
        foreach (var line in Request.Split("\r\n").Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line[..colon].Equals(name, StringComparison.OrdinalIgnoreCase)) return line[(colon + 1)..].Trim();
        }

        return "";
    }

    /// <summary>Reads the request's head.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async Task<string> ReadRequestAsync(CancellationToken cancellation)
    {
        var head = new StringBuilder();
        var buffer = new byte[2048];
        for (var matched = 0; matched < End.Length;)
        {
            // not one byte more than the head is taken: what follows it is the behaviour's; so a socket is looked into first
            var seen = Stream is NetworkStream
                ? await Socket.ReceiveAsync(buffer, SocketFlags.Peek, cancellation)
                : await Stream.ReadAsync(buffer.AsMemory(0, 1), cancellation);
            if (seen == 0) throw new EndOfStreamException();
            var used = 0;
            while (used < seen && matched < End.Length)
            {
                matched = buffer[used++] is var one && one == End[matched] ? matched + 1 : one == End[0] ? 1 : 0;
            }

            if (Stream is NetworkStream) await Stream.ReadExactlyAsync(buffer.AsMemory(0, used), cancellation);
            head.Append(Encoding.Latin1.GetString(buffer, 0, used));
        }

        return Request = head.ToString();
    }

    /// <summary>Sends text as it stands.</summary>
    /// <param name="text">The text; UTF-8.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task SendAsync(string text, CancellationToken cancellation) => SendAsync(Encoding.UTF8.GetBytes(text), cancellation);

    /// <summary>Sends bytes as they stand.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task SendAsync(byte[] bytes, CancellationToken cancellation)
    {
        await Stream.WriteAsync(bytes, cancellation);
        await Stream.FlushAsync(cancellation);
    }

    /// <summary>The 101 that answers the request, ready to send.</summary>
    /// <param name="more">More header lines, without line ends.</param>
    public string Switching(params string[] more) =>
        string.Join("\r\n", ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            $"Sec-WebSocket-Accept: {Accept}", .. more, "", ""]);

    /// <summary>Reads the request and answers 101.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        await ReadRequestAsync(cancellation);
        await SendAsync(Switching(), cancellation);
    }

    /// <summary>A frame with any first byte and payload, unmasked, its length in the shortest form.</summary>
    /// <param name="first">FIN, reserved bits and opcode.</param>
    /// <param name="payload">The payload.</param>
    public static byte[] Frame(byte first, ReadOnlySpan<byte> payload)
    {
        var extra = payload.Length <= 125 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8;
        var frame = new byte[2 + extra + payload.Length];
        frame[0] = first;
        frame[1] = (byte)(extra switch { 0 => payload.Length, 2 => 126, _ => 127 });
        if (extra == 2) BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        if (extra == 8) BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
        payload.CopyTo(frame.AsSpan(2 + extra));
        return frame;
    }

    /// <summary>A text message.</summary>
    /// <param name="text">The text.</param>
    public static byte[] Text(string text) => Frame(0x81, Encoding.UTF8.GetBytes(text));

    /// <summary>A Close frame with any code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="reason">The reason.</param>
    public static byte[] Close(int code, string reason = "") =>
        Frame(0x88, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    /// <summary>Reads one frame of the client and unmasks it; null at the end.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async Task<(int Opcode, byte[] Payload)?> ReadFrameAsync(CancellationToken cancellation)
    {
        var head = new byte[2];
        if (await Stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, cancellation) < 2) return null;
        long length = head[1] & 0x7F;
        if (length >= 126)
        {
            var extended = new byte[length == 126 ? 2 : 8];
            await Stream.ReadExactlyAsync(extended, cancellation);
            length = extended.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(extended) : BinaryPrimitives.ReadInt64BigEndian(extended);
        }

        var key = new byte[4];
        await Stream.ReadExactlyAsync(key, cancellation);
        var payload = new byte[length];
        await Stream.ReadExactlyAsync(payload, cancellation);
        for (var i = 0; i < payload.Length; i++) payload[i] ^= key[i & 3];
        return (head[0] & 0x0F, payload);
    }

    /// <summary>Reads the request, and opens a WebSocket, greets and serves it, or refuses.</summary>
    /// <param name="refuses">The head of a refusal, without its end; null where it opens.</param>
    /// <param name="greeting">The first message.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task OpenUnlessAsync(Func<PeerConnection, string?> refuses, string greeting, CancellationToken cancellation)
    {
        await ReadRequestAsync(cancellation);
        if (refuses(this) is { } head)
        {
            await SendAsync($"{head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", cancellation);
            return;
        }

        await SendAsync(Switching(), cancellation);
        await SendAsync(Text(greeting), cancellation);
        await ServeAsync(cancellation);
    }

    /// <summary>Serves as a good server does until the client is done: echoes text, answers pings and the Close.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async Task ServeAsync(CancellationToken cancellation)
    {
        while (await ReadFrameAsync(cancellation) is { } frame)
        {
            switch (frame.Opcode)
            {
                case 0x1: await SendAsync(Frame(0x81, frame.Payload), cancellation); break;
                case 0x9: await SendAsync(Frame(0x8A, frame.Payload), cancellation); break;
                case 0x8:
                    await SendAsync(Frame(0x88, frame.Payload), cancellation);
                    return;
            }
        }
    }

    /// <summary>Reads and forgets until the other side ends it.</summary>
    /// <param name="cancellation">Ends it.</param>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        var buffer = new byte[4096];
        while (await Stream.ReadAsync(buffer, cancellation) > 0)
        {
        }
    }

    /// <summary>Ends the connection with a reset (RST) instead of in good order.</summary>
    public void Abort()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Close();
    }
}
