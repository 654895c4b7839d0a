using System.Collections.Concurrent;

namespace Summit.Ops.Probing.Tls;

/// <summary>The certificates that were served to one probe object within the last second, by endpoint.</summary>
/// <remarks>
/// A resumed TLS session shows the certificate of its first handshake, which may be an hour old and since renewed. So a handshake is
/// whole unless a whole one with the same endpoint went well within the last second; and a resumed session that shows another
/// certificate than that one is thrown away. What it buys: hundreds of probes of one endpoint cost its server one private-key
/// operation a second, not hundreds.
/// </remarks>
internal sealed class RecentHandshakes
{
    private const int Most = 1024;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Key, Entry> _entries = new();

    /// <summary>The certificate of a whole handshake within the last second, or null.</summary>
    public Entry? Find(ProbeTrace trace) =>
        _entries.TryGetValue(KeyOf(trace), out var entry) && trace.Time.GetElapsedTime(entry.Taken) < Fresh ? entry : null;

    /// <summary>Remembers a whole handshake that left nothing to say.</summary>
    public void Add(ProbeTrace trace, byte[] leaf, SummitCertificate certificate)
    {
        if (_entries.Count >= Most) _entries.Clear();
        _entries[KeyOf(trace)] = new Entry(leaf, certificate, trace.Time.GetTimestamp());
    }

    private static Key KeyOf(ProbeTrace trace) =>
        new(trace.Address, trace.RemotePort, trace.Plan.Uri.AsciiHost, trace.Plan.Anchors, trace.Plan.Proxy);

    /// <summary>A handshake.</summary>
    /// <param name="Leaf">The server's own certificate, DER.</param>
    /// <param name="Certificate">What was made of it and its chain.</param>
    /// <param name="Taken">When, as a timestamp of the probe's clock.</param>
    internal sealed record Entry(byte[] Leaf, SummitCertificate Certificate, long Taken);

    private sealed record Key(string Address, int Port, string Host, TrustAnchors? Anchors, Connecting.ProxyServer? Proxy);
}
