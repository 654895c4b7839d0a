namespace Summit.Ops.Lab;

/// <summary>nginx itself stands in the way: access rules, limits, tests of headers, no connections left.</summary>
internal static class RefusalScenarios
{
    private const string Location = "location /ws {";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Inside("rejects-everybody", "deny all stands in the location", 403, "deny all;"),
        Inside("rejects-address", "only an office's addresses are allowed", 403, "allow 192.0.2.0/24;\n        deny all;"),
        Inside("rejects-without-password", "the location asks for a password, which a browser's WebSocket cannot send", 401,
            "auth_basic \"Staff\";\n        auth_basic_user_file /etc/summit-no-such-file;"),
        Inside("rejects-by-subrequest", "auth_request asks a service that says 401 to everybody", 401, "auth_request /auth;")
            .With(
                (_, text) => text.Before("    location /api", "    location = /auth {\n        internal;\n        return 401;\n    }\n\n")),
        Inside("rejects-by-broken-subrequest", "auth_request asks a service that does not run", 500, "auth_request /auth;")
            .With((_, text) => text.Before(
                "    location /api",
                $"    location = /auth {{\n        internal;\n        proxy_pass http://127.0.0.1:{FreePorts.Choose(1)[0]};\n    }}\n\n")),
        Inside("rejects-referer", "valid_referers wants a Referer, which a WebSocket does not send", 403,
            "valid_referers server_names;\n        if ($invalid_referer) {\n            return 403;\n        }"),
        Inside("rejects-origin", "an if wants an Origin that names the old domain", 403,
            "if ($http_origin !~ \"^https://old[.]example$\") {\n            return 403;\n        }"),
        Inside("rejects-return", "the location answers 403 to everybody", 403, "return 403;"),
        Scenario.Edited(
            "rejects-maintenance", SummitCause.NginxRejectsHandshake,
            "the server block answers 503 while a maintenance flag is there",
            (lab, text) =>
                text.Before(
                    "    location /ws",
                    $"    if (-f {lab.WriteBeside("maintenance", "")}) {{\n        return 503;\n    }}\n\n")) with { Answer = 503 },
        Limited("rejects-rate", "limit_req lets one handshake a minute through",
            "limit_req_zone $server_name zone=handshakes:1m rate=1r/m;", "limit_req zone=handshakes;", held: false),
        Limited("rejects-connections", "limit_conn lets one connection through, and one is open",
            "limit_conn_zone $server_name zone=sockets:1m;", "limit_conn sockets 1;", held: true),

        new("connections-used-up", SummitCause.NginxConnectionLimit, "every worker_connections of nginx is in use")
        {
            Answer = 0,
            InjectAsync = async (lab, cancellation) =>
            {
                // one worker: of two that share a listening socket one may be full and the other have room.
                // nginx ends a request whose header does not come within a minute, and then there is room as well
                lab.EditMain(text => text
                    .Swap($"worker_processes {LabNginx.WorkerCount};", "worker_processes 1;")
                    .Swap("worker_connections 256;", "worker_connections 20;")
                    .Swap("client_body_temp_path", "client_header_timeout 1d;\n    client_body_temp_path"));
                await lab.Nginx.ReloadAsync(cancellation);
                lab.Keep(await HeldConnections.OpenAsync(lab, ask: false, 4 * 20, cancellation));
            },
        },
        new("connections-used-up-upstream", SummitCause.NginxConnectionLimit,
            "nginx has a connection left for the client, and none for the backend")
        {
            Answer = 500,
            InjectAsync = async (lab, cancellation) =>
            {
                lab.EditMain(text => text.Swap("worker_connections 256;", $"worker_connections {SmallestThatServes};"));
                await lab.Nginx.ReloadAsync(cancellation);
            },
        },
    ];

    // for each worker: the listening socket, the channel to the master and the client's connection, and none for the backend
    private const int SmallestThatServes = 3;

    private static Scenario Inside(string name, string description, int answer, string lines) =>
        Scenario.Edited(
            name, SummitCause.NginxRejectsHandshake, description,
            (_, text) => text.After(Location, "\n        " + lines)) with { Answer = answer };

    private static Scenario With(this Scenario scenario, Func<LabInstance, string, string> edit) => scenario with
    {
        InjectAsync = async (lab, cancellation) =>
        {
            await scenario.InjectAsync(lab, cancellation);
            lab.WriteSite(edit(lab, lab.SiteText));
            await lab.Nginx.ReloadAsync(cancellation);
        },
    };

    private static Scenario Limited(string name, string description, string zone, string limit, bool held) =>
        new(name, SummitCause.NginxRejectsHandshake, description)
        {
            Answer = 503,
            InjectAsync = async (lab, cancellation) =>
            {
                lab.WriteSite(zone + "\n" + lab.SiteText.After(Location, "\n        " + limit));
                await lab.Nginx.ReloadAsync(cancellation);
                var open = await HeldConnections.OpenAsync(lab, ask: true, 1, cancellation);
                if (held) lab.Keep(open);
                else await open.DisposeAsync();
            },
        };
}
