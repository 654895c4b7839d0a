using System.Management.Automation;
using Summit.Ops.Deployment;
using Summit.Ops.Hosts;

namespace Summit.Ops.Commands;

/// <summary>Makes the running nginx take the configuration on the disk: a graceful reload that is proven, or with -Force a restart.</summary>
/// <remarks>
/// <para>The configuration is tested first; one that does not pass is an error, and nginx keeps what it has. A reload keeps open connections: old workers finish them, new workers take new ones.
/// nginx's exit code proves nothing, so the cmdlet waits for new worker processes, reads the error log, and then tries a WebSocket.</para>
/// <para>Where nginx does not run it is started. -Force stops it and starts it again, which ends open connections.</para>
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
/// <seealso cref="DeploySummitNginxConfigCommand"/>
/// <seealso cref="InvokeSummitDiagnosticCommand"/>
[Cmdlet(VerbsLifecycle.Restart, "SummitNginx", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(SummitDeployment))]
public sealed class RestartSummitNginxCommand : OnHostCmdlet
{
    /// <summary>Restarts nginx instead of reloading it; open connections are closed.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool Changes => true;

    private protected override async Task<bool> RunAsync(IHost host, SummitSite site, PipelineQueue queue, CancellationToken cancellation)
    {
        var action = Force ? "Test the configuration and restart" : "Test the configuration and reload gracefully";
        if (!await queue.AskAsync(cmdlet => cmdlet.ShouldProcess($"nginx on {host.Target}", action), cancellation)) return true;
        using var progress = queue.Activity(Force ? "Restarting nginx" : "Reloading nginx", host.Target.ToString());
        var done = await new Deployer(host, TimeProvider.System).ReloadAsync(site, Force, PlainToken, cancellation);
        queue.Write(done);
        WarnUnverified(queue, done);
        return done.Reloaded;
    }
}
