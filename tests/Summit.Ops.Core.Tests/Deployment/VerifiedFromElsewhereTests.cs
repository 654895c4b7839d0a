using System.Net;
using System.Net.Sockets;
using System.Text;
using Summit.Ops.Deployment;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>A deployment that stands on the host and must prove itself at an endpoint, or is taken back.</summary>
[Trait("Category", "Lab")]
public sealed class VerifiedFromElsewhereTests
{
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_a_WebSocket_opens_the_deployment_stays_and_says_so()
    {
        await using var lab = await StartAsync("location-missing");

        var done = await DeployAsync(await PlanAsync(lab, Reached(lab)));

        Assert.True(done is { Changed: true, Verified: true, RolledBack: false }, done.Output);
        Assert.EndsWith($"A WebSocket opened at {lab.Site.Uri} from this machine.", done.Output);
        Assert.True(File.Exists(done.BackupPath));
    }

    [Fact]
    public async Task Where_none_opens_the_old_file_is_back_and_served()
    {
        await using var lab = await StartAsync("healthy");
        var before = await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation);
        // whether nginx serves the new file or the old one is seen at a location of the new one
        var marked = Encoding.UTF8.GetString(before)
            .Replace("    location /api", "    location = /marked { return 418; }\n    location /api", StringComparison.Ordinal);

        var done = await DeployAsync(await PlanAsync(lab, Missed(lab), marked));

