using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Deployment;

public sealed class DeployerTests
{
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nginx-config-missing")]
    [InlineData("location-missing")]
    [InlineData("config-not-enabled")]
    [InlineData("upgrade-headers-missing")]
    [InlineData("location-shadowed")]
    [InlineData("location-redirect")]
    [InlineData("upstream-mismatch")]
    [InlineData("not-reloaded")]
    public async Task A_repairable_fault_is_healed_and_the_second_time_nothing_is_touched(string scenario)
    {
        await using var lab = await StartAsync(scenario);

        var done = await DeployAsync(lab);
        Assert.True(done is { Changed: true, Tested: true, Reloaded: true, Verified: true, RolledBack: false }, done.Output);
        Assert.Equal(101, done.WebSocket!.HttpStatus);

        var (inode, workers) = (Snapshot(lab), await WorkersAsync(lab));
        var again = await DeployAsync(lab);
        Assert.True(again is { Changed: false, Verified: true, Diff: "" }, again.Output);
        Assert.Equal(inode, Snapshot(lab));
        Assert.Equal(workers, await WorkersAsync(lab));
    }

    [Fact]
    public async Task A_configuration_that_does_not_pass_is_refused_and_nothing_changes()
    {
        await using var lab = await StartAsync("healthy");
        var (before, workers) = (Snapshot(lab), await WorkersAsync(lab));
        var broken = File.ReadAllText(lab.ConfigPath).Replace("proxy_http_version 1.1;", "proxy_http_versoin 1.1;", StringComparison.Ordinal);

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => DeployAsync(lab, broken));

        Assert.Equal("DeploymentRefused", error.ErrorId);
        Assert.Contains("unknown directive \"proxy_http_versoin\"", error.Message);
        Assert.Equal(before, Snapshot(lab));
        Assert.Equal(workers, await WorkersAsync(lab));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(lab.ConfigPath)!, "*.summit*"));
    }

    [Fact]
    public async Task What_stops_websockets_is_rolled_back()
    {
        await using var lab = await StartAsync("healthy");
        var before = await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation);
        var worse = File.ReadAllText(lab.ConfigPath).Replace("proxy_set_header Upgrade $http_upgrade;", "", StringComparison.Ordinal);

        var done = await DeployAsync(lab, worse);

        Assert.True(done is { Changed: false, RolledBack: true, Verified: false }, done.Output);
        Assert.Contains("A WebSocket opened before the change", done.Output);
        Assert.Equal(before, await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation));
        Assert.True((await ProbeAsync(lab)).Success);
    }

    [Fact]
    public async Task A_deployment_does_not_erase_without_force()
    {
        await using var lab = await StartAsync("healthy");
        var without = $"server {{\n    listen 127.0.0.1:{lab.Port} ssl;\n    server_name other.example.com;\n    ssl_certificate {lab.CertificatePath};\n    ssl_certificate_key {lab.CertificateKeyPath};\n    return 204;\n}}\n";

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => DeployAsync(lab, without));

        Assert.Equal("DeploymentErases", error.ErrorId);
        Assert.Contains("server 'localhost'", error.Message);
        Assert.True((await ProbeAsync(lab)).Success);
    }

    [Fact]
    public async Task A_plan_that_is_out_of_date_is_refused()
    {
        await using var lab = await StartAsync("location-missing");
        var plan = await PlanAsync(lab, null);
        await File.AppendAllTextAsync(lab.ConfigPath, "# somebody else was here\n", Cancellation);

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation));

        Assert.Contains("somebody else has changed it since", error.Message);
        Assert.EndsWith("# somebody else was here\n", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
    }

    [Fact]
    public async Task A_backup_holds_what_was_there()
    {
        await using var lab = await StartAsync("location-missing");
        var before = await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation);

        var done = await DeployAsync(lab);

        Assert.Equal(before, await File.ReadAllBytesAsync(done.BackupPath, Cancellation));
        Assert.Contains("+    location /ws", done.Diff);
        Assert.DoesNotContain("\n-", done.Diff[done.Diff.IndexOf("@@", StringComparison.Ordinal)..]);
        Assert.Contains("# managed by Certbot", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
    }

    [Fact]
    public async Task Two_at_once_do_not_mix()
    {
        await using var lab = await StartAsync("location-missing");
        var plan = await PlanAsync(lab, null);

        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            try
            {
                return (await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation)).Changed;
            }
            catch (SummitDeploymentException)
            {
                return false;
            }
        }));

        Assert.Single(both, changed => changed);
        Assert.True((await ProbeAsync(lab)).Success);
    }

    [Fact]
    public async Task A_reload_of_a_broken_disk_is_refused()
    {
        await using var lab = await StartAsync("syntax-invalid");

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => new Deployer(Host, TimeProvider.System).ReloadAsync(lab.Site, force: false, null, Cancellation));

        Assert.Equal("ReloadRefused", error.ErrorId);
    }

    [Theory]
    [InlineData("nginx-down", false)]
    [InlineData("not-reloaded", false)]
    [InlineData("healthy", true)]
    public async Task A_reload_is_proven(string scenario, bool force)
    {
        await using var lab = await StartAsync(scenario);
        var before = await WorkersAsync(lab);

        var done = await new Deployer(Host, TimeProvider.System).ReloadAsync(lab.Site, force, null, Cancellation);

        Assert.True(done is { Reloaded: true, Verified: true }, done.Output);
        Assert.Empty(before.Intersect(await WorkersAsync(lab)));
    }

    private static async Task<LabInstance> StartAsync(string scenario)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(new LabOptions { Scenario = ScenarioCatalogue.Find(scenario)!, Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static async Task<DeploymentPlan> PlanAsync(LabInstance lab, string? content) => DeploymentPlanner.Plan(
        await new SiteGatherer(TimeProvider.System).GatherAsync(Host, lab.Site, null, Cancellation), DeploymentMode.Repair,
        content is null ? null : NginxConfigReader.FromBytes(lab.ConfigPath, System.Text.Encoding.UTF8.GetBytes(content)), force: false);

    private static async Task<SummitDeployment> DeployAsync(LabInstance lab, string? content = null) =>
        await new Deployer(Host, TimeProvider.System).DeployAsync(await PlanAsync(lab, content), null, Cancellation);

    private static Task<SummitWebSocketResult> ProbeAsync(LabInstance lab) => new WebSocketProbe(TimeProvider.System).RunAsync(SiteProbes.Public(lab.Site, null), Cancellation);

    private static async Task<IReadOnlyList<int>> WorkersAsync(LabInstance lab) =>
        [.. (await HostGatherer.GatherAsync(Host, lab.Site, Cancellation)).Workers(lab.Site).Select(worker => worker.Id)];

    private static (DateTime, long, string) Snapshot(LabInstance lab)
    {
        var file = new FileInfo(lab.ConfigPath);
        return (file.LastWriteTimeUtc, file.Length, File.ReadAllText(lab.ConfigPath));
    }
}
