using Summit.Ops.Hosts;

namespace Summit.Ops.Evidence;

/// <summary>Gathers a host's evidence for one site by one script.</summary>
internal static class HostGatherer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs the script and reads its sections.</summary>
    public static async Task<HostEvidence> GatherAsync(IHost host, SummitSite site, CancellationToken cancellation)
    {
        var result = await host.RunAsync(Script(site), cancellation);
        return new HostEvidence(host.Target, EvidenceSections.Read(result, host.Target), result.Duration);
    }

    /// <summary>The script for a site.</summary>
    internal static HostScript Script(SummitSite site) => new(
        "gather evidence",
        ShellScript.Compose(
            [
                .. SiteVariables.Nginx(site),
                new("CONFIG_PATH", site.ConfigPath),
                new("ENABLED_PATH", site.EnabledPath),
                new("CERTIFICATE_PATH", site.CertificatePath),
                new("PROCESS_NAME", site.ProcessName),
                new("BACKEND_USER", site.BackendUser),
                new("PM2_DIR", site.Pm2Home),
                new("LOG_LINES", "200"),
            ],
            "prelude.sh",
            "gather.sh"),
        Patience,
        ReadOnly: true);
}
