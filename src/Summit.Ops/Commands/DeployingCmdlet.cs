using System.Management.Automation;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Text;

namespace Summit.Ops.Commands;

/// <summary>What the cmdlets share that put a configuration file in place: the whole change asked about, done, and reported.</summary>
public abstract class DeployingCmdlet : OnHostCmdlet
{
    /// <summary>How many backups of the file stay on the host, the newest; all where it is not given.</summary>
    /// <value>All</value>
    [Parameter]
    [ValidateRange(0, 10_000)]
    public int? Keep { get; set; }

    private protected override bool Changes => true;

    /// <summary>Whether a change counts as a failure where no WebSocket opens after it.</summary>
    private protected virtual bool MustVerify => false;

    private protected async Task<bool> DeployAsync(DeploymentPlan plan, IHost host, PipelineQueue queue, CancellationToken cancellation)
    {
        plan = plan with { Keep = Keep };

        // what -WhatIf is for: the whole change, not only its name
        var (allowed, onlyShown) = (true, false);
        if (plan.Changes)
        {
            allowed = await queue.AskAsync(
                cmdlet =>
                {
                    var yes = cmdlet.ShouldProcess(Describe(plan), $"{host.Target}: {plan.Steps[0]}?", $"{plan.Action} {Site.ConfigPath}", out var reason);
                    onlyShown = reason == ShouldProcessReason.WhatIf;
                    return yes;
                },
                cancellation);
        }

        // where somebody said no, nothing was seen that others could follow
        if (!allowed) return onlyShown || !MustVerify;
        using var progress = queue.Activity(plan.Action == "Restore" ? "Restoring" : "Deploying", $"{Site.ConfigPath} on {host.Target}");
        var done = await new Deployer(host, TimeProvider.System).DeployAsync(plan, PlainToken, cancellation);
        queue.Write(done);
        WarnUnverified(queue, done);
        if (done.Stands) return done.Verified || !MustVerify;
        queue.Error(new SummitDeploymentException(
            "DeploymentRolledBack", SummitErrorKind.OperationFailed, $"{done.Target}: {done.Output}", done.Target, Checks.Command.For("Invoke-SummitDiagnostic", plan.Site, plan.Target)));
        return false;
    }

    private static string Describe(DeploymentPlan plan) =>
        $"{plan.Action} to {plan.Site.ConfigPath} on {plan.Target}:\n{Wrapping.Steps(plan.Steps)}\n\n{plan.Diff}".TrimEnd();
}