        Assert.True(
            done is { Changed: false, Verified: false, RolledBack: true, Stands: false, Tested: true, BackupPath: "" }, done.Output);
        Assert.Equal(done.PreviousSha256, done.Sha256);
        Assert.StartsWith($"No WebSocket opens at {Missed(lab)} from this machine: ", done.Output);
        Assert.EndsWith("Everything was put back.", done.Output);
        Assert.Equal(before, await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation));
        AssertNothingLeft(lab);
        Assert.NotEqual(418, (await ProbeAsync(Reached(lab, "/marked"))).HttpStatus);
        Assert.True((await ProbeAsync(Reached(lab))).Success);
    }

    [Fact]
    public async Task Of_a_first_deployment_file_and_link_go_again()
    {
        await using var lab = await StartAsync("nginx-config-missing");

        var done = await DeployAsync(await PlanAsync(lab, Missed(lab)));

        Assert.True(done is { Changed: false, Verified: false, RolledBack: true }, done.Output);
        Assert.False(File.Exists(lab.ConfigPath));
        Assert.Null(new FileInfo(lab.EnabledPath).LinkTarget);
        AssertNothingLeft(lab);
        Assert.False((await ProbeAsync(Reached(lab))).Success);
    }

    [Fact]
    public async Task Of_an_enabling_the_link_goes_and_the_file_stays()
    {
        await using var lab = await StartAsync("config-not-enabled");
        var before = await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation);

        var done = await DeployAsync(await PlanAsync(lab, Missed(lab)));

        Assert.True(done is { Changed: false, RolledBack: true }, done.Output);
        Assert.Equal(before, await File.ReadAllBytesAsync(lab.ConfigPath, Cancellation));
        Assert.Null(new FileInfo(lab.EnabledPath).LinkTarget);
        AssertNothingLeft(lab);
    }

    [Fact]
    public async Task What_somebody_has_changed_since_is_left_alone()
    {
        await using var lab = await StartAsync("location-missing");
        var busy = new BusyHost(() => File.AppendAllText(lab.ConfigPath, "# somebody else's\n"));

        var done = await new Deployer(busy, TimeProvider.System).DeployAsync(await PlanAsync(lab, Missed(lab)), null, Cancellation);

        Assert.True(done is { Changed: true, Verified: false, RolledBack: false }, done.Output);
        Assert.Contains("The deployment stays: ", done.Output);
        Assert.Contains("somebody has changed it since", done.Output);
        Assert.EndsWith("# somebody else's\n", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        Assert.True((await ProbeAsync(Reached(lab))).Success);
        Assert.True(File.Exists(done.BackupPath));
    }

    [Fact]
    public async Task A_backup_that_is_gone_takes_nothing_back()
    {
        await using var lab = await StartAsync("location-missing");
        var busy = new BusyHost(
            () => Directory.Delete(Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, ".summit-ops", "backups"), recursive: true));

        var done = await new Deployer(busy, TimeProvider.System).DeployAsync(await PlanAsync(lab, Missed(lab)), null, Cancellation);

        Assert.True(done is { Changed: true, RolledBack: false }, done.Output);
        Assert.Contains("is not there any more", done.Output);
        Assert.True((await ProbeAsync(Reached(lab))).Success);
    }

    [Fact]
    public async Task A_disk_that_nginx_could_not_run_with_does_not_come_back()
    {
        await using var lab = await StartAsync("healthy");
        var good = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        await File.WriteAllTextAsync(
            lab.ConfigPath, good.Replace("proxy_http_version", "proxy_http_versoin", StringComparison.Ordinal), Cancellation);

        var done = await DeployAsync(await PlanAsync(lab, Missed(lab), good));

        Assert.True(done is { Changed: true, Verified: false, RolledBack: false }, done.Output);
        Assert.Contains("did not pass nginx -t", done.Output);
        Assert.Equal(good, await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
    }

    [Fact]
    public async Task An_nginx_that_did_not_run_before_does_not_run_after_it()
    {
        await using var lab = await StartAsync("location-missing");
        await lab.Nginx.StopAsync();

        var done = await DeployAsync(await PlanAsync(lab, Missed(lab)));

        Assert.True(done is { Changed: false, RolledBack: true }, done.Output);
        Assert.Equal(SummitProbeStage.Tcp, (await ProbeAsync(Reached(lab))).FailedStage);
    }

    [Fact]
    public async Task Where_nothing_changes_it_is_only_reported()
    {
        await using var lab = await StartAsync("healthy");
        var before = File.GetLastWriteTimeUtc(lab.ConfigPath);
        var plan = await PlanAsync(lab, Missed(lab), await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));

        var done = await DeployAsync(plan);

        Assert.Empty(plan.Steps);
        Assert.True(done is { Changed: false, Verified: false, RolledBack: false }, done.Output);
        Assert.Equal(404, done.WebSocket!.HttpStatus);
        Assert.Equal(before, File.GetLastWriteTimeUtc(lab.ConfigPath));
    }

    [Fact]
    public async Task A_stop_while_it_is_tried_takes_it_back()
    {
        await using var lab = await StartAsync("healthy");
        var before = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        using var deaf = new TcpListener(IPAddress.Loopback, 0);
        deaf.Start();
        var uri = $"ws://127.0.0.1:{((IPEndPoint)deaf.LocalEndpoint).Port}/ws";
        var plan = await PlanAsync(
            lab, ProbeRequest.Create(uri, new ProbeRequest { Proxy = "none", Timeout = TimeSpan.FromMinutes(5) }), "# new\n" + before);
        using var cancel = new CancellationTokenSource();

        var run = new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, cancel.Token);
        using var client = await deaf.AcceptTcpClientAsync(Cancellation);
        Assert.StartsWith("# new\n", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        await cancel.CancelAsync();

        var told = await Assert.ThrowsAsync<HostRunCancelledException>(() => run);
        Assert.Contains($"stopped before a WebSocket opened at {uri}. Everything was put back.", told.Message);
        Assert.Equal(before, await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        AssertNothingLeft(lab);
    }

    [Fact]
    public async Task The_only_backup_that_is_kept_outlives_a_deployment_that_is_taken_back()
    {
        await using var lab = await StartAsync("healthy");
        var first = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        var kept = await DeployAsync(await PlanAsync(lab, Reached(lab), "# one\n" + first) with { Keep = 1 });

        var done = await DeployAsync(await PlanAsync(lab, Missed(lab), "# two\n" + first) with { Keep = 1 });

        Assert.True(done.RolledBack, done.Output);
        Assert.Equal(first, await File.ReadAllTextAsync(kept.BackupPath, Cancellation));
        Assert.StartsWith("# one\n", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
    }

    private static async Task<LabInstance> StartAsync(string scenario)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find(scenario), Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static ProbeRequest Reached(LabInstance lab, string? path = null) => ProbeRequest.Create(
        path is null ? lab.Site.Uri : $"wss://{lab.Site.ServerName}:{lab.Port}{path}",
        new ProbeRequest { CertificateAuthority = lab.Site.CertificateAuthorityPath });

    /// <summary>Where no location of the site is.</summary>
    private static ProbeRequest Missed(LabInstance lab) => Reached(lab, "/nowhere");

    private static async Task<DeploymentPlan> PlanAsync(LabInstance lab, ProbeRequest verify, string? content = null) =>
        DeploymentPlanner.Plan(
            await new SiteGatherer(TimeProvider.System).GatherAsync(Host, lab.Site, null, Cancellation), DeploymentMode.Repair,
            content is null ? null : NginxConfigReader.FromBytes(lab.ConfigPath, Encoding.UTF8.GetBytes(content)), force: false)
            .VerifiedBy(verify);

    private static Task<SummitDeployment> DeployAsync(DeploymentPlan plan) =>
        new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation);

    private static Task<SummitWebSocketResult> ProbeAsync(ProbeRequest request) =>
        new WebSocketProbe(TimeProvider.System).RunAsync(request, Cancellation);

    private static void AssertNothingLeft(LabInstance lab) =>
        Assert.False(Directory.Exists(Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, ".summit-ops")));

    /// <summary>This machine, on which somebody else does something as soon as a deployment stands.</summary>
    private sealed class BusyHost(Action afterwards) : IHost
    {
        public SummitTarget Target => Host.Target;

        public async Task<HostResult> RunAsync(HostScript script, CancellationToken cancellation)
        {
            var result = await Host.RunAsync(script, cancellation);
            if (result.Output.Contains("@done deployed", StringComparison.Ordinal)) afterwards();
            return result;
        }
    }
}
