using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Summit.Ops.Probing;

namespace Summit.Ops.Benchmarks.Probing;

/// <summary>One client in a process of its own: opens, takes the first message, closes; so many times, so many at once.</summary>
internal static class ProbeClients
{
    public static async Task<int> RunAsync(string[] args)
    {
        var (kind, uri, ca) = (args[0], args[1], args[2]);
        var (count, concurrency) = (int.Parse(args[3], CultureInfo.InvariantCulture), int.Parse(args[4], CultureInfo.InvariantCulture));
        Func<Task<bool>> one = kind == "probe" ? Probe(uri, ca) : Plain(new Uri(uri), ca, resume: kind != "plain-full");
        int begun = 0, good = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref begun) <= count)
            {
                if (await one()) Interlocked.Increment(ref good);
            }
        })));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"good\":{good},\"milliseconds\":{watch.Elapsed.TotalMilliseconds:0.0},\"cpu\":"
                + $"{Environment.CpuUsage.TotalTime.TotalMilliseconds:0.0}}}"));
        return 0;
    }

    private static Func<Task<bool>> Probe(string uri, string ca)
    {
        var request = ProbeRequest.Create(uri, new ProbeRequest { CertificateAuthority = ca, Settle = TimeSpan.FromSeconds(5) });
        var probe = new WebSocketProbe();
        return async () =>
        {
            var result = await probe.RunAsync(request);
            return result is { Success: true, FirstMessage: not null };
        };
    }

    // the least that a .NET program can do: a socket, SslStream, a handshake by hand, the framework's WebSocket over the stream
    private static Func<Task<bool>> Plain(Uri uri, string ca, bool resume)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(ca);
        var request = Encoding.ASCII.GetBytes($"GET {uri.PathAndQuery} HTTP/1.1\r\nHost: {uri.Authority}\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        return async () =>
        {
            using var client = new TcpClient { NoDelay = true };
            await client.ConnectAsync(uri.Host, uri.Port);
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = uri.Host, CertificateChainPolicy = policy, AllowTlsResume = resume });
            await tls.WriteAsync(request);
            var one = new byte[1];
            var matched = 0;
            while (matched < 4)
            {
                if (await tls.ReadAsync(one) == 0) return false;
                matched = one[0] == "\r\n\r\n"[matched] ? matched + 1 : one[0] == '\r' ? 1 : 0;
            }

            using var socket = WebSocket.CreateFromStream(tls, new WebSocketCreationOptions());
            var buffer = new byte[1024];
            var message = await socket.ReceiveAsync(buffer, CancellationToken.None);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            return message.Count > 0;
        };
    }
}
