namespace Summit.Ops.Lab;

/// <summary>What the deployed configuration does with <c>/ws</c>.</summary>
internal static class LocationScenarios
{
    public static Scenario Missing { get; } = Scenario.Deployed(
        "location-missing", SummitCause.NginxLocationMissing, "a site file by hand and certbot that has /api only", lab => lab.Config.Certbot());

    public static Scenario UpgradeHeadersMissing { get; } = Scenario.Deployed(
        "upgrade-headers-missing", SummitCause.NginxUpgradeHeadersMissing, "/ws is proxied without Upgrade and Connection; the backend answers 426",
        lab => lab.Config.Site(lab.Config.WebSocketLocation(upgrade: false) + "\n" + lab.Config.ApiLocation));

    public static Scenario Shadowed { get; } = Scenario.Deployed(
        "location-shadowed", SummitCause.NginxLocationShadowed, "a regex location for the pages of a web application takes /ws as well",
        lab => lab.Config.Site(lab.Config.ExpectedLocations + """

                # pages of the web application
                location ~ ^/[a-z]+$ {
                    try_files $uri.html =404;
                }

            """));

    public static Scenario Redirect { get; } = Scenario.Deployed(
        "location-redirect", SummitCause.NginxRedirect, "the location is /ws/, so nginx answers /ws with 301, which no WebSocket client follows",
        lab => lab.Config.Site(lab.Config.ExpectedLocations.Replace("location /ws {", "location /ws/ {", StringComparison.Ordinal)));

    public static Scenario WrongServer { get; } = Scenario.Deployed(
        "wrong-server", SummitCause.NginxWrongServer, "the site's server_name has a typing error, so the default server answers 404",
        lab => lab.Config.Site(lab.Config.ExpectedLocations).Replace($"server_name {lab.ServerName};", $"server_name {lab.ServerName}-api;", StringComparison.Ordinal));

    public static Scenario UpstreamMismatch { get; } = Scenario.Deployed(
        "upstream-mismatch", SummitCause.NginxUpstreamMismatch, "/ws is proxied to a port that is not the backend's",
        lab => lab.Config.Site(lab.Config.WebSocketLocation(port: FreePorts.Choose(1)[0]) + "\n" + lab.Config.ApiLocation));
}
