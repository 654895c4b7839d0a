using System.Security.Cryptography;
using System.Text;

namespace Summit.Ops.Probing.Upgrading;

/// <summary>The client's half of the opening handshake (RFC 6455, section 4.1).</summary>
internal sealed class UpgradeRequest
{
    /// <summary>What the probes call themselves: as a browser does, since rules that let no other client in are common.</summary>
    public const string UserAgent = "Mozilla/5.0 (compatible; Summit.Ops)";

    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private UpgradeRequest(byte[] bytes, string accept) => (Bytes, Accept) = (bytes, accept);

    /// <summary>The request as it travels.</summary>
    public byte[] Bytes { get; }

    /// <summary>The Sec-WebSocket-Accept that answers it.</summary>
    public string Accept { get; }

    /// <summary>The request for a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="sentKey">The key that was sent already, where an answer to it is read later; null for a new one.</param>
    public static UpgradeRequest For(ProbePlan plan, string? sentKey = null)
    {
        var key = sentKey ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var text = new StringBuilder(512).Append("GET ").Append(plan.Uri.Target).Append(" HTTP/1.1\r\n");
        var host = plan.Headers.FirstOrDefault(header => header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))?.Value
            ?? plan.Uri.HostHeader;
        Line("Host", host);
        Line("Upgrade", "websocket");
        Line("Connection", plan.Request.KeepAlive ? Nginx.NginxRequest.KeepAliveUpgrade : "Upgrade");
        Line("Sec-WebSocket-Key", key);
        Line("Sec-WebSocket-Version", "13");
        if (plan.SubProtocols.Count > 0) Line("Sec-WebSocket-Protocol", string.Join(", ", plan.SubProtocols));
        if (!Has("User-Agent")) Line("User-Agent", UserAgent);
        foreach (var (name, value) in plan.Headers)
        {
            if (!name.Equals("Host", StringComparison.OrdinalIgnoreCase)) Line(name, value);
        }

        return new UpgradeRequest(Encoding.UTF8.GetBytes(text.Append("\r\n").ToString()), AcceptFor(key));

        void Line(string name, string value) => text.Append(name).Append(": ").Append(value).Append("\r\n");

        bool Has(string name) => plan.Headers.Any(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The proof that a server read the key.</summary>
    public static string AcceptFor(string key)
    {
#pragma warning disable CA5350 // RFC 6455 names SHA-1; nothing is kept secret by it
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
#pragma warning restore CA5350
    }
}
