using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Summit.Ops.Lab.Peers;

namespace Summit.Ops.Lab;

/// <summary>The backend in this process: a few lines of HTTP on a socket, and the framework's WebSocket from the upgrade on.</summary>
internal sealed class InProcessBackend : LabBackend
{
    private const int LongestHead = 32 * 1024, PortAttempts = 60;
    private readonly SemaphoreSlim _logGate = new(1, 1);
    private CancellationTokenSource _running = new();
    private TcpListener? _listener;
    private Peer? _replacement;
    private Task _accepting = Task.CompletedTask;
    private int _connections;

    public InProcessBackend(int port, string folder)
        : base(port, folder) => WriteState();

    public override LabBackendKind Kind => LabBackendKind.InProcess;

    public override string LogPath => Path.Combine(Folder, "summit-out.log");

    public override int ProcessId => Environment.ProcessId;

    public override async Task StartAsync(CancellationToken cancellation = default)
    {
        if (_listener is not null) return;
        _running = new();
        var listener = new TcpListener(IPAddress.Loopback, Port);
        try
        {
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            listener.Dispose();
            throw new PortTakenException(Port, e);
        }

        _listener = listener;
        await LogAsync($"listening on 127.0.0.1:{Port}");
        _accepting = AcceptAsync(listener, _running.Token);
    }

    public override async Task StopAsync(CancellationToken cancellation = default)
    {
        if (_listener is null) return;
        await DeafenAsync(cancellation);
        await LogAsync("stopped");
    }

