using System.Net;
using System.Net.Sockets;
using Summit.Ops.Text;

namespace Summit.Ops.Probing.Connecting;

/// <summary>Finds the addresses of a name; replaced in tests only to name the addresses, never to skip the connecting.</summary>
internal delegate Task<IPAddress[]> Resolver(string host, CancellationToken cancellation);

/// <summary>DNS and TCP: resolves the name, and connects to the first address that answers (RFC 8305, "Happy Eyeballs").</summary>
internal sealed class Dialler(Resolver resolve)
{
    // RFC 8305, section 5: the recommended delay between two attempts
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>The system's resolver: its order of addresses is the one of RFC 6724.</summary>
    public static Task<IPAddress[]> SystemResolver(string host, CancellationToken cancellation) =>
        Dns.GetHostAddressesAsync(host, cancellation);

    /// <summary>Connects.</summary>
    /// <exception cref="LayerFailedException">The name does not resolve, or no address answers.</exception>
    public async Task<Socket> ConnectAsync(string host, int port, ProbeTrace trace, CancellationToken cancellation)
    {
        trace.Stage = SummitProbeStage.Dns;
        var addresses = await ResolveAsync(host, trace, cancellation);
        trace.Addresses.AddRange(addresses.Select(address => address.ToString()));
        trace.Stage = SummitProbeStage.Tcp;
        var began = trace.Time.GetTimestamp();
        var socket = await RaceAsync(addresses, host, port, trace, cancellation);
        trace.Tcp = trace.Since(began);
        trace.Address = ((IPEndPoint)socket.RemoteEndPoint!).Address.ToString();
        return socket;
    }

    /// <summary>
    /// Puts the addresses in the order in which they are tried: the families take turns, the resolver's first choice begins.
    /// </summary>
    internal static IReadOnlyList<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count < 2) return addresses;
        var first = new Queue<IPAddress>(addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily));
        var second = new Queue<IPAddress>(addresses.Where(address => address.AddressFamily != addresses[0].AddressFamily));
        var order = new List<IPAddress>(addresses.Count);
        while (first.Count + second.Count > 0)
        {
            if (first.TryDequeue(out var address)) order.Add(address);
            if (second.TryDequeue(out address)) order.Add(address);
        }

        return order;
    }

    private async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, ProbeTrace trace, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal.Plain()];
        var began = trace.Time.GetTimestamp();
        try
        {
            var found = await resolve(host, cancellation);
            trace.Dns = trace.Since(began);
            if (found.Length > 0) return Interleave([.. found.Select(PeerAddress.Plain).Distinct()]);
        }
        catch (SocketException error)
        {
            trace.Dns = trace.Since(began);
            throw ConnectFailures.Name(host, error, trace.Plan);
        }

        throw ConnectFailures.Name(host, null, trace.Plan);
    }

    private static async Task<Socket> RaceAsync(
        IReadOnlyList<IPAddress> addresses, string host, int port, ProbeTrace trace, CancellationToken cancellation)
    {
        // the common case, one address, needs no race
        if (addresses.Count == 1) return await SingleAsync(addresses[0], host, port, trace, cancellation);

        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new List<Task<Attempt>>();
        var failed = new List<Attempt>();
        var next = 0;
        try
        {
            while (true)
            {
                if (next < addresses.Count) running.Add(TryAsync(addresses[next++], port, trace, losers.Token));
                var finished = await NextAsync(running, wait: next < addresses.Count ? AttemptDelay : null, trace.Time, cancellation);
                if (finished < 0) continue;
                var attempt = await running[finished];
                running.RemoveAt(finished);
                if (attempt.Socket is { } socket)
                {
                    trace.Attempts.AddRange(failed.Select(Describe));
                    trace.Attempts.Add(Describe(attempt));
                    return socket;
                }

                failed.Add(attempt);
                if (failed.Count < addresses.Count) continue;
                trace.Attempts.AddRange(failed.Select(Describe));
                throw ConnectFailures.Connection([.. failed.Select(one => (one.Address, one.Error!))], host, port, trace.Plan);
            }
        }
        catch (OperationCanceledException)
        {
            trace.Attempts.AddRange(failed.Select(Describe));
            throw;
        }
        finally
        {
            await losers.CancelAsync();
            await DropAsync(running, trace);
        }
    }

    private static async Task<Socket> SingleAsync(
        IPAddress address, string host, int port, ProbeTrace trace, CancellationToken cancellation)
    {
        var attempt = await TryAsync(address, port, trace, cancellation);
        if (attempt.Cancelled)
        {
            trace.Attempts.Add(new SummitConnectionAttempt(address.ToString(), "timed out", attempt.Elapsed));
            cancellation.ThrowIfCancellationRequested();
        }

        trace.Attempts.Add(Describe(attempt));
        return attempt.Socket ?? throw ConnectFailures.Connection([(address, attempt.Error!)], host, port, trace.Plan);
    }

    // the index of an attempt that is over, or -1 where it is time for the next one
    private static async Task<int> NextAsync(List<Task<Attempt>> running, TimeSpan? wait, TimeProvider time, CancellationToken cancellation)
    {
        if (wait is not { } delay) return running.IndexOf(await Task.WhenAny(running).WaitAsync(cancellation));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var timer = Task.Delay(delay, time, enough.Token);
        var first = await Task.WhenAny([timer, .. running]);
        await enough.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        return running.FindIndex(attempt => attempt == first);
    }

    private static async Task<Attempt> TryAsync(IPAddress address, int port, ProbeTrace trace, CancellationToken cancellation)
    {
        var began = trace.Time.GetTimestamp();
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellation);
            return new Attempt(address, socket, null, trace.Since(began));
        }
        catch (SocketException error)
        {
            socket.Dispose();
            return new Attempt(address, null, error, trace.Since(began));
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            return new Attempt(address, null, null, trace.Since(began));
        }
    }

    private static async Task DropAsync(List<Task<Attempt>> running, ProbeTrace trace)
    {
        foreach (var attempt in running)
        {
            var (address, socket, _, elapsed) = await attempt;
            socket?.Dispose();
            trace.Attempts.Add(new SummitConnectionAttempt(
                address.ToString(), trace.Attempts.Exists(one => one.Outcome == "connected") ? "not needed" : "timed out", elapsed));
        }
    }

    private static SummitConnectionAttempt Describe(Attempt attempt) =>
        new(
            attempt.Address.ToString(),
            attempt.Error is null ? "connected" : ConnectFailures.Outcome(attempt.Error.SocketErrorCode),
            attempt.Elapsed);

    private sealed record Attempt(IPAddress Address, Socket? Socket, SocketException? Error, TimeSpan Elapsed)
    {
        public bool Cancelled => Socket is null && Error is null;
    }
}
