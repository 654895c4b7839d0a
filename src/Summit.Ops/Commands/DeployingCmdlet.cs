using System.Collections.Concurrent;
using System.Management.Automation;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Probing;
using Summit.Ops.Text;

namespace Summit.Ops.Commands;

/// <summary>What the cmdlets share that put a configuration file in place: the whole change asked about, done, and reported.</summary>
public abstract class DeployingCmdlet : HoldingCmdlet
{
    /// <summary>How many backups of the file stay on the host, the newest; all where it is not given.</summary>
    /// <value>All</value>
    [Parameter]
    [ValidateRange(0, 10_000)]
    public int? Keep { get; set; }

    /// <summary>
    /// An endpoint, wss://host/path, that a WebSocket must open at from this machine after the change; where none does, for whatever
    /// reason, the change is taken back on the host. -Token is sent with it. Of the backups one more than -Keep stays.
    /// </summary>
    [Parameter]
    public string? VerifyUri { get; set; }

    /// <summary>A PEM file with authorities that -VerifyUri trusts beside the system's.</summary>
    /// <value>The site's CertificateAuthorityPath</value>
    [Parameter]
    public string? CertificateAuthority { get; set; }

    /// <summary>Goes on where the certificate of -VerifyUri is not good.</summary>
    [Parameter]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary>How long -VerifyUri may take, in seconds.</summary>
    [Parameter]
    public int TimeoutSec { get; set; } = 10;

    /// <summary>
    /// Where a run in steps is stopped (-CanaryCount, -BatchSize): takes the change back on each host where it stands, so that all are as
    /// before. Such a host has a second result, with RolledBack. Ctrl+C is no such stop. Of the backups one more than -Keep stays.
    /// </summary>
    [Parameter]
    public SwitchParameter RollbackOnStop { get; set; }

    private readonly ConcurrentQueue<(Deployer Deployer, SummitDeployment Done)> _standing = new();
    private ProbeRequest? _verify;

    private protected override bool TakesBack => RollbackOnStop;

    private protected override bool Changes => true;

    /// <summary>Whether a change counts as a failure where no WebSocket opens after it.</summary>
    private protected bool MustVerify => InSteps || _verify is not null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        try
        {
            _verify = Verification();
            if (RollbackOnStop && !InSteps)
            {
                throw new SummitArgumentException(
                    "StepsMissing", "-RollbackOnStop is for a run in steps, and neither -CanaryCount nor -BatchSize was given.", null,
                    $"{MyInvocation.MyCommand.Name} -CanaryCount 1 -RollbackOnStop …");
            }
        }
        catch (SummitArgumentException error)
        {
            Throw(error);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (!RollbackOnStop || Fleet?.Stopper is not { } stopper) return;
        using var pipeline = new ConcurrentPipeline(this, MaxConcurrency ?? UsualConcurrency, _ => { }, StopToken);
        foreach (var (deployer, done) in _standing)
        {
            pipeline.Add(async (queue, _) =>
            {
                using var progress = queue.Activity("Taking back", $"{done.Path} on {done.Target}");
                var report = await deployer.TakeBackAsync(done, $"Taken back, as it did not go well on {stopper}.", PlainToken);
                queue.Write(report);
                if (report is { RolledBack: true, Changed: false }) return;
                queue.Error(new SummitDeploymentException(
                    "RollbackFailed", SummitErrorKind.OperationFailed, $"{done.Target}: {report.Output}", done.Target,
                    Checks.Command.For("Invoke-SummitDiagnostic", Site, done.Target)));
            });
        }

        pipeline.Finish();
    }

