using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Deployment;

/// <summary>
/// Takes a deployment back that stands on a host: the file, its link and nginx as they were before it, under the same lock and journal.
/// </summary>
/// <param name="host">The host.</param>
internal sealed class DeploymentUndo(IHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Takes it back, unless somebody has changed the file since or nginx could not run with what was there before.</summary>
    /// <param name="plan">What was deployed.</param>
    /// <param name="deployed">What the deployment's script answered.</param>
    /// <returns>Whether the old state was put back, whether anything is other than before, and that in words.</returns>
    public async Task<(bool PutBack, bool Changed, string Words)> RunAsync(DeploymentPlan plan, ScriptAnswer deployed)
    {
        if (plan.DiskFailed)
        {
            return (false, true, "The deployment stays: what was there before did not pass nginx -t, so nginx could not run with it.");
        }

        ScriptAnswer answer;
        try
        {
            // it comes to its end although everything else is stopped
            answer = ScriptAnswer.Read(await host.RunAsync(Script(plan, deployed), CancellationToken.None), plan.Target);
        }
        catch (SummitException error)
        {
            return (false, true, $"Whether it was put back is not known: {error.Message}");
        }

        if (answer.Outcome != "undone") return (false, true, $"The deployment stays: {answer["reason"]}");
        return answer["undone"] switch
        {
            "yes" => (true, false, "Everything was put back."),
            "unreloaded" =>
                (true, true, $"The files are as they were, and nginx could not be brought to take them: {answer["reason"].Trim()}"),
            _ => (false, true, $"Not everything could be put back: the journal beside {plan.Site.ConfigPath} says what was there, "
                + "and the next deployment tries again."),
        };
    }

    internal static HostScript Script(DeploymentPlan plan, ScriptAnswer deployed) => TransactionScript.Of(
        "take back nginx configuration",
        plan,
        [
            new("BACKUP", deployed["backup"]),
            new("LINK", deployed["link"]),
            new("RUNNING", deployed["running"]),
            new("UNDO", "yes"),
        ],
        "undo.sh",
        Patience);
}
