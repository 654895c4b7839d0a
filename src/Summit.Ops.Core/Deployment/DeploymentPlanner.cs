using System.Security.Cryptography;
using System.Text;
using Summit.Ops.Checks;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Nginx;
using Summit.Ops.Text;

namespace Summit.Ops.Deployment;

/// <summary>How the new content comes about.</summary>
public enum DeploymentMode
{
    /// <summary>The smallest repair of the file that is there, or the whole expected file where there is none.</summary>
    Repair,

    /// <summary>The whole expected file.</summary>
    Replace,
}

/// <summary>Plans a deployment from evidence: pure, so that <c>-WhatIf</c> shows exactly what would be done.</summary>
public static class DeploymentPlanner
{
    /// <summary>Plans it.</summary>
    /// <param name="evidence">What is on the host.</param>
    /// <param name="mode">How the new content comes about where <paramref name="content"/> is null.</param>
    /// <param name="content">The content to deploy; null for what the site expects.</param>
    /// <param name="force">Whether servers and locations may be lost.</param>
    /// <exception cref="SummitDeploymentException">The change cannot be made, or would erase something.</exception>
    public static DeploymentPlan Plan(SiteEvidence evidence, DeploymentMode mode, SummitNginxConfig? content, bool force)
    {
        var site = evidence.Site;
        var host = evidence.Host ?? throw new SummitDeploymentException(
            "HostNotReached", SummitErrorKind.Unavailable, $"{evidence.Target} could not be asked: {evidence.HostMissing}", evidence.Target, Command.For("Invoke-SummitDiagnostic", evidence));
        if (!host.NginxInstalled)
        {
            throw new SummitDeploymentException(
                "NginxNotInstalled", SummitErrorKind.NotFound, $"'{site.NginxCommand}' was not found on {evidence.Target}, so nothing was deployed.", evidence.Target, "sudo apt-get install nginx   # or name it: New-SummitSite -NginxCommand '/path/to/nginx'");
        }

        var there = host.File(site.ConfigPath);
        if (there is null && host.Exists(site.ConfigPath) == true)
        {
            throw new SummitDeploymentException(
                "ConfigFileUnreadable", SummitErrorKind.PermissionDenied, $"{host.User} may not read {site.ConfigPath} on {evidence.Target}, so nothing was deployed.", site.ConfigPath, $"sudo cat {site.ConfigPath}   # run the cmdlet as root, or allow sudo without a password");
        }

        var before = there is null ? null : NginxConfigReader.FromBytes(site.ConfigPath, there, evidence.Target);
        var after = content ?? (before is null || mode == DeploymentMode.Replace
            ? ExpectedNginxConfig.For(Adopt(site, before, host.Disk))
            : NginxRepair.Apply(before, site));
        RefuseEmpty(after, site);

        var bytes = after.ToBytes();
        var erases = before is null ? [] : Erased(before, NginxConfigReader.FromBytes(site.ConfigPath, bytes, evidence.Target));
        var enables = site.EnabledPath.Length > 0 && site.EnabledPath != site.ConfigPath && host.Exists(site.EnabledPath) == false && host.LinkTarget(site.EnabledPath) is null;
        var same = there is not null && there.AsSpan().SequenceEqual(bytes);
        var stale = same && !enables && IsStale(evidence);
        var plan = new DeploymentPlan
        {
            Site = site,
            Target = evidence.Target,
            Before = there,
            After = bytes,
            PreviousSha256 = there is null ? "absent" : Sha256(there),
            Sha256 = Sha256(bytes),
            Diff = same ? "" : UnifiedDiff.Of(there is null ? null : Encoding.UTF8.GetString(there), Encoding.UTF8.GetString(bytes), site.ConfigPath),
            Enables = enables,
            ReloadsOnly = stale,
            Erases = erases,
            Steps = Steps(site, there is not null, same, enables, stale),
        };
        if (erases.Count > 0 && !force)
        {
            throw new SummitDeploymentException(
                "DeploymentErases", SummitErrorKind.OperationFailed,
                $"Deploying to {site.ConfigPath} on {evidence.Target} would take away: {string.Join("; ", erases)}. Nothing was changed.", evidence.Target,
                "See the change with Deploy-SummitNginxConfig -Force -WhatIf; leave -Replace away for the smallest repair, or add -Force to lose them.");
        }

        return plan;
    }

