using Summit.Ops.Hosts;
using Summit.Ops.Probing;

namespace Summit.Ops.Evidence;

/// <summary>Gathers a host's evidence for one site by one script.</summary>
internal static class HostGatherer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs the script and reads its sections.</summary>
    public static async Task<HostEvidence> GatherAsync(IHost host, SummitSite site, CancellationToken cancellation)
    {
        var script = Script(site, withHops: host.Target.Kind != SummitTargetKind.Local);
        var result = await host.RunAsync(script, cancellation);
        var evidence = new HostEvidence(host.Target, EvidenceSections.Read(result, host.Target), result.Duration);
        if (!evidence.ContainerNeedsRoot) return evidence;
        // only root can look into a container, and sudo makes this account root
        result = await host.RunAsync(script with { Text = ShellScript.AsRoot(script.Text) }, cancellation);
        return new HostEvidence(host.Target, EvidenceSections.Read(result, host.Target), result.Duration);
    }

    /// <summary>The script for a site.</summary>
    /// <param name="site">The site.</param>
    /// <param name="withHops">
    /// Whether the host tries the handshakes that only it can try; it does so in any case where nginx has a network of its own.
    /// </param>
    internal static HostScript Script(SummitSite site, bool withHops = false) => new(
        "gather evidence",
        ShellScript.Compose(
            [
                .. SiteVariables.Nginx(site),
                new("CONFIG_PATH", site.ConfigPath),
                new("ENABLED_PATH", site.EnabledPath),
                new("CERTIFICATE_PATH", site.CertificatePath),
                .. SiteVariables.Backend(site),
                new("LOG_LINES", "200"),
                new("SERVER_NAME", site.ServerName),
                new("HOP_KEY", RecordedHandshake.Key),
                new("HOP_ORIGIN", SiteProbes.Origin(site)),
                new("HOP_PROTOCOL", string.Join(", ", SiteProbes.SubProtocols(site))),
                new("HOP_ALWAYS", withHops ? "yes" : ""),
                new("HOP_BACKEND", Http(SiteProbes.Backend(site, token: null))),
                new("HOP_NGINX", Http(SiteProbes.Loopback(site, token: null))),
                new("NGINX_AT", SiteProbes.Loopback(site, token: null).ConnectTo ?? ""),
            ],
            "prelude.sh",
            "sections.sh",
            "nginx.sh",
            "pm2-owner.sh",
            "pm2.sh",
            "unit.sh",
            "sockets.sh",
            "own.sh",
            "deployment-state.sh",
            "firewall-rules.sh",
            "log-end.sh",
            "certificates.sh",
            "container.sh",
            "gather.sh"),
        Patience,
        ReadOnly: true);

    // ws and wss, as an HTTP client calls them
    private static string Http(ProbeRequest request) => "http" + request.Uri[2..];
}
