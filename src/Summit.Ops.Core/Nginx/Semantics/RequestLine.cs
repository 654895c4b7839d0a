using System.Globalization;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>
/// Whether a site's own request line fits into the buffers that a server block has for it; nginx answers 414 where it does not.
/// </summary>
internal static class RequestLine
{
    private const int Kilobyte = 1024, Most = 64 * Kilobyte, Standard = 8 * Kilobyte, StandardFirst = Kilobyte, StandardCount = 4;

    /// <summary>Whether it does not fit.</summary>
    /// <param name="server">The server block.</param>
    /// <param name="site">The site.</param>
    /// <param name="refused">Whether nginx was seen to refuse it: with a token the line is longer than the description says.</param>
    public static bool IsTooLong(ServerScope server, SummitSite site, bool refused = false) => refused || Length(site) > Capacity(server);

    /// <summary>The arguments of <c>large_client_header_buffers</c> that let it in; null where only more than 64 KB would.</summary>
    public static string? Wanted(ServerScope server, SummitSite site)
    {
        var needed = Math.Max(Length(site), Capacity(server) + 1);
        var size = Standard;
        while (size < needed) size *= 2;
        return size > Most
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(StandardCount, Buffers(server).Count)} {size / Kilobyte}k");
    }

    /// <summary>nginx's notation of sizes: <c>512</c>, <c>8k</c>, <c>1m</c>; null where it is none.</summary>
    public static int? Size(string text)
    {
        var unit = text is [.., 'k' or 'K'] ? Kilobyte : text is [.., 'm' or 'M'] ? Kilobyte * Kilobyte : 1;
        return int.TryParse(unit == 1 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= int.MaxValue / unit ? number * unit : null;
    }

    private static int Length(SummitSite site) => $"GET {site.WithQuery(site.WebSocketPath)} HTTP/1.1\r\n".Length;

    /// <summary>The first buffer takes a line that fits into it, and the large ones each another.</summary>
    private static int Capacity(ServerScope server) =>
        Math.Max(
            Buffers(server).Size, Size(EffectiveDirectives.Value(server, DirectiveName.ClientHeaderBufferSize) ?? "") ?? StandardFirst);

    private static (int Count, int Size) Buffers(ServerScope server) =>
        EffectiveDirectives.Find(server, DirectiveName.LargeClientHeaderBuffers).Directives is [.., var written]
            && Size(written.Argument(1)) is { } size
            ? (Size(written.Argument(0)) ?? StandardCount, size)
            : (StandardCount, Standard);
}
