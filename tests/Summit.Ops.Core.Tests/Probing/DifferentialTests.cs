using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Probing;

/// <summary>
/// The probe, node's ws and curl meet the same peers and agree on success or failure, wherever the other can express the case.
/// </summary>
public sealed class DifferentialTests
{
    // where the probe is as strict as a browser or a proxy, and ws is not; or the other way round
    private static readonly Dictionary<string, string> NodeDiffers = new(StringComparer.Ordinal)
    {
        ["a 101 as HTTP/1.0"] = "node's parser lets it upgrade",
        ["bare line feeds"] = "node's parser wants CRLF; nginx and browsers do not",
        ["obsolete folding"] = "node's parser refuses it; RFC 9112, section 5.2, lets a client join the lines",
        ["a short length in long form"] = "ws does not ask for the shortest form",
        ["a medium length in the longest form"] = "ws does not ask for the shortest form",
    };

    // curl tells the status as soon as it has read the status line, however the head goes on
    private const string StatusOfABrokenHead = "curl gives up as well, and tells the status that it had read by then";

    private static readonly Dictionary<string, string> CurlDiffers = new(StringComparer.Ordinal)
    {
        ["a header line without a colon"] = StatusOfABrokenHead,
        ["folding before the first header"] = StatusOfABrokenHead,
        ["a header of 1 MiB"] = StatusOfABrokenHead,
        ["one endless header line"] = StatusOfABrokenHead,
        ["endless headers"] = StatusOfABrokenHead,
        ["endless interim answers"] = StatusOfABrokenHead,
        ["white space before the colon"] = "curl lets it pass; RFC 9112, section 5.1, does not",
        ["a client certificate demanded"] = "in TLS 1.3 curl's handshake is over when the server says so, and it calls that an empty reply",
    };

    // a greeting that is not answered in TLS, a certificate of its own that is bad or missing, a server's that is not good
    private static readonly int[] TlsCodes = [35, 58, 60, 98];

    private static readonly string[] Handshake =
    [
        "-s", "-o", "/dev/null", "-m", "2", "--http1.1", "-w", "%{http_code} %{exitcode}", "-H", "Upgrade: websocket", "-H",
        "Connection: Upgrade", "-H", "Sec-WebSocket-Version: 13", "-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];

    // curl speaks HTTP and TLS here and knows nothing of frames: what comes after the 101 is not its matter
    private static IEnumerable<HostilePeer> CurlPeers => HostilePeers.All.Where(
        peer => peer is { UsesUpTheTime: false, Stage: SummitProbeStage.None or SummitProbeStage.Tls or SummitProbeStage.Upgrade });

    // node does not come back from these: its parser eats endless interim answers without ever coming to a time-out
    private static readonly string[] NodeNeverEnds =
    [
        "endless interim answers", "an endless error page", "endless pings", "a frame that never ends",
    ];

    private static IReadOnlyList<HostilePeer> Peers =>
        [.. HostilePeers.All.Where(peer => !peer.UsesUpTheTime && !NodeNeverEnds.Contains(peer.Name))];

    [Fact]
    public async Task Nodes_ws_agrees()
    {
        string modules;
        try
        {
            modules = (await NodePackages.ProvideAsync(LabSettings.FromEnvironment(), null, CancellationToken.None)).Modules;
        }
        catch (LabUnavailableException error)
        {
            Assert.Skip(error.Message);
            throw;
        }

        using var certificates = new PeerCertificates();
        var folder = Directory.CreateTempSubdirectory("summit-differ-").FullName;
        var peers = Peers.Select(hostile => (Hostile: hostile, Peer: Start(hostile, certificates))).ToList();
        try
        {
            var ca = certificates.WriteRoot(folder);
            var uris = peers.Select(one => Uri(one.Hostile, one.Peer)).ToList();
            var node = await RunAsync(
                "node", [Path.Combine(AppContext.BaseDirectory, "Probing/data/ws-client.js")],
                JsonSerializer.Serialize(new { ca = certificates.RootPem, uris }), modules);
            var said = JsonDocument.Parse(node).RootElement.EnumerateArray().ToList();
            var differ = new ConcurrentBag<string>();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, peers.Count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, cancellation) =>
                {
                    var ours = await new WebSocketProbe().RunAsync(
                        ProbeRequest.Create(uris[i], new ProbeRequest { CertificateAuthority = ca, Timeout = TimeSpan.FromSeconds(3) }),
                        cancellation);
                    var theirs = said[i].GetProperty("open").GetBoolean() && said[i].GetProperty("error").GetString() == ""
                        && said[i].GetProperty("close").GetInt32() is 0 or 1000 or 1005;
                    var status = said[i].GetProperty("status").GetInt32();
                    if (ours.Success != theirs != NodeDiffers.ContainsKey(peers[i].Hostile.Name)
                        || (status > 0 && status != ours.HttpStatus))
                    {
                        differ.Add($"{peers[i].Hostile}: probe {ours.Success} {ours.HttpStatus} ({ours.Explanation}), ws {said[i]}");
                    }
                });
            Assert.True(differ.IsEmpty, string.Join('\n', differ));
        }
        finally
        {
            foreach (var (_, peer) in peers) await peer.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Curl_agrees()
    {
        Assert.SkipUnless(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "curl"))),
            "curl is not on PATH");
        using var certificates = new PeerCertificates();
        var folder = Directory.CreateTempSubdirectory("summit-differ-").FullName;
        try
        {
            var ca = certificates.WriteRoot(folder);
            var differ = new ConcurrentBag<string>();
            await Parallel.ForEachAsync(CurlPeers, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (hostile, cancellation) =>
            {
                await using var peer = Start(hostile, certificates);
                var uri = Uri(hostile, peer);
                var said = (await RunAsync("curl", [.. Handshake, "--cacert", ca, "http" + uri[2..]], "", "")).Split(' ');
                var ours = await new WebSocketProbe().RunAsync(
                    ProbeRequest.Create(uri, new ProbeRequest { CertificateAuthority = ca, Timeout = TimeSpan.FromSeconds(3) }),
                    cancellation);
                var (status, exit) = (int.Parse(said[0], CultureInfo.InvariantCulture), int.Parse(said[1], CultureInfo.InvariantCulture));

                // curl ends an open connection by its own time-out; a layer below HTTP, or an answer that is none, by another code
                var agree = (ours.HttpStatus ?? 0) == status && (ours.FailedStage == SummitProbeStage.Tls) == TlsCodes.Contains(exit);
                if (agree == CurlDiffers.ContainsKey(hostile.Name))
                {
                    differ.Add(
                        $"{hostile}: probe {ours.HttpStatus} {ours.FailedStage} ({ours.Explanation}), curl {status}, exit code {exit}");
                }
            });
            Assert.True(differ.IsEmpty, string.Join('\n', differ));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Peer Start(HostilePeer hostile, PeerCertificates certificates)
    {
        var tls = hostile.Transport is PeerTransport.Tls or PeerTransport.TlsDialledAsPlain ? certificates.Tls() : null;
        if (hostile.DemandsClientCertificate) tls!.ClientCertificateRequired = true;
        return Peer.Start(hostile.Behaviour, tls);
    }

    private static string Uri(HostilePeer hostile, Peer peer) =>
        peer.Uri(scheme: hostile.Transport is PeerTransport.Tls or PeerTransport.PlainDialledAsTls ? "wss" : "ws");

    // an end for a program that finds none
    private static async Task<string> RunAsync(string program, string[] arguments, string input, string modules)
    {
        var start = new ProcessStartInfo(
            program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["NODE_PATH"] = modules;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var kill = enough.Token.Register(() => process.Kill());
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