    internal static string Sha256(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();

    private static bool IsStale(SiteEvidence evidence) => CheckList.Evaluate(evidence).Any(check => check is { Id: "Nginx.Reloaded", Status: SummitCheckStatus.Fail });

    /// <summary>What the host has settled already holds where the site says nothing: the neighbours' listen address, and the certificate lines that somebody else wrote (certbot's).</summary>
    private static SummitSite Adopt(SummitSite site, SummitNginxConfig? before, SummitNginxConfig? disk)
    {
        if (site.ListenAddress.Length == 0) site = site with { ListenAddress = ListenAddresses.Common(disk, site.Port) };
        if (before is null || site.CertificatePath.Length > 0) return site;
        var server = before.Servers.FirstOrDefault(server => server.ServerNames.Contains(site.ServerName) && Argument(server, "ssl_certificate") is not null);
        return server is null ? site : site with { CertificatePath = Argument(server, "ssl_certificate")!, CertificateKeyPath = Argument(server, "ssl_certificate_key") ?? "" };
    }

    private static string? Argument(SummitNginxServer server, string directive) => server.Directives.FirstOrDefault(found => found.Name == directive)?.Arguments is [var first, ..] ? first : null;

    private static void RefuseEmpty(SummitNginxConfig config, SummitSite site)
    {
        if (config.Servers.Count > 0) return;
        throw new SummitDeploymentException(
            "ConfigHasNoServer", SummitErrorKind.InvalidData, "The configuration to deploy has no server block, so nothing was changed.", config.Path, $"New-SummitNginxConfig -Site $site   # the expected configuration of {site.Name}");
    }

    private static List<string> Erased(SummitNginxConfig before, SummitNginxConfig after)
    {
        var erased = new List<string>();
        foreach (var server in before.Servers)
        {
            var kept = after.Servers.Where(other => Same(server, other)).ToList();
            if (kept.Count == 0)
            {
                erased.Add($"server '{server}' ({server.File}:{server.Line})");
                continue;
            }

            erased.AddRange(server.Locations
                .Where(location => !kept.Exists(other => other.Locations.Any(candidate => Same(candidate, location))))
                .Select(location => $"{location} of server '{server}' ({location.File}:{location.Line})"));
        }

        return erased;
    }

    /// <summary>A prefix stays the same location when it is given precedence (<c>^~</c>), or made exact.</summary>
    private static bool Same(SummitNginxLocation one, SummitNginxLocation other) =>
        one.Path == other.Path && (one.Modifier == other.Modifier || (one.Modifier is "" or "^~" or "=" && other.Modifier is "" or "^~" or "="));

    private static bool Same(SummitNginxServer one, SummitNginxServer other) =>
        one.ServerNames.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(other.ServerNames)
        && (one.Directives.Any(directive => directive.Name == "return") == other.Directives.Any(directive => directive.Name == "return") || one.Listen.Intersect(other.Listen, StringComparer.Ordinal).Any());

    private static List<string> Steps(SummitSite site, bool exists, bool same, bool enables, bool stale)
    {
        var steps = new List<string>();
        if (!same)
        {
            steps.Add(exists ? $"back up {site.ConfigPath}" : $"create {site.ConfigPath}");
            steps.Add($"test the new configuration with nginx -t before anything is changed, where the host can");
            if (exists) steps.Add($"replace {site.ConfigPath} in one step");
        }

        if (enables) steps.Add($"link {site.EnabledPath} to {site.ConfigPath}");
        if (!same || enables || stale) steps.Add("nginx -t, reload nginx, wait for new workers, try a WebSocket handshake; put everything back if any of it fails");
        return steps;
    }
}
