using System.Net.Sockets;
using Summit.Ops.Lab.Peers;

namespace Summit.Ops.Lab;

/// <summary>Where nginx passes the handshake to, while the backend is well.</summary>
internal static class UpstreamScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Passed("upstream-mismatch", "/ws is proxied to a port that is not the backend's", 502,
            lab => $"http://127.0.0.1:{FreePorts.Choose(1)[0]}"),
        Passed("upstream-address", "/ws is proxied to an address on which the backend does not listen", 502,
            lab => $"http://127.0.0.3:{lab.BackendPort}"),
        Passed("upstream-socket", "/ws is proxied to a UNIX socket that is not there", 502,
            lab => $"http://unix:{lab.NginxPrefix}/run/backend.sock"),
        Passed(
            "upstream-tls", "/ws is proxied with https, and the backend speaks plain HTTP", 504,
            lab => $"https://127.0.0.1:{lab.BackendPort};\n        proxy_connect_timeout 1s") with
        {
            Expected = SummitCause.NginxUpstreamScheme,
            AlsoTrue = [SummitCause.NginxUpstreamMismatch],
        },
        Passed(
            "upstream-resolver", "proxy_pass has a name in a variable, and nginx has no resolver", 502,
            lab => $"http://$summit_backend:{lab.BackendPort};\n        set $summit_backend localhost") with
        {
            Expected = SummitCause.NginxResolverMissing,
        },
        Denied,
        Passed("upstream-path", "proxy_pass has a path, which takes the place of /ws", 404,
            lab => $"http://127.0.0.1:{lab.BackendPort}/socket"),
        Passed("upstream-slash", "proxy_pass ends in a slash, which takes the place of /ws", 404,
            lab => $"http://127.0.0.1:{lab.BackendPort}/"),
        Scenario.Edited(
            "upstream-rewrite", SummitCause.NginxUpstreamMismatch,
            "a rewrite with break takes /ws off the path",
            (_, text) => text.After("location /ws {", "\n        rewrite ^/ws(.*)$ /$1 break;")) with { Answer = 404 },
        Scenario.Edited(
            "upstream-if", SummitCause.NginxUpstreamMismatch,
            "an if in the location has a proxy_pass of its own, to a port that is not the backend's",
            (_, text) =>
                text.After(
                    "location /ws {",
                    "\n        if ($request_method = GET) {\n"
                        + $"            proxy_pass http://127.0.0.1:{FreePorts.Choose(1)[0]};\n        }}\n")) with { Answer = 502 },
        Scenario.Edited(
            "upstream-group", SummitCause.NginxUpstreamMismatch,
            "the upstream group has the port that the backend had before",
            (lab, text) =>
                $"upstream summit_backend {{\n    server 127.0.0.1:{FreePorts.Choose(1)[0]};\n}}\n\n"
                    + text.Swap($"http://127.0.0.1:{lab.BackendPort}", "http://summit_backend")) with { Answer = 502 },
        Scenario.Edited(
            "upstream-group-down", SummitCause.NginxUpstreamMismatch, "the only server of the upstream group is marked down", (lab, text) =>
                $"upstream summit_backend {{\n    server 127.0.0.1:{lab.BackendPort} down;\n}}\n\n"
                    + text.Swap($"http://127.0.0.1:{lab.BackendPort}", "http://summit_backend")) with { Answer = 502 },
    ];

    private static Scenario Denied => new(
        "upstream-socket-denied", SummitCause.UpstreamSocketDenied, "/ws is proxied to a UNIX socket that nginx's workers may not write to")
    {
        Answer = 502,
        InjectAsync = async (lab, cancellation) =>
        {
            var path = Path.Combine(lab.NginxPrefix, "run", "app.sock");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            lab.Keep(socket);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen();
            _ = ServeAsync(socket);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.None);
            lab.WriteSite(lab.SiteText.Swap($"proxy_pass http://127.0.0.1:{lab.BackendPort};", $"proxy_pass http://unix:{path};"));
            await lab.Nginx.ReloadAsync(cancellation);
        },
    };

    /// <summary>A backend at the socket: whoever may write to it gets a WebSocket.</summary>
    private static async Task ServeAsync(Socket listener)
    {
        try
        {
            while (true) _ = GreetAsync(await listener.AcceptAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // the lab has ended
        }
    }

    private static async Task GreetAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var connection = new PeerConnection(socket, stream);
            await connection.OpenAsync(CancellationToken.None);
            await connection.ServeAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // the other side went away
        }
    }

    private static Scenario Passed(string name, string description, int answer, Func<LabInstance, string> to) =>
        Scenario.Edited(name, SummitCause.NginxUpstreamMismatch, description, (lab, text) =>
            text.Swap($"proxy_pass http://127.0.0.1:{lab.BackendPort};", $"proxy_pass {to(lab)};")) with { Answer = answer };
}
