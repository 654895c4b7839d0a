using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Summit.Ops.Probing.Frames;

/// <summary>Reads what a server sends after the 101, and holds it to RFC 6455, section 5.</summary>
/// <remarks>
/// A message is checked whole and kept only in part, so that no peer decides how much memory a probe takes. A reading that is cancelled in
/// the middle of a frame goes on there with the next one.
/// </remarks>
internal sealed class FrameReader(ProbeConnection connection)
{
    /// <summary>How much of a message is kept, in bytes.</summary>
    public const int Kept = 64 * 1024;

    /// <summary>The longest message that is read through, in bytes.</summary>
    public const long LongestMessage = 16 * 1024 * 1024;

    private const int LongestControl = 125;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // the frame that is being received, and how much of its payload has not been read
    private FrameHeader? _frame;
    private long _left;

    // the message that is being received
    private Opcode? _message;
    private Decoder? _decoder;
    private StringBuilder? _text;
    private long _length;

    /// <summary>Reads up to the next whole message, control frame or end.</summary>
    /// <exception cref="FrameViolationException">The peer breaks the protocol.</exception>
    public async ValueTask<WebSocketEvent> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                if (_frame is not { } frame)
                {
                    if (await HeaderAsync(cancellation) is not { } header) return new EndEvent(StreamEnd.Closed);
                    (_frame, _left) = (frame = header, header.Length);
                }

