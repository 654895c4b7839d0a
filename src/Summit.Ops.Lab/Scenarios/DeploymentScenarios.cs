using Summit.Ops.Lab.Peers;

namespace Summit.Ops.Lab;

/// <summary>What is on the disk, what is enabled, what runs.</summary>
internal static class DeploymentScenarios
{
    public static Scenario ConfigMissing { get; } = new(
        "nginx-config-missing", SummitCause.NginxConfigNotDeployed, "the site's file is not on the server; the default server answers 404")
    {
        Answer = 404,
        InjectAsync = async (lab, cancellation) =>
        {
            lab.DisableSite();
            File.Delete(lab.ConfigPath);
            await lab.Nginx.ReloadAsync(cancellation);
        },
    };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        ConfigMissing,
        Scenario.Waiting("nginx-config-deleted", SummitCause.NginxConfigNotDeployed, "the site's file was deleted and the link to it was "
            + "left, so nginx -t fails, and the running nginx has an older one without /ws", (_, text) => text)
            .And(lab => File.Delete(lab.ConfigPath)),
        Linked(
            "config-not-enabled", "the site's file is on the server, and no link in sites-enabled leads to it", lab => lab.DisableSite()),
        Linked("config-link-elsewhere", "the link in sites-enabled leads to last year's file, which has no /ws", lab =>
        {
            lab.DisableSite();
            File.CreateSymbolicLink(lab.EnabledPath, lab.WriteBeside("sites-available/summit-api.2024", lab.Config.Certbot()));
        }),
        Linked("config-copy-enabled", "in sites-enabled lies a copy of an older file, and the new one is never read", lab =>
        {
            lab.DisableSite();
            File.WriteAllText(lab.EnabledPath, lab.Config.Site(lab.Config.ApiLocation));
        }),
        Linked("config-include-pattern", "nginx.conf includes sites-enabled/*.conf, and the link's name has no .conf",
            lab => lab.EditMain(text => text.Swap("/sites-enabled/*;", "/sites-enabled/*.conf;"))),
        Scenario.Waiting(
            "config-link-broken", SummitCause.NginxConfigNotEnabled,
            "the link in sites-enabled leads nowhere, so nginx -t fails, and the running nginx has an older one without /ws",
            (_, text) => text).And(lab =>
            {
                lab.DisableSite();
                File.CreateSymbolicLink(lab.EnabledPath, lab.ConfigPath + ".conf");
            }),

        Scenario.Waiting("not-reloaded", SummitCause.NginxNotReloaded, "the file is right, and nginx still runs the older one without /ws",
            (_, text) => text),
        Stale("not-reloaded-headers", "the file is right, and nginx still runs the older one that passes no Upgrade header on", 426,
            (_, text) => text.Without("proxy_set_header Upgrade $http_upgrade;")),
        Stale("not-reloaded-upstream", "the file is right, and nginx still runs the older one with the backend's former port", 502,
            (lab, text) => text.Swap($"127.0.0.1:{lab.BackendPort}", $"127.0.0.1:{FreePorts.Choose(1)[0]}")),
        Stale("not-reloaded-redirect", "the file is right, and nginx still runs the older one with location /ws/", 301,
            (_, text) => text.Swap("location /ws {", "location /ws/ {")),
        new("reload-failed", SummitCause.NginxReloadFailed,
            "the new file listens on a port that another process has, so the reload failed and nginx runs on without /ws")
        {
            Answer = 404,
            InjectAsync = async (lab, cancellation) =>
            {
                var right = lab.SiteText;
                lab.WriteSite(lab.Config.Site(lab.Config.ApiLocation));
                await lab.Nginx.ReloadAsync(cancellation);
                lab.Keep(Peer.Start((connection, stop) => connection.DrainAsync(stop), port: lab.HttpPort));
                lab.WriteSite(right + $"server {{\n    listen 127.0.0.1:{lab.HttpPort};\n    return 301 https://$host$request_uri;\n}}\n");
                await lab.Nginx.FailReloadAsync(cancellation);
            },
        },

