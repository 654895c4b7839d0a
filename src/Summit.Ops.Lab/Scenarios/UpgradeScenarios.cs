namespace Summit.Ops.Lab;

/// <summary>What of the handshake reaches the backend, and how long the connection may be silent.</summary>
internal static class UpgradeScenarios
{
    private const string Upgrade = "proxy_set_header Upgrade $http_upgrade;", Connection = "proxy_set_header Connection \"upgrade\";",
        Version = "proxy_http_version 1.1;";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Scenario.Deployed(
            "upgrade-headers-missing", SummitCause.NginxUpgradeHeadersMissing,
            "/ws is proxied without Upgrade and Connection; the backend answers 426", lab =>
                lab.Config.Site(lab.Config.WebSocketLocation(upgrade: false) + "\n" + lab.Config.ApiLocation)) with { Answer = 426 },
        Headers("upgrade-header-missing", "only the Upgrade header is missing", (_, text) => text.Without(Upgrade)),
        Headers("connection-header-missing", "only the Connection header is missing", (_, text) => text.Without(Connection)),
        Headers("connection-header-close", "the Connection header is the literal close", (_, text) => text.Swap("\"upgrade\"", "close")),
        Headers("connection-header-empty", "the Connection header is empty, as for keepalive to the backend",
            (_, text) => text.Swap("\"upgrade\"", "\"\"")),
        Headers("upgrade-header-overridden",
            "the server block has both headers, and the location has a Host header of its own, so it inherits neither", (_, text) =>
                text.Without(Upgrade).Without(Connection).Before("    location /ws", $"    {Upgrade}\n    {Connection}\n\n")),
        Headers("upgrade-headers-snippet", "the headers are in a snippet that the location does not include", (lab, text) =>
        {
            lab.WriteBeside("snippets/websocket.conf", $"{Upgrade}\n{Connection}\n");
            return text.Without(Upgrade).Without(Connection);
        }),
        Scenario.Edited(
            "connection-map-default", SummitCause.NginxUpgradeHeadersMissing,
            "the map for the Connection header gives close for every value",
            (_, text) =>
                "map $http_upgrade $connection_upgrade {\n    default close;\n    '' close;\n}\n"
                    + text.Swap("\"upgrade\"", "$connection_upgrade")) with { Answer = 426 },
        Headers("location-catch-all", "only location / proxies, and it passes no Upgrade header on", (lab, _) => lab.Config.Site(
            $"    location / {{\n        proxy_pass http://127.0.0.1:{lab.BackendPort};\n        {Version}\n    }}\n"))
            with { AlsoTrue = [SummitCause.NginxLocationMissing] },

        Scenario.Edited(
            "http-version-missing", SummitCause.NginxHttpVersion,
            "proxy_http_version is missing, so nginx asks the backend in HTTP/1.0",
            (_, text) => text.Without(Version)) with { Answer = 426 },
        Scenario.Edited(
            "http-version-old", SummitCause.NginxHttpVersion, "proxy_http_version is 1.0",
            (_, text) => text.Swap(Version, "proxy_http_version 1.0;")) with { Answer = 426 },

        Silent("idle-timeout-default", "proxy_read_timeout is missing, and the application sends something every 90 s only",
            TimeSpan.FromSeconds(90), text => text.Without("proxy_read_timeout 86400;")),
        Silent("idle-timeout-short", "proxy_read_timeout is 20 s, and the application sends something every 30 s", TimeSpan.FromSeconds(30),
            text => text.Swap("proxy_read_timeout 86400;", "proxy_read_timeout 20s;")),
    ];

    private static Scenario Headers(string name, string description, Func<LabInstance, string, string> edit) =>
        Scenario.Edited(name, SummitCause.NginxUpgradeHeadersMissing, description, edit) with { Answer = 426 };

    private static Scenario Silent(string name, string description, TimeSpan pings, Func<string, string> edit) =>
        Scenario.Edited(name, SummitCause.NginxIdleTimeout, description, (lab, text) =>
        {
            lab.ChangeSite(site => site with { PingInterval = pings });
            return edit(text);
        });
}
