using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Summit.Ops.Core.Tests.PublicCases;

/// <summary>The judge: a handshake as Firefox sends it, over a socket and TLS, with nothing of the module's own probe in it.</summary>
internal static class PlainClient
{
    private const string Salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6), Settled = TimeSpan.FromMilliseconds(150);

    /// <summary>What a browser sees: <c>opens</c>, or what there was instead.</summary>
    public static async Task<string> OpenAsync(string host, int port, string path, int attempts = 1)
    {
        for (var attempt = 1; attempt < attempts; attempt++)
        {
            if (await OnceAsync(host, port, path) is var seen && seen != "opens") return seen;
        }

        return await OnceAsync(host, port, path);
    }

    private static async Task<string> OnceAsync(string host, int port, string path)
    {
        using var stop = new CancellationTokenSource(Patience);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", port, stop.Token);
            // what is wrong with a certificate is not what these cases are about
            await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop.Token);
            var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
            var request = $"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n"
                + "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\nAccept: */*\r\n"
                + $"Sec-WebSocket-Version: 13\r\nOrigin: https://{host}:{port}\r\nSec-WebSocket-Key: {key}\r\n"
                + "Connection: keep-alive, Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\nUpgrade: websocket\r\n\r\n";
            await tls.WriteAsync(Encoding.ASCII.GetBytes(request), stop.Token);
            var (head, rest) = await HeadAsync(tls, stop.Token);
            var status = head.Split("\r\n")[0];
            if (!status.StartsWith("HTTP/1.1 101", StringComparison.Ordinal)) return status;
            var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Salt)));
            if (!Has(head, $"Sec-WebSocket-Accept: {accept}")) return "101 with a wrong Sec-WebSocket-Accept";
            if (!Has(head, "Upgrade: websocket") || !Has(head, "Connection: upgrade")) return "101 without Upgrade or Connection";
            return Has(head, "Sec-WebSocket-Protocol:") ? "101 with a subprotocol that was not asked for" : await StaysAsync(tls, rest);
        }
        catch (Exception error) when (error is SocketException or IOException or OperationCanceledException
            or System.Security.Authentication.AuthenticationException)
        {
            return $"{error.GetType().Name}";
        }
    }

    private static bool Has(string head, string line) => head.Contains("\r\n" + line, StringComparison.OrdinalIgnoreCase);

    private static async Task<(string Head, byte[] After)> HeadAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[256 * 1024];
        for (var length = 0; ;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
            if (read == 0) return (length == 0 ? "closed without an answer" : Encoding.Latin1.GetString(buffer, 0, length), []);
            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
            {
                return (Encoding.Latin1.GetString(buffer, 0, end + 2), buffer[(end + 4)..length]);
            }
        }
    }

    /// <summary>Whether no Close frame and no end of the stream follows at once.</summary>
    private static async Task<string> StaysAsync(Stream stream, byte[] rest)
    {
        using var settle = new CancellationTokenSource(Settled);
        var frame = rest;
        try
        {
            while (true)
            {
                if (frame.Length > 1 && (frame[0] & 0x0F) == 8)
                {
                    return $"101, then Close {(frame.Length > 3 ? (frame[2] << 8) + frame[3] : 0)}";
                }

                var buffer = new byte[1024];
                var read = await stream.ReadAsync(buffer, settle.Token);
                if (read == 0) return "101, then the end of the connection";
                frame = buffer[..read];
            }
        }
        catch (OperationCanceledException)
        {
            return "opens";
        }
    }
}
