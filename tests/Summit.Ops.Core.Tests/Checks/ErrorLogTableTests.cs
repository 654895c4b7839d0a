using System.Net;
using System.Net.Sockets;
using System.Text;
using Summit.Ops.Checks.Host;
using Summit.Ops.Core.Tests.PublicCases;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Checks;

/// <summary>Every entry of the table of error log words, made to be written by a real nginx.</summary>
public sealed class ErrorLogTableTests
{
    /// <summary>
    /// What this machine cannot be made to say: SELinux, a whole nginx out of connections or files, no free port, no route. The lab has the
    /// scenarios of the second and third.
    /// </summary>
    private static readonly string[] NotMadeHere =
    [
        "connect() failed (13: Permission denied)", "worker_connections are not enough", "Too many open files",
        "still could not bind()", "connect() failed (113:", "connect() failed (99:",
        "client sent too large request",
    ];

    /// <summary>A location that makes nginx write the words, and what the client sees.</summary>
    private static readonly (string Words, string Location)[] Made =
    [
        ("(13: Permission denied)", "proxy_pass http://unix:@socket@;"),
        ("(2: No such file or directory)", "proxy_pass http://unix:@prefix@/no.sock;"),
        ("connect() to unix:", "proxy_pass http://unix:@prefix@/run/dead.sock;"),
        ("connect() failed (111:", "proxy_pass http://127.0.0.1:@dead@;"),
        ("bind(", "proxy_pass http://127.0.0.1:@backend@; proxy_bind 192.0.2.9;"),
        ("while connecting to upstream", "proxy_pass http://127.0.0.1:FULL; proxy_connect_timeout 1s;"),
        ("no live upstreams while connecting to upstream", "proxy_pass http://nobody;"),
        ("no resolver defined to resolve", "set $name app.internal; proxy_pass http://$name;"),
        ("could not be resolved (", "resolver 127.0.0.1:@dead@; resolver_timeout 1s; set $name app.internal; proxy_pass http://$name;"),
        ("invalid port in upstream", "set $name 127.0.0.1:http; proxy_pass http://$name;"),
        ("no port in upstream", "set $name 127.0.0.1; fastcgi_pass $name;"),
        ("no host in upstream", "set $name \"\"; proxy_pass http://$name/;"),
        ("invalid host in upstream", "set $name [::1; proxy_pass http://$name;"),
        ("invalid URL prefix in", "set $name 127.0.0.1:@backend@; proxy_pass $name;"),
        ("wrong version number", "proxy_pass https://127.0.0.1:@backend@;"),
        ("SSL_do_handshake() failed", "proxy_pass https://127.0.0.1:TLS; proxy_ssl_protocols TLSv1; proxy_ssl_ciphers DEFAULT@SECLEVEL=0;"),
        ("peer closed connection in SSL handshake", "proxy_pass https://127.0.0.1:HANGUP;"),
        (
            "upstream SSL certificate verify error",
            "proxy_pass https://127.0.0.1:TLS; proxy_ssl_verify on; proxy_ssl_trusted_certificate @prefix@/snippets/other.pem;"),
        (
            "upstream SSL certificate does not match",
            "proxy_pass https://127.0.0.1:TLS; proxy_ssl_verify on; proxy_ssl_name other.example.com; proxy_ssl_trusted_certificate @ca@;"),
        ("upstream sent too big header", "proxy_pass http://127.0.0.1:BIG; proxy_http_version 1.1; proxy_set_header Upgrade websocket; "
            + "proxy_set_header Connection upgrade;"),
        ("upstream prematurely closed connection while reading response header", "proxy_pass http://127.0.0.1:CLOSES;"),
        ("recv() failed (104:", "proxy_pass http://127.0.0.1:RESETS;"),
        ("upstream sent no valid HTTP/1.0 header", "proxy_pass http://127.0.0.1:NOTHTTP;"),
        ("upstream sent invalid header", "proxy_pass http://127.0.0.1:BADHEADER;"),
        ("upstream sent unsupported FastCGI", "fastcgi_pass 127.0.0.1:NOTHTTP;"),
        ("while reading response header from upstream", "proxy_pass http://127.0.0.1:SILENT; proxy_read_timeout 1s;"),
        ("access forbidden by rule", "deny all; proxy_pass http://127.0.0.1:@backend@;"),
        ("limiting requests, excess:", "limit_req zone=requests; proxy_pass http://127.0.0.1:@backend@;"),
        ("limiting connections by zone", "limit_conn connections 1; proxy_pass http://127.0.0.1:SILENT; proxy_read_timeout 2s;"),
        ("auth request unexpected status:", "auth_request /auth; proxy_pass http://127.0.0.1:@backend@;"),
        ("was not found in", "auth_basic all; auth_basic_user_file snippets/htpasswd; proxy_pass http://127.0.0.1:@backend@;"),
        (": password mismatch", "auth_basic all; auth_basic_user_file snippets/htpasswd; proxy_pass http://127.0.0.1:@backend@;"),
        ("client intended to send too large body", "client_max_body_size 1; proxy_pass http://127.0.0.1:@backend@;"),
        ("client sent too long URI", "proxy_pass http://127.0.0.1:@backend@;"),
        ("client sent too long header line", "proxy_pass http://127.0.0.1:@backend@;"),
        ("broken header:", "proxy_pass http://127.0.0.1:@backend@;"),
        ("rewrite or internal redirection cycle", "rewrite ^(.*)$ $1 last;"),
    ];