    private protected async Task<bool> DeployAsync(DeploymentPlan plan, IHost host, PipelineQueue queue, CancellationToken cancellation)
    {
        plan = (plan with { Keep = Keep, MayBeTakenBack = AsksToKeep || RollbackOnStop }).VerifiedBy(_verify);

        // what -WhatIf is for: the whole change, not only its name
        var (allowed, onlyShown) = (true, false);
        if (plan.Changes)
        {
            allowed = await queue.AskAsync(
                cmdlet =>
                {
                    var yes = cmdlet.ShouldProcess(
                        Describe(plan), $"{Describe(plan)}\n\nDo it?", $"{plan.Action} {plan.Site.ConfigPath}", out var reason);
                    onlyShown = reason == ShouldProcessReason.WhatIf;
                    return yes;
                },
                cancellation);
        }

        // where somebody said no, nothing was seen that others could follow
        if (!allowed) return onlyShown || !MustVerify;
        using var progress = queue.Activity(
            plan.Action == "Restore" ? "Restoring" : "Deploying", $"{plan.Site.ConfigPath} on {host.Target}");
        var deployer = new Deployer(host, TimeProvider.System);
        var done = plan.Changes
            ? await HoldingAsync(_verify, plan.Site, queue, () => deployer.DeployAsync(plan, PlainToken, cancellation), cancellation)
            : await deployer.DeployAsync(plan, PlainToken, cancellation);
        var cut = CutTooMany(done) && done is { Changed: true, RolledBack: false };
        if (cut) done = await TakenBackAsync(deployer, done);
        queue.Write(done);
        if (cut && !done.RolledBack)
        {
            queue.Error(new SummitDeploymentException(
                "ConnectionsCut", SummitErrorKind.OperationFailed, $"{done.Target}: {done.Output}", done.Target,
                Checks.Command.For("Invoke-SummitDiagnostic", plan.Site, plan.Target)));
            return false;
        }

        // where it should have been taken back and was not, that is more than a warning
        var remains = _verify is not null && done is { Changed: true, Verified: false, RolledBack: false };
        if (!remains) WarnUnverified(queue, done);
        if (done.Stands && !remains)
        {
            if (done.Changed && RollbackOnStop) _standing.Enqueue((deployer, done));
            return done.Verified || !MustVerify;
        }

        queue.Error(new SummitDeploymentException(
            remains ? "DeploymentNotVerified" : "DeploymentRolledBack", SummitErrorKind.OperationFailed, $"{done.Target}: {done.Output}",
            done.Target, Checks.Command.For("Invoke-SummitDiagnostic", plan.Site, plan.Target)));
        return false;
    }

    /// <summary>Takes back what cut more connections than it may; where that cannot be, the report says so.</summary>
    private async Task<SummitDeployment> TakenBackAsync(Deployer deployer, SummitDeployment done)
    {
        var (putBack, changed, words) = await deployer.TakeBackAsync();
        return Deployer.TakenBack(done, putBack, changed, $"{Shortfall(done)} {words}\n{done.Output}".TrimEnd());
    }

    /// <summary>The probe that -VerifyUri asks for, checked before anything is done.</summary>
    private ProbeRequest? Verification()
    {
        if (VerifyUri is not null)
        {
            var authority = CertificateAuthority ?? Site.CertificateAuthorityPath;
            return ProbeRequest.Create(VerifyUri, new ProbeRequest
            {
                Token = PlainToken,
                Timeout = TimeSpan.FromSeconds(TimeoutSec),
                CertificateAuthority = authority.Length > 0 ? FileSystemPath(authority) : null,
                SkipCertificateCheck = SkipCertificateCheck,
            });
        }

        foreach (var name in new[] { nameof(CertificateAuthority), nameof(SkipCertificateCheck), nameof(TimeoutSec) })
        {
            if (!MyInvocation.BoundParameters.ContainsKey(name)) continue;
            throw new SummitArgumentException(
                "VerifyUriMissing", $"-{name} is for -VerifyUri, which was not given.", null,
                $"{MyInvocation.MyCommand.Name} -VerifyUri '{Site.Uri.Replace("'", "''", StringComparison.Ordinal)}' -{name} …");
        }

        return null;
    }

    private static string Describe(DeploymentPlan plan) =>
        $"{plan.Action} to {plan.Site.ConfigPath} on {plan.Target}:\n{Wrapping.Steps(plan.Steps)}\n\n{plan.Diff}".TrimEnd();
}
