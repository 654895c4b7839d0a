using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Summit.Ops.Probing.Frames;

/// <summary>Makes a client's frames: final, masked with a fresh key (RFC 6455, section 5.3).</summary>
internal static class FrameWriter
{
    public static byte[] Text(string message) => Frame(Opcode.Text, Encoding.UTF8.GetBytes(message));

    public static byte[] Ping(ReadOnlySpan<byte> payload) => Frame(Opcode.Ping, payload);

    public static byte[] Pong(ReadOnlySpan<byte> payload) => Frame(Opcode.Pong, payload);

    public static byte[] Close(int code)
    {
        Span<byte> payload = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        return Frame(Opcode.Close, payload);
    }

    private static byte[] Frame(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var extra = payload.Length <= 125 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8;
        var frame = new byte[2 + extra + 4 + payload.Length];
        frame[0] = (byte)(0x80 | (int)opcode);
        frame[1] = (byte)(0x80 | extra switch { 0 => payload.Length, 2 => 126, _ => 127 });
        if (extra == 2) BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        if (extra == 8) BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(2), (ulong)payload.Length);
        var key = frame.AsSpan(2 + extra, 4);
        RandomNumberGenerator.Fill(key);
        var body = frame.AsSpan(6 + extra);
        for (var i = 0; i < payload.Length; i++) body[i] = (byte)(payload[i] ^ key[i & 3]);
        return frame;
    }
}
