using System.Text;
using Summit.Ops.Deployment;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Probing.Measuring;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>
/// WebSockets that are open outlive everything that is graceful: their old workers serve them until they end by themselves.
/// </summary>
[Trait("Category", "Lab")]
public sealed class OpenWebSocketsTests
{
    private const int Count = 24;
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deploy_roll_back_restore_and_reload_drop_none()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        var first = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        var deployer = new Deployer(Host, TimeProvider.System);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        // a ping on each of them five times a second: what was cut off is seen, not only what was told
        var open = new WebSocketMeasurement(
            SiteProbes.Public(lab.Site, null), new MeasureRequest
            {
                Connections = Count, Rate = 200, WarmUp = 0, Interval = TimeSpan.FromMilliseconds(200), Hold = TimeSpan.FromMinutes(3),
            });
        var held = open.RunAsync(over.Token);
        while (open.Open < Count && open.Failed == 0 && !held.IsCompleted) await Task.Delay(20, Cancellation);
        Assert.Equal((Count, 0), (open.Open, open.Failed));

        var workers = new HashSet<int>(lab.Nginx.Workers);
        async Task Step(string name, Func<Task<SummitDeployment>> step, bool rolledBack = false)
        {
            var done = await step();
            Assert.True(done.RolledBack == rolledBack, $"{name}: {done.Output}");
            var now = lab.Nginx.Workers;
            Assert.DoesNotContain(now, workers.Contains);
            workers.UnionWith(now);
            // time for a ping and its answer
            await Task.Delay(400, Cancellation);
            Assert.True(open is { Open: Count, Dropped: 0 }, $"after {name} {open.Open} are open and {open.Dropped} were dropped");
        }

        await Step("deploy", async () => await deployer.DeployAsync(await PlanAsync(lab, "# new\n" + first), null, Cancellation));
        await Step("roll back", async () => await deployer.DeployAsync(
            await PlanAsync(lab, first.Replace("proxy_set_header Upgrade $http_upgrade;", "", StringComparison.Ordinal)),
            null, Cancellation), rolledBack: true);
        var (_, copy) = await new BackupStore(Host).ReadAsync(lab.Site, null, Cancellation);
        await Step("restore", async () => await deployer.DeployAsync(await PlanAsync(lab, copy.ToString()), null, Cancellation));
        await Step("reload", () => deployer.ReloadAsync(lab.Site, force: false, null, Cancellation));

        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held);
    }

    private static async Task<DeploymentPlan> PlanAsync(LabInstance lab, string content) => DeploymentPlanner.Plan(
        await new SiteGatherer(TimeProvider.System).GatherAsync(Host, lab.Site, null, Cancellation), DeploymentMode.Repair,
        NginxConfigReader.FromBytes(lab.ConfigPath, Encoding.UTF8.GetBytes(content)), force: true);
}
