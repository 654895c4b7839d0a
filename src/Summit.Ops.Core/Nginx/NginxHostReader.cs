using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Nginx;

/// <summary>Reads a host's nginx configuration through <c>nginx -T</c>.</summary>
public static class NginxHostReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Reads what nginx reads from the host's disk.</summary>
    /// <param name="host">The host.</param>
    /// <param name="site">How nginx is called there.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="SummitHostException">
    /// The host cannot be reached, has no nginx, or nginx does not accept the configuration.
    /// </exception>
    public static async Task<SummitNginxConfig> ReadAsync(IHost host, SummitSite site, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(site);
        var script = new HostScript(
            "read the nginx configuration",
            ShellScript.Compose(SiteVariables.Nginx(site), "prelude.sh", "nginx.sh", "container.sh", "nginx-dump.sh"),
            Patience, ReadOnly: true);
        var result = await host.RunAsync(script, cancellation);
        if (result.ExitCode == 0) return NginxConfigReader.FromDump(result.Output, host.Target);
        var said = ForeignText.Visible(LastLine(result.Error));
        throw result.ExitCode == 127
            ? new SummitHostException(
                "NginxNotFound", SummitErrorKind.NotFound, $"There is no nginx on {host.Target}: {said}", host.Target,
                "Name the command where it is called otherwise: New-SummitSite -NginxCommand 'docker exec web nginx'")
            : new SummitHostException(
                "NginxConfigRefused", SummitErrorKind.InvalidData,
                $"nginx on {host.Target} does not accept its configuration and dumps none: {said}",
                host.Target,
                "Read the file itself, which shows what is wrong: Get-SummitNginxConfig -Path /etc/nginx/nginx.conf");
    }

    /// <summary>The line with the reason: nginx's last [emerg], else the last one.</summary>
    private static string LastLine(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Array.FindLast(lines, line => line.Contains("[emerg]", StringComparison.Ordinal)) ?? lines.LastOrDefault()
            ?? "it said nothing";
    }
}
