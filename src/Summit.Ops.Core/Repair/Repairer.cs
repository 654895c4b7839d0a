using Summit.Ops.Backend;
using Summit.Ops.Deployment;
using Summit.Ops.Causes;
using Summit.Ops.Diagnosis;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;

namespace Summit.Ops.Repair;

/// <summary>Repairs a site on one host: diagnoses, plans, does each step that it is allowed to, and diagnoses afresh.</summary>
/// <param name="host">The host.</param>
/// <param name="time">The clock.</param>
/// <param name="gather">Gathers the site's evidence on the host.</param>
/// <param name="dialogue">Who is asked before each step.</param>
internal sealed class Repairer(IHost host, TimeProvider time, Func<CancellationToken, Task<SiteEvidence>> gather, IRepairDialogue dialogue)
{
    /// <summary>A fault may hide another one behind it; more than three in a row is no repair any more.</summary>
    private const int MaxRounds = 3;

    private readonly List<SummitRepairStep> _steps = [];
    private readonly List<SummitDeployment> _deployments = [];
    private readonly HashSet<(SummitRepairAction Action, SummitCause Cause)> _tried = [];
    private readonly HashSet<(SummitRepairAction Action, SummitCause Cause)> _declined = [];
    private string _next = "";
    private readonly List<(Deployer Deployer, int Step, int Deployment)> _edits = [];

    /// <summary>Repairs it.</summary>
    /// <param name="token">A token for the probes, or null.</param>
    /// <param name="cancellation">Ends it; a deployment under way is put back by the host.</param>
    /// <exception cref="SummitHostException">The host could not be asked, and nothing was done.</exception>
    public async Task<SummitRepair> RepairAsync(string? token, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var (evidence, before) = await DiagnoseAsync(cancellation);
        _ = evidence.Answered();
        SummitDiagnosis? after = null;
        IReadOnlyList<BeyondRepair> beyond = [];
        for (var round = 0; round < MaxRounds; round++)
        {
            var plan = RepairPlan.For(after ?? before);
            // what was done for a cause and did not end it is not done for it again, and who said no is not asked again
            var (ready, impossible) = PreparedStep.All(
                plan.Steps.Where(
                    step => !step.Causes.All(cause => _tried.Contains((step.Action, cause)) || _declined.Contains((step.Action, cause)))),
                evidence);
            beyond = [.. plan.Beyond.Concat(impossible).OrderBy(cause => CauseCatalogue.Rank(cause.Cause))];
            if (ready.Count == 0) break;

            var done = _deployments.Count;
            var whole = await DoAsync(ready, evidence, token, cancellation);
            if (_deployments.Count == done && whole) break;
            (evidence, after) = await DiagnoseAsync(cancellation);
            if (!whole || after.Healthy) break;
        }

        if (await TakeBackAsync(evidence, before, after)) (evidence, after) = await DiagnoseAsync(cancellation);

        var (outcome, reason, next) = RepairVerdict.Over(before, after, _steps, beyond, _next);
        return new SummitRepair
        {
            Site = evidence.Site,
            Target = host.Target,
            Outcome = outcome,
            Reason = reason,
            NextCommand = next,
            Before = before,
            Plan = _steps,
            Deployments = _deployments,
            After = after,
            Duration = time.GetElapsedTime(started),
        };
    }

