using System.Net;
using Summit.Ops.Core.Tests.Deployment.Faults;
using Summit.Ops.Deployment;
using Summit.Ops.Diagnosis;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>
/// The site's file is the one whose server block answers in the running nginx, wherever that is; what other blocks answer stays.
/// </summary>
[Trait("Category", "Lab")]
public sealed class FileThatAnswersTests
{
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("zz-api")]
    [InlineData("00-api")]
    public async Task A_block_in_a_file_of_another_name_is_repaired_there(string name)
    {
        await using var lab = await StartAsync();
        var live = Elsewhere(
            lab, $"sites-enabled/{name}", Health(lab) + lab.Config.WebSocketLocation(upgrade: false) + lab.Config.ApiLocation);
        await lab.Nginx.ReloadAsync(Cancellation);
        var site = Open(lab);
        Assert.Equal(200, await StatusAsync(lab, "/health"));

        var evidence = await GatherAsync(site);
        var done = await DeployAsync(evidence);

        Assert.Equal((live, ""), (evidence.Site.ConfigPath, evidence.Site.EnabledPath));
        Assert.True(done is { Changed: true, Verified: true, RolledBack: false } && done.Path == live, done.Output);
        Assert.Equal(200, await StatusAsync(lab, "/health"));
        Assert.False(File.Exists(lab.ConfigPath));
        Assert.True(Verdict.Over(await GatherAsync(site), TimeSpan.Zero).Healthy);
        Assert.False(DeploymentPlanner.Plan(await GatherAsync(site), DeploymentMode.Repair, null, force: false).Changes);
    }

    [Theory]
    [InlineData("zz-api", "would answer")]
    [InlineData("00-api", "nginx ignores")]
    public async Task A_second_block_for_a_name_that_another_file_answers_is_refused_and_listed(string name, string says)
    {
        await using var lab = await StartAsync();
        Elsewhere(lab, $"sites-enabled/{name}", Health(lab) + lab.Config.ApiLocation);
        await lab.Nginx.ReloadAsync(Cancellation);
        // the site insists on its own file
        var evidence = await GatherAsync(lab.Site);

        var error = Assert.Throws<SummitDeploymentException>(
            () => DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, null, force: false));

        Assert.Equal("DeploymentErases", error.ErrorId);
        Assert.Contains(says, error.Message);
        if (name == "zz-api") Assert.Contains("location /health", error.Message);
        Assert.NotEmpty(DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, null, force: true).Erases);
        Assert.Equal(200, await StatusAsync(lab, "/health"));
    }

    [Fact]
    public async Task Where_nginx_reads_conf_d_alone_a_new_file_is_made_there_and_the_plan_says_why()
    {
        await using var lab = await StartAsync();
        var folder = ConfD(lab);
        await lab.Nginx.ReloadAsync(Cancellation);
        var site = Open(lab) with { CertificatePath = lab.CertificatePath, CertificateKeyPath = lab.CertificateKeyPath };

        var plan = DeploymentPlanner.Plan(await GatherAsync(site), DeploymentMode.Repair, null, force: false);
        var done = await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation);

        Assert.Equal(Path.Combine(folder, "summit-api.conf"), plan.Site.ConfigPath);
        Assert.Contains("conf.d/*.conf", plan.Steps[0]);
        Assert.DoesNotContain(plan.Steps, step => step.StartsWith("link", StringComparison.Ordinal));
        Assert.True(done is { Changed: true, Verified: true, RolledBack: false }, done.Output);
        var after = Verdict.Over(await GatherAsync(site), TimeSpan.Zero);
        Assert.True(after.Healthy);
        Assert.DoesNotContain(after.Checks, check => check is { Status: SummitCheckStatus.Fail, Severity: not SummitSeverity.Advice });
    }

    [Fact]
    public async Task A_file_of_conf_d_that_nginx_refuses_is_the_sites()
    {
        await using var lab = await StartAsync();
        var folder = ConfD(lab);
        var file = Path.Combine(folder, "api.conf");
        await File.WriteAllTextAsync(file, lab.Config.Site(lab.Config.ExpectedLocations)
            .Replace("proxy_http_version", "proxy_http_versoin", StringComparison.Ordinal), Cancellation);

        var evidence = await GatherAsync(Open(lab));

        Assert.Equal(file, evidence.Site.ConfigPath);
        Assert.Equal(SummitCause.NginxSyntaxInvalid, Verdict.Over(evidence, TimeSpan.Zero).RootCause);
    }

    [Fact]
    public async Task A_block_in_the_main_file_is_repaired_in_the_main_file()
    {
        await using var lab = await StartAsync();
        File.Delete(lab.EnabledPath);
        File.Delete(lab.ConfigPath);
        var block = lab.Config.Site(Health(lab) + lab.Config.WebSocketLocation(upgrade: false) + lab.Config.ApiLocation);
        lab.EditMain(text => text.Replace("    include ", block + "    include ", StringComparison.Ordinal));
        await lab.Nginx.ReloadAsync(Cancellation);

        var done = await DeployAsync(await GatherAsync(Open(lab)));

        Assert.True(done is { Changed: true, Verified: true, RolledBack: false } && done.Path == lab.NginxConfigPath, done.Output);
        Assert.Equal(200, await StatusAsync(lab, "/health"));
        Assert.False(File.Exists(lab.ConfigPath));
    }

    [Fact]
    public async Task A_fragment_inside_a_server_block_is_edited_as_a_fragment()
    {
        await using var lab = await StartAsync();
        var fragment = lab.WriteBeside(
            "fragments/app.conf", Health(lab) + $"location / {{\n    proxy_pass http://127.0.0.1:{lab.BackendPort};\n}}\n");
        Elsewhere(lab, "sites-enabled/beanstalk", $"    include {Path.GetDirectoryName(fragment)}/*.conf;\n");
        await lab.Nginx.ReloadAsync(Cancellation);

        var done = await DeployAsync(await GatherAsync(Open(lab)));

        Assert.True(done is { Changed: true, Verified: true, RolledBack: false } && done.Path == fragment, done.Output);
        Assert.Equal(200, await StatusAsync(lab, "/health"));
        Assert.DoesNotContain("server {", await File.ReadAllTextAsync(fragment, Cancellation));
    }

    [Fact]
    public async Task A_proxy_pass_keeps_what_it_says_unless_the_upstream_is_the_fault()
    {
        await using var lab = await StartAsync();
        // the description has another backend than nginx, and nginx gets through to its own
        lab.WriteSite(lab.Config.Site(lab.Config.WebSocketLocation(upgrade: false) + lab.Config.ApiLocation));
        await lab.Nginx.ReloadAsync(Cancellation);
        var other = lab.Site with { BackendPort = FreePorts.Choose(1)[0] };

        var plan = DeploymentPlanner.Plan(await GatherAsync(other), DeploymentMode.Repair, null, force: false);

        var text = System.Text.Encoding.UTF8.GetString(plan.After);
        Assert.Contains($"proxy_pass http://127.0.0.1:{lab.BackendPort};", text);
        Assert.DoesNotContain($":{other.BackendPort}", text);
        Assert.Contains("proxy_set_header Upgrade $http_upgrade;", text);
    }

    [Fact]
    public async Task What_stopped_answering_after_the_reload_is_put_back()
    {
        await using var lab = await StartAsync();
        lab.WriteSite(lab.Config.Site(Health(lab) + lab.Config.ExpectedLocations));
        await lab.Nginx.ReloadAsync(Cancellation);
        // the location stays, and what it answers does not
        var worse = lab.SiteText.Replace("return 200", "return 503", StringComparison.Ordinal);
        var plan = DeploymentPlanner.Plan(
            await GatherAsync(lab.Site), DeploymentMode.Repair,
            NginxConfigReader.FromBytes(lab.ConfigPath, System.Text.Encoding.UTF8.GetBytes(worse)),
            force: false);

        var done = await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation);

        Assert.True(done is { RolledBack: true, Changed: false }, done.Output);
        Assert.Contains("/health answered 200 before the change and 503 after it", done.Output);
        Assert.Equal(200, await StatusAsync(lab, "/health"));
    }

    [Fact]
    public async Task The_nginx_that_holds_the_port_is_the_sites_with_its_prefix_and_main_file()
    {
        await using var lab = await StartAsync();
        var site = Unnamed(lab);

        var evidence = await GatherAsync(site);

        Assert.Equal(
            (lab.NginxPrefix, lab.NginxConfigPath, lab.ConfigPath, lab.EnabledPath),
            (evidence.Site.NginxPrefix, evidence.Site.NginxConfigPath, evidence.Site.ConfigPath, evidence.Site.EnabledPath));
        Assert.Equal(lab.Nginx.ProcessId, evidence.Host!.Master(evidence.Site)!.Id);
        Assert.True(Verdict.Over(evidence, TimeSpan.Zero).Healthy);
        // the commands that are proposed name the site as it was asked for, and the found values can be saved
        Assert.DoesNotContain("NginxPrefix", Summit.Ops.Checks.Command.For("Invoke-SummitDiagnostic", evidence));
        // a reload goes to the same one
        var workers = lab.Nginx.Workers;
        Assert.True((await new Deployer(Host, TimeProvider.System).ReloadAsync(site, force: false, null, Cancellation)).Verified);
        Assert.Empty(lab.Nginx.Workers.Intersect(workers));
    }

    [Fact]
    public async Task A_container_whose_files_are_not_the_hosts_is_refused()
    {
        await using var lab = await StartAsync();
        var docker = Path.Combine(Path.GetDirectoryName(lab.NginxCommand)!, "docker");
        // another file system in the container: the site's file there is not the host's
        await File.WriteAllTextAsync(docker, $"#!/bin/sh\nshift 3\nexec {lab.NginxCommand} \"$@\"\n", Cancellation);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(docker, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var apart = lab.WriteBeside("host/summit-api", lab.Config.Site(lab.Config.ApiLocation));
        var site = lab.Site with { NginxCommand = docker + " exec web nginx", ConfigPath = apart, EnabledPath = "" };
        var before = await File.ReadAllTextAsync(apart, Cancellation);

        var evidence = await GatherAsync(site);
        var error = Assert.Throws<SummitDeploymentException>(
            () => DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, null, force: true));

        Assert.Equal("ConfigInContainer", error.ErrorId);
        Assert.Equal(before, await File.ReadAllTextAsync(apart, Cancellation));
    }

    [Fact]
    public async Task An_nginx_of_another_root_that_holds_the_port_is_a_containers_and_the_hosts_own_is_left_alone()
    {
        await using var lab = await StartAsync();
        await lab.Nginx.StopAsync();
        var root = Path.Combine(lab.NginxPrefix, "root");
        await using var container = await NamespaceHost.StartAsync("--mount", NamespaceHost.OwnRoot(root), Cancellation);
        if (container is null) Assert.Skip(DiskTests.NoNamespace);
        var nginx = $"{lab.NginxCommand} -p {lab.NginxPrefix}/ -c {lab.NginxConfigPath}";
        await container.RunAsync($"chroot {root} {nginx} >/dev/null 2>&1", Cancellation);
        var site = Unnamed(lab);

        var evidence = await GatherAsync(site);
        var diagnosis = Verdict.Over(evidence, TimeSpan.Zero);
        var error = Assert.Throws<SummitDeploymentException>(
            () => DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, null, force: true));

        Assert.Equal("SiteInContainer", error.ErrorId);
        Assert.StartsWith("nginx (process ", evidence.Host!.PortContainer);
        Assert.True(diagnosis.Healthy, diagnosis.RootCause.ToString());
        var ofNginx = diagnosis.Checks.Where(check => check.Id.StartsWith("Nginx.", StringComparison.Ordinal));
        Assert.All(ofNginx, check => Assert.Contains(check.Status, new[] { SummitCheckStatus.Unknown, SummitCheckStatus.Skipped }));
        var deployer = new Deployer(Host, TimeProvider.System);
        var reload = await Assert.ThrowsAsync<SummitDeploymentException>(() => deployer.ReloadAsync(site, force: true, null, Cancellation));
        Assert.Contains("held for a container", reload.Message);
    }

    /// <summary>The lab's site as one who names neither its nginx nor its file describes it.</summary>
    private static SummitSite Unnamed(LabInstance lab)
    {
        var usual = new SummitSite();
        var nginx = lab.Site with { NginxCommand = usual.NginxCommand, NginxPrefix = "", NginxConfigPath = "" };
        return nginx with { ConfigPath = usual.ConfigPath, EnabledPath = usual.EnabledPath };
    }

    private static string Health(LabInstance lab) => $"    location /health {{\n        return 200 \"{lab.ServerName} is well\";\n    }}\n";

    /// <summary>The site with nothing said of its file.</summary>
    private static SummitSite Open(LabInstance lab) =>
        lab.Site with { ConfigPath = new SummitSite().ConfigPath, EnabledPath = new SummitSite().EnabledPath };

    private static string Elsewhere(LabInstance lab, string name, string locations)
    {
        File.Delete(lab.EnabledPath);
        File.Delete(lab.ConfigPath);
        return lab.WriteBeside(name, lab.Config.Site(locations));
    }

    private static string ConfD(LabInstance lab)
    {
        File.Delete(lab.EnabledPath);
        File.Delete(lab.ConfigPath);
        var folder = Directory.CreateDirectory(Path.Combine(lab.NginxPrefix, "conf.d")).FullName;
        lab.EditMain(text => text.Replace(Path.GetDirectoryName(lab.EnabledPath) + "/*;", folder + "/*.conf;", StringComparison.Ordinal));
        Directory.Delete(Path.GetDirectoryName(lab.ConfigPath)!);
        return folder;
    }

    private static async Task<LabInstance> StartAsync()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static Task<SiteEvidence> GatherAsync(SummitSite site) =>
        new SiteGatherer(TimeProvider.System).GatherAsync(Host, site, null, Cancellation);

    private static Task<SummitDeployment> DeployAsync(SiteEvidence evidence) =>
        new Deployer(Host, TimeProvider.System).DeployAsync(
            DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, null, force: false), null, Cancellation);

    private static async Task<int> StatusAsync(LabInstance lab, string path)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var client = new HttpClient(handler);
        using var response = await client.GetAsync(new Uri($"https://{lab.ServerName}:{lab.Port}{path}"), Cancellation);
        return (int)response.StatusCode;
    }
}
