using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Summit.Ops.Lab.Peers;

/// <summary>What a peer does with one connection; when it returns, the connection is closed.</summary>
/// <param name="connection">The connection, after TLS where the peer has it.</param>
/// <param name="stop">Cancelled when the peer is disposed.</param>
public delegate Task PeerBehaviour(PeerConnection connection, CancellationToken stop);

/// <summary>A server on the loopback that does byte for byte what a test tells it, however wrong.</summary>
public sealed class Peer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly PeerBehaviour _behaviour;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly Task _accepting;
    private int _connections;
    private bool _disposed;

    private Peer(PeerBehaviour behaviour, SslServerAuthenticationOptions? tls, IPAddress address, int port)
    {
        (_behaviour, _tls) = (behaviour, tls);
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen(1024);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>Host and port, as <c>-ConnectTo</c> takes it.</summary>
    public string Endpoint => ((IPEndPoint)_listener.LocalEndPoint!).ToString();

    /// <summary>How many connections came.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>What went wrong in the behaviours, but for the other side going away.</summary>
    public ConcurrentQueue<Exception> Faults { get; } = new();

    /// <summary>Starts one.</summary>
    /// <param name="behaviour">What it does with each connection.</param>
    /// <param name="tls">Its side of TLS; null for plain TCP.</param>
    /// <param name="address">The loopback address; null for 127.0.0.1.</param>
    /// <param name="port">The port; 0 for a free one.</param>
    public static Peer Start(
        PeerBehaviour behaviour, SslServerAuthenticationOptions? tls = null, IPAddress? address = null,
        int port = 0) => new(behaviour, tls, address ?? IPAddress.Loopback, port);

    /// <summary>Its URI under a name.</summary>
    /// <param name="path">Path and query.</param>
    /// <param name="host">The host as it stands in a URI.</param>
    /// <param name="scheme">The scheme; null for that which the peer speaks.</param>
    public string Uri(string path = "/ws", string host = "127.0.0.1", string? scheme = null) =>
        $"{scheme ?? (_tls is null ? "ws" : "wss")}://{host}:{Port.ToString(CultureInfo.InvariantCulture)}{path}";

    /// <summary>Ends the listener and every connection, and waits until they are over.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_running.Keys);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stop.Token);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _connections);
            var serving = Task.Run(() => ServeAsync(socket));
            _running[serving] = 0;
            _ = serving.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (_tls is not null)
            {
                var secure = new SslStream(stream);
                stream = secure;
                await secure.AuthenticateAsServerAsync(_tls, _stop.Token);
            }

            await _behaviour(new PeerConnection(socket, stream), _stop.Token);
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException
            or AuthenticationException)
        {
            // the other side had enough, or the test is over
        }
        catch (Exception error)
        {
            Faults.Enqueue(error);
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }
}
