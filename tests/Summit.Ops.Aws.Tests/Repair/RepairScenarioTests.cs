using System.Security.Cryptography;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Causes;
using Summit.Ops.Repair;

namespace Summit.Ops.Aws.Tests.Repair;

/// <summary>Every fault of the lab, repaired on the machine itself and over Systems Manager: healed, or named with what to run.</summary>
/// <typeparam name="TShare">Which of the faults.</typeparam>
[Trait("Category", "Lab")]
public abstract class RepairScenarioTests<TShare>(bool overSystemsManager)
    where TShare : IShare
{
    public static TheoryData<string> Scenarios =>
        // a port that another process has is no repair's to free: the reload is tried, fails again and says so
        [.. (Environment.GetEnvironmentVariable("SUMMIT_ALL_SCENARIOS") == "1" ? ScenarioCatalogue.All : ScenarioCatalogue.OneOfEachCause)
            .Where(scenario => scenario.Expected != SummitCause.NginxReloadFailed)
            .Where(Share.Has<TShare, Scenario>)
            .Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task What_can_be_repaired_is_healed_and_what_cannot_is_named(string name)
    {
        var scenario = ScenarioCatalogue.Find(name)!;
        await using var lab = await StartAsync(scenario);
        var host = overSystemsManager ? LabHost.Of(lab) : new LocalHost();
        // a fault of the account's network is none where nobody asks the account
        var expected = scenario.OverSystemsManager && !overSystemsManager ? SummitCause.None : scenario.Expected;
        var repairable = scenario.Repairable
            ?? CauseCatalogue.Of(scenario.Expected).Remedy is { Action: { } action } && action != SummitRepairAction.DeployBackend;

        var (bytes, workers) = (Tree(lab), lab.Nginx.Workers);
        var planned = await RepairAsync(host, lab, RepairConsent.OnlyShow);
        Assert.Equal(bytes, Tree(lab));
        Assert.Equal(workers, lab.Nginx.Workers);
        Assert.Equal((0, null), (planned.Deployments.Count, planned.After));

        var repair = await RepairAsync(host, lab, RepairConsent.Yes);
        var told = $"{repair.Outcome}: {repair.Reason}\n{string.Join('\n', repair.Plan.Select(step => $"{step} {step.Result}"))}";
        if (expected == SummitCause.None)
        {
            Assert.True(
                repair is { Outcome: SummitRepairOutcome.Healthy, Repaired: false, Healthy: true, After: null, NextCommand: "" }, told);
            Assert.Empty(repair.Plan);
            Assert.Equal(workers, lab.Nginx.Workers);
        }
        else if (repairable)
        {
            Assert.True(
                repair is { Outcome: SummitRepairOutcome.Repaired, Repaired: true, Healthy: true, After.Healthy: true, NextCommand: "" },
                told);
            Assert.Equal(SummitRepairOutcome.Planned, planned.Outcome);
            // what -WhatIf showed is what was done first
            Assert.Equal(
                planned.Plan.Select(step => (step.Action, step.Description, step.Diff)),
                repair.Plan.Take(planned.Plan.Count).Select(step => (step.Action, step.Description, step.Diff)));
            Assert.All(repair.Plan, step => Assert.Equal(SummitRepairStepStatus.Done, step.Status));
            Assert.Equal(repair.Plan.Count, repair.Deployments.Count);
        }
        else
        {
            Assert.True(repair is { Outcome: SummitRepairOutcome.NotRepairable, Repaired: false, Healthy: false }, told);
            Assert.Contains(repair.Before.RootCause.ToString(), repair.Reason, StringComparison.Ordinal);
            Assert.NotEmpty(repair.NextCommand);
        }

        // a repair of what is repaired, or cannot be, touches nothing
        (bytes, workers) = (Tree(lab), lab.Nginx.Workers);
        if (overSystemsManager) return; // the same judgement on the same kind of evidence, and each look is a command
        var again = await RepairAsync(host, lab, RepairConsent.Yes);
        Assert.Equal(repair.Healthy ? SummitRepairOutcome.Healthy : repair.Outcome, again.Outcome);
        Assert.Equal(bytes, Tree(lab));
        Assert.Equal(workers, lab.Nginx.Workers);
    }

    private static async Task<LabInstance> StartAsync(Scenario scenario)
    {
        if (await LabRequirement.NginxMissingAsync(Account.Stop) is { } nginx) Assert.Skip(nginx);
        if (scenario.Backend == LabBackendKind.Pm2 && await LabRequirement.Pm2MissingAsync(Account.Stop) is { } pm2) Assert.Skip(pm2);
        return await LabInstance.StartAsync(
            new LabOptions { Scenario = scenario, Backend = scenario.Backend ?? LabBackendKind.InProcess }, Account.Stop);
    }

    private static Task<SummitRepair> RepairAsync(IHost host, LabInstance lab, RepairConsent consent) => new Repairer(
        host, TimeProvider.System, async stop => await new Experiment(host, TimeProvider.System).RunAsync(
            await new SiteGatherer(TimeProvider.System) { WithNetwork = true }.GatherAsync(host, lab.Site, token: null, stop),
            token: null,
            stop), new Answering(consent)).RepairAsync(token: null, Account.Stop);

    /// <summary>
    /// Every file and link of nginx's prefix with its bytes and its times. The logs are left out, since a probe is logged,
    /// and sockets, which have no bytes.
    /// </summary>
    private static string[] Tree(LabInstance lab) =>
    [
        .. Directory.EnumerateFileSystemEntries(
            lab.NginxPrefix, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Where(entry => !Directory.Exists(entry) && !entry.EndsWith(".log", StringComparison.Ordinal)
                && !entry.EndsWith(".sock", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(entry => new FileInfo(entry))
            .Select(file => $"{file.FullName} {file.LastWriteTimeUtc:O} {file.UnixFileMode} "
                + $"{file.LinkTarget ?? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))}"),
    ];

    private sealed class Answering(RepairConsent consent) : IRepairDialogue
    {
        public Task<RepairConsent> AskAsync(SummitRepairStep step, int number, int count, CancellationToken cancellation) =>
            Task.FromResult(consent);

        public IDisposable Begin(SummitRepairStep step) => new MemoryStream();
    }
}

// the faults on the machine itself, and the same over Systems Manager: a class for each share, which run beside each other

[Trait("Category", "Lab")]
public sealed class RepairOnTheMachineFirstTests() : RepairScenarioTests<First>(overSystemsManager: false);

[Trait("Category", "Lab")]
public sealed class RepairOnTheMachineSecondTests() : RepairScenarioTests<Second>(overSystemsManager: false);

[Trait("Category", "Lab")]
public sealed class RepairOnTheMachineThirdTests() : RepairScenarioTests<Third>(overSystemsManager: false);

[Trait("Category", "Lab")]
public sealed class RepairOnTheMachineFourthTests() : RepairScenarioTests<Fourth>(overSystemsManager: false);

[Trait("Category", "Lab")]
public sealed class RepairOverSystemsManagerFirstTests() : RepairScenarioTests<First>(overSystemsManager: true);

[Trait("Category", "Lab")]
public sealed class RepairOverSystemsManagerSecondTests() : RepairScenarioTests<Second>(overSystemsManager: true);

[Trait("Category", "Lab")]
public sealed class RepairOverSystemsManagerThirdTests() : RepairScenarioTests<Third>(overSystemsManager: true);

[Trait("Category", "Lab")]
public sealed class RepairOverSystemsManagerFourthTests() : RepairScenarioTests<Fourth>(overSystemsManager: true);
