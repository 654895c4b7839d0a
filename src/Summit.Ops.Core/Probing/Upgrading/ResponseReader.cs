using System.Buffers;
using System.Globalization;
using System.Text;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Upgrading;

/// <summary>Reads the head of an HTTP/1 answer byte by byte as it comes, and not one byte more.</summary>
internal static class ResponseReader
{
    /// <summary>The longest head that is read; nginx itself takes 4 or 8 KiB from a backend, browsers up to 256.</summary>
    public const int LongestHead = 64 * 1024;

    // 100, 102 and 103 may come before the answer; a server that goes on sending them is no server
    private const int MostInterim = 8;

    /// <summary>Reads the final answer; interim ones (1xx, but 101) are skipped.</summary>
    /// <exception cref="BadResponseException">What came is no HTTP answer.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task<UpgradeResponse> ReadAsync(ProbeConnection connection, CancellationToken cancellation)
    {
        var left = LongestHead;
        for (var interim = 0; interim <= MostInterim; interim++)
        {
            var (response, used) = await ReadOneAsync(connection, left, cancellation);
            left -= used;
            if (response.Status is < 100 or > 199 or 101) return response;
        }

        throw new BadResponseException(BadResponseKind.Malformed, $"more than {MostInterim} interim answers (1xx) came and no final one");
    }

    private static async Task<(UpgradeResponse Response, int Used)> ReadOneAsync(
        ProbeConnection connection, int left, CancellationToken cancellation)
    {
        await RecogniseAsync(connection, cancellation);
        var used = 0;
        var (version, status, reason) = StatusLine(await NextLineAsync());
        var headers = new List<SummitHeader>();
        while (true)
        {
            var line = await NextLineAsync();
            if (line.Length == 0) return (new UpgradeResponse(version, status, reason, headers), used);
            if (line[0] is ' ' or '\t')
            {
                // obsolete folding (RFC 9112, section 5.2): the line continues the one before
                if (headers.Count == 0)
                {
                    throw new BadResponseException(BadResponseKind.Malformed, "the first header line begins with white space");
                }

                headers[^1] = headers[^1] with { Value = $"{headers[^1].Value} {line.Trim(' ', '\t')}".Trim() };
                continue;
            }

            headers.Add(Header(line));
        }

        async ValueTask<string> NextLineAsync()
        {
            var (line, bytes) = await ReadLineAsync(connection, left - used, cancellation);
            used += bytes;
            return line;
        }
    }

    // as soon as the first bytes cannot be HTTP they are named, for the line's end may never come
    private static async Task RecogniseAsync(ProbeConnection connection, CancellationToken cancellation)
    {
        var expected = "HTTP/"u8.ToArray();
        while (true)
        {
            var length = Math.Min(expected.Length, connection.BufferedLength);
            if (!connection.Buffered[..length].SequenceEqual(expected.AsSpan(0, length))) throw NotHttp(connection.Buffered);
            if (length == expected.Length) return;
            if (!await connection.FillAsync(cancellation))
            {
                throw length == 0
                    ? new BadResponseException(BadResponseKind.Empty, "the connection was closed without an answer")
                    : new BadResponseException(BadResponseKind.Cut, $"the connection was closed after {length} bytes of the answer");
            }
        }
    }

    private static BadResponseException NotHttp(ReadOnlySpan<byte> first)
    {
        // TLS alert or handshake record, version 3.x
        if (first.Length >= 2 && first[0] is 0x15 or 0x16 && first[1] == 0x03)
        {
            return new BadResponseException(BadResponseKind.Tls, "the first bytes are a TLS record");
        }

        var shown = first[..Math.Min(first.Length, 40)];
        return new BadResponseException(
            BadResponseKind.NotHttp, $"it is not HTTP but begins with '{ForeignText.Visible(Encoding.Latin1.GetString(shown))}'");
    }

    private static async ValueTask<(string Line, int Bytes)> ReadLineAsync(
        ProbeConnection connection, int left, CancellationToken cancellation)
    {
        ArrayBufferWriter<byte>? whole = null;
        var bytes = 0;
        while (true)
        {
            var end = connection.Buffered.IndexOf((byte)'\n');
            var take = end < 0 ? connection.BufferedLength : end + 1;
            bytes += take;
            if (bytes > left) throw new BadResponseException(BadResponseKind.TooLong, $"its head is longer than {LongestHead / 1024} KiB");
            if (end >= 0 && whole is null)
            {
                var line = Decode(connection.Buffered[..end]);
                connection.Consume(take);
                return (line, bytes);
            }

            if (take > 0)
            {
                (whole ??= new ArrayBufferWriter<byte>(1024)).Write(connection.Buffered[..take]);
                connection.Consume(take);
            }

            if (end >= 0) return (Decode(whole!.WrittenSpan[..^1]), bytes);
            if (!await connection.FillAsync(cancellation))
            {
                throw new BadResponseException(BadResponseKind.Cut, "the connection was closed in the middle of its head");
            }
        }
    }

    private static string Decode(ReadOnlySpan<byte> line)
    {
        if (line.Length > 0 && line[^1] == '\r') line = line[..^1];
        return Encoding.UTF8.GetString(line);
    }

    private static (string Version, int Status, string Reason) StatusLine(string line)
    {
        var parts = line.Split(' ', 3);
        if (parts.Length < 2 || !IsVersion(parts[0].AsSpan(5)) || parts[1].Length != 3
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status < 100)
        {
            throw new BadResponseException(BadResponseKind.Malformed, $"its status line is '{ForeignText.Visible(Head(line))}'");
        }

        return (parts[0][5..], status, parts.Length > 2 ? parts[2] : "");
    }

    private static bool IsVersion(ReadOnlySpan<char> text) =>
        text.Length == 3 && char.IsAsciiDigit(text[0]) && text[1] == '.' && char.IsAsciiDigit(text[2]);

    private static SummitHeader Header(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || line.AsSpan(0, colon).IndexOfAny(' ', '\t') >= 0)
        {
            throw new BadResponseException(
                BadResponseKind.Malformed, $"a line of its head is no header: '{ForeignText.Visible(Head(line))}'");
        }

        return new SummitHeader(line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
    }

    private static string Head(string line) => line.Length <= 80 ? line : line[..80] + "…";
}
