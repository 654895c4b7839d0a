using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Summit.Ops.Core.Tests.Nginx.Differential;

/// <summary>A backend that answers each request with the request's own head, byte for byte.</summary>
internal sealed class EchoBackend : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public EchoBackend()
    {
        _listener.Start(512);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.RemoveAll(task => task.IsCompleted);
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = socket;
        var buffer = new byte[64 * 1024];
        var length = 0;
        try
        {
            while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length), _stop.Token);
                if (read == 0) return;
                length += read;
            }

            var head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) + 2;
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: {head}\r\n\r\n"), _stop.Token);
            await socket.SendAsync(buffer.AsMemory(0, head), _stop.Token);
            socket.Shutdown(SocketShutdown.Send);
            while (await socket.ReceiveAsync(buffer.AsMemory(), _stop.Token) > 0)
            {
                // nginx closes
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // the test is over, or nginx went away
        }
    }
}
