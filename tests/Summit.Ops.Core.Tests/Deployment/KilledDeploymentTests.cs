using System.Text;
using Summit.Ops.Deployment;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>A deployment that does not come to its end, and the one after it.</summary>
[Trait("Category", "Lab")]
public sealed class KilledDeploymentTests
{
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("# the same\n")]
    [InlineData("# another\n")]
    public async Task What_a_killed_deployment_left_is_undone_by_the_next_one_whatever_that_was_planned_on(string comment)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        var first = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        var script = Deployer.Script(await PlanAsync(lab, "# the same\n" + first), DateTimeOffset.UnixEpoch);
        const string verify = "after_status=$(handshake)";
        Assert.Contains(verify, script.Text);
        await Host.RunAsync(script with { Text = script.Text.Replace(verify, "kill -9 $$", StringComparison.Ordinal) }, Cancellation);
        Assert.StartsWith("# the same\n", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));

        // the file may be what is wanted already, and loaded; it was never verified, and its journal is open
        var plan = await PlanAsync(lab, comment + first);
        Assert.True(plan is { Changes: true, Unfinished: true });
        Assert.StartsWith("undo the unfinished deployment", plan.Steps[0]);
        var done = await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation);

        Assert.True(done is { Changed: true, Verified: true, RolledBack: false }, done.Output);
        Assert.StartsWith("An unfinished deployment was undone first.", done.Output);
        Assert.Equal(comment + first, await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        Assert.Equal(first, await File.ReadAllTextAsync(done.BackupPath, Cancellation));
        Assert.Equal(["backups"], Directory.EnumerateFileSystemEntries(Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, ".summit-ops"))
            .Select(Path.GetFileName));
        Assert.False((await PlanAsync(lab, comment + first)).Changes);
    }

    [Fact]
    public async Task A_signal_puts_everything_back()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        var before = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        var plan = await PlanAsync(lab, "# new\n" + before);

        // held just before it is verified, and cancelled there
        var script = Deployer.Script(plan, DateTimeOffset.UnixEpoch);
        const string verify = "after_status=$(handshake)";
        Assert.Contains(verify, script.Text);
        var marker = Path.Combine(Path.GetTempPath(), $"summit-{Guid.NewGuid():N}");
        using var cancel = new CancellationTokenSource();
        var run = Host.RunAsync(
            script with { Text = script.Text.Replace(verify, $"touch {marker}; sleep 1; {verify}", StringComparison.Ordinal) },
            cancel.Token);
        while (!File.Exists(marker)) await Task.Delay(10, Cancellation);
        Assert.StartsWith("# new\n", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        File.Delete(marker);

        Assert.Equal(before, await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        Assert.True((await ProbeAsync(lab)).Success);
        Assert.False(Directory.Exists(Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, ".summit-ops")));
    }

    private static async Task<DeploymentPlan> PlanAsync(LabInstance lab, string content) => DeploymentPlanner.Plan(
        await new SiteGatherer(TimeProvider.System).GatherAsync(Host, lab.Site, null, Cancellation), DeploymentMode.Repair,
        NginxConfigReader.FromBytes(lab.ConfigPath, Encoding.UTF8.GetBytes(content)), force: false);

    private static Task<SummitWebSocketResult> ProbeAsync(LabInstance lab) =>
        new WebSocketProbe(TimeProvider.System).RunAsync(SiteProbes.Public(lab.Site, null), Cancellation);
}
