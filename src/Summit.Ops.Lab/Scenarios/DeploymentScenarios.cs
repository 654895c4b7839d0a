namespace Summit.Ops.Lab;

/// <summary>What is on the disk, what is enabled, what runs.</summary>
internal static class DeploymentScenarios
{
    public static Scenario ConfigMissing { get; } = new("nginx-config-missing", SummitCause.NginxConfigNotDeployed, "the site's file is not on the server; the default server answers 404")
    {
        InjectAsync = async (lab, cancellation) =>
        {
            lab.DisableSite();
            File.Delete(lab.ConfigPath);
            await lab.Nginx.ReloadAsync(cancellation);
        },
    };

    public static Scenario NotEnabled { get; } = new("config-not-enabled", SummitCause.NginxConfigNotEnabled, "the site's file is on the server, and no link in sites-enabled leads to it")
    {
        InjectAsync = async (lab, cancellation) =>
        {
            lab.DisableSite();
            await lab.Nginx.ReloadAsync(cancellation);
        },
    };

    public static Scenario NotReloaded { get; } = new("not-reloaded", SummitCause.NginxNotReloaded, "the file is right, and nginx still runs the older one without /ws")
    {
        InjectAsync = async (lab, cancellation) =>
        {
            var right = await File.ReadAllTextAsync(lab.ConfigPath, cancellation);
            lab.WriteSite(lab.Config.Site(lab.Config.ApiLocation));
            await lab.Nginx.ReloadAsync(cancellation);
            lab.WriteSite(right);
        },
    };

    public static Scenario SyntaxInvalid { get; } = new("syntax-invalid", SummitCause.NginxSyntaxInvalid, "a semicolon is missing in the new file, so nginx still runs the older one without /ws")
    {
        InjectAsync = async (lab, cancellation) =>
        {
            var right = await File.ReadAllTextAsync(lab.ConfigPath, cancellation);
            lab.WriteSite(lab.Config.Site(lab.Config.ApiLocation));
            await lab.Nginx.ReloadAsync(cancellation);
            lab.WriteSite(right.Replace("proxy_set_header Upgrade $http_upgrade;", "proxy_set_header Upgrade $http_upgrade", StringComparison.Ordinal));
        },
    };

    public static Scenario NginxDown { get; } = new("nginx-down", SummitCause.NginxNotRunning, "nginx does not run; the port refuses connections") { InjectAsync = (lab, _) => lab.Nginx.StopAsync() };
}
