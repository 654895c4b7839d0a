using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>The TCP sockets that listen on a host.</summary>
internal static class ListenerTable
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Whether a socket that is bound to an address takes what is sent to another.</summary>
    public static bool Reaches(IPAddress bound, IPAddress wanted) => IsAny(bound) || bound.Plain().Equals(wanted.Plain());

    /// <summary>Whether it takes what is sent to this machine itself, under whichever of its names.</summary>
    public static bool ReachesLoopback(IPAddress bound) => IsAny(bound) || IPAddress.IsLoopback(bound.Plain());

    private static bool IsAny(IPAddress bound) => bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any);

    /// <summary>
    /// Reads <c>local_address inode</c> lines of <c>/proc/net/tcp</c> and <c>tcp6</c>, states other than LISTEN left out already.
    /// </summary>
    /// <remarks>An address there is printed as 32-bit words in the host's byte order (little-endian on every platform EC2 has).</remarks>
    public static IReadOnlyList<IPEndPoint> FromProc(string text)
    {
        var listeners = new List<IPEndPoint>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var local = line.AsSpan();
            var space = local.IndexOf(' ');
            if (space >= 0) local = local[..space];
            var colon = local.IndexOf(':');
            if (colon is not (8 or 32)
                || !int.TryParse(local[(colon + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var port))
            {
                continue;
            }

            if (port is < 0 or > IPEndPoint.MaxPort || local[..colon].ContainsAnyExcept(HexDigits)) continue;
            var bytes = Convert.FromHexString(local[..colon]);
            for (var word = 0; word < bytes.Length; word += 4)
            {
                var value = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(word));
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(word), value);
            }

            listeners.Add(new IPEndPoint(new IPAddress(bytes), port));
        }

        return listeners;
    }

    /// <summary>
    /// Reads the LISTEN lines of <c>netstat -an -p tcp</c> as BSD and macOS print them (<c>127.0.0.1.4000</c>, <c>*.443</c>).
    /// </summary>
    public static IReadOnlyList<IPEndPoint> FromNetstat(string text)
    {
        var listeners = new List<IPEndPoint>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 4) continue;
            var dot = fields[3].LastIndexOf('.');
            if (dot < 0 || !int.TryParse(fields[3].AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                || port > IPEndPoint.MaxPort)
            {
                continue;
            }

            var any = fields[0].EndsWith('6') ? IPAddress.IPv6Any : IPAddress.Any;
            listeners.Add(new IPEndPoint(IPAddress.TryParse(fields[3].AsSpan(0, dot), out var address) ? address : any, port));
        }

        return listeners;
    }
}
