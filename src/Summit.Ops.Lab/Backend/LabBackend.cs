using System.Net;
using System.Net.Security;
using Summit.Ops.Lab.Peers;

namespace Summit.Ops.Lab;

/// <summary>What runs the lab's backend.</summary>
public enum LabBackendKind
{
    /// <summary>pm2 where node and npm are there and the packages can be had, else this process.</summary>
    Auto,

    /// <summary>A node program with the ws package, under pm2.</summary>
    Pm2,

    /// <summary>This process.</summary>
    InProcess,
}

/// <summary>The WebSocket backend behind the lab's nginx.</summary>
/// <remarks>
/// It listens on 127.0.0.1 and does the same in both kinds:
/// <list type="bullet">
/// <item><c>/ws</c> upgraded: one text message <c>{"type":"connected","message":"WebSocket connected","id":N}</c>, then an echo of each
/// message, a pong for each ping;</item>
/// <item><c>/ws?token=bad</c>, or a token that is not in <c>tokens.txt</c> where that file exists: closed with
/// 1008 after the upgrade;</item>
/// <item><c>/ws?fail=yes</c>, or a <c>greeting.json</c> that is not JSON: closed with 1011; <c>?close=CODE</c>: greeted and closed with
/// that code; <c>?drop=yes</c>: the TCP connection ends with no Close frame; <c>?silent=yes</c>: no greeting;</item>
/// <item><c>/ws</c> without an upgrade, or in HTTP/1.0: 426; <c>/api…</c>: 200 and JSON that tells the method, path, HTTP version and
/// request headers that arrived; anything else: 404.</item>
/// </list>
/// Each connection is a line <c>WebSocket connected: #N /ws</c> in the log; a query, which may hold a token, is never logged.
/// </remarks>
public abstract class LabBackend : IAsyncDisposable
{
    private protected LabBackend(int port, string folder)
    {
        Port = port;
        Folder = folder;
    }

    /// <summary>What runs it; never <see cref="LabBackendKind.Auto"/>.</summary>
    public abstract LabBackendKind Kind { get; }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The folder of its state: <c>greeting.json</c>, and <c>tokens.txt</c> where tokens are limited.</summary>
    public string Folder { get; }

    /// <summary>The log with its WebSocket lines.</summary>
    public abstract string LogPath { get; }

    /// <summary>PM2_HOME of the daemon that runs it; empty without pm2.</summary>
    public virtual string Pm2Home => "";

    /// <summary>The process that listens.</summary>
    public abstract int ProcessId { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    public abstract Task StartAsync(CancellationToken cancellation = default);

    /// <summary>Stops it: nothing listens, and open connections end.</summary>
    public abstract Task StopAsync(CancellationToken cancellation = default);

    /// <summary>Closes the listening socket; the process goes on.</summary>
    public abstract Task DeafenAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Breaks its program, so that it ends at each start; returns when its manager has had enough. Where
    /// nothing starts it again it just ends.
    /// </summary>
    public virtual Task CrashAsync(CancellationToken cancellation = default) => StopAsync(cancellation);

    /// <summary>Puts another application in its place: what pm2, or nothing, said of the backend before is true of this one too.</summary>
    /// <param name="behaviour">What the application does with each connection.</param>
    /// <param name="tls">Its side of TLS; null for plain TCP.</param>
    /// <param name="address">Where it listens; null for 127.0.0.1.</param>
    /// <param name="cancellation">Ends it.</param>
    internal abstract Task ReplaceAsync(
        PeerBehaviour behaviour, SslServerAuthenticationOptions? tls = null, IPAddress? address = null,
        CancellationToken cancellation = default);

    /// <summary>Stops it, and no manager knows it any more.</summary>
    public virtual Task RemoveAsync(CancellationToken cancellation = default) => StopAsync(cancellation);

    /// <summary>From now on only these tokens are good.</summary>
    public Task AcceptOnlyAsync(IEnumerable<string> tokens, CancellationToken cancellation = default) =>
        File.WriteAllTextAsync(Path.Combine(Folder, "tokens.txt"), string.Join('\n', tokens) + "\n", cancellation);

    /// <summary>Ends it for good.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Writes what a fresh backend reads.</summary>
    private protected void WriteState()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "greeting.json"), """{"type":"connected","message":"WebSocket connected"}""" + "\n");
    }
}
