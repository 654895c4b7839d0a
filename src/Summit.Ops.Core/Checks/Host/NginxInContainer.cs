using Summit.Ops.Evidence;
using Summit.Ops.Text;

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
        var why = $"Port {evidence.Site.Port} {Held(host)}: the host's own nginx does not serve this site.";
        return [.. checks.Select(check => IsOfNginx(check) ? Unknown(check, why) : check)];
    }

    /// <summary>By what the port is held, as the end of a sentence.</summary>
    public static string Held(HostEvidence host) => $"is held for a container, by {ForeignText.Visible(host.PortContainer)}";

    private static SummitCheck Unknown(SummitCheck check, string why) =>
        check with { Status = SummitCheckStatus.Unknown, Cause = SummitCause.None, Evidence = why, Fix = Fix, File = null, Line = null };

    private static bool IsOfNginx(SummitCheck check) => check.Status is SummitCheckStatus.Pass or SummitCheckStatus.Fail
        && (check.Id.StartsWith("Nginx.", StringComparison.Ordinal) || check.Id == "Tls.Loaded");
}
