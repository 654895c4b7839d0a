using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Probing;

namespace Summit.Ops.Deployment;

/// <summary>Carries a plan out: one script on the host under a lock, then a real probe.</summary>
/// <param name="host">The host.</param>
/// <param name="time">The clock.</param>
public sealed class Deployer(IHost host, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // errors that do not say how far the script on the host came
    private static readonly HashSet<string> Unsure = new(StringComparer.Ordinal)
    {
        "SshConnectionLost", "ScriptTimedOut", "ScriptKilled", "ScriptEndedEarly", "CommandCancelled", "CommandLost",
        "AwsCommandUncertain",
    };

    private (DeploymentPlan Plan, ScriptAnswer Answer)? _stands;

    /// <summary>Whether the last deployment of a file stands and can be taken back.</summary>
    internal bool CanTakeBack => _stands is { Plan.DiskFailed: false };

    /// <summary>Takes the last deployment back: file, link and the running nginx as they were.</summary>
    internal async Task<(bool PutBack, bool Changed, string Words)> TakeBackAsync()
    {
        if (_stands is not { } last) return (false, true, "nginx was only reloaded, so there is nothing to put back.");
        var undone = await new DeploymentUndo(host).RunAsync(last.Plan, last.Answer);
        if (undone.PutBack) _stands = null;
        return undone;
    }

    /// <summary>Takes back what stands, and probes what clients get then.</summary>
    /// <param name="done">The report of the deployment.</param>
    /// <param name="why">Why it is taken back.</param>
    /// <param name="token">A token for the probe, or null.</param>
    /// <returns>The report; <see cref="SummitDeployment.RolledBack"/> where the old state is back.</returns>
    internal async Task<SummitDeployment> TakeBackAsync(SummitDeployment done, string why, string? token)
    {
        var (started, plan) = (time.GetTimestamp(), _stands?.Plan);
        var (putBack, changed, words) = await TakeBackAsync();
        var report = TakenBack(done, putBack, changed, $"{why} {words}") with { Duration = time.GetElapsedTime(started) };
        if (plan is null) return report;
        var probe = await VerifyAsync(plan.Site, plan.Verify, token, CancellationToken.None);
        return report with { Verified = probe.Success, WebSocket = probe };
    }

    /// <summary>The report of a deployment that was to be taken back.</summary>
    /// <param name="done">Its report before that.</param>
    /// <param name="putBack">Whether the old state is back.</param>
    /// <param name="changed">Whether anything is other than before it.</param>
    /// <param name="output">Why, and what became of it.</param>
    internal static SummitDeployment TakenBack(SummitDeployment done, bool putBack, bool changed, string output) => done with
    {
        Changed = changed,
        RolledBack = putBack,
        Sha256 = putBack ? done.PreviousSha256 : done.Sha256,
        BackupPath = putBack ? "" : done.BackupPath,
        Output = output,
    };

    /// <summary>Puts the planned file in place and proves it; what fails is undone on the host and reported.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="token">A token for the probe, or null.</param>
    /// <param name="cancellation">On cancellation the host puts everything back.</param>
    /// <returns>What was done; <see cref="SummitDeployment.RolledBack"/> where it was undone again.</returns>
    /// <exception cref="SummitDeploymentException">It was refused, and nothing was changed.</exception>
    public async Task<SummitDeployment> DeployAsync(DeploymentPlan plan, string? token, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var report = new SummitDeployment
        {
            Target = plan.Target,
            Path = plan.Site.ConfigPath,
            Action = plan.Action,
            Changed = false,
            PreviousSha256 = plan.Before is null ? "" : plan.PreviousSha256,
            Sha256 = plan.Sha256,
            Diff = plan.Diff,
        };
        if (!plan.Changes)
        {
            var now = await VerifyAsync(plan.Site, plan.Verify, token, cancellation);
            return report with
            {
                Tested = true,
                Verified = now.Success,
                WebSocket = now,
                Output = "The file is in place, enabled and loaded: nothing was touched.",
                Duration = time.GetElapsedTime(started),
            };
        }

        if (plan is { ReloadsOnly: true, Unfinished: false })
        {
            var reload = await ReloadAsync(plan.Site, force: false, plan.Verify, token, cancellation);
            return reload with
            {
                Action = plan.Action,
                Path = report.Path,
                PreviousSha256 = report.PreviousSha256,
                Sha256 = report.Sha256,
                Output = plan.Verify is null || reload.Verified
                    ? reload.Output
                    : $"{reload.Output}\nNo WebSocket opens at {plan.Verify}. nginx was only reloaded, so there is nothing to put back."
                        .TrimStart(),
            };
        }

        var answer = await RunAsync(plan, cancellation);
        switch (answer.Outcome)
        {
            case "deployed":
                _stands = (plan, answer);
                return plan.Verify is null
                    ? Deployed(report, answer, await VerifyAsync(plan.Site, null, token, cancellation), started)
                    : await ProvenAsync(plan, report, answer, started, cancellation);
            case "rolled-back":
                return report with
                {
                    Changed = answer["undone"] != "yes",
                    Tested = answer["test"].Length > 0,
                    RolledBack = answer["undone"] != "no",
                    Sha256 = answer["undone"] != "no" ? report.PreviousSha256 : report.Sha256,
                    Output = answer["reason"] + answer["undone"] switch
                    {
                        // the reason says what somebody has to do
                        "no" when answer["stuck"] == "yes" => "",
                        "no" => $" Not everything could be put back: the journal beside {plan.Site.ConfigPath} says what was there, "
                            + "and the next deployment tries again.",
                        "unreloaded" => " The files are as they were, and nginx could not be brought to take them.",
                        _ => " Everything was put back.",
                    },
                    Duration = time.GetElapsedTime(started),
                };
            case "refused" when answer["stale"] == "yes" && plan.Again is not null:
                return await AgainAsync(plan, token, cancellation);
            default:
                throw Refused("DeploymentRefused", plan.Site, answer);
        }
    }

    private async Task<ScriptAnswer> RunAsync(DeploymentPlan plan, CancellationToken cancellation)
    {
        try
        {
            return ScriptAnswer.Read(await host.RunAsync(Script(plan, time.GetUtcNow()), cancellation), plan.Target);
        }
        catch (HostRunCancelledException told)
        {
            throw new HostRunCancelledException($"{told.Message} {await new StoppedDeployment(host).DescribeAsync(plan)}", cancellation);
        }
        catch (SummitHostException lost) when (Unsure.Contains(lost.ErrorId))
        {
            // the next look says which
            throw new SummitHostException(
                lost.ErrorId, lost.Kind,
                $"{lost.Message} {await new StoppedDeployment(host).DescribeAsync(plan)}",
                lost.Subject, lost.RecommendedAction, lost);
        }
        catch (SummitAwsException lost) when (Unsure.Contains(lost.ErrorId))
        {
            throw new SummitAwsException(
                lost.ErrorId, lost.Kind,
                $"{lost.Message} {await new StoppedDeployment(host).DescribeAsync(plan)}",
                lost.Subject, lost.RecommendedAction, lost);
        }
    }

    /// <summary>
    /// A plan that was made on what a killed run had left: that is undone now, and the same content is deployed on what was there before.
    /// </summary>
    private async Task<SummitDeployment> AgainAsync(DeploymentPlan plan, string? token, CancellationToken cancellation)
    {
        var evidence = await new SiteGatherer(time).GatherAsync(host, plan.Site, token, cancellation);
        var next = plan.Again!(evidence) with
        {
            Action = plan.Action, Keep = plan.Keep, Verify = plan.Verify, MayBeTakenBack = plan.MayBeTakenBack, Again = null,
        };
        if (next.Sha256 != plan.Sha256)
        {
            throw new SummitDeploymentException(
                "UnfinishedUndone", SummitErrorKind.OperationFailed,
                $"{host.Target}: An unfinished deployment was undone first; "
                    + "on what is there now this change looks otherwise, so it was not made.",
                host.Target,
                Checks.Command.For("Deploy-SummitNginxConfig", plan.Site, host.Target)
                    + " -WhatIf   # shows the change as it is now; then run it again");
        }

        var done = await DeployAsync(next, token, cancellation);
        return done with { Output = $"An unfinished deployment was undone first.\n{done.Output}".TrimEnd() };
    }

    /// <summary>Makes the running nginx take what is on the disk, gracefully, or by a restart.</summary>
    /// <exception cref="SummitDeploymentException">The disk does not pass <c>nginx -t</c>, or nginx did not take it.</exception>
    public Task<SummitDeployment> ReloadAsync(SummitSite site, bool force, string? token, CancellationToken cancellation) =>
        ReloadAsync(site, force, verify: null, token, cancellation);

    private async Task<SummitDeployment> ReloadAsync(
        SummitSite site, bool force, ProbeRequest? verify, string? token, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var answer = ScriptAnswer.Read(await host.RunAsync(ReloadScript(site, force), cancellation), host.Target);
        if (answer.Outcome != "reloaded") throw Refused(answer.Outcome == "refused" ? "ReloadRefused" : "ReloadFailed", site, answer);

        var probe = await VerifyAsync(site, verify, token, cancellation);
        return new SummitDeployment
        {
            Target = host.Target,
            Path = "nginx",
            Action = force ? "Restart" : "Reload",
            Changed = true,
            Tested = true,
            Reloaded = answer["proven"] != "no" || probe.Success,
            Verified = probe.Success,
            WebSocket = probe,
            Output = Output(answer, probe),
            Duration = time.GetElapsedTime(started),
        };
    }

    private SummitDeployment Deployed(SummitDeployment report, ScriptAnswer answer, SummitWebSocketResult probe, long started) =>
        report with
        {
            Changed = true,
            Tested = true,
            Reloaded = answer["proven"] != "no" || probe.Success,
            Verified = probe.Success,
            WebSocket = probe,
            BackupPath = answer["backup"],
            Output = Output(answer, probe),
            Duration = time.GetElapsedTime(started),
        };

    /// <summary>
    /// What stands on the host must prove itself from here as well, or it is taken back: whatever ends the probe, Ctrl+C too.
    /// </summary>
    private async Task<SummitDeployment> ProvenAsync(
        DeploymentPlan plan, SummitDeployment report, ScriptAnswer answer, long started, CancellationToken cancellation)
    {
        SummitWebSocketResult probe;
        var undo = new DeploymentUndo(host);
        try
        {
            probe = await VerifyAsync(plan.Site, plan.Verify, token: null, cancellation);
        }
        catch (Exception error)
        {
            var stopped = await undo.RunAsync(plan, answer);
            if (error is not OperationCanceledException) throw;
            throw new HostRunCancelledException(
                $"{plan.Target}: the deployment was stopped before a WebSocket opened at {plan.Verify}. {stopped.Words}", cancellation);
        }

        var done = Deployed(report, answer, probe, started);
        if (probe.Success)
        {
            return done with { Output = $"{done.Output}\nA WebSocket opened at {plan.Verify} from this machine.".TrimStart() };
        }

        var (putBack, changed, words) = await undo.RunAsync(plan, answer);
        var output = $"No WebSocket opens at {plan.Verify} from this machine: {probe.Explanation} {words}";
        return TakenBack(done, putBack, changed, output) with { Duration = time.GetElapsedTime(started) };
    }

    internal static HostScript Script(DeploymentPlan plan, DateTimeOffset now) => TransactionScript.Of(
        "deploy nginx configuration",
        plan,
        [
            new("STAMP", $"{now:yyyyMMdd'T'HHmmss'Z'}.{plan.PreviousSha256[..Math.Min(8, plan.PreviousSha256.Length)]}"),
            // one more where it may yet be taken back
            new("KEEP", plan.Keep is { } keep ? $"{(plan.Verify is null && !plan.MayBeTakenBack ? keep : keep + 1)}" : ""),
            new("CONTENT", Convert.ToBase64String(plan.After)),
            new("KNOWN", string.Join('\n', plan.Known)),
        ],
        "deploy.sh",
        Patience);

    private static HostScript ReloadScript(SummitSite site, bool force) => new(
        force ? "restart nginx" : "reload nginx",
        ShellScript.ComposeElevated(
            Folder(site.ConfigPath),
            [.. SiteVariables.Nginx(site), .. SiteVariables.Endpoint(site), new("FORCE", force ? "yes" : "no")],
            "prelude.sh",
            "nginx.sh",
            "answer.sh",
            "service.sh",
            "container.sh",
            "reload.sh"),
        Patience,
        ReadOnly: false);

    /// <summary>The folder of a path on the host, which is a POSIX one whatever this machine is.</summary>
    internal static string Folder(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";

    private Task<SummitWebSocketResult> VerifyAsync(SummitSite site, ProbeRequest? asked, string? token, CancellationToken cancellation) =>
        new WebSocketProbe(time).RunAsync(asked ?? SiteProbes.Public(site, token), cancellation);

    private static string Output(ScriptAnswer answer, SummitWebSocketResult probe)
    {
        string[] parts =
        [
            answer["recovered"].Length > 0 ? "An unfinished deployment was undone first." : "",
            answer["shared"].Length > 0
                ? $"{answer["shared"]} can be changed by another account: whoever it is decides what nginx reads, as root."
                : "",
            answer["test"],
            answer["validated"] == "no"
                ? "The host cannot test a file beside the live one; it was tested in place, before the reload."
                : "",
            answer["reloaded"],
            probe.Success ? "" : probe.Explanation,
        ];
        return string.Join('\n', parts.Where(part => part.Length > 0));
    }

    private SummitDeploymentException Refused(string errorId, SummitSite site, ScriptAnswer answer) => new(
        errorId, SummitErrorKind.OperationFailed,
        $"{host.Target}: {answer["reason"]}{(answer.Outcome == "refused" ? " Nothing was changed." : "")}", host.Target,
        answer["reason"].Contains("(sudo -n)", StringComparison.Ordinal)
            ? Checks.Command.Nginx(site, "-t")
            : Checks.Command.For("Invoke-SummitDiagnostic", site, host.Target));
}
