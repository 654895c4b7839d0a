using Summit.Ops.Evidence;

namespace Summit.Ops.Checks.Host;

/// <summary>Where a container holds the site's port, what was read of the host's own nginx says nothing of the site.</summary>
internal static class NginxInContainer
{
    /// <summary>What shows the containers, and how the site names its nginx.</summary>
    public const string Fix = "docker ps   # or podman ps; then name its nginx: New-SummitSite -NginxCommand 'docker exec NAME nginx'";

    /// <summary>The checks, with those of the host's own nginx made Unknown where that nginx does not hold the port.</summary>
    public static IReadOnlyList<SummitCheck> Over(IReadOnlyList<SummitCheck> checks, SiteEvidence evidence)
    {
        if (evidence.Host is not { PortContainer.Length: > 0 } host) return checks;
        var why = $"Port {evidence.Site.Port} is held for a container, by {Text.ForeignText.Visible(host.PortContainer)}: the host's own nginx does not serve this site.";
        return [.. checks.Select(check => IsOfNginx(check) ? check with { Status = SummitCheckStatus.Unknown, Cause = SummitCause.None, Evidence = why, Fix = Fix, File = null, Line = null } : check)];
    }

    private static bool IsOfNginx(SummitCheck check) =>
        check.Status is SummitCheckStatus.Pass or SummitCheckStatus.Fail && (check.Id.StartsWith("Nginx.", StringComparison.Ordinal) || check.Id == "Tls.Loaded");
}
