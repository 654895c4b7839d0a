using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Summit.Ops.Probing.Upgrading;

/// <summary>The beginning of an answer's body: enough to see who wrote it.</summary>
internal static class ResponseBody
{
    private const int Kept = 4 * 1024;
    private const int MostRead = 32 * 1024;

    /// <summary>Reads up to 4 KiB of the body, decoded; a body that is late, cut or broken is shown as far as it came.</summary>
    public static async Task<string> ReadHeadAsync(ProbeConnection connection, UpgradeResponse response, CancellationToken cancellation)
    {
        var coding = response.Value("Content-Encoding");
        var plain = coding.Length == 0 || coding.Equals("identity", StringComparison.OrdinalIgnoreCase);
        var wanted = plain ? Kept : MostRead;
        var raw = new ArrayBufferWriter<byte>(1024);
        try
        {
            if (response.Lists("Transfer-Encoding", "chunked")) await ReadChunksAsync(connection, raw, wanted, cancellation);
            else await ReadPlainAsync(connection, raw, Math.Min(wanted, Length(response)), cancellation);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or BadResponseException)
        {
            // what came until then is shown
        }

        return Text(plain ? raw.WrittenSpan : Decompress(raw.WrittenMemory.ToArray(), coding));
    }

    private static long Length(UpgradeResponse response)
    {
        if (response.Status is 204 or 304) return 0;
        return long.TryParse(response.Value("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : long.MaxValue;
    }

    private static async Task ReadPlainAsync(
        ProbeConnection connection, ArrayBufferWriter<byte> raw, long wanted, CancellationToken cancellation)
    {
        while (raw.WrittenCount < wanted)
        {
            if (connection.BufferedLength == 0 && !await connection.FillAsync(cancellation)) return;
            Take(connection, raw, (int)Math.Min(wanted - raw.WrittenCount, connection.BufferedLength));
        }
    }

    // RFC 9112, section 7.1
    private static async Task ReadChunksAsync(
        ProbeConnection connection, ArrayBufferWriter<byte> raw, int wanted, CancellationToken cancellation)
    {
        while (raw.WrittenCount < wanted)
        {
            var size = await ReadSizeAsync(connection, cancellation);
            if (size == 0) return;
            for (var left = size; left > 0 && raw.WrittenCount < wanted;)
            {
                if (connection.BufferedLength == 0 && !await connection.FillAsync(cancellation)) return;
                var take = (int)Math.Min(Math.Min(left, connection.BufferedLength), wanted - raw.WrittenCount);
                Take(connection, raw, take);
                left -= take;
            }

            if (raw.WrittenCount < wanted) await SkipLineAsync(connection, cancellation);
        }
    }

    private static async Task<long> ReadSizeAsync(ProbeConnection connection, CancellationToken cancellation)
    {
        var digits = await SkipLineAsync(connection, cancellation);
        var hex = digits.Split(';')[0].Trim();
        return hex.Length is > 0 and <= 16 && long.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size)
            && size >= 0
            ? size
            : throw new BadResponseException(BadResponseKind.Malformed, "its chunked body is broken");
    }

    private static async Task<string> SkipLineAsync(ProbeConnection connection, CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (line.Length < 256)
        {
            if (connection.BufferedLength == 0 && !await connection.FillAsync(cancellation))
            {
                throw new BadResponseException(BadResponseKind.Cut, "its chunked body is cut");
            }

            var character = (char)connection.Buffered[0];
            connection.Consume(1);
            if (character == '\n') return line.ToString();
            line.Append(character);
        }

        throw new BadResponseException(BadResponseKind.Malformed, "its chunked body is broken");
    }

    private static void Take(ProbeConnection connection, ArrayBufferWriter<byte> raw, int count)
    {
        raw.Write(connection.Buffered[..count]);
        connection.Consume(count);
    }

    // no more than 4 KiB comes out, however much would: a small body may unpack to gigabytes
    private static byte[] Decompress(byte[] raw, string coding)
    {
        var output = new byte[Kept];
        var length = 0;
        using var input = new MemoryStream(raw);
        using Stream? unpacked = coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(input, CompressionMode.Decompress),
            "deflate" => new ZLibStream(input, CompressionMode.Decompress),
            "br" => new BrotliStream(input, CompressionMode.Decompress),
            _ => null,
        };
        if (unpacked is null) return Encoding.UTF8.GetBytes($"({raw.Length} bytes, Content-Encoding {coding})");
        try
        {
            while (length < Kept && unpacked.Read(output, length, Kept - length) is > 0 and var count) length += count;
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException or IOException)
        {
            if (length == 0) return Encoding.UTF8.GetBytes($"({raw.Length} bytes that are not {coding})");
        }

        return output[..length];
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        // a character cut in half at the end is left out, not shown as broken
        var decoder = Encoding.UTF8.GetDecoder();
        var characters = new char[Encoding.UTF8.GetMaxCharCount(Math.Min(bytes.Length, Kept))];
        var count = decoder.GetChars(bytes[..Math.Min(bytes.Length, Kept)], characters, flush: false);
        return new string(characters, 0, count);
    }
}
