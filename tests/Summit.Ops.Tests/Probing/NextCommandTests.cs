using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation.Language;
using System.Net;
using System.Net.Sockets;
using Summit.Ops.Lab.Peers;
using Summit.Ops.Probing;
using Summit.Ops.Probing.Certificates;
using Summit.Ops.Probing.Measuring;
using Summit.Ops.Tests.Conformance;

namespace Summit.Ops.Tests.Probing;

/// <summary>
/// Every command that a probe recommends can be pasted: it parses, and names commands and parameters that exist. What begins
/// with sudo is for the host's shell.
/// </summary>
public sealed class NextCommandTests : IDisposable
{
    // what would break out of a literal that is not quoted right
    private const string Nasty = "/w's/$(x)/`b/\"q\"/\u2019;&|@{}/%41/*[a]";

    private static readonly int[] Statuses =
    [
        200, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 413, 414, 416, 418, 421, 426,
        429, 431, 444, 451, 494, 499, 500, 501, 502, 503, 504, 505, 511, 520, 599,
    ];

    private static readonly string[] Servers = ["nginx/1.22.1", "openresty", "awselb/2.0", "Kestrel", ""];

    private static readonly string[] Bodies =
    [
        "", "<hr><center>nginx/1.22.1</center>", "The plain HTTP request was sent to HTTPS port", "No required SSL certificate was sent",
        "The SSL certificate error", "{\"error\":\"no\"}",
    ];

    private readonly PeerCertificates _certificates = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-next-").FullName;

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Task<SummitWebSocketResult> ProbeAsync(string uri, ProbeRequest? options = null) =>
        new WebSocketProbe().RunAsync(ProbeRequest.Create(uri, (options ?? new ProbeRequest()) with
        {
            Timeout = options?.Timeout is { } given && given < TimeSpan.FromSeconds(9) ? given : TimeSpan.FromSeconds(8),
        }));

