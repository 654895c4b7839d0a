namespace Summit.Ops.Lab;

/// <summary>Which server block answers for the site's name and port.</summary>
internal static class ServerScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        Scenario.Edited(
            "wrong-server", SummitCause.NginxWrongServer,
            "the site's server_name has a typing error, so the default server answers 404",
            (lab, text) =>
                text.Swap($"server_name {lab.ServerName};", $"server_name {lab.ServerName}-api;")) with { Answer = 404 },
        Scenario.Edited(
            "server-port", SummitCause.NginxWrongServer,
            "the site's server block listens on another port, so the default server answers 404",
            (lab, text) =>
                text.Swap($"listen 127.0.0.1:{lab.Port} ssl;", $"listen 127.0.0.1:{lab.HttpPort} ssl;")) with { Answer = 404 },
        Scenario.Edited(
            "server-address", SummitCause.NginxWrongServer,
            "the site's server block listens on another address of the machine, so the default server answers 404",
            (lab, text) =>
                text.Swap($"listen 127.0.0.1:{lab.Port} ssl;", $"listen 127.0.0.2:{lab.Port} ssl;")) with { Answer = 404 },
        Scenario.MainFile(
            "server-claimed-twice", SummitCause.NginxWrongServer,
            "an older file that is read first claims the same name, and it has no /ws",
            (lab, text) =>
                text.Before(
                    $"include {lab.Layout.Enabled}/*;",
                    $"include {lab.WriteBeside("conf.d/legacy.conf", lab.Config.Site(lab.Config.ApiLocation))};\n    ")) with
        {
            Answer = 404,
        },
        new("server-rejects-names", SummitCause.NginxWrongServer,
            "the site's server_name has a typing error, and the default server refuses the TLS handshake for names it does not know")
        {
            Answer = 0,
            InjectAsync = async (lab, cancellation) =>
            {
                lab.EditMain(text => text.After("server_name _;", "\n            ssl_reject_handshake on;"));
                lab.WriteSite(lab.SiteText.Swap($"server_name {lab.ServerName};", $"server_name api.{lab.ServerName};"));
                await lab.Nginx.ReloadAsync(cancellation);
            },
        },
    ];
}
