using System.Globalization;

namespace Summit.Ops.Lab;

/// <summary>Nothing is broken, though some of it looks so.</summary>
internal static class HealthyScenarios
{
    private const string Location = "location /ws {", Upgrade = "proxy_set_header Upgrade $http_upgrade;",
        Connection = "proxy_set_header Connection \"upgrade\";";

    public static Scenario Healthy { get; } = new(
        "healthy", SummitCause.None,
        "nothing: the guide's configuration, deployed and running") { InjectAsync = (_, _) => Task.CompletedTask };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Healthy,
        Deployed("healthy-map", "Connection comes from a map, which is as good as the literal",
            lab => lab.Config.Site(lab.Config.WebSocketLocation(connection: "$connection_upgrade") + "\n" + lab.Config.ApiLocation, """
                map $http_upgrade $connection_upgrade {
                    default upgrade;
                    ''      close;
                }


                """)),
        Deployed("healthy-order", "/api stands before /ws, which has no effect on prefix locations",
            lab => lab.Config.Site(lab.Config.ApiLocation + "\n" + lab.Config.WebSocketLocation())),
        Deployed("healthy-buffering", "proxy_buffering is left on, which has no effect on an upgraded connection",
            lab => lab.Config.Site(lab.Config.WebSocketLocation(buffering: true) + "\n" + lab.Config.ApiLocation)),
        Edited("healthy-regex", "a regex location stands there that does not match /ws",
            (_, text) => text.Before("    location /api", "    location ~ \\.(php|ws)$ {\n        return 404;\n    }\n\n")),
        Edited("healthy-prefix-first", "a regex would take /ws, and ^~ on the prefix keeps it from that", (_, text) => text
            .Swap(Location, "location ^~ /ws {")
            .Before("    location /api", "    location ~ ^/[a-z]+$ {\n        return 404;\n    }\n\n")),
        Edited("healthy-exact", "the location is exact, = /ws, and that is what clients ask for",
            (_, text) => text.Swap(Location, "location = /ws {")),
        Edited("healthy-slash-beside", "beside /ws/ stands = /ws, so that nothing is redirected",
            (lab, text) => text.Swap(Location, "location = /ws {").Before(
                "    location /api", lab.Config.WebSocketLocation().Replace(Location, "location /ws/ {", StringComparison.Ordinal) + "\n")),
        Edited("healthy-http-two", "the listen line offers HTTP/2, and a WebSocket client asks for HTTP/1.1 beside it",
            (_, text) => text.Swap(" ssl;", " ssl http2;")),
        Edited("healthy-capital", "Connection is \"Upgrade\" with a capital, which means the same",
            (_, text) => text.Swap("\"upgrade\"", "\"Upgrade\"")),
        Edited("healthy-quoted", "names and values stand in quotes", (lab, text) => text
            .Swap($"server_name {lab.ServerName};", $"server_name \"{lab.ServerName}\";")
            .Swap(Upgrade, "proxy_set_header 'Upgrade' \"$http_upgrade\";")
            .Swap(Location, "location \"/ws\" {")),
        Edited("healthy-inherited", "both headers stand in the server block, and the location inherits them", (_, text) => Headerless(
            text.Before("    location /ws", $"    proxy_set_header Host $host;\n    {Upgrade}\n    {Connection}\n\n"))),
        Edited("healthy-snippets", "the headers come from an included snippet",
            (lab, text) => text.Without(Connection).Swap(Upgrade, $"include {Snippet(lab)};")),
        Edited("healthy-snippet-twice", "one snippet is included in both locations, which is no cycle", (lab, text) => text
            .Without(Connection).Swap(Upgrade, $"include {Snippet(lab)};").After("location /api {", $"\n        include {Snippet(lab)};")),
        Edited("healthy-upstream", "the backend is an upstream group with keepalive",
            (lab, text) => $"upstream summit_backend {{\n    server 127.0.0.1:{lab.BackendPort};\n    keepalive 16;\n}}\n\n"
                + text.Swap($"http://127.0.0.1:{lab.BackendPort}", "http://summit_backend")),
        Edited("healthy-upstream-backup", "the upstream group has a second server that is only a backup", (lab, text) =>
            $"upstream summit_backend {{\n    server 127.0.0.1:{lab.BackendPort};\n"
                + $"    server 127.0.0.1:{FreePorts.Choose(1)[0]} backup;\n}}\n\n"
                + text.Swap($"http://127.0.0.1:{lab.BackendPort}", "http://summit_backend")),
        Edited("healthy-variable", "proxy_pass has a variable, and a resolver stands beside it", (lab, text) => text.Swap(
            $"proxy_pass http://127.0.0.1:{lab.BackendPort};",
            $"resolver 127.0.0.1;\n        set $backend 127.0.0.1:{lab.BackendPort};\n        proxy_pass http://$backend;")),
        Edited("healthy-listens-twice", "the server block listens on ::1 too",
            (lab, text) => text.After($"listen 127.0.0.1:{lab.Port} ssl;", $"\n    listen [::1]:{lab.Port} ssl;")),
        Edited("healthy-second-site", "a second site with its own /ws and another backend is on the same port", (lab, text) => text
            + lab.Config.Site(lab.Config.WebSocketLocation(port: FreePorts.Choose(1)[0]))
                .Swap($"server_name {lab.ServerName};", "server_name other.example www.other.example;")),
        Edited("healthy-load-balancer", "a plain listener behind a load balancer redirects by X-Forwarded-Proto", (lab, text) =>
            text
                + $"server {{\n    listen 127.0.0.1:{lab.HttpPort};\n    server_name {lab.ServerName};\n"
                + "    if ($http_x_forwarded_proto = http) {\n        return 301 https://$host$request_uri;\n    }\n"
                + $"    location /ws {{\n        proxy_pass http://127.0.0.1:{lab.BackendPort};\n        proxy_http_version 1.1;\n"
                + $"        {Upgrade}\n        {Connection}\n    }}\n}}\n"),
        Edited("healthy-plain-redirect", "the server block for port 80 redirects everything", (lab, text) => text
            + $"server {{\n    listen 127.0.0.1:{lab.HttpPort};\n    server_name {lab.ServerName};\n"
            + "    return 301 https://$host$request_uri;\n}\n"),
        Edited("healthy-other-redirect", "location / redirects, and /ws is longer",
            (_, text) => text.Before("    location /api", "    location / {\n        return 301 https://www.example.com/;\n    }\n\n")),
        Edited("healthy-commented", "wrong lines stand there in comments",
            (_, text) => text.After(Location, "\n        # proxy_set_header Connection close;\n        # return 403; deny all;")),
        Edited("healthy-if", "an if in the location has a root of its own, and the request is proxied all the same",
            (_, text) => text.After(Location, "\n        if ($request_method = GET) {\n            root /nowhere;\n        }\n")),
        Edited("healthy-add-header", "add_header and gzip stand in the location", (_, text) => text.After(
            Location, "\n        add_header X-Frame-Options DENY always;\n        gzip on;\n        gzip_types application/json;")),
        Edited("healthy-password-elsewhere", "the server block asks for a password, and /ws does not", (_, text) => text
            .Before("    location /ws", "    auth_basic \"Staff\";\n    auth_basic_user_file /etc/summit-no-such-file;\n\n")
            .After(Location, "\n        auth_basic off;")),
        Edited("healthy-limits", "limits stand in front that are wide enough", (_, text) =>
            "limit_conn_zone $binary_remote_addr zone=sockets:1m;\nlimit_req_zone $binary_remote_addr zone=handshakes:1m rate=100r/s;\n"
                + text.After(Location, "\n        limit_conn sockets 2000;\n        limit_req zone=handshakes burst=200 nodelay;")),
        Edited("healthy-allowed", "only some addresses are allowed, the client's among them",
            (_, text) => text.After(Location, "\n        allow 127.0.0.0/8;\n        allow ::1;\n        deny all;")),
        Edited("healthy-pings", "proxy_read_timeout is left at 60 s, and the application sends something every 20 s", (lab, text) =>
        {
            lab.ChangeSite(site => site with { PingInterval = TimeSpan.FromSeconds(20) });
            return text.Without("proxy_read_timeout 86400;");
        }),
        Edited("healthy-carriage-returns", "the file was edited on Windows and has CR LF at each line's end",
            (_, text) => text.Replace("\n", "\r\n", StringComparison.Ordinal)),
        New("healthy-default-elsewhere", "another site is the default server of the port", async (lab, cancellation) =>
        {
            lab.EditMain(text => text.Swap(" ssl default_server;", " ssl;"));
            lab.WriteSite(lab.Config.Site(lab.Config.ApiLocation)
                .Swap($"127.0.0.1:{lab.Port} ssl;", $"127.0.0.1:{lab.Port} ssl default_server;")
                .Swap($"server_name {lab.ServerName};", "server_name other.example;") + lab.SiteText);
            await lab.Nginx.ReloadAsync(cancellation);
        }),
        New("healthy-conf-d", "the site's file lies in conf.d, and there is no link in sites-enabled", async (lab, cancellation) =>
        {
            var path = lab.WriteBeside("conf.d/summit-api.conf", lab.SiteText);
            lab.DisableSite();
            File.Delete(lab.ConfigPath);
            lab.EditMain(text => text.Before($"include {lab.Layout.Enabled}/*;", $"include {Path.GetDirectoryName(path)}/*.conf;\n    "));
            await lab.Nginx.ReloadAsync(cancellation);
        }),
        New("healthy-link-chain", "the link in sites-enabled leads to the site's file by way of two others", async (lab, cancellation) =>
        {
            lab.DisableSite();
            var (first, second) = (lab.ConfigPath + ".current", lab.ConfigPath + ".release");
            File.CreateSymbolicLink(second, lab.ConfigPath);
            File.CreateSymbolicLink(first, second);
            File.CreateSymbolicLink(lab.EnabledPath, first);
            await lab.Nginx.ReloadAsync(cancellation);
        }),
        New("healthy-touched", "the file has a newer time than nginx's workers, and the same content", async (lab, cancellation) =>
        {
            // a file's times are looked at to a second
            await Task.Delay(TimeSpan.FromSeconds(1.1), cancellation);
            lab.WriteSite(lab.SiteText);
        }),
        New("healthy-old-complaint", "the error log has a failed connect and a failed reload of an hour ago", async (lab, cancellation) =>
        {
            var then = TimeProvider.System.GetLocalNow().DateTime.AddHours(-1)
                .ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture);
            await File.AppendAllTextAsync(lab.ErrorLogPath, $"{then} [emerg] 1#1: still could not bind()\n"
                + $"{then} [error] 1#1: *1 connect() failed (111: Connection refused) while connecting to upstream, upstream: "
                + $"\"http://127.0.0.1:1/ws\"\n{then} [alert] 1#1: 768 worker_connections are not enough\n", cancellation);
        }),
        New("healthy-full-chain", "an intermediate authority signed the certificate, and the file has both", async (lab, cancellation) =>
        {
            lab.WriteCertificate(LabCertificateKind.Chained);
            await lab.Nginx.ReloadAsync(cancellation);
        }),
        New("healthy-certificate-renewed", "the certificate was renewed on the disk, and the one that is served is good for weeks",
            (lab, _) =>
            {
                lab.WriteCertificate(LabCertificateKind.Valid);
                return Task.CompletedTask;
            }),
        New(
            "healthy-restarted",
            "the backend was restarted under pm2 and is well",
            (lab, cancellation) => lab.Backend.StartAsync(cancellation)) with { Backend = LabBackendKind.Pm2 },
    ];

    private static Scenario New(string name, string what, Func<LabInstance, CancellationToken, Task> inject) =>
        new(name, SummitCause.None, "nothing: " + what) { InjectAsync = inject };

    private static Scenario Deployed(string name, string what, Func<LabInstance, string> site) =>
        Scenario.Deployed(name, SummitCause.None, "nothing: " + what, site);

    private static Scenario Edited(string name, string what, Func<LabInstance, string, string> edit) =>
        Scenario.Edited(name, SummitCause.None, "nothing: " + what, edit);

    private static string Snippet(LabInstance lab) => lab.WriteBeside("snippets/websocket.conf", $"{Upgrade}\n{Connection}\n");

    // without a header of its own in the first location: one would keep it from inheriting any
    private static string Headerless(string text)
    {
        var from = text.IndexOf(Location, StringComparison.Ordinal);
        var to = text.IndexOf("    }", from, StringComparison.Ordinal);
        var own = string.Join('\n', text[from..to].Split('\n').Where(line => !line.Contains("proxy_set_header", StringComparison.Ordinal)));
        return text[..from] + own + text[to..];
    }
}
