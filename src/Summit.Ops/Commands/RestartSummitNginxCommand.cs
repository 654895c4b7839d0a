using System.Management.Automation;
using Summit.Ops.Checks;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Commands;

/// <summary>
/// Makes the running nginx take the configuration on the disk: a graceful reload that is proven, or with -Force a restart.
/// </summary>
/// <remarks>
/// <para>The configuration is tested first; one that does not pass is an error, and nginx keeps what it has. A reload keeps open
/// connections: old workers finish them, new workers take new ones. nginx's exit code proves nothing, so the cmdlet waits for new worker
/// processes, reads the error log, and then tries a WebSocket.</para>
/// <para>Where nginx does not run it is started. -Force stops it and starts it again, which ends open connections; -WhatIf and -Confirm
/// say how many there are.</para>
/// <para>A few WebSockets are held open meanwhile (-HoldConnection), and ConnectionsKept, LongestGap and FirstRefused of the result say
/// whether a client was cut, and whether a new one was refused.</para>
/// </remarks>
/// <example>
/// <title>After a change by hand</title>
/// <code>Restart-SummitNginx -Site $site</code>
/// <para>The guide's "sudo nginx -t" and "sudo systemctl reload nginx", and the proof that it worked.</para>
/// </example>
/// <example>
/// <title>See what would be done</title>
/// <code>Restart-SummitNginx -Site $site -WhatIf</code>
/// <para>Nothing is changed.</para>
/// </example>
/// <example>
/// <title>A real restart</title>
/// <code>Restart-SummitNginx -Site $site -Force</code>
/// <para>For what a reload does not change, such as a listening socket's options. Open WebSockets are closed.</para>
/// </example>
/// <example>
/// <title>Prove that nobody was cut</title>
/// <code>Restart-SummitNginx -Site $site -HoldConnection 20 -MinimumKept 100%</code>
/// <para>Twenty WebSockets are held through the reload; where one of them ends, that is an error.</para>
/// </example>
/// <seealso cref="DeploySummitNginxConfigCommand"/>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
[Cmdlet(VerbsLifecycle.Restart, "SummitNginx", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(SummitDeployment))]
public sealed class RestartSummitNginxCommand : HoldingCmdlet
{
    /// <summary>Restarts nginx instead of reloading it; open connections are closed.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool Changes => true;

    private protected override bool EndsAll => Force;

    private protected override async Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        var action = "Test the configuration and reload gracefully";
        if (Force)
        {
            // who is connected is asked first: a restart cuts them all
            var evidence = await GatherAsync(queue, host, site, cancellation);
            var open = evidence.Host?.ClientsAt(site.Port);
            RefuseToCut(evidence, open, "a restart of nginx", Command.For("Restart-SummitNginx", evidence) + "   # a reload keeps them");
            action = $"Test the configuration and restart, which ends {Counted(open)} at port {site.Port}";
        }

        if (!await queue.AskAsync(cmdlet => cmdlet.ShouldProcess($"nginx on {host.Target}", action), cancellation)) return Follows;
        using var progress = queue.Activity(Force ? "Restarting nginx" : "Reloading nginx", host.Target.ToString());
        var deployer = new Deployer(host, TimeProvider.System);
        var done = await HoldingAsync(
            request: null, site, queue, () => deployer.ReloadAsync(site, Force, PlainToken, cancellation), cancellation);
        queue.Write(done);
        WarnUnverified(queue, done);
        if (!CutTooMany(done)) return done.Reloaded && (done.Verified || !InSteps);
        queue.Error(new SummitDeploymentException(
            "ConnectionsCut", SummitErrorKind.OperationFailed, $"{done.Target}: {Shortfall(done)} {done.Output}", done.Target,
            Command.For("Invoke-SummitDiagnostic", site, done.Target)));
        return false;
    }
}