    public override async Task DeafenAsync(CancellationToken cancellation = default)
    {
        if (_listener is null) return;
        await _running.CancelAsync();
        _listener = null;
        await _accepting;
        _running.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_replacement is not null) await _replacement.DisposeAsync();
        _logGate.Dispose();
    }

    internal override async Task ReplaceAsync(
        PeerBehaviour behaviour, SslServerAuthenticationOptions? tls = null, IPAddress? address = null,
        CancellationToken cancellation = default)
    {
        await StopAsync(cancellation);
        if (_replacement is not null) await _replacement.DisposeAsync();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _replacement = Peer.Start(behaviour, tls, address, Port);
                return;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // a process that is being started holds the old socket until it has become its program; after
                // that somebody else chose the port
                if (attempt == PortAttempts) throw new PortTakenException(Port, error);
                await Task.Delay(50, cancellation);
            }
        }
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken stop)
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop);
                open.RemoveAll(t => t.IsCompleted);
                open.Add(ServeAsync(client, stop));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // told to stop
        }
        finally
        {
            // here and not by whoever stops it: a listener that goes away between two accepts would end the loop with an error of its own
            listener.Dispose();
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                while (await ReadRequestAsync(stream, stop) is { } request && await AnswerAsync(stream, request, stop))
                {
                }
            }
            catch (Exception e)
                when (e is IOException or OperationCanceledException or WebSocketException or SocketException or ObjectDisposedException)
            {
                // the client went away, or the backend was told to stop: both end the connection, which is what should happen
            }
            catch (Exception e)
            {
                await LogAsync($"Error: {e}");
            }
        }
    }

    // true where the connection may carry a further request
    private async Task<bool> AnswerAsync(NetworkStream stream, Request request, CancellationToken stop)
    {
        var webSocketPath = request.Path == "/ws" || request.Path.StartsWith("/ws/", StringComparison.Ordinal);
        // RFC 6455 section 4.2.1: an HTTP/1.1 or higher GET request
        if (webSocketPath && request.Version == "1.1" && request.Header("Upgrade").Equals("websocket", StringComparison.OrdinalIgnoreCase)
            && request.Header("Connection").Contains("upgrade", StringComparison.OrdinalIgnoreCase))
        {
            await UpgradeAsync(stream, request, stop);
            return false;
        }

        if (webSocketPath)
        {
            await LogAsync($"GET {request.Path} without an upgrade: 426");
            return await WriteAsync(
                stream, request, "426 Upgrade Required",
                new JsonObject { ["error"] = "This is a WebSocket endpoint" },
                "Upgrade: websocket\r\n", stop);
        }

        if (request.Path != "/api" && !request.Path.StartsWith("/api/", StringComparison.Ordinal))
        {
            return await WriteAsync(stream, request, "404 Not Found", new JsonObject { ["error"] = "Not found" }, "", stop);
        }

        var headers = new JsonObject();
        foreach (var (name, value) in request.Headers) headers[name.ToLowerInvariant()] = value;
        return await WriteAsync(stream, request, "200 OK", new JsonObject
        {
            ["ok"] = true, ["method"] = request.Method, ["path"] = request.Path, ["httpVersion"] = request.Version, ["headers"] = headers,
        }, "", stop);
    }

    private async Task UpgradeAsync(NetworkStream stream, Request request, CancellationToken stop)
    {
        var key = request.Header("Sec-WebSocket-Key");
#pragma warning disable CA5350 // RFC 6455 section 4.2.2 asks for SHA-1; it protects nothing
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        var protocol = request.Header("Sec-WebSocket-Protocol").Split(',')[0].Trim();
        var chosen = protocol.Length > 0 ? $"Sec-WebSocket-Protocol: {protocol}\r\n" : "";
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Accept: {accept}\r\n{chosen}\r\n"), stop);
        var id = Interlocked.Increment(ref _connections);
        await LogAsync($"WebSocket connected: #{id} {request.Path}");
        using var socket = WebSocket.CreateFromStream(
            stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = protocol.Length > 0 ? protocol : null });
        try
        {
            await TalkAsync(socket, HttpUtility.ParseQueryString(request.Query), id, stop);
        }
        finally
        {
            await LogAsync($"WebSocket closed: #{id} {(int?)socket.CloseStatus ?? 1006}");
        }
    }

    private async Task TalkAsync(WebSocket socket, System.Collections.Specialized.NameValueCollection query, int id, CancellationToken stop)
    {
        if (await IsRefusedAsync(query["token"], stop))
        {
            await LogAsync($"WebSocket refused: #{id} the token is not valid");
            await CloseAsync(socket, 1008, "invalid token", stop);
            return;
        }

        if (query["drop"] == "yes") return;
        if (query["fail"] == "yes")
        {
            await CloseAsync(socket, 1011, "internal error", stop);
            return;
        }

        if (query["silent"] != "yes" && !await GreetAsync(socket, id, stop)) return;
        if (int.TryParse(query["close"], NumberStyles.None, CultureInfo.InvariantCulture, out var code) && IsSendable(code))
        {
            await CloseAsync(socket, code, "as asked", stop);
            return;
        }

        var buffer = new byte[64 * 1024];
        while (true)
        {
            var got = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            if (got.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, "", stop);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, stop);
        }
    }

    // RFC 6455 section 7.4: the others never stand in a Close frame
    private static bool IsSendable(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    private async Task<bool> IsRefusedAsync(string? token, CancellationToken stop)
    {
        if (token == "bad") return true;
        var file = Path.Combine(Folder, "tokens.txt");
        return File.Exists(file) && !(await File.ReadAllLinesAsync(file, stop)).Contains(token ?? "", StringComparer.Ordinal);
    }

    private async Task<bool> GreetAsync(WebSocket socket, int id, CancellationToken stop)
    {
        try
        {
            var greeting = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "greeting.json"), stop))!.AsObject();
            greeting["id"] = id;
            await socket.SendAsync(Encoding.UTF8.GetBytes(greeting.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, stop);
            return true;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or InvalidOperationException)
        {
            await LogAsync($"Error: no greeting: {e.Message}");
            await CloseAsync(socket, 1011, "internal error", stop);
            return false;
        }
    }

    // as ws does: a Close frame, then the peer's answer for a while
    private static async Task CloseAsync(WebSocket socket, int code, string reason, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        await socket.CloseAsync((WebSocketCloseStatus)code, reason, patience.Token);
    }

    private static async Task<bool> WriteAsync(
        NetworkStream stream, Request request, string status, JsonObject body, string extra, CancellationToken stop)
    {
        var close = request.Version == "1.0" || request.Header("Connection").Contains("close", StringComparison.OrdinalIgnoreCase);
        var text = body.ToJsonString();
        var head = $"HTTP/1.1 {status}\r\n{extra}Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\n"
            + $"Connection: {(close ? "close" : "keep-alive")}\r\n\r\n";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head + (request.Method == "HEAD" ? "" : text)), stop);
        return !close && request.Header("Content-Length") is "" or "0";
    }

    private static async Task<Request?> ReadRequestAsync(NetworkStream stream, CancellationToken stop)
    {
        // byte by byte: what follows the head belongs to the WebSocket, and nothing here is in a hurry
        var head = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, stop) == 1)
        {
            head.Add(one[0]);
            if (head.Count > LongestHead) return null;
            if (head is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n']) return Request.Parse(Encoding.Latin1.GetString([.. head]));
        }

        return null;
    }

    private async Task LogAsync(string text)
    {
        await _logGate.WaitAsync();
        try
        {
            await File.AppendAllTextAsync(LogPath, $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {text}\n");
        }
        finally
        {
            _logGate.Release();
        }
    }

    private sealed record Request(
        string Method, string Path, string Query, string Version, IReadOnlyList<(string Name, string Value)> Headers)
    {
        public static Request? Parse(string head)
        {
            var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length == 0 || lines[0].Split(' ') is not [var method, var target, var version]) return null;
            var mark = target.IndexOf('?', StringComparison.Ordinal);
            var headers = lines.Skip(1).Select(l => l.Split(':', 2)).Where(p => p.Length == 2)
                .Select(p => (p[0].Trim(), p[1].Trim())).ToList();
            return new(method, mark < 0 ? target : target[..mark], mark < 0 ? "" : target[(mark + 1)..], version.Replace(
                "HTTP/", "", StringComparison.Ordinal), headers);
        }

        public string Header(string name) =>
            Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";
    }
}
