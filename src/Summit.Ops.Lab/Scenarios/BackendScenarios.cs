using System.Net;
using System.Text;
using Summit.Ops.Lab.Peers;

namespace Summit.Ops.Lab;

/// <summary>What the application does.</summary>
internal static class BackendScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("backend-down", SummitCause.BackendNotRunning, "the backend is stopped in pm2; nginx answers 502")
        {
            Answer = 502,
            Backend = LabBackendKind.Pm2,
            AlsoTrue = [SummitCause.BackendNotListening],
            InjectAsync = (lab, cancellation) => lab.Backend.StopAsync(cancellation),
        },
        new("backend-gone", SummitCause.BackendNotRunning, "nothing listens on the backend's port, and no manager knows it")
        {
            Answer = 502,
            InjectAsync = (lab, cancellation) => lab.Backend.RemoveAsync(cancellation),
        },
        new("backend-not-listening", SummitCause.BackendNotListening,
            "the backend is online in pm2 and no longer listens on its port; nginx answers 502")
        {
            Answer = 502,
            Backend = LabBackendKind.Pm2,
            AlsoTrue = [SummitCause.BackendNotRunning],
            InjectAsync = (lab, cancellation) => lab.Backend.DeafenAsync(cancellation),
        },
        new("backend-restart-loop", SummitCause.BackendRestartLoop,
            "the backend's program ends at each start, and pm2 starts it again until it has had enough")
        {
            Answer = 502,
            Backend = LabBackendKind.Pm2,
            AlsoTrue = [SummitCause.BackendNotRunning, SummitCause.BackendNotListening],
            InjectAsync = (lab, cancellation) => lab.Backend.CrashAsync(cancellation),
        },
        Moved("backend-other-address", "the backend listens on 127.0.0.2 only, and nginx connects to 127.0.0.1",
            IPAddress.Parse("127.0.0.2")),
        Moved("backend-other-family", "the backend listens on ::1 only, and nginx connects to 127.0.0.1", IPAddress.IPv6Loopback),
        Answers(
            "backend-silent", SummitCause.BackendTimeout, "the backend takes the connection and never answers", 504,
            HostilePeers.Find("no answer at all").Behaviour, impatient: true) with { Repairable = false },
        Answers("backend-no-websocket", SummitCause.BackendRejectsUpgrade,
            "on the backend's port runs a web application without WebSockets", 200, Page("HTTP/1.1 200 OK", "<h1>Welcome</h1>")),
        Answers("backend-other-path", SummitCause.BackendRejectsUpgrade, "the application has its WebSocket at another path", 404,
            Page("HTTP/1.1 404 Not Found", "{\"error\":\"Not found\"}")),
        Answers("backend-redirects", SummitCause.BackendRejectsUpgrade, "the application sends the client to its login page", 302,
            Page("HTTP/1.1 302 Found\r\nLocation: /login", "")),
        Answers("backend-other-version", SummitCause.BackendRejectsUpgrade, "the application speaks an old version of the protocol only",
            426, Page("HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 8", "")),
        Answers("backend-fails", SummitCause.BackendError, "the application answers the handshake with 500", 500,
            Page("HTTP/1.1 500 Internal Server Error", "{\"error\":\"no database\"}")),
        Answers("backend-hangs-up", SummitCause.BackendError, "the application ends the connection right after the 101", 101,
            HostilePeers.Find("the end right after the 101").Behaviour),
        Answers("backend-hangs-up-early", SummitCause.BackendError, "the application ends the connection in place of an answer", 502,
            HostilePeers.Find("the end instead of an answer").Behaviour),
        new("backend-error", SummitCause.BackendError, "the backend fails at each new connection and closes with 1011")
        {
            InjectAsync = (lab, cancellation) => File.WriteAllTextAsync(
                Path.Combine(lab.Backend.Folder, "greeting.json"), "{ \"type\": ", cancellation),
        },
        Answers("backend-wrong-accept", SummitCause.WebSocketProtocolError,
            "the application answers with a Sec-WebSocket-Accept that does not belong to the key", 101, async (connection, stop) =>
            {
                await connection.ReadRequestAsync(stop);
                await connection.SendAsync(
                    connection.Switching().Replace(connection.Accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", StringComparison.Ordinal), stop);
                await connection.SendAsync(PeerConnection.Text("connected"), stop);
                await connection.ServeAsync(stop);
            }),
        Answers("backend-masked-frames", SummitCause.WebSocketProtocolError, "the application masks its frames, which only a client may",
            101, HostilePeers.Find("a masked frame").Behaviour),
        new("backend-tls", SummitCause.TlsOnPlainPort, "the application was switched to TLS, and nginx asks it in plain HTTP")
        {
            Answer = 502,
            Repairable = false,
            InjectAsync = async (lab, cancellation) =>
            {
                var certificates = new PeerCertificates();
                lab.Keep(certificates);
                await lab.Backend.ReplaceAsync(
                    (connection, stop) => connection.DrainAsync(stop), certificates.Tls(), cancellation: cancellation);
            },
        },
        Strict("backend-origin", SummitCause.BackendRejectsOrigin, "the application's list of origins lacks the site's own", 403,
            connection => connection.Header("Origin").Length == 0),
        Strict(
            "backend-host", SummitCause.BackendRejectsHost,
            "nginx puts the backend's address into Host, and the application takes only its own name", 403,
            connection => connection.Header("Host").StartsWith("localhost", StringComparison.Ordinal), "proxy_set_header Host $host;"),
        Strict(
            "backend-forwarded-proto", SummitCause.BackendRejectsProxyHeaders,
            "nginx sends no X-Forwarded-Proto, and the application sends every client to https", 301,
            connection => connection.Header("X-Forwarded-Proto") == "https", "proxy_set_header X-Forwarded-Proto $scheme;"),
        new("backend-big-header", SummitCause.NginxHeaderTooBig,
            "the application's 101 carries a cookie that does not fit into nginx's buffer")
        {
            Answer = 502,
            InjectAsync = (lab, cancellation) => lab.Backend.ReplaceAsync(
                async (connection, stop) =>
                {
                    await connection.ReadRequestAsync(stop);
                    await connection.SendAsync(connection.Switching($"Set-Cookie: session={new string('x', 9000)}"), stop);
                    await connection.ServeAsync(stop);
                },
                cancellation: cancellation),
        },
        new("token-refused", SummitCause.AuthenticationFailed, "the backend knows none of the tokens in use and closes with 1008")
        {
            InjectAsync = (lab, cancellation) => lab.Backend.AcceptOnlyAsync([Guid.NewGuid().ToString("N")], cancellation),
        },
        Answers("token-unauthorized", SummitCause.AuthenticationFailed, "the application answers the handshake with 401", 401,
            Page("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer", "{\"error\":\"token\"}")),
        Answers("token-forbidden", SummitCause.AuthenticationFailed, "the application answers the handshake with 403", 403,
            Page("HTTP/1.1 403 Forbidden", "{\"error\":\"not yours\"}")),
    ];

    /// <summary>A server that answers each request so.</summary>
    public static PeerBehaviour Page(string head, string body) => async (connection, stop) =>
    {
        await connection.ReadRequestAsync(stop);
        await connection.SendAsync(
            $"{head}\r\nContent-Type: text/html\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}",
            stop);
    };

    private static Scenario Answers(
        string name, SummitCause expected, string description, int answer, PeerBehaviour behaviour,
        bool impatient = false) => new(name, expected, description)
        {
            Answer = answer,
            InjectAsync = async (lab, cancellation) =>
            {
                await lab.Backend.ReplaceAsync(behaviour, cancellation: cancellation);
                if (!impatient) return;
                // a server that waits for a day says nothing for a day
                lab.WriteSite(lab.SiteText.Before("proxy_read_timeout 86400;", "proxy_connect_timeout 1s;\n        ")
                    .Swap("proxy_read_timeout 86400;", "proxy_read_timeout 1s;"));
                await lab.Nginx.ReloadAsync(cancellation);
            },
        };

    /// <summary>An application that opens only for what it likes of the request.</summary>
    private static Scenario Strict(
        string name, SummitCause expected, string description, int answer, Func<PeerConnection, bool> takes,
        string lacking = "") => new(name, expected, description)
        {
            Answer = answer,
            InjectAsync = async (lab, cancellation) =>
            {
                var refusal = answer == 301 ? $"HTTP/1.1 301 Moved Permanently\r\nLocation: {lab.Uri}" : "HTTP/1.1 403 Forbidden";
                await lab.Backend.ReplaceAsync(
                    (connection, stop) => connection.OpenUnlessAsync(
                        request => takes(request) ? null : refusal, "{\"type\":\"connected\"}", stop),
                    cancellation: cancellation);
                if (lacking.Length == 0) return;
                lab.WriteSite(lab.SiteText.Swap(lacking, ""));
                await lab.Nginx.ReloadAsync(cancellation);
            },
        };

    private static Scenario Moved(string name, string description, IPAddress address) =>
        new(name, SummitCause.BackendWrongAddress, description)
        {
            Answer = 502,
            InjectAsync = (lab, cancellation) => lab.Backend.ReplaceAsync(
                async (connection, stop) =>
                {
                    await connection.OpenAsync(stop);
                    await connection.SendAsync(PeerConnection.Text("{\"type\":\"connected\"}"), stop);
                    await connection.ServeAsync(stop);
                },
                address: address,
                cancellation: cancellation),
        };
}