        Scenario.Waiting(
            "syntax-invalid", SummitCause.NginxSyntaxInvalid,
            "a semicolon is missing in the new file, so nginx still runs the older one without /ws",
            (_, text) => text.Swap("$http_upgrade;", "$http_upgrade")),
        Scenario.Waiting(
            "syntax-directive", SummitCause.NginxSyntaxInvalid,
            "the new file has a directive that nginx does not know, so nginx still runs the older one without /ws",
            (_, text) => text.Before("proxy_http_version", "websocket on;\n        ")),
        Scenario.Waiting("syntax-brace", SummitCause.NginxSyntaxInvalid,
            "a brace is missing in the new file, so nginx still runs the older one without /ws", (_, text) => text.TrimEnd()[..^1]),
        Scenario.Waiting("syntax-byte-order-mark", SummitCause.NginxSyntaxInvalid,
            "the new file begins with a byte order mark, so nginx still runs the older one without /ws", (_, text) => "\uFEFF" + text),
        Scenario.Waiting(
            "syntax-duplicate-location", SummitCause.NginxSyntaxInvalid,
            "the new file has /ws twice, so nginx still runs the older one without it",
            (lab, text) => text.Before("    location /api", lab.Config.WebSocketLocation() + "\n")),
        Scenario.Waiting(
            "syntax-variable", SummitCause.NginxSyntaxInvalid,
            "the new file uses a map's variable and the map is not there, so nginx still runs the older one without /ws",
            (_, text) => text.Swap("\"upgrade\"", "$connection_upgrade")),
        Scenario.Waiting(
            "syntax-upstream-name", SummitCause.NginxSyntaxInvalid,
            "the new file passes /ws to a name that does not resolve, so nginx still runs the older one without /ws",
            (lab, text) => text.Swap($"127.0.0.1:{lab.BackendPort}", $"backend.invalid:{lab.BackendPort}")),
        Scenario.Waiting(
            "syntax-invalid-down", SummitCause.NginxSyntaxInvalid,
            "the file is not valid, and nginx was restarted and does not run any more",
            (_, text) => text.Swap("listen ", "listen https ")).And(lab => lab.Nginx.StopAsync()) with { Answer = 0 },

        new("nginx-down", SummitCause.NginxNotRunning,
            "nginx does not run; the port refuses connections") { Answer = 0, InjectAsync = (lab, _) => lab.Nginx.StopAsync() },
        new("nginx-port-taken", SummitCause.NginxNotRunning, "nginx does not run, and another server that speaks plain HTTP has its port")
        {
            Answer = 0,
            InjectAsync = async (lab, _) =>
            {
                await lab.Nginx.StopAsync();
                lab.Keep(Peer.Start(
                    async (connection, stop) =>
                    {
                        if (await connection.Stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, stop) == 0) return;
                        await connection.SendAsync(
                            "HTTP/1.1 400 Bad Request\r\nServer: Apache\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stop);
                    },
                    port: lab.Port));
            },
        },
        new("nginx-not-installed", SummitCause.NginxNotInstalled, "there is no nginx on the server")
        {
            Answer = 0,
            InjectAsync = async (lab, _) =>
            {
                await lab.Nginx.StopAsync();
                File.Delete(lab.NginxCommand);
            },
        },
    ];

    /// <summary>A scenario that is another one and then something more.</summary>
    private static Scenario And(this Scenario first, Func<LabInstance, Task> more) => first with
    {
        InjectAsync = async (lab, cancellation) =>
        {
            await first.InjectAsync(lab, cancellation);
            await more(lab);
        },
    };

    private static Scenario And(this Scenario first, Action<LabInstance> more) => first.And(lab =>
    {
        more(lab);
        return Task.CompletedTask;
    });

    private static Scenario Linked(string name, string description, Action<LabInstance> change) =>
        new(name, SummitCause.NginxConfigNotEnabled, description)
        {
            Answer = 404,
            InjectAsync = async (lab, cancellation) =>
            {
                change(lab);
                await lab.Nginx.ReloadAsync(cancellation);
            },
        };

    /// <summary>nginx runs an older file, and the one on the disk is right.</summary>
    private static Scenario Stale(string name, string description, int answer, Func<LabInstance, string, string> older) =>
        new(name, SummitCause.NginxNotReloaded, description)
        {
            Answer = answer,
            InjectAsync = async (lab, cancellation) =>
            {
                var right = lab.SiteText;
                lab.WriteSite(older(lab, right));
                await lab.Nginx.ReloadAsync(cancellation);
                lab.WriteSite(right);
            },
        };
}