    [Fact]
    public async Task Each_entry_is_written_by_a_real_nginx_and_found_with_the_status_that_it_explains()
    {
        if (await LabRequirement.NginxMissingAsync(TestContext.Current.CancellationToken) is { } reason) Assert.Skip(reason);
        Assert.SkipUnless(
            Environment.UserName == "root", "a UNIX socket that nginx's workers may not open needs workers of another account");
        await using var peers = new Peers();
        var site = new StringBuilder();
        site.Append("limit_req_zone $server_name zone=requests:1m rate=1r/m;\nlimit_conn_zone $server_name zone=connections:1m;\n");
        site.Append("upstream nobody {\n    server 127.0.0.1:@dead@ down;\n}\nlarge_client_header_buffers 4 1k;\n");
        site.Append("server {\n    listen 127.0.0.1:@inner@ proxy_protocol;\n    location / {\n        return 204;\n    }\n}\n");
        // locations with one upstream address share its TLS sessions, and a resumed one has the verdict of the location that made it
        site.Append("proxy_ssl_session_reuse off;\n");
        site.Append("server {\n    listen 127.0.0.1:@port@ ssl;\n    server_name localhost;\n    @certificate@\n    location = /auth {\n"
            + "        internal;\n        return 404;\n    }\n");
        for (var index = 0; index < Made.Length; index++)
        {
            site.Append($"    location = /{index} {{\n        {peers.Fill(Made[index].Location)}\n    }}\n");
        }

        site.Append("}\n");
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["site"] = site.ToString(), ["snippets/htpasswd"] = "admin:{PLAIN}secret\n", ["snippets/other.pem"] = OtherAuthority(),
        };
        await using var bench = await CaseBench.StartAsync(
            new PublicCase { Name = "error-log", Source = "", Seen = "", Backend = "path=*", Backend2 = "unix=600 path=*", Files = files },
            "info");
        await peers.StartAsync(bench.Served);
        MakeDeadSocket(bench.Prefix);

        var seen = new int[Made.Length];
        await Task.WhenAll(Enumerable.Range(0, Made.Length)
            .Select(async index => seen[index] = await AskAsync(bench, Made[index].Words, index)));

        var missing = new List<string>();
        for (var index = 0; index < Made.Length; index++)
        {
            var words = Made[index].Words;
            var line = bench.ErrorLog().Split('\n').FirstOrDefault(
                line => line.Contains(words, StringComparison.Ordinal) && (ErrorLogTable.PathOf(line) ?? $"/{index}") == $"/{index}");
            if (line is null)
            {
                missing.Add($"{words}: nothing such is written ({seen[index]})");
            }
            else if (ErrorLogTable.Find(line) is not { } entry || !entry.Words.Contains(words))
            {
                missing.Add($"{words}: taken for {ErrorLogTable.Find(line)?.Words[0] ?? "nothing"}: {line}");
            }
            else if (entry.Statuses.Length > 0 && !entry.Statuses.Contains(seen[index]))
            {
                missing.Add($"{words}: the client sees {seen[index]}");
            }
        }

