using System.Text;
using Summit.Ops.Deployment;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Nginx;

namespace Summit.Ops.Core.Tests.Deployment;

/// <summary>A configuration in a folder that another account can change, and what that account lays there for root.</summary>
[Trait("Category", "Lab")]
public sealed class ForeignFolderTests
{
    private const string Account = "nobody";
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ln -s OUTSIDE FOLDER/.summit-ops")]
    [InlineData("mkdir FOLDER/.summit-ops; chown nobody FOLDER/.summit-ops")]
    public async Task A_state_folder_that_is_not_root_s_is_not_used(string laid)
    {
        await using var lab = await StartAsync();
        var folder = Path.GetDirectoryName(lab.ConfigPath)!;
        var outside = Directory.CreateDirectory(Path.Combine(lab.NginxPrefix, "outside")).FullName;
        await RunAsync(laid.Replace("FOLDER", folder, StringComparison.Ordinal).Replace("OUTSIDE", outside, StringComparison.Ordinal));

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => DeployAsync(lab.Site, "# new\n"));

        Assert.Contains("is a link, or another account's", error.Message);
        Assert.Contains("Nothing was changed", error.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task A_journal_is_read_and_never_run()
    {
        await using var lab = await StartAsync();
        var state = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, ".summit-ops"));
        var ran = Path.Combine(lab.NginxPrefix, "ran");
        await File.WriteAllTextAsync(
            Path.Combine(state.FullName, "summit-api.journal"),
            $"j_previous=absent\nj_new=x\nj_link=none\nj_enabled=$(touch {ran})\nj_running=yes\nj_backup=''; touch {ran}\nj_whole=yes\n",
            Cancellation);
        await RunAsync($"chmod 700 {state.FullName}");

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => DeployAsync(lab.Site, "# new\n"));

        Assert.Contains("could not be undone", error.Message);
        Assert.False(File.Exists(ran));
        Assert.True(File.Exists(lab.ConfigPath));
    }

    [Fact]
    public async Task A_deployment_there_keeps_its_state_with_root_and_says_whose_the_folder_is()
    {
        await using var lab = await StartAsync();
        var folder = Path.GetDirectoryName(lab.ConfigPath)!;
        await RunAsync($"chown {Account} {folder} {lab.ConfigPath}");
        string backup = "";
        try
        {
            var done = await DeployAsync(lab.Site, "# new\n");

            Assert.True(done is { Changed: true, Verified: true, RolledBack: false }, done.Output);
            Assert.Contains($"{folder} can be changed by another account", done.Output);
            backup = done.BackupPath;
            Assert.StartsWith("/var/lib/summit-ops/", backup);
            Assert.Equal(["summit-api"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));
            Assert.Equal(Account, (await RunAsync($"stat -c %U {lab.ConfigPath}")).Trim());

            // a restore finds the copy where it lies
            var (found, content) = await new BackupStore(Host).ReadAsync(lab.Site, path: null, Cancellation);
            Assert.Equal(backup, found.Path);
            Assert.DoesNotContain("# new", content.Text);
        }
        finally
        {
            await RunAsync($"chown root {folder} {lab.ConfigPath}; "
                + $"{(backup.Length > 0 ? $"rm -rf {Path.GetDirectoryName(Path.GetDirectoryName(backup))}" : ":")}; "
                + "rmdir /var/lib/summit-ops 2>/dev/null; :");
        }
    }

    [Fact]
    public async Task A_deployment_there_that_fails_puts_the_file_back()
    {
        await using var lab = await StartAsync();
        var folder = Path.GetDirectoryName(lab.ConfigPath)!;
        var before = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        await RunAsync($"chown {Account} {folder}");
        try
        {
            var done = await DeployAsync(
                lab.Site, "# new\n", text => text.Replace("proxy_set_header Upgrade $http_upgrade;", "", StringComparison.Ordinal));

            Assert.True(done is { Changed: false, RolledBack: true }, done.Output);
            Assert.Equal(before, await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
            Assert.Equal(["summit-api"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));
        }
        finally
        {
            await RunAsync($"chown root {folder}");
        }
    }

    [Fact]
    public async Task A_way_that_leads_through_a_link_of_another_account_is_refused()
    {
        await using var lab = await StartAsync();
        var theirs = Directory.CreateDirectory(Path.Combine(lab.NginxPrefix, "theirs")).FullName;
        await RunAsync($"ln -s {Path.GetDirectoryName(lab.ConfigPath)} {theirs}/conf; chown -h {Account} {theirs} {theirs}/conf");
        var site = lab.Site with { ConfigPath = $"{theirs}/conf/summit-api", EnabledPath = "" };

        var error = await Assert.ThrowsAsync<SummitDeploymentException>(() => DeployAsync(site, "# new\n"));

        Assert.Contains("leads through a link", error.Message);
        Assert.DoesNotContain("# new", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
    }

    [Fact]
    public async Task A_large_file_beside_the_configuration_is_not_copied()
    {
        await using var lab = await StartAsync();
        var large = Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, "access.log");
        await using (var file = File.Create(large)) file.SetLength(64L << 30);

        // 64 GB that are not there would have to be read and written: the limit of a deployment is far below
        var done = await DeployAsync(lab.Site, "# new\n");

        Assert.True(done is { Changed: true, Verified: true }, done.Output);
        Assert.DoesNotContain("cannot test a file beside the live one", done.Output);
    }

    private static async Task<SummitDeployment> DeployAsync(SummitSite site, string comment, Func<string, string>? edit = null)
    {
        var evidence = await new SiteGatherer(TimeProvider.System).GatherAsync(Host, site, null, Cancellation);
        var text = comment + await File.ReadAllTextAsync(site.ConfigPath, Cancellation);
        var content = NginxConfigReader.FromBytes(site.ConfigPath, Encoding.UTF8.GetBytes(edit?.Invoke(text) ?? text));
        var plan = DeploymentPlanner.Plan(evidence, DeploymentMode.Repair, content, force: true);
        return await new Deployer(Host, TimeProvider.System).DeployAsync(plan, null, Cancellation);
    }

    private static async Task<string> RunAsync(string commands)
    {
        var done = await Host.RunAsync(new HostScript("prepare", commands, TimeSpan.FromMinutes(1), ReadOnly: false), Cancellation);
        Assert.True(done.ExitCode == 0, done.Error);
        return done.Output;
    }

    private static async Task<LabInstance> StartAsync()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("only root can make what another account owns");
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
    }
}
