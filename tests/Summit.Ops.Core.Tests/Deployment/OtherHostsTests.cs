using System.Text;
using Summit.Ops.Core.Tests.Deployment.Faults;
using Summit.Ops.Deployment;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>Hosts that are laid out otherwise than Debian's: conf.d alone, nginx in a container, sudo, access control lists.</summary>
[Trait("Category", "Lab")]
public sealed class OtherHostsTests
{
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_there_is_only_conf_d_the_file_itself_is_what_nginx_reads()
    {
        await using var lab = await StartAsync();
        var folder = Directory.CreateDirectory(Path.Combine(lab.NginxPrefix, "conf.d")).FullName;
        var main = await File.ReadAllTextAsync(lab.NginxConfigPath, Cancellation);
        await File.WriteAllTextAsync(
            lab.NginxConfigPath,
            main.Replace(Path.GetDirectoryName(lab.EnabledPath) + "/*;", folder + "/*.conf;", StringComparison.Ordinal),
            Cancellation);
        await lab.Nginx.ReloadAsync(Cancellation);
        var site = lab.Site with { ConfigPath = Path.Combine(folder, "summit-api.conf"), EnabledPath = "" };
        Assert.Equal(404, (await ProbeAsync(lab)).HttpStatus);

        var done = await new Deployer(Host, TimeProvider.System).DeployAsync(await PlanAsync(Host, site, null), null, Cancellation);

        Assert.True(done is { Changed: true, Verified: true, RolledBack: false }, done.Output);
        Assert.False((await PlanAsync(Host, site, null)).Changes);
        // what nginx would not read there (no .conf) is not called deployed
        var apart = await new Deployer(Host, TimeProvider.System).DeployAsync(
            await PlanAsync(Host, site with { ConfigPath = Path.Combine(folder, "other") }, null), null, Cancellation);
        Assert.True(apart is { RolledBack: true, Changed: false }, apart.Output);
        Assert.Equal(["summit-api.conf"], Directory.EnumerateFiles(folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task An_nginx_in_a_container_takes_what_is_deployed_and_is_told_when_it_is_taken_back()
    {
        await using var lab = await StartAsync();
        // its own root, processes, /proc, pid file and logs: only the configuration is shared, as by a volume
        await lab.Nginx.StopAsync();
        var root = Path.Combine(lab.NginxPrefix, "root");
        await using var container = await NamespaceHost.StartAsync(
            "--mount --pid --fork --kill-child",
            $"mount -t proc proc /proc && mount -t tmpfs tmpfs {lab.NginxPrefix}/run && mount -t tmpfs tmpfs {lab.NginxPrefix}/logs"
                + $" && {NamespaceHost.OwnRoot(root)}",
            Cancellation);
        if (container is null) Assert.Skip(DiskTests.NoNamespace);
        var docker = Path.Combine(Path.GetDirectoryName(lab.NginxCommand)!, "docker");
        await File.WriteAllTextAsync(docker, "#!/bin/sh\n[ \"$1 $2 $3\" = 'exec web nginx' ] || exit 64\nshift 3\n"
            + $"exec nsenter -t {container.ProcessId} -m -p chroot {root} {lab.NginxCommand} \"$@\"\n", Cancellation);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(docker, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var site = lab.Site with { NginxCommand = docker + " exec web nginx" };
        var started = await Host.RunAsync(new HostScript(
            "start",
            $"{docker} exec web nginx -p {lab.NginxPrefix} -c {lab.NginxConfigPath} >/dev/null 2>&1",
            TimeSpan.FromSeconds(30), ReadOnly: false), Cancellation);
        Assert.Equal(0, started.ExitCode);
        Assert.True((await ProbeAsync(lab)).Success);
        var first = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);

        var done = await new Deployer(
            Host, TimeProvider.System).DeployAsync(await PlanAsync(Host, site, "# new\n" + first), null, Cancellation);
        Assert.True(done is { Changed: true, Verified: true, RolledBack: false }, done.Output);
        Assert.Contains("The host cannot test a file beside the live one", done.Output);

        var broken = await new Deployer(Host, TimeProvider.System).DeployAsync(
            await PlanAsync(Host, site, "# broken\n" + first.Replace("proxy_http_version", "proxy_http_versoin", StringComparison.Ordinal)),
            null, Cancellation);
        Assert.True(broken is { RolledBack: true, Changed: false }, broken.Output);
        Assert.Contains("unknown directive", broken.Output);

        var worse = await new Deployer(Host, TimeProvider.System).DeployAsync(await PlanAsync(
            Host, site,
            "# worse\n" + first.Replace("proxy_set_header Upgrade $http_upgrade;", "", StringComparison.Ordinal)), null, Cancellation);
        Assert.True(worse is { RolledBack: true, Changed: false }, worse.Output);
        Assert.StartsWith("# new\n", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        Assert.True(await EventuallyAsync(async () => (await ProbeAsync(lab)).Success), "the files were put back, and nginx was not told");
    }

    [Fact]
    public async Task What_runs_under_sudo_is_told_to_stop()
    {
        var folder = Directory.CreateTempSubdirectory("summit-sudo-");
        try
        {
            // as sudo does: it waits for what it runs, and passes on no signal of its own process group
            var sudo = Path.Combine(folder.FullName, "sudo");
            await File.WriteAllTextAsync(sudo, "#!/bin/sh\n[ \"$1\" = -n ] || exit 64\nshift\ntrap : TERM\nexec 3<&0\n\"$@\" <&3 &\n"
                + "running=$!\nwait $running\nwhile kill -0 $running 2>/dev/null; do wait $running; done\nwait $running\n", Cancellation);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(sudo, (UnixFileMode)0b111_101_101);
            var (begun, undone) = (Path.Combine(folder.FullName, "begun"), Path.Combine(folder.FullName, "undone"));
            var text = ShellScript.ComposeElevated(folder.FullName, [new("BEGUN", begun), new("UNDONE", undone)], "prelude.sh", "answer.sh")
                .Replace("\n}\nsummit_main </dev/null\nSUMMIT_", "\ntrap 'touch \"$UNDONE\"; exit 4' TERM\ntouch \"$BEGUN\"\n"
                    + "while :; do sleep 0.1; done\n}\nsummit_main </dev/null\nSUMMIT_", StringComparison.Ordinal)
                .Replace("[ ! -w \"$nearest\" ] || as_root=", "as_root='sudo -n'", StringComparison.Ordinal);
            Assert.Contains("touch \"$BEGUN\"", text);
            using var stop = new CancellationTokenSource();
            var run = Host.RunAsync(
                new HostScript("held", $"PATH={folder.FullName}:$PATH\n{text}", TimeSpan.FromSeconds(30), ReadOnly: false), stop.Token);
            Assert.True(await EventuallyAsync(() => Task.FromResult(File.Exists(begun))));
            await stop.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
            Assert.True(File.Exists(undone), "the script under sudo was not told");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_access_control_list_of_what_is_there_is_put_on_what_takes_its_place()
    {
        await using var lab = await StartAsync();
        var folder = Path.GetDirectoryName(lab.NginxCommand)!;
        var said = Path.Combine(lab.NginxPrefix, "acl");
        await File.WriteAllTextAsync(Path.Combine(folder, "getfacl"), "#!/bin/sh\necho \"user:nobody:r-- of $3\"\n", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "setfacl"), $"#!/bin/sh\n{{ echo \"$@\"; cat; }} >>{said}\n", Cancellation);
        foreach (var command in new[] { "getfacl", "setfacl" })
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(
                    Path.Combine(folder, command), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(lab.ConfigPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        var script = Deployer.Script(
            await PlanAsync(Host, lab.Site, "# new\n" + await File.ReadAllTextAsync(lab.ConfigPath, Cancellation)),
            DateTimeOffset.UnixEpoch);

        var answer = ScriptAnswer.Read(
            await Host.RunAsync(script with { Text = $"PATH={folder}:$PATH\n{script.Text}" }, Cancellation), Host.Target);

        Assert.Equal("deployed", answer.Outcome);
        Assert.Equal(
            $"--set-file=- {Path.GetDirectoryName(lab.ConfigPath)}/.summit-ops/summit-api.staged\nuser:nobody:r-- of {lab.ConfigPath}\n",
            await File.ReadAllTextAsync(said, Cancellation));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead,
            OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(lab.ConfigPath));
    }

    private static async Task<LabInstance> StartAsync()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static async Task<DeploymentPlan> PlanAsync(IHost host, SummitSite site, string? content) => DeploymentPlanner.Plan(
        await new SiteGatherer(TimeProvider.System).GatherAsync(host, site, null, Cancellation), DeploymentMode.Repair,
        content is null ? null : NginxConfigReader.FromBytes(site.ConfigPath, Encoding.UTF8.GetBytes(content)), force: false);

    private static Task<SummitWebSocketResult> ProbeAsync(LabInstance lab) =>
        new WebSocketProbe(TimeProvider.System).RunAsync(SiteProbes.Public(lab.Site, null), Cancellation);

    private static async Task<bool> EventuallyAsync(Func<Task<bool>> condition)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            if (await condition()) return true;
            await Task.Delay(50, Cancellation);
        }

        return false;
    }
}
