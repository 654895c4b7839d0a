using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Sites;
using Summit.Ops.Text;

namespace Summit.Ops.Discovery;

/// <summary>Finds the sites of a host: one gathering, and with a handshake at the backends one more run for sixteen of them.</summary>
internal sealed class HostSearch(TimeProvider time)
{
    /// <summary>Searches the host's nginx.</summary>
    /// <param name="host">The host.</param>
    /// <param name="template">How nginx is called there, and what else every site has in common.</param>
    /// <param name="probe">Whether the backends are asked.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SummitHostException">The host has no nginx, or nginx shows no configuration.</exception>
    public async Task<SearchResult> FindAsync(IHost host, SummitSite template, bool probe, CancellationToken cancellation)
    {
        var said = await HostGatherer.GatherAsync(host, template.Plain, cancellation);
        var site = SiteWishes.NameNginx(template) ? template.Plain : said.FoundNginx(template.Plain);
        if (!site.Equals(template.Plain)) said = await HostGatherer.GatherAsync(host, site, cancellation);
        if ((said.Disk ?? said.Draft) is not { } config) throw NoConfig(said);
        var found = SiteSearch.In(config, new SearchOptions(site, said.NginxBuild, said.Real));
        var warnings = found.Warnings.ToList();
        if (said.Disk is null)
        {
            warnings.Insert(
                0, $"nginx on {host.Target} does not accept its configuration: what lies on the disk is searched, and an older one runs.");
        }

        if (said.PortContainer is { Length: > 0 } container)
        {
            warnings.Insert(
                0,
                $"A container holds port {site.Port} on {host.Target} ({ForeignText.Visible(container)}), and its nginx is not searched. "
                    + "Name it: Find-SummitSite -Site (New-SummitSite -NginxCommand 'docker exec NAME nginx')");
        }

        var sites = probe
            ? await new HandshakeTrial(host, time, site, said.NginxVersion).RunAsync(config, found.Sites, cancellation)
            : found.Sites;
        return new SearchResult(sites, warnings);
    }

    private static SummitHostException NoConfig(HostEvidence said)
    {
        if (!said.NginxInstalled)
        {
            return new SummitHostException(
                "NginxNotFound", SummitErrorKind.NotFound, $"There is no nginx on {said.Target}.", said.Target,
                "Name the command where it is called otherwise: "
                    + "Find-SummitSite -Site (New-SummitSite -NginxCommand 'docker exec web nginx')");
        }

        var lines = (said.NginxTest?.Text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var why = Array.FindLast(lines, line => line.Contains("[emerg]", StringComparison.Ordinal)) ?? lines.LastOrDefault()
            ?? "it said nothing";
        return new SummitHostException(
            "NginxConfigRefused", SummitErrorKind.InvalidData, $"nginx on {said.Target} shows no configuration: {ForeignText.Visible(why)}",
            said.Target, "Read the file itself, which shows what is wrong: Find-SummitSite -Path /etc/nginx/nginx.conf");
    }
}
