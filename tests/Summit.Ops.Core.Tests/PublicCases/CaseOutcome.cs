using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Repair;

namespace Summit.Ops.Core.Tests.PublicCases;

/// <summary>What became of a case: the verdict, the repair, and what a browser sees before and after.</summary>
/// <param name="Case">The case.</param>
/// <param name="Before">What a browser sees first.</param>
/// <param name="Diagnosis">The first verdict.</param>
/// <param name="Outcome">What the repair says of itself.</param>
/// <param name="After">What a browser sees at the end.</param>
/// <param name="Changed">The files that are not as they were.</param>
/// <param name="Took">How long diagnosis and repair took.</param>
internal sealed record CaseOutcome(
    PublicCase Case, string Before, SummitDiagnosis Diagnosis, string Outcome, string After, IReadOnlyList<string> Changed, TimeSpan Took)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Whether the case is what it says it is.</summary>
    public bool IsAsDescribed => (Before == "opens") == Case.Works;

    /// <summary>Whether the verdict is the right one.</summary>
    public bool Right => Case.Works ? Diagnosis.Healthy : !Diagnosis.Healthy && Case.Causes.Contains($"{Diagnosis.RootCause}");

    /// <summary>A wrong verdict that is sure of itself.</summary>
    public bool WrongHigh => !Right && Diagnosis.Confidence == SummitConfidence.High;

    /// <summary>Whether it works at the end.</summary>
    public bool Opens => After == "opens";

    /// <summary>An edit that stayed and did not help.</summary>
    public bool UselessEdit => Changed.Count > 0 && !Opens;

    /// <summary>A change of what works.</summary>
    public bool Harm => Case.Works && (!Opens || Changed.Count > 0);

    /// <summary>A repair that had to succeed and did not.</summary>
    public bool NotRepaired => Case.Remedy is Remedy.Edit or Remedy.Reload && !Opens;

    /// <summary>A case that nobody may change, and that was changed.</summary>
    public bool WentTooFar => Case is { Remedy: Remedy.No, Works: false } && (Changed.Count > 0 || Opens);

    public override string ToString() =>
        $"{Case.Name}: before {Before}; {(Diagnosis.Healthy ? "Healthy" : Diagnosis.RootCause)} {Diagnosis.Confidence} (wanted "
            + $"{string.Join('|', Case.Causes)}); "
            + $"{Outcome}; after {After}{(Changed.Count > 0 ? $"; changed {string.Join(", ", Changed.Select(Path.GetFileName))}" : "")}";

    /// <summary>Makes a case, diagnoses and repairs it as <c>Repair-SummitWebSocket</c> does, and looks at it as a browser does.</summary>
    /// <param name="one">The case.</param>
    /// <param name="log">Where details go; null for nowhere.</param>
    public static async Task<CaseOutcome> OfAsync(PublicCase one, TextWriter? log = null)
    {
        await using var bench = await CaseBench.StartAsync(one);
        var before = await bench.OpenAsync();
        var files = bench.Configuration();
        var host = new LocalHost();
        var started = TimeProvider.System.GetTimestamp();
        var repair = await new Repairer(host, TimeProvider.System, GatherAsync, new Willing()).RepairAsync(
            token: null, CancellationToken.None);
        var took = TimeProvider.System.GetElapsedTime(started);
        var after = await bench.OpenAsync();
        var now = bench.Configuration();
        var changed = now.Where(file => files.GetValueOrDefault(file.Key) != file.Value).Select(file => file.Key)
            .Concat(files.Keys.Except(now.Keys)).ToList();
        var outcome = new CaseOutcome(one, before, repair.Before, $"{repair.Outcome}", after, changed, took);
        if (log is not null) await DescribeAsync(log, outcome, repair, bench, files, now);
        return outcome;

        async Task<SiteEvidence> GatherAsync(CancellationToken stop) =>
            await new Experiment(host, TimeProvider.System).RunAsync(
                await new SiteGatherer(TimeProvider.System, Patience).GatherAsync(host, bench.Site, token: null, stop), token: null, stop);
    }

    private static async Task DescribeAsync(
        TextWriter log, CaseOutcome outcome, SummitRepair repair, CaseBench bench,
        IReadOnlyDictionary<string, string> files, IReadOnlyDictionary<string, string> now)
    {
        await log.WriteLineAsync($"== {outcome}  [{outcome.Took.TotalSeconds:0.0} s]");
        foreach (var cause in repair.Before.Causes)
        {
            await log.WriteLineAsync($"   {cause.Cause} {cause.Confidence}: {cause.Evidence}\n      fix: {cause.Fix}");
        }

        foreach (var check in repair.Before.Checks.Where(
            check => check is { Status: SummitCheckStatus.Fail or SummitCheckStatus.Unknown, Severity: >= SummitSeverity.Warning }))
        {
            await log.WriteLineAsync($"   {check.Status} {check.Severity} {check.Id} {check.Cause}: {check.Evidence}");
        }

        foreach (var hop in repair.Before.WebSocket)
        {
            await log.WriteLineAsync(
                $"   hop {hop.Hop}: {(hop.Success ? "opens" : $"{hop.FailedStage} {hop.HttpStatus} {hop.Cause}")}: {hop.Explanation}");
        }

        if (repair.Before.Proof is { } proof) await log.WriteLineAsync($"   proof {proof.Outcome}: {proof.Summary} {proof.Missing}");
        foreach (var replay in new[] { repair.Before.Proof?.AsSent, repair.Before.Proof?.AfterChange }.OfType<SummitReplay>()
            .Concat(repair.Before.Proof?.Variations ?? []))
        {
            await log.WriteLineAsync(
                $"   replay {replay.Form} at {replay.Upstream}: {replay.Answered} {replay.NotTried}| {string.Join(" / ", replay.Request)}");
        }

        await log.WriteLineAsync($"   repair: {repair.Outcome}: {repair.Reason} | next {repair.NextCommand}");
        foreach (var step in repair.Plan) await log.WriteLineAsync($"   step {step.Action} {step.Status}: {step.Result}");
        foreach (var file in outcome.Changed)
        {
            await log.WriteLineAsync(
                $"   --- {file}\n{files.GetValueOrDefault(file, "(none)")}   +++\n{now.GetValueOrDefault(file, "(none)")}");
        }

        await log.WriteLineAsync($"   log: {bench.ErrorLog().TrimEnd().Replace("\n", "\n        ", StringComparison.Ordinal)}");
    }

    /// <summary>Says yes to all.</summary>
    private sealed class Willing : IRepairDialogue, IDisposable
    {
        public Task<RepairConsent> AskAsync(SummitRepairStep step, int number, int count, CancellationToken cancellation) =>
            Task.FromResult(RepairConsent.Yes);

        public IDisposable Begin(SummitRepairStep step) => this;

        public void Dispose()
        {
            // nothing is shown
        }
    }
}
