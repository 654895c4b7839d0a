using Summit.Ops.Hosts;

namespace Summit.Ops.Deployment;

/// <summary>
/// What a deployment and its undoing have in common as a script: the site, what was and what is to be there, the lock and the journal.
/// </summary>
internal static class TransactionScript
{
    /// <summary>Puts one together.</summary>
    /// <param name="name">What it does, in a few words.</param>
    /// <param name="plan">The deployment.</param>
    /// <param name="values">What this part needs besides.</param>
    /// <param name="part">The script that follows transaction.sh.</param>
    /// <param name="patience">How long it may take.</param>
    public static HostScript Of(
        string name, DeploymentPlan plan, IReadOnlyList<KeyValuePair<string, string>> values, string part, TimeSpan patience) => new(
            name,
            ShellScript.ComposeElevated(
                Deployer.Folder(plan.Site.ConfigPath),
                [
                    .. SiteVariables.Nginx(plan.Site),
                    .. SiteVariables.Endpoint(plan.Site),
                    new("CONFIG_PATH", plan.Site.ConfigPath),
                    new("ENABLED_PATH", plan.Site.EnabledPath),
                    new("EXPECTED_SHA", plan.PreviousSha256),
                    new("NEW_SHA", plan.Sha256),
                    .. values,
                ],
                "prelude.sh",
                "nginx.sh",
                "answer.sh",
                "service.sh",
                "own.sh",
                "deployment-state.sh",
                "lock.sh",
                "known-answers.sh",
                "container.sh",
                "transaction.sh",
                part),
            patience,
            ReadOnly: false);
}