    private async Task<(SiteEvidence Evidence, SummitDiagnosis Diagnosis)> DiagnoseAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var evidence = await gather(cancellation);
        return (evidence, Verdict.Over(evidence, time.GetElapsedTime(started)));
    }

    /// <summary>
    /// Takes the edits of files back, the last first, where no WebSocket opens on the host after all steps, where one fails that opened
    /// before, or where none opens that failed before and every cause is found that was found before: none of them helped, or one did harm.
    /// </summary>
    private async Task<bool> TakeBackAsync(SiteEvidence evidence, SummitDiagnosis before, SummitDiagnosis? after)
    {
        if (after is null || Useless(evidence, before, after) is not { } why) return false;
        var any = false;
        foreach (var (deployer, step, deployment) in Enumerable.Reverse(_edits))
        {
            if (!deployer.CanTakeBack) continue;
            var (putBack, changed, words) = await deployer.TakeBackAsync();
            _steps[step] = _steps[step] with
            {
                Status = putBack ? SummitRepairStepStatus.TakenBack : SummitRepairStepStatus.Done,
                Result = $"It did not help: {why} {words}",
            };
            if (!putBack) break;
            _deployments[deployment] = Deployer.TakenBack(_deployments[deployment], putBack, changed, words);
            any = true;
        }

        return any;
    }

    /// <summary>Why the edits are not to stay; null where they helped.</summary>
    internal static string? Useless(SiteEvidence evidence, SummitDiagnosis before, SummitDiagnosis after)
    {
        if ((evidence.Hop(SiteEvidence.LoopbackHop) ?? evidence.Hop(SiteEvidence.PublicHop)) is not { HttpStatus: 101 })
        {
            return "no WebSocket opens after it.";
        }

        // hop by hop: what opens on the host is no gain for the clients that it shuts out
        var hops = before.WebSocket.Where(hop => hop.Hop is SiteEvidence.LoopbackHop or SiteEvidence.PublicHop)
            .Select(was => (Was: was, Now: evidence.Hop(was.Hop))).Where(pair => pair.Now is not null).ToList();
        if (hops.FirstOrDefault(pair => pair is { Was.HttpStatus: 101, Now.HttpStatus: not 101 }) is { Was: { } opened })
        {
            return $"a WebSocket that opened before ({opened.Hop}) fails after it.";
        }

        if (hops.Any(pair => pair is { Was.HttpStatus: not 101, Now.HttpStatus: 101 })) return null;
        return before.Causes.All(cause => after.Causes.Any(left => left.Cause == cause.Cause))
            ? $"{before.RootCause} is found as before."
            : null;
    }

    /// <summary>Does the steps one after the other; false where one failed, and none after it was begun.</summary>
    private async Task<bool> DoAsync(
        IReadOnlyList<PreparedStep> ready, SiteEvidence evidence, string? token, CancellationToken cancellation)
    {
        var failed = false;
        foreach (var (step, index) in ready.Select((step, index) => (step, index)))
        {
            if (failed)
            {
                _steps.Add(step.Shown with { Status = SummitRepairStepStatus.NotBegun });
                continue;
            }

            var consent = await dialogue.AskAsync(step.Shown, index + 1, ready.Count, cancellation);
            if (consent != RepairConsent.Yes)
            {
                foreach (var cause in step.Shown.Causes) _declined.Add((step.Shown.Action, cause));
                _steps.Add(step.Shown with
                {
                    Status = consent == RepairConsent.No ? SummitRepairStepStatus.Declined : SummitRepairStepStatus.Planned,
                });
                continue;
            }

            using var under = dialogue.Begin(step.Shown);
            foreach (var cause in step.Shown.Causes) _tried.Add((step.Shown.Action, cause));
            var (status, result) = await DoAsync(step, evidence, token, cancellation);
            _steps.Add(step.Shown with { Status = status, Result = result });
            failed = status == SummitRepairStepStatus.Failed;
        }

        return !failed;
    }

    private async Task<(SummitRepairStepStatus Status, string Result)> DoAsync(
        PreparedStep step, SiteEvidence evidence, string? token, CancellationToken cancellation)
    {
        try
        {
            var deployer = new Deployer(host, time);
            var done = step.Shown.Action switch
            {
                SummitRepairAction.DeployConfig => await deployer.DeployAsync(step.Deployment!, token, cancellation),
                SummitRepairAction.ReloadNginx => await deployer.ReloadAsync(evidence.Site, force: false, token, cancellation),
                SummitRepairAction.DeployBackend =>
                    await new BackendDeployer(host, time).DeployAsync(evidence, BackendDeployer.CommandTime, token, cancellation),
                _ => await new BackendRestarter(host, time).RestartAsync(evidence, token, cancellation),
            };
            // a new file is no edit: without it the site is not there at all
            if (step.Deployment is { Before: not null, Diff.Length: > 0 } && done.Stands)
            {
                _edits.Add((deployer, _steps.Count, _deployments.Count));
            }

            _deployments.Add(done);
            return (done.Stands ? SummitRepairStepStatus.Done : SummitRepairStepStatus.Failed, done.Output);
        }
        catch (SummitException error)
        {
            _next = error.RecommendedAction;
            return (SummitRepairStepStatus.Failed, error.Message);
        }
    }
}
