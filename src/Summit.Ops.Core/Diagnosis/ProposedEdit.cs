using Summit.Ops.Deployment;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;

namespace Summit.Ops.Diagnosis;

/// <summary>The edit of the configuration that a cause's own command would make, planned from the evidence alone.</summary>
internal static class ProposedEdit
{
    private const string Deploy = "Deploy-SummitNginxConfig";

    /// <summary>
    /// The edit of the first cause whose command is a deployment; null where none is, or where it would be refused or change no byte.
    /// </summary>
    public static SummitProposedFix? For(SiteEvidence evidence, IReadOnlyList<SummitDiagnosedCause> causes)
    {
        if (causes.FirstOrDefault(cause => cause.Fix.StartsWith(Deploy, StringComparison.Ordinal))?.Fix is not { } command) return null;
        var mode = command.Contains(" -Replace", StringComparison.Ordinal) ? DeploymentMode.Replace : DeploymentMode.Repair;
        try
        {
            var plan = DeploymentPlanner.Plan(evidence, mode, content: null, force: false);
            return plan.Diff.Length == 0 || ChangeGate.Of(plan, evidence).Support == ChangeSupport.Refuted
                ? null
                : new SummitProposedFix { Path = evidence.Site.ConfigPath, Command = command, Diff = plan.Diff, Steps = plan.Steps };
        }
        catch (SummitException)
        {
            // a deployment that would be refused is no proposal; the cause's own words stand
            return null;
        }
    }
}
