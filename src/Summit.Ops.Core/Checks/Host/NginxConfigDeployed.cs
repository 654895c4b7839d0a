using Summit.Ops.Evidence;
using Summit.Ops.Text;

namespace Summit.Ops.Checks.Host;

/// <summary>The guide's first root cause: whether the site's file is on the server, and nginx includes it.</summary>
/// <remarks>A site may live in another file: where the disk routes its handshake to a backend all the same, nothing is missing.</remarks>
internal sealed class NginxConfigDeployed : ICheck
{
    public CheckDefinition Definition { get; } = new(
        "Nginx.ConfigDeployed", "Nginx config deployed and enabled", SummitSeverity.Error, SummitRuleScope.Files)
    {
        Causes = [SummitCause.NginxConfigNotDeployed, SummitCause.NginxConfigNotEnabled],
        LooksAt = [SummitCause.NginxConfigNotDeployed, SummitCause.NginxConfigNotEnabled],
    };

    public SummitCheck Evaluate(SiteEvidence evidence)
    {
        var site = evidence.Site;
        var served = evidence.Route is { Kind: SummitNginxRouteKind.Proxy };
        var finding = Definition.On(evidence.Target.Name) with { Severity = served ? SummitSeverity.Advice : SummitSeverity.Error };
        if (evidence.Host is not { } host) return finding.Unknown(evidence.HostMissing);
        if (!host.NginxInstalled) return finding.Unknown("There is no nginx to deploy to.");

        var deploy = Command.For("Deploy-SummitNginxConfig", evidence);
        var expected = $"{site.ConfigPath}, included by nginx";
        if (host.Exists(site.ConfigPath) is not { } exists) return finding.Unknown($"Nobody looked for {site.ConfigPath}.");
        if (!exists && host.Disk is null && host.NginxTest is not { ExitCode: not 0 })
        {
            return finding.Unknown($"{site.ConfigPath} does not exist, and what else nginx reads was not said.", Command.Nginx(site, "-T"));
        }

        if (!exists)
        {
            var (who, file, line) = Answers(evidence);
            return finding.Fail(
                SummitCause.NginxConfigNotDeployed,
                $"{site.ConfigPath} does not exist. {who}".TrimEnd(),
                expected, "no such file", deploy, file, line);
        }

        if (host.Disk is not { } disk)
        {
            if (host.LinkTarget(site.EnabledPath) is { } nowhere && host.Exists(site.EnabledPath) == false)
            {
                return finding.Fail(
                    SummitCause.NginxConfigNotEnabled,
                    $"{site.ConfigPath} exists, and {site.EnabledPath} points to {nowhere}, which does not.",
                    expected, "a link that leads nowhere", deploy, site.EnabledPath);
            }

            return finding.Unknown(
                $"{site.ConfigPath} exists; whether nginx includes it cannot be told while nginx -T fails.", Command.Nginx(site, "-T"));
        }

        if (host.IsIncluded(site))
        {
            return finding.Pass(
                $"{site.ConfigPath} exists, "
                    + $"and nginx reads it{(host.LinkTarget(site.EnabledPath) is { } link ? $" ({site.EnabledPath} → {link})" : "")}",
                expected, expected);
        }

        if (site.EnabledPath.Length > 0 && host.Exists(site.EnabledPath) is null)
        {
            return finding.Unknown($"Nobody looked where {site.EnabledPath} leads.", $"ls -l {ShellWord.Quote(site.EnabledPath)}");
        }

        var broken = Broken(site, host, disk);
        return finding.Fail(
            SummitCause.NginxConfigNotEnabled, $"{site.ConfigPath} exists, and nginx does not read it: {broken}", expected, "not included",
            deploy, site.ConfigPath);
    }

    private static string Broken(SummitSite site, HostEvidence host, SummitNginxConfig disk)
    {
        if (site.EnabledPath.Length == 0 || site.EnabledPath == site.ConfigPath) return $"nothing in {disk.Path} includes it.";
        if (host.LinkTarget(site.EnabledPath) is { } target)
        {
            return host.Exists(site.EnabledPath) == false ? $"{site.EnabledPath} points to {target}, which does not exist."
                : host.IsEnabled(site) ? $"{site.EnabledPath} leads to it, and nothing in {disk.Path} includes that."
                : $"{site.EnabledPath} points to {target} instead.";
        }

        return host.Exists(site.EnabledPath) == true
            ? $"{site.EnabledPath} is a file of its own, and nginx reads that one."
            : $"{site.EnabledPath} does not exist.";
    }

    private static (string Who, string? File, int? Line) Answers(SiteEvidence evidence)
    {
        if (evidence.Route is not { Server: { } server } route)
        {
            return ($"No server block listens on port {evidence.Site.Port}.", null, null);
        }

        var what = route.Location is { } location ? $"{location} of " : "";
        return (
            $"{evidence.Site.WebSocketPath} is answered by {what}the server block '{server}' at {server.File}:{server.Line}.",
            server.File, server.Line);
    }
}
