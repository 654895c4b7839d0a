using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Nginx;

namespace Summit.Ops.Diagnosis.Proving;

/// <summary>The configuration as it would be after the smallest repair of the site's file.</summary>
internal static class ProposedConfig
{
    /// <summary>The whole configuration after the repair; null where there is none to make, or it would be refused.</summary>
    public static SummitNginxConfig? Of(SiteEvidence evidence)
    {
        try
        {
            var plan = DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, content: null, force: false);
            return plan.Diff.Length > 0 || plan.Enables ? Of(plan, evidence) : null;
        }
        catch (SummitException)
        {
            // a deployment that would be refused is no change
            return null;
        }
    }

    /// <summary>The whole configuration after a deployment; the file alone where nginx dumps no configuration.</summary>
    public static SummitNginxConfig Of(DeploymentPlan plan, SiteEvidence evidence)
    {
        var site = plan.Site;
        if (evidence.Host?.Disk is not { } disk) return NginxConfigReader.FromBytes(site.ConfigPath, plan.After, evidence.Target);
        // the dump names a file by the path of its include, which may be a link
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { [site.ConfigPath] = plan.After };
        if (site.EnabledPath.Length > 0) files[site.EnabledPath] = plan.After;
        if (evidence.Host.LinkTarget(site.ConfigPath) is { } target) files[target] = plan.After;
        return disk.With(files);
    }
}
