using System.Diagnostics;
using System.Text.Json;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Probing;

/// <summary>The probe, node's ws and curl meet the same peers and agree on success or failure, wherever the other can express the case.</summary>
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

    private static IReadOnlyList<HostilePeer> Peers => [.. HostilePeers.All.Where(peer => peer is { UsesUpTheTime: false } && peer.Name is not ("endless interim answers" or "an endless error page" or "endless pings" or "a frame that never ends" or "a Close without a code"))];

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
            var node = await RunAsync("node", [Path.Combine(AppContext.BaseDirectory, "Probing/data/ws-client.js")], JsonSerializer.Serialize(new { ca = certificates.RootPem, uris }), modules);
            var said = JsonDocument.Parse(node).RootElement.EnumerateArray().ToList();
            var differ = new List<string>();
            for (var i = 0; i < peers.Count; i++)
            {
                var ours = await new WebSocketProbe().RunAsync(ProbeRequest.Create(uris[i], new ProbeRequest { CertificateAuthority = ca, Timeout = TimeSpan.FromSeconds(3) }));
                var theirs = said[i].GetProperty("open").GetBoolean() && said[i].GetProperty("error").GetString() == "" && said[i].GetProperty("close").GetInt32() is 0 or 1000 or 1005;
                if (ours.Success != theirs != NodeDiffers.ContainsKey(peers[i].Hostile.Name)) differ.Add($"{peers[i].Hostile}: probe {ours.Success} ({ours.Explanation}), ws {said[i]}");
                if (said[i].GetProperty("status").GetInt32() is var status and > 0) Assert.Equal(status, ours.HttpStatus);
            }

            Assert.True(differ.Count == 0, string.Join('\n', differ));
        }
        finally
        {
            foreach (var (_, peer) in peers) await peer.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("a chunked error page", "502")]
    [InlineData("a gzip error page", "504")]
    [InlineData("an error as HTTP/1.0", "400")]
    [InlineData("lower-case headers", "101")]
    [InlineData("obsolete folding", "101")]
    [InlineData("interim answers before the 101", "101")]
    public async Task Curl_sees_the_same_status(string name, string status)
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "curl"))), "curl is not on PATH");
        var hostile = HostilePeers.Find(name);
        await using var peer = Peer.Start(hostile.Behaviour);
        var http = peer.Uri(scheme: "http");
        var output = await RunAsync("curl", ["-s", "-o", "/dev/null", "-m", "1", "--http1.1", "-w", "%{http_code}", "-H", "Upgrade: websocket", "-H", "Connection: Upgrade", "-H", "Sec-WebSocket-Version: 13", "-H", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", http], "", "");
        Assert.Equal(status, output);
        Assert.Equal(status, $"{(await new WebSocketProbe().RunAsync(ProbeRequest.Create(peer.Uri()))).HttpStatus}");
    }

    private static Peer Start(HostilePeer hostile, PeerCertificates certificates)
    {
        var tls = hostile.Transport is PeerTransport.Tls or PeerTransport.TlsDialledAsPlain ? certificates.Tls() : null;
        if (hostile.DemandsClientCertificate) tls!.ClientCertificateRequired = true;
        return Peer.Start(hostile.Behaviour, tls);
    }

    private static string Uri(HostilePeer hostile, Peer peer) => peer.Uri(scheme: hostile.Transport is PeerTransport.Tls or PeerTransport.PlainDialledAsTls ? "wss" : "ws");

    private static async Task<string> RunAsync(string program, string[] arguments, string input, string modules)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["NODE_PATH"] = modules;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