    [Fact]
    public async Task Every_answer_to_the_upgrade_request()
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            var parts = (await connection.ReadRequestAsync(stop)).Split(' ')[1].Split('?')[1].Split('-')
                .Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
            var (server, body) = (Servers[parts[1]], Bodies[parts[2]]);
            await connection.SendAsync(
                $"HTTP/1.1 {parts[0]} It's \"so\"\r\n{(server.Length == 0 ? "" : $"Server: {server}\r\n")}Location: "
                    + $"{connection.Header("X-To")}\r\nContent-Length: {body.Length}\r\n\r\n{body}",
                stop);
        });
        var fixes = new ConcurrentBag<string>();
        var cases = from status in Statuses from server in Enumerable.Range(
            0, Servers.Length) from body in Enumerable.Range(0, Bodies.Length) select $"{status}-{server}-{body}";
        await Parallel.ForEachAsync(cases, async (one, _) =>
        {
            var result = await ProbeAsync(
                peer.Uri($"{Nasty}?{one}"), new ProbeRequest { Headers = [new SummitHeader("X-To", "https://o'ther/$(x)")] });
            Assert.False(result.Success);
            fixes.Add(result.Fix);
        });
        Check(fixes);
        Names(
            fixes, "Test-SummitWebSocket", "Test-SummitNginxConfig", "Resolve-SummitNginxLocation",
            "Invoke-SummitDiagnostic", "New-SummitSite");
    }

    [Fact]
    public async Task Every_hostile_peer()
    {
        var ca = _certificates.WriteRoot(_folder);
        var fixes = await Task.WhenAll(HostilePeers.All.Select(async hostile =>
        {
            var tls = hostile.Transport is PeerTransport.Tls or PeerTransport.TlsDialledAsPlain ? _certificates.Tls() : null;
            if (hostile.DemandsClientCertificate) tls!.ClientCertificateRequired = true;
            await using var peer = Peer.Start(hostile.Behaviour, tls);
            var scheme = hostile.Transport is PeerTransport.Tls or PeerTransport.PlainDialledAsTls ? "wss" : "ws";
            return (await ProbeAsync(
                peer.Uri(Nasty, "localhost", scheme),
                new ProbeRequest { ConnectTo = peer.Endpoint, Timeout = TimeSpan.FromSeconds(1.5), CertificateAuthority = ca })).Fix;
        }));
        Check(fixes.Where(fix => fix.Length > 0));
    }

    [Fact]
    public async Task Every_end_of_an_open_WebSocket()
    {
        await using var peer = Peer.Start(async (connection, stop) =>
        {
            await connection.OpenAsync(stop);
            var query = connection.Request.Split(' ')[1].Split('?')[1];
            if (query == "idle")
            {
                await Task.Delay(1000, stop);
            }
            else if (query == "reset")
            {
                connection.Abort();
            }
            else if (query != "end")
            {
                await connection.SendAsync(PeerConnection.Close(int.Parse(query, CultureInfo.InvariantCulture), "it's $(over)"), stop);
            }
        });
        var hold = new ProbeRequest { Settle = TimeSpan.FromMilliseconds(10), Hold = TimeSpan.FromSeconds(3) };
        IEnumerable<string> ends =
        [
            .. Enumerable.Range(1000, 15).Concat([3000, 3003, 3008, 3999, 4000, 4401, 4403, 4999]).Select(code => $"{code}"), "idle",
            "reset", "end",
        ];
        var fixes = await Task.WhenAll(ends.SelectMany(end => new[]
        {
            ProbeAsync(peer.Uri($"{Nasty}?{end}"), hold),
            ProbeAsync(peer.Uri($"{Nasty}?{end}"), new ProbeRequest { ExpectMessage = "'$(x)" }),
        }));
        Check(fixes.Select(one => one.Fix));
        Check(CloseCodes.All.Select(entry => entry.Run));
        Check(Enumerable.Range(0, 5001).Select(code => CloseCodes.Find(code)!.Run));
    }

    [Fact]
    public async Task Names_connections_proxies_and_redirects()
    {
        using var closed = new Socket(SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)closed.LocalEndPoint!).Port;
        await using var silent = Peer.Start(GoodPeers.Silent);
        await using var refuse = Peer.Start(async (connection, stop) =>
        {
            await connection.ReadRequestAsync(stop);
            await connection.SendAsync("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", stop);
        });
        await using var round = Peer.Start(async (connection, stop) =>
        {
            await connection.ReadRequestAsync(stop);
            await connection.SendAsync($"HTTP/1.1 302 Found\r\nLocation: {Nasty}\r\nContent-Length: 0\r\n\r\n", stop);
        });
        var results = await Task.WhenAll(
            ProbeAsync($"ws://no-such-name.invalid{Nasty}"),
            ProbeAsync($"ws://127.0.0.1:{port}{Nasty}"),
            ProbeAsync($"wss://name.example{Nasty}", new ProbeRequest { Proxy = $"http://127.0.0.1:{port}" }),
            ProbeAsync($"wss://name.example{Nasty}", new ProbeRequest { Proxy = $"http://127.0.0.1:{refuse.Port}" }),
            ProbeAsync(
                $"wss://name.example{Nasty}",
                new ProbeRequest { Proxy = $"http://127.0.0.1:{silent.Port}", Timeout = TimeSpan.FromSeconds(1) }),
            ProbeAsync($"ws://127.0.0.1:{silent.Port}{Nasty}", new ProbeRequest { Timeout = TimeSpan.FromSeconds(1) }),
            ProbeAsync(round.Uri(Nasty), new ProbeRequest { MaximumRedirection = 5 }),
            ProbeAsync(round.Uri("/a"), new ProbeRequest { MaximumRedirection = 1 }));
        Assert.All(results, result => Assert.False(result.Success));
        Check(results.Select(result => result.Fix));
        Names(results.Select(result => result.Fix), "[System.Net.Dns]::GetHostAddresses", "-Proxy none");
        var measured = await new WebSocketMeasurement(
            ProbeRequest.Create($"ws://127.0.0.1:{port}{Nasty}"),
            new MeasureRequest { Connections = 2, Hold = TimeSpan.Zero }).RunAsync(CancellationToken.None);
        Check([measured.Fix]);
    }

    [Fact]
    public async Task Every_check_of_a_certificate()
    {
        var ca = _certificates.WriteRoot(_folder);
        var path = Path.Combine(_folder, "it's a chain.pem");
        await File.WriteAllTextAsync(path, _certificates.Issue().ExportCertificatePem() + "\n" + _certificates.IntermediatePem);
        PeerCertificate[] bad =
        [
            new() { From = TimeSpan.FromDays(-90), To = TimeSpan.FromDays(-2) }, new() { From = TimeSpan.FromDays(2) },
            new() { Names = ["other.test"] }, new() { SelfSigned = true },
            new() { ForClients = true }, new() { To = TimeSpan.FromDays(3) }, new() { WeakKey = true },
        ];
        var fixes = new List<string>();
        foreach (var request in bad)
        {
            foreach (var whole in new[] { true, false })
            {
                await using var peer = Peer.Start(GoodPeers.Silent, _certificates.Tls(_certificates.Issue(request), whole));
                foreach (var authority in new[] { ca, null })
                {
                    var probe = ProbeRequest.Create(peer.Uri(Nasty, "localhost"), new ProbeRequest { CertificateAuthority = authority });
                    var (checks, _) = await new CertificateTest().RunAsync(
                        probe, TimeSpan.FromDays(21), path, null, CancellationToken.None);
                    fixes.AddRange(checks.Select(check => check.Fix).Where(fix => fix.Length > 0));
                }
            }
        }

        Check(fixes);
        Names(fixes, "sudo certbot", "Restart-SummitNginx", "Test-SummitCertificate");
    }

    private static void Names(IEnumerable<string> fixes, params string[] commands) =>
        Assert.All(commands, command => Assert.Contains(fixes, fix => fix.Contains(command, StringComparison.Ordinal)));

    private static void Check(IEnumerable<string> fixes)
    {
        var distinct = fixes.Distinct(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(distinct);
        var problems = new List<string>();
        foreach (var fix in distinct)
        {
            if (fix.StartsWith("sudo ", StringComparison.Ordinal)) problems.AddRange(ShellProblems(fix));
            else problems.AddRange(ExampleCode.Problems(fix).Concat(Executes(fix)).Select(problem => $"{fix}: {problem}"));
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    // nothing that came from a URI may run: all of it stands in single quotes
    private static IEnumerable<string> Executes(string fix)
    {
        if (fix.Length == 0) yield return "nothing to run";
        var tree = Parser.ParseInput(fix, out _, out _);
        foreach (var node in tree.FindAll(node => node is SubExpressionAst or ExpandableStringExpressionAst
            || node is CommandAst command && command.GetCommandName() is null, searchNestedScriptBlocks: true))
        {
            yield return $"'{node.Extent.Text}' would be evaluated";
        }
    }

    private static IEnumerable<string> ShellProblems(string command)
    {
        if (OperatingSystem.IsWindows()) yield break;
        using var shell = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-n", "-c", command]) { RedirectStandardError = true, UseShellExecute = false })!;
        var said = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        if (shell.ExitCode != 0) yield return $"{command}: {said}";
    }
}
