using System.Diagnostics;
using System.Globalization;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;
using Summit.Ops.Probing.Measuring;

namespace Summit.Ops.Benchmarks.Probing;

/// <summary>Holds many WebSockets in a process of its own and says what memory that takes and whether every ping was answered.</summary>
internal static class HeldConnections
{
    public static async Task<int> RunAsync(string[] args)
    {
        var (count, scheme) = (args.Length > 0 ? args[0] : "10000", args.Length > 1 ? args[1] : "ws");
        var folder = Directory.CreateTempSubdirectory("summit-held-").FullName;
        try
        {
            using var certificates = new PeerCertificates();
            await using var peer = Peer.Start(GoodPeers.Serve, scheme == "wss" ? certificates.Tls() : null);
            var start = new ProcessStartInfo(
                Environment.ProcessPath!,
                [
                    "held-client", peer.Uri(host: "localhost"), certificates.WriteRoot(folder), count, peer.Endpoint,
                ]) { UseShellExecute = false };
            using var client = Process.Start(start)!;
            await client.WaitForExitAsync();
            return client.ExitCode;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static async Task<int> ClientAsync(string[] args)
    {
        var (uri, ca, count, connectTo) = (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture), args[3]);
        var request = ProbeRequest.Create(
            uri, new ProbeRequest { CertificateAuthority = ca, ConnectTo = connectTo, Timeout = TimeSpan.FromSeconds(60) });
        var measurement = new WebSocketMeasurement(
            request,
            new MeasureRequest { Connections = count, Rate = 1000, Hold = TimeSpan.FromSeconds(20), Interval = TimeSpan.FromSeconds(5) });
        var running = measurement.RunAsync(CancellationToken.None);
        long most = 0;
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(200));
            using var self = Process.GetCurrentProcess();
            most = Math.Max(most, self.WorkingSet64);
        }

        var result = await running;
        Console.WriteLine($"{uri}: {result.Opened} of {count} held, {result.Dropped} dropped, {result.Answered} of {result.Sent} pings "
            + $"answered, at most {most / 1024 / 1024} MB resident");
        Console.WriteLine($"round trip: {result.RoundTrip}");
        foreach (var limit in result.Limits) Console.WriteLine(limit);
        foreach (var failure in result.Failures) Console.WriteLine($"{failure}: {failure.Explanation}");
        return result.Opened == count && result.Answered == result.Sent ? 0 : 1;
    }
}
