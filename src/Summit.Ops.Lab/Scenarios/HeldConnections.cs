using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Summit.Ops.Lab;

/// <summary>Connections to the lab's nginx that stay open: what other clients do to a server.</summary>
internal sealed class HeldConnections : IAsyncDisposable
{
    private readonly List<SslStream> _open = [];

    /// <summary>Opens so many, or as many as nginx has room for.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="ask">
    /// Whether each is a whole WebSocket handshake that is answered, or the beginning of a request that never ends.
    /// </param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<HeldConnections> OpenAsync(LabInstance lab, bool ask, int most, CancellationToken cancellation)
    {
        var held = new HeldConnections();
        var request = $"GET /ws HTTP/1.1\r\nHost: {lab.ServerName}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{(ask ? "\r\n" : "")}";
        var refused = 0;
        // the workers share the listening socket: one that is full refuses while the other still has room
        while (held._open.Count < most && refused < 8)
        {
            var socket = new TcpClient();
            SslStream? tls = null;
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, lab.Port, cancellation);
#pragma warning disable CA5359 // a client that only takes room
                tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = lab.ServerName }, cancellation);
                await tls.WriteAsync(Encoding.ASCII.GetBytes(request), cancellation);
                if (ask) await tls.ReadExactlyAsync(new byte[12], cancellation);
                held._open.Add(tls);
            }
            catch (Exception error) when (error is IOException or SocketException)
            {
                refused++;
                if (tls is not null) await tls.DisposeAsync();
                socket.Dispose();
            }
        }

        return held;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _open) await connection.DisposeAsync();
    }
}