        Assert.True(missing.Count == 0, string.Join('\n', missing) + "\n" + bench.ErrorLog());
    }

    [Fact]
    public void Every_entry_is_made_or_named_as_one_that_cannot_be()
    {
        var tried = Made.Select(made => made.Words).Concat(NotMadeHere).ToList();
        Assert.All(ErrorLogTable.All, entry => Assert.Contains(entry.Words, tried.Contains));
    }

    [Fact]
    public void A_line_names_the_path_of_its_request_without_the_query()
    {
        Assert.Equal("/ws", ErrorLogTable.PathOf("""[error] 1#1: *1 upstream sent too big header, client: """
            + """127.0.0.1, server: a, request: "GET /ws?token=x HTTP/1.1", upstream: "http://b" """));
        Assert.Null(ErrorLogTable.PathOf("[alert] 1#1: 256 worker_connections are not enough"));
        Assert.Null(ErrorLogTable.Find("[notice] 1#1: signal process started"));
    }

    private static async Task<int> AskAsync(CaseBench bench, string words, int index)
    {
        if (words == "broken header:") return await RawAsync(bench.InnerPort, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, _) => true },
            AllowAutoRedirect = false,
            ResponseDrainTimeout = TimeSpan.Zero,
        });
        client.Timeout = TimeSpan.FromSeconds(15);
        var uri = $"https://localhost:{bench.Site.Port}/{index}";
        HttpRequestMessage Request() => words switch
        {
            "was not found in" => With(uri, "Authorization", "Basic " + Convert.ToBase64String("nobody:secret"u8)),
            ": password mismatch" => With(uri, "Authorization", "Basic " + Convert.ToBase64String("admin:wrong"u8)),
            "client intended to send too large body" =>
                new HttpRequestMessage(HttpMethod.Post, uri) { Content = new StringContent("more than one byte") },
            "client sent too long URI" => new HttpRequestMessage(HttpMethod.Get, uri + "?" + new string('x', 1500)),
            "client sent too long header line" => With(uri, "Cookie", new string('x', 1500)),
            "upstream sent too big header" =>
                With(With(uri, "Sec-WebSocket-Version", "13"), "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
            _ => new HttpRequestMessage(HttpMethod.Get, uri),
        };
        try
        {
            // a limit lets the first one through
            if (words == "limiting requests, excess:") (await client.SendAsync(Request())).Dispose();
            if (words == "limiting connections by zone")
            {
                _ = client.SendAsync(Request());
                await Task.Delay(700);
            }

            using var answer = await client.SendAsync(Request(), HttpCompletionOption.ResponseHeadersRead);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 9;
        }
    }

    private static HttpRequestMessage With(string uri, string name, string value) =>
        With(new HttpRequestMessage(HttpMethod.Get, uri), name, value);

    private static HttpRequestMessage With(HttpRequestMessage request, string name, string value)
    {
        request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static async Task<int> RawAsync(int port, string text)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(text));
        return await socket.ReceiveAsync(new byte[64]);
    }

    private static string OtherAuthority()
    {
        using var other = new LabAuthority();
        return other.CertificatePem + "\n";
    }

    /// <summary>A socket's file whose owner is gone, open to all.</summary>
    private static void MakeDeadSocket(string prefix)
    {
        var path = Path.Combine(prefix, "run", "dead.sock");
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
        }

        if (File.Exists(path)) File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("777", 8));
    }

    /// <summary>Backends that each do one thing wrong.</summary>
    private sealed class Peers : IAsyncDisposable
    {
        private static readonly (string Word, string Rules)[] Strict =
        [
            ("TLS", "tls path=*"), ("BIG", "path=* bigheader=9000"), ("CLOSES", "closes"), ("SILENT", "silent"),
        ];
        private static readonly (string Word, string Answer)[] Raw =
        [
            ("HANGUP", ""), ("RESETS", "\0"), ("NOTHTTP", "220 mail.example.com ESMTP\r\n"),
            ("BADHEADER", "HTTP/1.1 200 OK\r\nno colon\rhere\r\n\r\n"),
        ];
        private readonly int[] _ports = FreePorts.Choose(9);
        private readonly List<StrictBackend> _strict = [];
        private readonly List<Socket> _sockets = [];

        public string Fill(string text)
        {
            for (var index = 0; index < Words.Length; index++)
            {
                text = text.Replace(":" + Words[index], $":{_ports[index]}", StringComparison.Ordinal);
            }

            return text;
        }

        private static string[] Words => [.. Strict.Select(peer => peer.Word), .. Raw.Select(peer => peer.Word), "FULL"];

        public async Task StartAsync(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
        {
            for (var index = 0; index < Strict.Length; index++)
            {
                _strict.Add(StrictBackend.Start(new BackendRules(Strict[index].Rules), _ports[index], Path.GetTempPath(), certificate));
            }

            for (var index = 0; index < Raw.Length; index++)
            {
                var listener = Listen(_ports[Strict.Length + index], 16);
                _ = AnswerAsync(listener, Raw[index].Answer);
            }

            // a queue that is full: one that is waited for, and what does not fit any more
            Listen(_ports[^1], 0);
            for (var filled = 0; filled < 3; filled++)
            {
                var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _sockets.Add(waiting);
                try
                {
                    await waiting.ConnectAsync(IPAddress.Loopback, _ports[^1], new CancellationTokenSource(300).Token);
                }
                catch (Exception error) when (error is SocketException or OperationCanceledException)
                {
                    // it is full
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var backend in _strict) await backend.DisposeAsync();
            foreach (var socket in _sockets) socket.Dispose();
        }

        private Socket Listen(int port, int backlog)
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen(backlog);
            _sockets.Add(listener);
            return listener;
        }

        private static async Task AnswerAsync(Socket listener, string answer)
        {
            try
            {
                while (true)
                {
                    using var socket = await listener.AcceptAsync();
                    await socket.ReceiveAsync(new byte[4096]);
                    if (answer == "\0") socket.LingerState = new LingerOption(enable: true, 0);
                    else if (answer.Length > 0) await socket.SendAsync(Encoding.ASCII.GetBytes(answer));
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // the test is over
            }
        }
    }
}
