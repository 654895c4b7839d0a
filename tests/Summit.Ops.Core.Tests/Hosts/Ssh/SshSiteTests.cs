using System.Diagnostics;
using System.Globalization;
using Summit.Ops.Deployment;
using Summit.Ops.Diagnosis;
using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Errors;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Hosts.Ssh;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Hosts.Ssh;

/// <summary>
/// A site of the lab over a real sshd: the same verdict and the same bytes as on this machine, and no script or
/// outcome is lost with a connection.
/// </summary>
[Trait("Category", "Lab")]
public sealed class SshSiteTests : IAsyncLifetime
{
    private SshServer? _server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SshServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await SshServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("healthy")]
    [InlineData("upgrade-headers-missing")]
    [InlineData("location-shadowed")]
    [InlineData("upstream-mismatch")]
    [InlineData("not-reloaded")]
    public async Task A_diagnosis_by_SSH_is_the_one_of_this_machine(string scenario)
    {
        await using var lab = await StartAsync(scenario);
        var (here, there) = (await DiagnoseAsync(new LocalHost(), lab), await DiagnoseAsync(Server.Host(), lab));

        Assert.Equal(here.RootCause, there.RootCause);
        Assert.Equal(here.Causes.Select(cause => cause.Cause), there.Causes.Select(cause => cause.Cause));
        Assert.Equal(
            here.Checks.Select(check => $"{check.Id} {check.Status} {check.Cause}"),
            there.Checks.Select(check => $"{check.Id} {check.Status} {check.Cause}"));
        Assert.Equal(scenario == "healthy", there.Healthy);
    }

    [Fact]
    public async Task A_deployment_by_SSH_leaves_the_same_bytes()
    {
        var files = new List<string>();
        foreach (var bySsh in new[] { false, true })
        {
            await using var lab = await StartAsync("upgrade-headers-missing");
            IHost host = bySsh ? Server.Host() : new LocalHost();
            var before = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
            var done = await DeployAsync(host, lab.Site);
            Assert.True(done is { Changed: true, Tested: true, Reloaded: true, Verified: true, RolledBack: false }, done.Output);
            var after = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
            Assert.NotEqual(before, after);
            files.Add(Edit(before, after));
            var again = await DeployAsync(host, lab.Site);
            Assert.True(again is { Changed: false, Verified: true }, again.Output);
        }

        Assert.Equal(files[0], files[1]);
    }

    [Fact]
    public async Task A_deployment_whose_connection_is_lost_ends_on_the_host_and_the_next_look_says_how()
    {
        await using var lab = await StartAsync("upgrade-headers-missing");
        var (gate, held, go, nginx) = (Server.File("gate"), Server.File("held"), Server.File("go"), Server.File("nginx"));
        await File.WriteAllTextAsync(
            nginx,
            $"#!/bin/sh\nif [ -e {gate} ]; then : >{held}; while [ ! -e {go} ]; do sleep 0.1; done; fi\nexec {lab.NginxCommand} \"$@\"\n",
            Cancellation);
        File.SetUnixFileMode(nginx, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var host = Server.Host();
        var plan = await PlanAsync(host, lab.Site with { NginxCommand = nginx });
        await File.WriteAllTextAsync(gate, "", Cancellation);
        var deploying = new Deployer(host, TimeProvider.System).DeployAsync(plan, null, Cancellation);
        await UntilAsync(() => File.Exists(held) || deploying.IsCompleted);
        EndClients();
        await File.WriteAllTextAsync(go, "", Cancellation);

        var error = await Assert.ThrowsAsync<SummitHostException>(() => deploying);
        Assert.Equal("SshConnectionLost", error.ErrorId);
        Assert.Contains("had finished: the new configuration stands", error.Message, StringComparison.Ordinal);
        Assert.Contains($"Invoke-SummitDiagnostic -HostName '{Server.HostName}'", error.RecommendedAction, StringComparison.Ordinal);
        Assert.True((await DiagnoseAsync(host, lab)).Healthy);
    }

    [Fact]
    public async Task A_tool_that_hangs_ends_with_the_script_that_only_reads()
    {
        var length = $"3600.{Random.Shared.Next(100_000, 999_999)}";
        using var cancel = new CancellationTokenSource();
        var run = Server.Host().RunAsync(
            new HostScript("hang", $"echo $$; sleep {length}; echo after", TimeSpan.FromMinutes(10), ReadOnly: true), cancel.Token);
        await UntilAsync(() => Running(length).Count > 0);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await UntilAsync(() => Running(length).Count == 0);
    }

    [Fact]
    public async Task A_daemon_that_keeps_the_output_open_holds_nobody_up()
    {
        var length = $"600.{Random.Shared.Next(100_000, 999_999)}";
        var result = await Server.Host()
            .RunAsync(new HostScript("daemon", $"sleep {length} & echo $!; exit 3", TimeSpan.FromMinutes(5), ReadOnly: true), Cancellation);
        try
        {
            Assert.Equal(3, result.ExitCode);
            Assert.True(result.Duration < TimeSpan.FromMinutes(2), $"it took {result.Duration}");
        }
        finally
        {
            using var daemon = Process.GetProcessById(int.Parse(result.Output, CultureInfo.InvariantCulture));
            daemon.Kill();
        }
    }

    private static async Task<LabInstance> StartAsync(string scenario)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find(scenario)!, Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static async Task<SummitDiagnosis> DiagnoseAsync(IHost host, LabInstance lab)
    {
        var evidence = await new SiteGatherer(TimeProvider.System).GatherAsync(host, lab.Site, token: null, Cancellation);
        return Verdict.Over(await new Experiment(host, TimeProvider.System).RunAsync(evidence, token: null, Cancellation), TimeSpan.Zero);
    }

    private static async Task<DeploymentPlan> PlanAsync(IHost host, SummitSite site) =>
        DeploymentPlanner.Plan(
            await new SiteGatherer(TimeProvider.System).GatherAsync(host, site, token: null, Cancellation),
            DeploymentMode.Repair, null, force: false);

    private static async Task<SummitDeployment> DeployAsync(IHost host, SummitSite site) =>
        await new Deployer(host, TimeProvider.System).DeployAsync(await PlanAsync(host, site), null, Cancellation);

    // each lab has ports and a folder of its own: the lines that the deployment wrote are the same
    private static string Edit(string before, string after) => string.Join('\n', after.Split('\n').Except(before.Split('\n')));

    // the clients of this test's own server only
    private void EndClients()
    {
        foreach (var id in Running($"-p{Server.Port}"))
        {
            using var client = Process.GetProcessById(id);
            client.Kill();
        }
    }

    private static List<int> Running(string argument) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Where(name => Arguments(name!).Contains(argument, StringComparer.Ordinal))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture)),
    ];

    private static string[] Arguments(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static async Task UntilAsync(Func<bool> met)
    {
        for (var turn = 0; turn < 1200 && !met(); turn++) await Task.Delay(50, Cancellation);
        Assert.True(met());
    }
}
