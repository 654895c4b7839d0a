using System.Management.Automation;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Repair;
using Summit.Ops.Text;

namespace Summit.Ops.Commands;

/// <summary>
/// Repairs a site's WebSocket, the guide's step-by-step fix: diagnoses, plans, does each step that it is allowed to, and
/// verifies by a fresh diagnosis.
/// </summary>
/// <remarks>
/// <para>The plan is the smallest that the diagnosis asks for, in the guide's order: the site's nginx configuration is deployed,
/// enabled or repaired as Deploy-SummitNginxConfig does it, the backend is restarted as Restart-SummitBackend does it, nginx is
/// reloaded or started as Restart-SummitNginx does it. On a terminal each step is shown before it is done (elsewhere it is an
/// information record with the tag SummitPlan), and it can be declined (-Confirm); -WhatIf shows them all, with the change of each
/// file as a unified diff, and changes nothing.</para>
/// <para>Afterwards the site is diagnosed afresh. A fault that comes to light behind the first one is repaired as well, at most three times
/// in a row, and nothing is done twice for the same cause. When a step fails no further one is begun: a deployment has put everything back
/// by itself, and the result says what stands.</para>
/// <para>What is not the site's own is named and left alone: security groups, network ACLs, certificates, DNS, the host's firewall, tokens,
/// the application's code. Outcome is NotRepairable then, and an error record gives the command to run next, as it does wherever the site
/// is broken still (RepairNotPossible, RepairNotEnough, RepairDeclined, RepairFailed): $? is False then, and -ErrorAction Stop stops. The
/// result comes before it; Healthy says in one word whether the site works. Nothing is ever erased: where servers or locations of a file
/// would be lost, the deployment is not made.</para>
/// <para>Each host of a fleet is repaired by itself; one that cannot be repaired does not keep the others from it, a step that
/// failed does (see -MaxErrors).</para>
/// </remarks>
/// <example>
/// <title>See the whole repair first</title>
/// <code>Repair-SummitWebSocket -Site $site -WhatIf</code>
/// <para>The steps, and the change as a unified diff; nothing on the host is changed.</para>
/// </example>
/// <example>
/// <title>Repair it</title>
/// <code>$repair = Repair-SummitWebSocket -Site $site
/// $repair.After.WebSocket</code>
/// <para>The result holds the diagnosis before, the steps, what each did, and the diagnosis after.</para>
/// </example>
/// <example>
/// <title>Be asked before each step</title>
/// <code>Repair-SummitWebSocket -Site $site -InstanceId i-06bc5b2218c041802 -Region eu-west-1 -Confirm</code>
/// <para>On one instance, over AWS Systems Manager.</para>
/// </example>
/// <example>
/// <title>In a runbook</title>
/// <code>$repair = Repair-SummitWebSocket -Site $site -Confirm:$false -ErrorAction SilentlyContinue
/// if (-not $repair.Healthy) { throw "$($repair.Reason) Run next: $($repair.NextCommand)" }</code>
/// <para>Healthy is True where it works now, whether it was repaired or never broken.</para>
/// </example>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
/// <seealso cref="DeploySummitNginxConfigCommand"/>
/// <seealso cref="RestartSummitBackendCommand"/>
[Cmdlet("Repair", "SummitWebSocket", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(SummitRepair))]
public sealed class RepairSummitWebSocketCommand : OnHostCmdlet
{
    /// <summary>
    /// How long a WebSocket through nginx must stay open, idle; a number is seconds. It finds what cuts an idle connection
    /// (proxy_read_timeout, 60 s by default), and takes that long.
    /// </summary>
    /// <value>It is not held</value>
    [Parameter]
    [Seconds]
    public TimeSpan Hold { get; set; }

    private protected override bool Changes => true;

    private protected override TimeSpan HoldTime => Hold;

    private protected override async Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        var repairer = new Repairer(
            host, TimeProvider.System,
            async stop => await ProveAsync(queue, host, await GatherAsync(queue, host, site, stop, withNetwork: true), stop),
            new Dialogue(queue, host.Target));
        var repair = await repairer.RepairAsync(PlainToken, cancellation);
        queue.Write(repair);
        switch (repair.Outcome)
        {
            case SummitRepairOutcome.Failed:
                queue.Error(new SummitDeploymentException(
                    "RepairFailed", SummitErrorKind.OperationFailed, $"{host.Target}: {repair.Reason}", host.Target, repair.NextCommand));
                return false;
            case SummitRepairOutcome.NotRepairable or SummitRepairOutcome.NotRepaired or SummitRepairOutcome.Declined:
                // broken still: a script that looks at errors alone must not take it for a success; the other
                // hosts may be mended all the same
                queue.Error(new SummitDeploymentException(
                    repair.Outcome switch
                    {
                        SummitRepairOutcome.NotRepairable => "RepairNotPossible",
                        SummitRepairOutcome.Declined => "RepairDeclined",
                        _ => "RepairNotEnough",
                    },
                    SummitErrorKind.OperationFailed, $"{host.Target}: {repair.Reason}", host.Target, repair.NextCommand));
                break;
        }

        return true;
    }

    /// <summary>Asks by ShouldProcess, with the whole step as its text.</summary>
    private sealed class Dialogue(PipelineQueue queue, SummitTarget target) : IRepairDialogue
    {
        public async Task<RepairConsent> AskAsync(SummitRepairStep step, int number, int count, CancellationToken cancellation)
        {
            var reason = ShouldProcessReason.None;
            var title = $"Step {number} of {count} on {target}, for {string.Join(", ", step.Causes)}";
            var text = $"{Wrapping.Of(step.Description)}\n{Wrapping.Steps(step.Details)}\n\n{step.Diff}".TrimEnd();
            // the prompt has the title as its caption already
            var yes = await queue.AskAsync(
                cmdlet => cmdlet.ShouldProcess($"{title}:\n{text}", $"{text}\n\nDo it?", title, out reason), cancellation);
            if (yes) queue.Plan($"{title}:\n{text}");
            return yes ? RepairConsent.Yes : reason == ShouldProcessReason.WhatIf ? RepairConsent.OnlyShow : RepairConsent.No;
        }

        public IDisposable Begin(SummitRepairStep step) => queue.Activity("Repairing", $"{step.Description} on {target}");
    }
}