                var got = frame.IsControl ? await ControlAsync(frame, cancellation) : await DataAsync(frame, cancellation);
                _frame = null;
                if (got is not null) return got;
            }
        }
        catch (EndOfStreamException)
        {
            return new EndEvent(StreamEnd.Cut);
        }
        catch (IOException error)
        {
            // TLS wraps the socket's error in one or two more
            for (Exception? inner = error; inner is not null; inner = inner.InnerException)
            {
                if (inner is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted })
                {
                    return new EndEvent(StreamEnd.Reset);
                }
            }

            return new EndEvent(StreamEnd.Cut);
        }
    }

    private async ValueTask<FrameHeader?> HeaderAsync(CancellationToken cancellation)
    {
        if (connection.BufferedLength == 0 && !await connection.FillAsync(cancellation)) return null;
        await NeedAsync(2, cancellation);
        var (header, extra) = First(connection.Buffered[0], connection.Buffered[1]);
        if (extra == 0)
        {
            connection.Consume(2);
        }
        else
        {
            await NeedAsync(2 + extra, cancellation);
            header = header with { Length = ExtendedLength(connection.Buffered[2..(2 + extra)]) };
            connection.Consume(2 + extra);
        }

        Check(header);
        return header;
    }

    private static (FrameHeader Header, int Extra) First(byte first, byte second)
    {
        if ((first & 0x70) != 0)
        {
            throw new FrameViolationException(
                1002, $"a frame has reserved bits set (0x{first:x2}), and no extension was agreed on (section 5.2)");
        }

        var opcode = (Opcode)(first & 0x0F);
        if (opcode is not (Opcode.Continuation or Opcode.Text or Opcode.Binary or Opcode.Close or Opcode.Ping or Opcode.Pong))
        {
            throw new FrameViolationException(1002, $"a frame has the unknown opcode 0x{(int)opcode:x} (section 5.2)");
        }

        if ((second & 0x80) != 0)
        {
            throw new FrameViolationException(1002, "the server masks its frames, and only a client may (section 5.1)");
        }

        var length = second & 0x7F;
        return (new FrameHeader((first & 0x80) != 0, opcode, length), length switch { 126 => 2, 127 => 8, _ => 0 });
    }

    private static long ExtendedLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 2)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            return length > LongestControl
                ? length
                : throw new FrameViolationException(1002, "a frame's length is not in its shortest form (section 5.2)");
        }

        var wide = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        if (wide > long.MaxValue) throw new FrameViolationException(1002, "a frame's 64-bit length has its highest bit set (section 5.2)");
        return wide > ushort.MaxValue
            ? (long)wide
            : throw new FrameViolationException(1002, "a frame's length is not in its shortest form (section 5.2)");
    }

    private void Check(FrameHeader header)
    {
        if (header.IsControl)
        {
            if (!header.Fin) throw new FrameViolationException(1002, $"a {header.Opcode} frame is fragmented (section 5.5)");
            if (header.Length > LongestControl)
            {
                throw new FrameViolationException(
                    1002,
                    $"a {header.Opcode} frame has {header.Length} bytes, and a control frame has at most {LongestControl} (section 5.5)");
            }

            return;
        }

        if (header.Opcode == Opcode.Continuation && _message is null)
        {
            throw new FrameViolationException(1002, "a continuation frame comes and no message was begun (section 5.4)");
        }

        if (header.Opcode != Opcode.Continuation && _message is not null)
        {
            throw new FrameViolationException(1002, "a new message begins before the last one ended (section 5.4)");
        }

        if (header.Length > LongestMessage - _length)
        {
            throw new FrameViolationException(
                1009,
                $"a message of {(_length + header.Length).ToString(CultureInfo.InvariantCulture)} bytes or more was announced; "
                    + $"the probe reads at most {LongestMessage / 1024 / 1024} MiB");
        }
    }

    private async ValueTask<WebSocketEvent?> ControlAsync(FrameHeader header, CancellationToken cancellation)
    {
        var length = (int)header.Length;
        await NeedAsync(length, cancellation);
        var payload = connection.Buffered[..length].ToArray();
        connection.Consume(length);
        return header.Opcode switch
        {
            Opcode.Ping => new PingEvent(payload),
            Opcode.Pong => new PongEvent(payload),
            _ => Close(payload),
        };
    }

    private static CloseEvent Close(byte[] payload)
    {
        if (payload.Length == 0) return new CloseEvent(1005, "");
        if (payload.Length == 1) throw new FrameViolationException(1002, "a Close frame has a payload of one byte (section 5.5.1)");
        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!CloseCodes.MayTravel(code))
        {
            throw new FrameViolationException(1002, $"a Close frame carries code {code}, which never travels (section 7.4)");
        }

        try
        {
            return new CloseEvent(code, StrictUtf8.GetString(payload, 2, payload.Length - 2));
        }
        catch (DecoderFallbackException)
        {
            throw new FrameViolationException(1007, "the reason in a Close frame is not UTF-8 (section 5.5.1)");
        }
    }

    private async ValueTask<WebSocketEvent?> DataAsync(FrameHeader header, CancellationToken cancellation)
    {
        if (_message is null)
        {
            (_message, _length, _text) = (header.Opcode, 0, new StringBuilder());
            _decoder = header.Opcode == Opcode.Text ? StrictUtf8.GetDecoder() : null;
        }

        while (_left > 0)
        {
            if (connection.BufferedLength == 0 && !await connection.FillAsync(cancellation)) throw new EndOfStreamException();
            var take = (int)Math.Min(_left, connection.BufferedLength);
            Keep(connection.Buffered[..take]);
            connection.Consume(take);
            _left -= take;
            _length += take;
        }

        if (!header.Fin) return null;
        if (_decoder is not null) Decode([], flush: true);
        var message = new MessageEvent(_decoder is null ? "0x" + _text : _text!.ToString(), _decoder is null, _length);
        (_message, _decoder, _text) = (null, null, null);
        return message;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_decoder is not null)
        {
            Decode(bytes, flush: false);
            return;
        }

        var room = (Kept / 2) - (_text!.Length / 2);
        if (room > 0) _text.Append(Convert.ToHexString(bytes[..Math.Min(room, bytes.Length)]));
    }

    private void Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> characters = stackalloc char[512];
        try
        {
            do
            {
                var part = bytes[..Math.Min(bytes.Length, 256)];
                bytes = bytes[part.Length..];
                var count = _decoder!.GetChars(part, characters, flush && bytes.Length == 0);
                if (_text!.Length < Kept) _text.Append(characters[..count]);
            }
            while (bytes.Length > 0);
        }
        catch (DecoderFallbackException)
        {
            throw new FrameViolationException(1007, "a text message is not UTF-8 (section 8.1)");
        }
    }

    private async ValueTask NeedAsync(int count, CancellationToken cancellation)
    {
        while (connection.BufferedLength < count)
        {
            if (!await connection.FillAsync(cancellation)) throw new EndOfStreamException();
        }
    }
}
