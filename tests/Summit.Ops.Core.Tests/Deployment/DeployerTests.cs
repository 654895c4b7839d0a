using Summit.Ops.Deployment;
using Summit.Ops.Diagnosis;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Deployment;

[Trait("Category", "Lab")]
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

        var (files, workers) = (await FilesAsync(lab), await WorkersAsync(lab));
        var again = await DeployAsync(lab);
        Assert.True(again is { Changed: false, Verified: true, Diff: "" }, again.Output);
        Assert.Equal(files, await FilesAsync(lab));
        Assert.Equal(workers, await WorkersAsync(lab));
    }

    [Fact]
    public async Task A_configuration_that_does_not_pass_is_refused_and_nothing_changes()
    {
        await using var lab = await StartAsync("healthy");
        var (before, workers) = (Snapshot(lab), await WorkersAsync(lab));
        var broken = File.ReadAllText(lab.ConfigPath)
            .Replace("proxy_http_version 1.1;", "proxy_http_versoin 1.1;", StringComparison.Ordinal);

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
        var without = $"server {{\n    listen 127.0.0.1:{lab.Port} ssl;\n    server_name other.example.com;\n"
            + $"    ssl_certificate {lab.CertificatePath};\n    ssl_certificate_key {lab.CertificateKeyPath};\n    return 204;\n}}\n";

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => DeployAsync(lab, without));

        Assert.Equal("DeploymentErases", error.ErrorId);
        Assert.Contains("server 'localhost'", error.Message);
        Assert.True((await ProbeAsync(lab)).Success);
    }

    [Fact]
    public async Task Replacing_lists_every_line_that_would_be_lost()
    {
        await using var lab = await StartAsync("healthy");
        var text = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        await File.WriteAllTextAsync(lab.ConfigPath, "map $uri $x { default 1; }\n" + text.Replace(
            "location /api",
            "deny 192.0.2.1;\n    listen 127.0.0.1:" + lab.HttpPort + ";\n    location /api",
            StringComparison.Ordinal), Cancellation);

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => PlanAsync(lab, null, DeploymentMode.Replace));

        Assert.Contains("deny 192.0.2.1 of server 'localhost'", error.Message);
        Assert.Contains($"listen 127.0.0.1:{lab.HttpPort} of server", error.Message);
        Assert.Contains("map $uri $x", error.Message);
    }

    [Fact]
    public async Task Certificate_lines_stay_whatever_the_case_of_the_server_s_name()
    {
        await using var lab = await StartAsync("location-missing");
        var text = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        await File.WriteAllTextAsync(
            lab.ConfigPath,
            text.Replace($"server_name {lab.ServerName};", $"server_name {lab.ServerName.ToUpperInvariant()};", StringComparison.Ordinal),
            Cancellation);
        var site = lab.Site with { CertificatePath = "", CertificateKeyPath = "" };

        var plan = DeploymentPlanner.Plan(
            await new SiteGatherer(TimeProvider.System).GatherAsync(Host, site, null, Cancellation),
            DeploymentMode.Replace, null, force: true);

        Assert.Contains($"ssl_certificate {lab.CertificatePath};", System.Text.Encoding.UTF8.GetString(plan.After));
    }

    [Fact]
    public async Task What_somebody_wrote_while_it_was_being_verified_is_not_taken_away_and_not_called_unchanged()
    {
        await using var lab = await StartAsync("healthy");
        var worse = File.ReadAllText(lab.ConfigPath).Replace("proxy_set_header Upgrade $http_upgrade;", "", StringComparison.Ordinal);
        const string verify = "after_status=$(handshake)";

        var done = await new Deployer(
            new EditingHost(verify, $"printf '# mine\\n' >>\"$file\"; {verify}"),
            TimeProvider.System).DeployAsync(await PlanAsync(lab, worse), null, Cancellation);

        Assert.True(done is { Changed: true, RolledBack: false, Stands: false }, done.Output);
        Assert.Contains("A WebSocket opened before the change", done.Output);
        Assert.Contains("has been changed by somebody since", done.Output);
        Assert.DoesNotContain("Nothing was changed", done.Output);
        Assert.EndsWith("# mine\n", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => DeployAsync(lab));
        Assert.Contains("could not be undone", error.Message);
    }

    [Fact]
    public async Task A_lock_that_is_taken_away_is_not_given_back()
    {
        await using var lab = await StartAsync("location-missing");
        var locked = Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, ".summit-ops", "lock");
        const string backUp = "# --- back up";

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(async () =>
            await new Deployer(new EditingHost(backUp, $"ln -sfn '1 12345' \"$lock\"\n{backUp}"), TimeProvider.System).DeployAsync(
                await PlanAsync(lab, null), null, Cancellation));

        Assert.Contains("was taken away by somebody", error.Message);
        Assert.Equal("1 12345", new FileInfo(locked).LinkTarget);
    }

    [Fact]
    public async Task The_command_that_is_recommended_can_be_run_as_it_is()
    {
        await using var lab = await StartAsync("healthy");
        await File.AppendAllTextAsync(lab.ConfigPath, "map $uri $x { default 1; }\n", Cancellation);

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => PlanAsync(lab, null, DeploymentMode.Replace));

        Assert.Matches("^Deploy-SummitNginxConfig -Site .* -Replace -Force -WhatIf   # ", error.RecommendedAction);
        System.Management.Automation.Language.Parser.ParseInput(error.RecommendedAction, out _, out var errors);
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("file", "is a file of its own")]
    [InlineData("link", "is a link to")]
    public async Task What_somebody_else_put_in_the_link_s_place_stays(string kind, string said)
    {
        await using var lab = await StartAsync("config-not-enabled");
        if (kind == "file") await File.WriteAllTextAsync(lab.EnabledPath, "# mine\n", Cancellation);
        else File.CreateSymbolicLink(lab.EnabledPath, lab.NginxConfigPath + ".other");
        await File.WriteAllTextAsync(lab.NginxConfigPath + ".other", "# somebody else's\n", Cancellation);

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => PlanAsync(lab, null));

        Assert.Equal("EnabledPathTaken", error.ErrorId);
        Assert.Contains(said, error.Message);
        var verdict = Verdict.Over(
            await new SiteGatherer(TimeProvider.System).GatherAsync(Host, lab.Site, null, Cancellation), TimeSpan.Zero);
        Assert.Equal(SummitCause.NginxConfigNotEnabled, verdict.RootCause);
    }

    [Fact]
    public async Task A_right_file_that_nginx_does_not_read_is_not_called_deployed()
    {
        await using var lab = await StartAsync("healthy");
        var apart = Path.Combine(lab.NginxPrefix, "apart.txt");
        var site = lab.Site with { ConfigPath = apart, EnabledPath = "" };
        var evidence = await new SiteGatherer(TimeProvider.System).GatherAsync(Host, site, null, Cancellation);
        var plan = DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, null, force: false);

        var done = await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation);

        Assert.True(done is { RolledBack: true, Changed: false }, done.Output);
        Assert.Contains("nginx does not read", done.Output);
        Assert.False(File.Exists(apart));
    }

    [Fact]
    public async Task A_backend_that_is_silent_does_not_take_a_right_change_away()
    {
        await using var lab = await StartAsync("location-missing");
        await lab.Backend.DeafenAsync(Cancellation);

        var done = await DeployAsync(lab);

        Assert.True(done is { Changed: true, RolledBack: false, Verified: false }, done.Output);
    }

    [Fact]
    public async Task A_stale_pid_file_hits_nobody_and_nginx_is_started()
    {
        await using var lab = await StartAsync("nginx-down");
        using var innocent = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("/bin/sleep", ["60"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var pidFile = (await HostGatherer.GatherAsync(Host, lab.Site, Cancellation)).Sections["nginx.pidfile"].Text.Trim();
        await File.WriteAllTextAsync(pidFile, $"{innocent.Id}\n", Cancellation);

        var done = await new Deployer(Host, TimeProvider.System).ReloadAsync(lab.Site, force: false, null, Cancellation);

        Assert.True(done is { Reloaded: true, Verified: true }, done.Output);
        Assert.False(innocent.HasExited);
        innocent.Kill();
    }

    [Fact]
    public async Task A_lock_whose_owner_is_gone_holds_nobody_up()
    {
        await using var lab = await StartAsync("location-missing");
        var state = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, ".summit-ops"));
        // a number that is in use, and not by the process that took the lock
        File.CreateSymbolicLink(Path.Combine(state.FullName, "lock"), "1 12345");

        Assert.True((await DeployAsync(lab)).Verified);
    }

    [Fact]
    public async Task A_plan_that_is_out_of_date_is_refused()
    {
        await using var lab = await StartAsync("location-missing");
        var plan = await PlanAsync(lab, null);
        await File.AppendAllTextAsync(lab.ConfigPath, "# somebody else was here\n", Cancellation);

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(
            () => new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation));

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

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(
            () => new Deployer(Host, TimeProvider.System).ReloadAsync(lab.Site, force: false, null, Cancellation));

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

    [Fact]
    public async Task A_restart_that_is_stopped_halfway_leaves_nginx_running()
    {
        await using var lab = await StartAsync("healthy");
        var before = await WorkersAsync(lab);
        // an open WebSocket keeps a quitting nginx alive: that is the moment to be stopped at
        var open = new WebSocketProbe(TimeProvider.System).RunAsync(
            SiteProbes.Public(lab.Site, null) with { Hold = TimeSpan.FromSeconds(20), Timeout = TimeSpan.FromSeconds(30) }, Cancellation);
        using var stop = new CancellationTokenSource();
        var restart = new Deployer(Host, TimeProvider.System).ReloadAsync(lab.Site, force: true, null, stop.Token);
        while ((await WorkersAsync(lab)).Any(before.Contains) && !restart.IsCompleted) await Task.Delay(50, Cancellation);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restart);
        Assert.True((await ProbeAsync(lab)).Success);
        Assert.Empty(before.Intersect(await WorkersAsync(lab)));
        Assert.Equal(SummitClosedBy.Transport, (await open).ClosedBy);
    }

    private static async Task<LabInstance> StartAsync(string scenario)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find(scenario)!, Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static async Task<DeploymentPlan> PlanAsync(LabInstance lab, string? content, DeploymentMode mode = DeploymentMode.Repair) =>
        DeploymentPlanner.Plan(
            await new SiteGatherer(TimeProvider.System).GatherAsync(Host, lab.Site, null, Cancellation), mode,
            content is null ? null : NginxConfigReader.FromBytes(lab.ConfigPath, System.Text.Encoding.UTF8.GetBytes(content)),
            force: false);

    private static async Task<SummitDeployment> DeployAsync(LabInstance lab, string? content = null) =>
        await new Deployer(Host, TimeProvider.System).DeployAsync(await PlanAsync(lab, content), null, Cancellation);

    private static Task<SummitWebSocketResult> ProbeAsync(LabInstance lab) =>
        new WebSocketProbe(TimeProvider.System).RunAsync(SiteProbes.Public(lab.Site, null), Cancellation);

    private static async Task<IReadOnlyList<int>> WorkersAsync(LabInstance lab) =>
        [.. (await HostGatherer.GatherAsync(Host, lab.Site, Cancellation)).Workers(lab.Site).Select(worker => worker.Id)];

    /// <summary>
    /// Inode, times of content and of inode, mode and owner of everything that a deployment may touch, its folders and backups included.
    /// </summary>
    private static async Task<string> FilesAsync(LabInstance lab)
    {
        var folder = Path.GetDirectoryName(lab.ConfigPath)!;
        var script = $"find {folder} {Path.GetDirectoryName(lab.EnabledPath)} {lab.NginxPrefix}/run | sort | while read -r path; "
            + "do stat -c '%n %i %y %z %a %u:%g %s' \"$path\"; done";
        var result = await Host.RunAsync(new HostScript("stat", script, TimeSpan.FromSeconds(30), ReadOnly: true), Cancellation);
        Assert.Contains(lab.ConfigPath + " ", result.Output);
        return result.Output;
    }

    private static (DateTime, long, string) Snapshot(LabInstance lab)
    {
        var file = new FileInfo(lab.ConfigPath);
        return (file.LastWriteTimeUtc, file.Length, File.ReadAllText(lab.ConfigPath));
    }

    /// <summary>This machine, on which something happens in the middle of the script.</summary>
    private sealed class EditingHost(string at, string then) : IHost
    {
        public SummitTarget Target => Host.Target;

        public Task<HostResult> RunAsync(HostScript script, CancellationToken cancellation)
        {
            Assert.Contains(at, script.Text);
            return Host.RunAsync(script with { Text = script.Text.Replace(at, then, StringComparison.Ordinal) }, cancellation);
        }
    }
}
