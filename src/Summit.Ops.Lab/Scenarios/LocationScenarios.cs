namespace Summit.Ops.Lab;

/// <summary>Which location of the server block takes the requests for <c>/ws</c>, and what becomes of their path.</summary>
internal static class LocationScenarios
{
    private const string Location = "location /ws {";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Scenario.Deployed(
            "location-missing", SummitCause.NginxLocationMissing,
            "a site file by hand and certbot that has /api only",
            lab => lab.Config.Certbot()) with { Answer = 404 },
        Missing("location-other-path", "the location is written for /websocket, and clients ask for /ws", "location /websocket {"),
        Missing("location-capitals", "the location is written for /WS, and nginx minds the case", "location /WS {"),
        Missing("location-regex-deeper", "the location's pattern wants something behind /ws/", "location ~ ^/ws/.+ {"),
        Scenario.Edited(
            "location-commented", SummitCause.NginxLocationMissing, "every line of the location is commented out", (lab, text) =>
                text.Swap(
                    lab.Config.WebSocketLocation(),
                    string.Join('\n', lab.Config.WebSocketLocation().Split('\n').Select(line => "# " + line))
                        + "\n")) with { Answer = 404 },
        Scenario.Edited(
            "location-without-proxy", SummitCause.NginxLocationMissing,
            "the location has every header and no proxy_pass, so nginx looks for a file",
            (lab, text) => text.Without($"proxy_pass http://127.0.0.1:{lab.BackendPort};")) with { Answer = 404 },
        Scenario.Edited(
            "location-files", SummitCause.NginxLocationMissing,
            "the location looks for files with try_files and never proxies",
            (lab, text) => text.Swap($"proxy_pass http://127.0.0.1:{lab.BackendPort};", "try_files $uri =404;")) with { Answer = 404 },
        Scenario.Edited(
            "location-alias", SummitCause.NginxLocationMissing,
            "the location has an alias for a folder and never proxies",
            (lab, text) => text.Swap($"proxy_pass http://127.0.0.1:{lab.BackendPort};", $"alias {lab.NginxPrefix}/html/ws;")) with
        {
            Answer = 404,
        },
        Scenario.Deployed(
            "location-plain-server", SummitCause.NginxLocationMissing,
            "the location stands in the server block for port 80, and that for TLS has /api only", lab =>
                lab.Config.Site(lab.Config.ApiLocation) + lab.Config.Site(lab.Config.WebSocketLocation())
                    .Swap($"listen 127.0.0.1:{lab.Port} ssl;", $"listen 127.0.0.1:{lab.HttpPort};")) with { Answer = 404 },

        Scenario.Edited(
            "location-nested", SummitCause.NginxLocationMissing,
            "a regex location inside the prefix /ws takes the requests to a folder",
            (_, text) => text.After(Location, "\n        location ~ s$ {\n            root /nowhere;\n        }\n")) with { Answer = 404 },
        Scenario.Edited(
            "location-internal", SummitCause.NginxLocationMissing,
            "the location is internal, so clients see 404",
            (_, text) => text.After(Location, "\n        internal;")) with { Answer = 404 },

        Shadowed("location-shadowed", "a regex location for the pages of a web application takes /ws as well", 404,
            "location ~ ^/[a-z]+$ {\n        try_files $uri.html =404;\n    }"),
        Shadowed("location-shadowed-exact", "an exact location for /ws answers with a file that is not there", 404,
            "location = /ws {\n        try_files /index.html =404;\n    }"),
        Shadowed("location-shadowed-case",
            "a regex without case takes everything that begins with ws or api to the backend, and passes no Upgrade header on", 426,
            lab => $"location ~* ^/(ws|api) {{\n        proxy_pass http://127.0.0.1:{lab.BackendPort};\n    }}"),
        Shadowed("location-shadowed-status", "a regex location for short paths answers 200 itself", 200,
            "location ~ ^/..?$ {\n        return 200 'ok';\n    }"),
        Scenario.Edited(
            "location-if", SummitCause.NginxLocationShadowed,
            "an if in the location holds for each handshake and sends it to a page of the web application",
            (_, text) =>
                text.After(
                    Location, "\n        if ($http_upgrade) {\n            rewrite ^ /app.html last;\n        }\n")) with { Answer = 404 },

        Scenario.Edited(
            "location-redirect", SummitCause.NginxRedirect,
            "the location is /ws/, so nginx answers /ws with 301, which no WebSocket client follows",
            (_, text) => text.Swap(Location, "location /ws/ {")) with { Answer = 301 },
        Scenario.Edited(
            "location-exact-slash", SummitCause.NginxRedirect,
            "the location is = /ws/, and nginx answers /ws with 301 as it does for a prefix",
            (_, text) => text.Swap(Location, "location = /ws/ {")) with { Answer = 301 },
        Scenario.Edited(
            "redirect-to-www", SummitCause.NginxRedirect,
            "the server block sends every client to another name first",
            (lab, text) => text.Before("    location /ws", $"    if ($host = {lab.ServerName}) {{\n"
                + $"        return 301 https://www.{lab.ServerName}$request_uri;\n    }}\n\n")) with { Answer = 301 },
        Scenario.Edited(
            "redirect-rewrite", SummitCause.NginxRedirect,
            "a rewrite with permanent adds the version to every path",
            (_, text) => text.Before("    location /ws", "    rewrite ^/(?!v2/)(.*)$ /v2/$1 permanent;\n\n")) with { Answer = 301 },
        Scenario.Edited(
            "redirect-whole-server", SummitCause.NginxRedirect,
            "the server block for TLS has the redirect that was meant for port 80",
            (_, text) => text.Before("    location /ws", "    return 301 https://$host$request_uri;\n\n")) with { Answer = 301 },
    ];

    private static Scenario Missing(string name, string description, string written) =>
        Scenario.Edited(
            name, SummitCause.NginxLocationMissing, description, (_, text) => text.Swap(Location, written)) with { Answer = 404 };

    private static Scenario Shadowed(string name, string description, int answer, string location) =>
        Shadowed(name, description, answer, _ => location);

    private static Scenario Shadowed(string name, string description, int answer, Func<LabInstance, string> location) =>
        Scenario.Deployed(
            name, SummitCause.NginxLocationShadowed, description,
            lab => lab.Config.Site($"{lab.Config.ExpectedLocations}\n    {location(lab)}\n")) with { Answer = answer };
}
