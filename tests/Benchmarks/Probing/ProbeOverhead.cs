using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;

namespace Summit.Ops.Benchmarks.Probing;

/// <summary>
/// What one probe costs beyond the bare handshake, one after the other against the same nginx: by hand up to the 101, by hand with first
/// message and Close, and the probe.
/// </summary>
/// <remarks>
/// The three take turns, so that what else the machine does hits all of them alike; the median counts. All handshakes are
/// whole, as that of a single probe is.
/// </remarks>
internal static class ProbeOverhead
{
    private static readonly byte[] Close = [0x89, 0x80, 1, 2, 3, 4, 0x88, 0x82, 1, 2, 3, 4, 0x03 ^ 1, 0xE8 ^ 2];

    public static async Task<int> RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1000;
        await using var backend = Peer.Start(GoodPeers.Greet("connected"));
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Backend = LabBackendKind.InProcess, Progress = new Progress<string>(Console.Error.WriteLine) });
        var location = lab.Config.WebSocketLocation(backend.Port);
        lab.WriteSite(lab.Config.Site(location, $"server {{ listen 127.0.0.1:{lab.HttpPort}; {location} }}\n"));
        await lab.Nginx.ReloadAsync();

        Console.WriteLine($"{count} of each in turn, through {lab.NginxBinary.Version}, {Environment.ProcessorCount} cores, medians");
        Console.WriteLine("| scheme | bare handshake, ms | with first message and Close by hand, ms | probe, ms | over the handshake, "
            + "ms | over the same by hand, ms |");
        Console.WriteLine("|---|---|---|---|---|---|");
        await MeasureAsync("ws", $"ws://localhost:{lab.HttpPort}/ws", lab.CaPath, count);
        await MeasureAsync("wss", lab.Uri, lab.CaPath, count);
        return 0;
    }

    private static async Task MeasureAsync(string scheme, string uri, string ca, int count)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.ImportFromPemFile(ca);
        var plain = new Uri(uri);
        var request = ProbeRequest.Create(uri, new ProbeRequest { CertificateAuthority = ca, Settle = TimeSpan.FromSeconds(5) });
        Func<Task>[] ways =
        [
            () => ByHandAsync(plain, policy, whole: false),
            () => ByHandAsync(plain, policy, whole: true),
            async () =>
            {
                // a probe of its own each time, as each command has: nothing is resumed
                var result = await new WebSocketProbe().RunAsync(request);
                if (result is not { Success: true, FirstMessage: "connected", RoundTrip: not null })
                {
                    throw new InvalidOperationException(result.Explanation);
                }
            },
        ];
        var times = ways.Select(_ => new List<double>()).ToArray();
        for (var i = -(count / 5); i < count; i++)
        {
            for (var turn = 0; turn < ways.Length; turn++)
            {
                var way = (turn + Math.Abs(i)) % ways.Length;
                var began = Stopwatch.GetTimestamp();
                await ways[way]();
                if (i >= 0) times[way].Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        var median = times.Select(list => list.Order().ElementAt(list.Count / 2)).ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {scheme} | {median[0]:0.00} | {median[1]:0.00} | {median[2]:0.00} | {median[2] - median[0]:0.00} | "
                + $"{median[2] - median[1]:0.00} |"));
    }

    private static async Task ByHandAsync(Uri uri, X509ChainPolicy policy, bool whole)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(uri.Host, uri.Port);
        await using Stream stream = uri.Scheme == "wss" ? new SslStream(client.GetStream()) : client.GetStream();
        if (stream is SslStream tls)
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = uri.Host, CertificateChainPolicy = policy, AllowTlsResume = false });
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {uri.PathAndQuery} HTTP/1.1\r\nHost: {uri.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        var buffer = new byte[4096];
        var (length, head) = (0, -1);
        while (head < 0)
        {
            length += await ReadAsync(stream, buffer, length);
            head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
        }

        if (!whole) return;

        // the greeting "connected" is a frame of 11 bytes; after it the pong (2) and the Close (4)
        while (length < head + 4 + 11) length += await ReadAsync(stream, buffer, length);
        await stream.WriteAsync(Close);
        while (length < head + 4 + 11 + 2 + 4) length += await ReadAsync(stream, buffer, length);
    }

    private static async Task<int> ReadAsync(Stream stream, byte[] buffer, int at)
    {
        var count = await stream.ReadAsync(buffer.AsMemory(at));
        return count > 0 ? count : throw new EndOfStreamException();
    }
}
