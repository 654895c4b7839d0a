using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Summit.Ops.Core.Tests.PublicCases;

/// <summary>
/// A backend that reads the bytes itself and is as strict as the applications of the threads; it shares nothing with the
/// lab's and nothing with the module.
/// </summary>
internal sealed class StrictBackend : IAsyncDisposable
{
    private const string Salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private readonly Socket _listener;
    private readonly BackendRules _rules;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;

    private StrictBackend(Socket listener, BackendRules rules, X509Certificate2? certificate)
    {
        (_listener, _rules, _certificate) = (listener, rules, certificate);
        _accepting = AcceptAsync();
    }

    /// <summary>Listens on a port of 127.0.0.1, or on a UNIX socket in the folder.</summary>
    public static StrictBackend Start(BackendRules rules, int port, string folder, X509Certificate2 certificate)
    {
        Socket listener;
        if (rules.Unix is { } mode)
        {
            var path = Path.Combine(folder, "app.sock");
            listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        }
        else
        {
            listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        }

        listener.Listen(64);
        return new StrictBackend(listener, rules, rules.Tls ? certificate : null);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _serving.RemoveAll(task => task.IsCompleted);
                _serving.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the case is over
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var network = new NetworkStream(socket, ownsSocket: true);
        try
        {
            Stream stream = network;
            if (_certificate is not null)
            {
                var secure = new SslStream(network);
                stream = secure;
                if (!await StartTlsAsync(secure, network)) return;
            }

            while (await HeadAsync(stream) is { } head)
            {
                if (!await AnswerAsync(stream, RequestHead.Read(head))) return;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException
            or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
            // the other side went away, or the case is over
        }
    }

    /// <summary>TLS, or what Go's servers say to a plain request on such a port.</summary>
    private async Task<bool> StartTlsAsync(SslStream secure, NetworkStream network)
    {
        var first = new byte[1];
        await network.Socket.ReceiveAsync(first, SocketFlags.Peek, _stop.Token);
        if (first[0] != 0x16)
        {
            await network.WriteAsync(
                "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"u8.ToArray(), _stop.Token);
            return false;
        }

        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        return true;
    }

    private async Task<string?> HeadAsync(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        var length = await stream.ReadAsync(buffer, _stop.Token);
        if (length == 0) return null;
        if (buffer[0] == 0x16)
        {
            // a TLS hello is no request
            await SendAsync(stream, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
            return null;
        }

        while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var read = length == buffer.Length ? 0 : await stream.ReadAsync(buffer.AsMemory(length), _stop.Token);
            if (read == 0) return null;
            length += read;
        }

        return Encoding.Latin1.GetString(buffer, 0, buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8));
    }

    /// <summary>Answers one request; whether another one may follow.</summary>
    private async Task<bool> AnswerAsync(Stream stream, RequestHead request)
    {
        if (_rules.Closes) return false;
        if (_rules.Silent)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
            return false;
        }

        if (_rules.Delay > TimeSpan.Zero) await Task.Delay(_rules.Delay, _stop.Token);
        if (_rules.Accelerated is { } elsewhere)
        {
            await SendAsync(stream, $"HTTP/1.1 200 OK\r\nX-Accel-Redirect: {elsewhere}\r\nContent-Length: 0\r\n\r\n");
            return true;
        }

        var close = _rules.Close;
        if (_rules.Refuse(request) is var (status, closeInstead, location))
        {
            if (closeInstead == 0)
            {
                var body = $"the application answers {status}\n";
                var where = location.Length > 0 ? $"Location: {location}\r\n" : "";
                await SendAsync(
                    stream, $"HTTP/1.1 {status} Refused\r\nContent-Type: text/plain\r\n{where}Content-Length: {body.Length}\r\n\r\n{body}");
                return true;
            }

            close = closeInstead;
        }

        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(request["Sec-WebSocket-Key"] + Salt)));
        var cookie = _rules.BigHeader > 0 ? $"Set-Cookie: session={new string('x', _rules.BigHeader)}\r\n" : "";
        var offered = _rules.Protocols ? request["Sec-WebSocket-Protocol"].Split(',')[0].Trim() : "";
        var protocol = offered.Length > 0 ? $"Sec-WebSocket-Protocol: {offered}\r\n" : "";
        const string Switch = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
        await SendAsync(stream, $"{Switch}Sec-WebSocket-Accept: {accept}\r\n{protocol}{cookie}\r\n");
        if (close > 0) await stream.WriteAsync(new byte[] { 0x88, 2, (byte)(close >> 8), (byte)close }, _stop.Token);
        else if (_rules.Greets) await stream.WriteAsync((byte[])[0x81, 5, .. "hello"u8], _stop.Token);
        await FramesAsync(stream);
        return false;
    }

    /// <summary>Answers pings and the end, and reads over the rest.</summary>
    private async Task FramesAsync(Stream stream)
    {
        while (true)
        {
            var head = new byte[6];
            await stream.ReadExactlyAsync(head, _stop.Token);
            var payload = new byte[Math.Min(head[1] & 0x7F, 125)];
            await stream.ReadExactlyAsync(payload, _stop.Token);
            for (var i = 0; i < payload.Length; i++) payload[i] ^= head[2 + (i % 4)];
            var opcode = head[0] & 0x0F;
            if (opcode is 8 or 9)
            {
                await stream.WriteAsync((byte[])[(byte)(0x80 | (opcode == 9 ? 10 : 8)), (byte)payload.Length, .. payload], _stop.Token);
            }

            if (opcode == 8) return;
        }
    }

    private Task SendAsync(Stream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), _stop.Token).AsTask();
}
