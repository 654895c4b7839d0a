using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Deployment;

/// <summary>
/// Says what became of a deployment that was stopped in the middle: from the file and the journal on the host, not
/// from what should have happened.
/// </summary>
/// <param name="host">The host.</param>
internal sealed class StoppedDeployment(IHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <summary>Waits for the deployment's end on the host, at most half a minute, and says what is there.</summary>
    public async Task<string> DescribeAsync(DeploymentPlan plan)
    {
        try
        {
            // whoever pressed Ctrl+C waits for this one answer, and not for longer
            using var limit = new CancellationTokenSource(Patience);
            return Describe(plan, ScriptAnswer.Read(await host.RunAsync(Script(plan), limit.Token), plan.Target));
        }
        catch (Exception error) when (error is SummitException or OperationCanceledException)
        {
            return $"What became of {plan.Site.ConfigPath} is not known: {error.Message}";
        }
    }

    internal static HostScript Script(DeploymentPlan plan) => new(
        "look at a stopped deployment",
        ShellScript.ComposeElevated(
            Deployer.Folder(plan.Site.ConfigPath),
            [.. SiteVariables.Nginx(plan.Site), new("CONFIG_PATH", plan.Site.ConfigPath), new("ENABLED_PATH", plan.Site.EnabledPath)],
            "prelude.sh",
            "nginx.sh",
            "answer.sh",
            "service.sh",
            "own.sh",
            "deployment-state.sh",
            "lock.sh",
            "container.sh",
            "deployment-outcome.sh"),
        Patience,
        ReadOnly: true);

    private static string Describe(DeploymentPlan plan, ScriptAnswer seen)
    {
        var path = plan.Site.ConfigPath;
        if (seen["lock"] == "held") return $"The deployment of {path} is still under way on the host.";
        if (seen["journal"] == "open")
        {
            return $"The deployment of {path} did not end: its journal is there, and the next deployment puts back what was there before.";
        }

        if (seen["sha"] == plan.Sha256 && plan.Sha256 != plan.PreviousSha256)
        {
            return $"The deployment of {path} had finished: the new configuration stands.";
        }

        return seen["sha"] == plan.PreviousSha256
            ? $"{path} is as it was: the deployment was put back, or had not begun."
            : $"{path} is neither what it was nor what was deployed: somebody else has changed it.";
    }
}
