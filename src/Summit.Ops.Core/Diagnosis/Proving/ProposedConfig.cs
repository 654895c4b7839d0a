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
    public static SummitNginxConfig Of(DeploymentPlan plan, SiteEvidence evidence) => Of(plan.After, evidence);

    /// <summary>The whole configuration with other bytes in the site's file.</summary>
    public static SummitNginxConfig Of(byte[] bytes, SiteEvidence evidence)
    {
        var place = evidence.Host is { } host ? SitePlace.Of(evidence.Site, host) : null;
        return place?.Whole?.With(place.Path, bytes) ?? NginxConfigReader.FromBytes(evidence.Site.ConfigPath, bytes, evidence.Target);
    }
}
