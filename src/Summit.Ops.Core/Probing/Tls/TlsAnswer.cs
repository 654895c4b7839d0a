using System.Buffers.Binary;

namespace Summit.Ops.Probing.Tls;

/// <summary>What the first bytes that a server sent say, read as TLS records (RFC 8446, section 5.1).</summary>
/// <param name="IsTls">Whether they are TLS at all; true where there are none.</param>
/// <param name="Alert">The description of a plain-text alert, or null.</param>
/// <param name="HelloVersion">The version in a ServerHello (0x0301 is TLS 1.0), or null.</param>
internal sealed record TlsAnswer(bool IsTls, int? Alert, int? HelloVersion)
{
    public static TlsAnswer Read(ReadOnlySpan<byte> first)
    {
        int? alert = null, version = null;
        if (first.Length > 0 && (first[0] is < 0x14 or > 0x17 || (first.Length > 1 && first[1] != 0x03)))
        {
            return new TlsAnswer(false, null, null);
        }
        while (first.Length >= 5 && first[0] is >= 0x14 and <= 0x17 && first[1] == 0x03)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(first[3..]);
            var record = first[5..Math.Min(first.Length, 5 + length)];
            if (first[0] == 0x15 && record.Length == 2) alert = record[1];
            if (first[0] == 0x16 && record.Length >= 6 && record[0] == 0x02) version ??= BinaryPrimitives.ReadUInt16BigEndian(record[4..]);
            first = first[Math.Min(first.Length, 5 + length)..];
        }

        return new TlsAnswer(true, alert, version);
    }
}
