using Summit.Ops.Deployment;
using Summit.Ops.Diagnosis;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>
/// nginx in a real container: judged by its own files, changed where those come from, and left alone where that is an image.
/// </summary>
[Trait("Category", "Lab")]
public sealed class ContainerTests
{
    private const string ConfigPath = "/etc/nginx/conf.d/site.conf";
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("readonly", true)]
    [InlineData("file", true)]
    [InlineData("folder", false)]
    public async Task A_mounted_file_is_repaired_where_the_host_has_it(string layout, bool named)
    {
        await using var lab = await StartAsync();
        await using var box = await PodmanBox.CreateAsync(lab, Cancellation);
        using var path = CommandPath.Add(Path.GetDirectoryName(box.Command)!);
        await box.StartAsync(
            lab.Config.Site(Health + lab.Config.WebSocketLocation(upgrade: false) + lab.Config.ApiLocation),
            layout, "--network host", Cancellation);
        var inode = await PodmanBox.RunAsync($"stat -c %i {box.SiteFile}", Cancellation);
        Assert.Equal((200, false), (await StatusAsync(lab, "/health"), await OpensAsync(lab)));
        var site = Site(lab, box, named);

        var evidence = await GatherAsync(site);
        var diagnosis = Verdict.Over(evidence, TimeSpan.Zero);
        var plan = DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, null, force: false);
        var done = await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation);

        Assert.Equal(SummitCause.NginxUpgradeHeadersMissing, diagnosis.RootCause);
        Assert.Equal(ConfigPath, evidence.Site.ConfigPath);
        Assert.True(done is { Changed: true, Verified: true, RolledBack: false }, done.Output);
        Assert.Equal((200, true), (await StatusAsync(lab, "/health"), await OpensAsync(lab)));
        Assert.Contains("$http_upgrade", await File.ReadAllTextAsync(box.SiteFile, Cancellation));
        Assert.Equal(layout == "file", inode == await PodmanBox.RunAsync($"stat -c %i {box.SiteFile}", Cancellation));
        Assert.Equal([box.SiteFile], Directory.GetFileSystemEntries(box.Folder));
        var after = await GatherAsync(site);
        Assert.True(Verdict.Over(after, TimeSpan.Zero).Healthy);
        Assert.False(DeploymentPlanner.Plan(after, DeploymentMode.Repair, null, force: false).Changes);
        Assert.False(Directory.Exists(Path.GetDirectoryName(ConfigPath)) && File.Exists(ConfigPath), "the machine's own /etc was written");
        if (!named) Assert.Equal($"podman exec {box.Name} nginx", evidence.Site.NginxCommand);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("file")]
    public async Task A_change_that_nginx_refuses_or_that_takes_something_away_is_put_back(string layout)
    {
        await using var lab = await StartAsync();
        await using var box = await PodmanBox.CreateAsync(lab, Cancellation);
        var text = lab.Config.Site(Health + lab.Config.ExpectedLocations);
        await box.StartAsync(text, layout, "--network host", Cancellation);
        var inode = await PodmanBox.RunAsync($"stat -c %i {box.SiteFile}", Cancellation);
        var site = Site(lab, box, named: true);
        Assert.True(Verdict.Over(await GatherAsync(site), TimeSpan.Zero).Healthy);

        foreach (var worse in new[] { text.Replace("proxy_http_version", "proxy_http_versoin", StringComparison.Ordinal), text.Replace(
            "return 200", "return 503", StringComparison.Ordinal) })
        {
            var content = Summit.Ops.Nginx.NginxConfigReader.FromBytes(ConfigPath, System.Text.Encoding.UTF8.GetBytes(worse));
            var plan = DeploymentPlanner.Plan(await GatherAsync(site), DeploymentMode.Repair, content, force: false);
            var done = await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation);

            Assert.True(done is { RolledBack: true, Changed: false }, done.Output);
            Assert.Equal(text, await File.ReadAllTextAsync(box.SiteFile, Cancellation));
            Assert.Equal((200, true), (await StatusAsync(lab, "/health"), await OpensAsync(lab)));
        }

        Assert.True(layout != "file" || inode == await PodmanBox.RunAsync($"stat -c %i {box.SiteFile}", Cancellation));
    }

    [Theory]
    [InlineData("x\\n1 running abc other shop", "")]
    [InlineData("shop-1", "shop-1")]
    public async Task A_label_of_the_image_does_not_name_another_process(string label, string project)
    {
        await using var lab = await StartAsync();
        await using var box = await PodmanBox.CreateAsync(lab, Cancellation);
        await box.StartAsync(
            lab.Config.Site(Health + lab.Config.ExpectedLocations), "folder",
            $"--network host --label \"com.docker.compose.project=$(printf '{label}')\"", Cancellation);

        var evidence = await GatherAsync(Site(lab, box, named: true));

        Assert.True(Verdict.Over(evidence, TimeSpan.Zero).Healthy);
        Assert.Equal((box.Name, project), (evidence.Host!.Container!.Name, evidence.Host.Container.Project));
    }

    [Fact]
    public async Task A_syntax_error_and_a_change_that_nginx_has_not_loaded_are_told_and_loaded()
    {
        await using var lab = await StartAsync();
        await using var box = await PodmanBox.CreateAsync(lab, Cancellation);
        await box.StartAsync(
            lab.Config.Site(lab.Config.WebSocketLocation(upgrade: false) + lab.Config.ApiLocation),
            "folder", "--network host", Cancellation);
        var site = Site(lab, box, named: true);
        var right = lab.Config.Site(lab.Config.ExpectedLocations);

        await File.WriteAllTextAsync(
            box.SiteFile, right.Replace("proxy_http_version", "proxy_http_versoin", StringComparison.Ordinal), Cancellation);
        var broken = await GatherAsync(site);
        await File.WriteAllTextAsync(box.SiteFile, right, Cancellation);
        // the clock of files has a second: what was changed in the second of the start is not seen to be later
        await PodmanBox.RunAsync($"touch -d '+2 seconds' {box.SiteFile}", Cancellation);
        var stale = await GatherAsync(site);
        var reload = await new Deployer(Host, TimeProvider.System).ReloadAsync(site, force: false, null, Cancellation);

        Assert.Equal(SummitCause.NginxSyntaxInvalid, Verdict.Over(broken, TimeSpan.Zero).RootCause);
        Assert.Equal(SummitCause.NginxNotReloaded, Verdict.Over(stale, TimeSpan.Zero).RootCause);
        Assert.True(reload is { Reloaded: true, Verified: true }, reload.Output);
        Assert.True(await OpensAsync(lab));

        var before = await box.ProcessIdAsync(Cancellation);
        var restart = await new Deployer(Host, TimeProvider.System).ReloadAsync(site, force: true, null, Cancellation);
        Assert.True(restart.Verified, restart.Output);
        Assert.NotEqual(before, await box.ProcessIdAsync(Cancellation));
    }

    [Fact]
    public async Task What_an_image_holds_is_left_alone_and_the_change_is_shown()
    {
        await using var lab = await StartAsync();
        await using var box = await PodmanBox.CreateAsync(lab, Cancellation);
        await box.StartAsync(
            lab.Config.Site(lab.Config.WebSocketLocation(upgrade: false) + lab.Config.ApiLocation),
            "image", "--network host", Cancellation);
        var site = Site(lab, box, named: true);

        var evidence = await GatherAsync(site);
        var error = Assert.Throws<SummitDeploymentException>(
            () => DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, null, force: true));

        Assert.Equal(SummitCause.NginxUpgradeHeadersMissing, Verdict.Over(evidence, TimeSpan.Zero).RootCause);
        Assert.Equal("ConfigInContainer", error.ErrorId);
        Assert.Contains("image of the container", error.Message);
        Assert.Contains("+        proxy_set_header Upgrade $http_upgrade;", error.Message);
    }

    [Fact]
    public async Task A_link_of_the_container_leads_root_to_nothing_of_the_host()
    {
        await using var lab = await StartAsync();
        await using var box = await PodmanBox.CreateAsync(lab, Cancellation);
        await box.StartAsync(lab.Config.Site(lab.Config.ExpectedLocations), "folder", "--network host", Cancellation);
        var secret = lab.WriteBeside("secret", "of the host alone\n");
        foreach (var (link, target) in new[]
        {
            ("link.conf", secret), ("proc.conf", $"/proc/1/root{secret}"), ("up.conf", "../../../../../../.." + secret),
        })
        {
            File.CreateSymbolicLink(Path.Combine(box.Folder, link), target);
            var evidence = await GatherAsync(
                Site(lab, box, named: true) with { ConfigPath = $"/etc/nginx/conf.d/{link}", EnabledPath = "" });

            Assert.True(evidence.Host!.Container is { Entered: true });
            Assert.DoesNotContain(
                evidence.Host.Sections.Values, section => section.Text.Contains("of the host alone", StringComparison.Ordinal));
            Assert.ThrowsAny<SummitException>(() => DeploymentPlanner.Plan(evidence, DeploymentMode.Replace, null, force: true));
            File.Delete(Path.Combine(box.Folder, link));
        }

        Assert.Equal("of the host alone\n", await File.ReadAllTextAsync(secret, Cancellation));
    }

    [Fact]
    public async Task A_stopped_container_is_named_with_the_command_that_starts_it()
    {
        await using var lab = await StartAsync();
        await using var box = await PodmanBox.CreateAsync(lab, Cancellation);
        await box.StartAsync(
            lab.Config.Site(lab.Config.ExpectedLocations), "folder", "--network host --label com.docker.compose.project=shop",
            Cancellation);
        await PodmanBox.RunAsync($"{box.Command} stop -t 1 {box.Name}", Cancellation);
        var site = Site(lab, box, named: true);

        var evidence = await GatherAsync(site);
        var diagnosis = Verdict.Over(evidence, TimeSpan.Zero);
        var error = Assert.Throws<SummitDeploymentException>(
            () => DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, null, force: false));

        Assert.Equal(SummitCause.NginxNotRunning, diagnosis.RootCause);
        Assert.Contains(diagnosis.Checks, check => check.Id == "Nginx.Running"
            && check.Evidence.Contains("compose project shop", StringComparison.Ordinal)
            && check.Fix.Contains($"start {box.Name}", StringComparison.Ordinal));
        Assert.Equal("ContainerStopped", error.ErrorId);
        var restart = await new Deployer(Host, TimeProvider.System).ReloadAsync(site, force: true, null, Cancellation);
        Assert.True(restart.Verified, restart.Output);
    }

    [Fact]
    public async Task In_a_network_of_its_own_nginx_is_asked_and_repaired_from_inside()
    {
        await using var lab = await StartAsync();
        await using var box = await PodmanBox.CreateAsync(lab, Cancellation);
        await box.StartAsync(
            lab.Config.Site(Health + lab.Config.WebSocketLocation(upgrade: false) + lab.Config.ApiLocation),
            "folder", "--network none", Cancellation);
        var site = Site(lab, box, named: true);

        var evidence = await GatherAsync(site);
        var plan = DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, null, force: false);
        await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation);

        Assert.True(evidence.Host!.Container is { OwnNetwork: true });
        // the host has no listener there, and the container has
        Assert.Contains(evidence.Host.Listeners!, listener => listener.Port == lab.Port);
        Assert.NotNull(evidence.Hop(SiteEvidence.LoopbackHop)!.HttpStatus);
        Assert.Contains("$http_upgrade", await File.ReadAllTextAsync(box.SiteFile, Cancellation));
        var inside = await PodmanBox.RunAsync(
            $"nsenter -t {await box.ProcessIdAsync(Cancellation)} -n curl -sk -o /dev/null "
                + $"-w '%{{http_code}}' https://127.0.0.1:{lab.Port}/health",
            Cancellation);
        Assert.Equal("200", inside);
    }

    private static string Health => "    location /health {\n        return 200 well;\n    }\n";

    private static SummitSite Site(LabInstance lab, PodmanBox box, bool named)
    {
        var usual = new SummitSite();
        return lab.Site with
        {
            NginxCommand = named ? $"{box.Command} exec {box.Name} nginx" : usual.NginxCommand,
            NginxPrefix = "",
            NginxConfigPath = "",
            ConfigPath = usual.ConfigPath,
            EnabledPath = usual.EnabledPath,
        };
    }

    private static async Task<LabInstance> StartAsync()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        // its port is the container's
        await lab.Nginx.StopAsync();
        return lab;
    }

    private static Task<SiteEvidence> GatherAsync(SummitSite site) =>
        new SiteGatherer(TimeProvider.System).GatherAsync(Host, site, null, Cancellation);

    private static async Task<int> StatusAsync(LabInstance lab, string path)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var client = new HttpClient(handler);
        using var response = await client.GetAsync(new Uri($"https://{lab.ServerName}:{lab.Port}{path}"), Cancellation);
        return (int)response.StatusCode;
    }

    /// <summary>Whether a WebSocket opens, by curl, which knows nothing of this module.</summary>
    private static async Task<bool> OpensAsync(LabInstance lab)
    {
        var said = await PodmanBox.RunAsync(
            "curl -sk --http1.1 -o /dev/null -w '%{http_code}' --max-time 2 -H 'Connection: "
            + "Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' "
            + $"-H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' https://{lab.ServerName}:{lab.Port}/ws || true",
            Cancellation);
        return said == "101";
    }
}
