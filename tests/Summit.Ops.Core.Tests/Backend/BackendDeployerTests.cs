using Summit.Ops.Backend;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Probing;

namespace Summit.Ops.Core.Tests.Backend;

/// <summary>A backend deployed under a real pm2: well, badly, and so badly that not even the roll-back helps.</summary>
[Trait("Category", "Lab")]
public sealed class BackendDeployerTests
{
    private const string Break = "cp server.js good.js; echo 'process.exit(1)' >server.js";
    private const string Mend = "cp good.js server.js; echo mended >>undone";
    private static readonly LocalHost Host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_site_s_command_runs_where_the_backend_runs_and_the_backend_is_started_anew_and_serves()
    {
        await using var lab = await StartAsync();
        var before = lab.Backend.ProcessId;

        var done = await DeployAsync(lab, lab.Site with
        {
            DeployCommand = "pwd >where; echo \"$PM2_HOME\" >>where; echo 'fetched https://bot:pa55word@example.com/x?token=tok-4711'; cat",
        });

        Assert.True(
            done is { Action: "Deploy", Changed: true, Reloaded: true, Verified: true, RolledBack: false, Stands: true }, done.Output);
        Assert.Equal(101, done.WebSocket!.HttpStatus);
        Assert.Equal(
            [lab.Backend.Folder, lab.Backend.Pm2Home],
            await File.ReadAllLinesAsync(Path.Combine(lab.Backend.Folder, "where"), Cancellation));
        Assert.NotEqual(before, lab.Backend.ProcessId);
        Assert.Contains("fetched https://***@example.com/x?token=***", done.Output);
        Assert.False(Directory.Exists(Path.Combine(lab.Backend.Pm2Home, ".summit-ops")));
    }

    [Fact]
    public async Task Without_a_command_it_is_the_reload_alone()
    {
        await using var lab = await StartAsync();
        var before = lab.Backend.ProcessId;
        var done = await DeployAsync(lab, lab.Site);
        Assert.True(done is { Reloaded: true, Verified: true }, done.Output);
        Assert.NotEqual(before, lab.Backend.ProcessId);
    }

    [Theory]
    [InlineData("exit 7", "The deploy command ended with exit code 7.")]
    [InlineData("sleep 60", "The deploy command did not end within 2 s and was ended.")]
    public async Task A_command_that_fails_is_undone_and_the_backend_is_not_even_touched(string command, string reason)
    {
        await using var lab = await StartAsync();
        var before = lab.Backend.ProcessId;

        var done = await DeployAsync(lab, lab.Site with { DeployCommand = command, RollbackCommand = "touch undone" }, seconds: 2);

        Assert.True(done is { Reloaded: false, Verified: false, RolledBack: true, Changed: false, Stands: false }, done.Output);
        Assert.Contains(reason, done.Output);
        Assert.Contains("It was rolled back, and the backend serves again.", done.Output);
        Assert.True(File.Exists(Path.Combine(lab.Backend.Folder, "undone")));
        Assert.Equal(before, lab.Backend.ProcessId);
    }

    [Fact]
    public async Task A_backend_that_answers_late_while_it_is_undone_is_not_restarted()
    {
        await using var lab = await StartAsync();
        var before = lab.Backend.ProcessId;
        var frozen = $"kill -STOP {before}; (sleep 5; kill -CONT {before}) >/dev/null 2>&1 &";

        var done = await DeployAsync(lab, lab.Site with { DeployCommand = "exit 7", RollbackCommand = frozen });

        Assert.True(done is { RolledBack: true, Changed: false }, done.Output);
        Assert.Equal(before, lab.Backend.ProcessId);
    }

    [Fact]
    public async Task A_version_that_does_not_serve_is_rolled_back_and_serves_again()
    {
        await using var lab = await StartAsync();

        var done = await DeployAsync(lab, lab.Site with { DeployCommand = Break, RollbackCommand = Mend });

        Assert.True(done is { RolledBack: true, Changed: false, Verified: false, WebSocket.Success: true }, done.Output);
        Assert.Contains("was reloaded, and ", done.Output);
        Assert.Equal(["mended"], await File.ReadAllLinesAsync(Path.Combine(lab.Backend.Folder, "undone"), Cancellation));
    }

    [Theory]
    [InlineData("exit 3", "It could not be rolled back: the roll-back command ended with exit code 3.")]
    [InlineData("true", "It could not be rolled back: ")]
    [InlineData("", "The site has no RollbackCommand, so nothing was undone.")]
    public async Task Where_the_roll_back_does_not_help_the_report_says_what_stands(string rollback, string said)
    {
        await using var lab = await StartAsync();

        var done = await DeployAsync(lab, lab.Site with { DeployCommand = Break, RollbackCommand = rollback });

        Assert.True(
            done is { RolledBack: false, Changed: true, Reloaded: false, Verified: false, Stands: false, WebSocket.Success: false },
            done.Output);
        Assert.Contains(said, done.Output);
        Assert.False(Directory.Exists(Path.Combine(lab.Backend.Pm2Home, ".summit-ops")));

        // and the next one heals it
        var next = await DeployAsync(lab, lab.Site with { DeployCommand = Mend, RollbackCommand = rollback });
        Assert.True(next is { Reloaded: true, Verified: true }, next.Output);
    }

    [Fact]
    public async Task A_deployment_that_is_stopped_is_undone()
    {
        await using var lab = await StartAsync();
        var evidence = await GatherAsync(
            lab.Site with { DeployCommand = "touch begun; sleep 60; touch ended", RollbackCommand = "touch undone" });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var deploying = Deployer().DeployAsync(evidence, TimeSpan.FromMinutes(2), token: null, stop.Token);
        while (!File.Exists(Path.Combine(lab.Backend.Folder, "begun"))) await Task.Delay(20, Cancellation);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => deploying);
        Assert.True(File.Exists(Path.Combine(lab.Backend.Folder, "undone")));
        Assert.False(File.Exists(Path.Combine(lab.Backend.Folder, "ended")));
        Assert.False(Directory.Exists(Path.Combine(lab.Backend.Pm2Home, ".summit-ops")));
        Assert.True((await ProbeAsync(lab)).Success);
    }

    [Fact]
    public async Task Two_at_once_come_one_after_the_other()
    {
        await using var lab = await StartAsync();
        var site = lab.Site with { DeployCommand = "echo begin >>log; sleep 1; echo end >>log" };

        var done = await Task.WhenAll(DeployAsync(lab, site), DeployAsync(lab, site));

        Assert.All(done, one => Assert.True(one.Verified, one.Output));
        Assert.Equal(["begin", "end", "begin", "end"], await File.ReadAllLinesAsync(Path.Combine(lab.Backend.Folder, "log"), Cancellation));
    }

    [Fact]
    public async Task In_cluster_mode_the_port_is_never_closed_while_it_is_reloaded()
    {
        await using var lab = await StartAsync();
        var (folder, port) = (lab.Backend.Folder, lab.BackendPort);
        var modules = (await File.ReadAllTextAsync($"/proc/{lab.Backend.ProcessId}/environ", Cancellation)).Split('\0')
            .First(entry => entry.StartsWith("NODE_PATH=", StringComparison.Ordinal));
        var toCluster =
            $"pm2 delete summit && PORT={port} STATE={ShellScript.Quote(folder)} {modules} pm2 start server.js --name summit -i 2";
        Assert.True((await DeployAsync(lab, lab.Site with { DeployCommand = toCluster })).Verified);
        Assert.Equal("cluster", (await GatherAsync(lab.Site)).Answered().Backends(lab.Site)[0].Mode);

        var deploying = DeployAsync(lab, lab.Site);
        var answers = new List<SummitWebSocketResult>();
        do answers.Add(await ProbeAsync(lab));
        while (!deploying.IsCompleted);

        Assert.True((await deploying).Verified);
        // a connection that a process has taken ends with it; the port itself is never closed
        Assert.DoesNotContain(answers, answer => answer.FailedStage == SummitProbeStage.Tcp);
    }

    [Fact]
    public async Task Hostile_names_and_folders_arrive_as_they_are()
    {
        await using var lab = await StartAsync();
        var folder = Path.Combine(lab.Backend.Folder, "it's \"$(touch pwned)\" `touch pwned`; touch pwned #");
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(lab.Backend.Folder, "server.js"), Path.Combine(folder, "server.js"));
        var modules = (await File.ReadAllTextAsync($"/proc/{lab.Backend.ProcessId}/environ", Cancellation)).Split('\0')
            .First(entry => entry.StartsWith("NODE_PATH=", StringComparison.Ordinal));
        const string Name = "sum mit & (1) é*";
        var start = await Host.RunAsync(
            new HostScript("start", $"cd {ShellScript.Quote(folder)}\nexport PM2_HOME={ShellScript.Quote(lab.Backend.Pm2Home)}\n"
                + $"pm2 delete summit && PORT={lab.BackendPort} STATE={ShellScript.Quote(lab.Backend.Folder)} "
                + $"{modules} pm2 start ./server.js --name {ShellScript.Quote(Name)}", TimeSpan.FromMinutes(1), ReadOnly: false),
            Cancellation);
        Assert.True(start.ExitCode == 0, start.Output + start.Error);
        const string Text = "a'b\"c$(touch pwned)`d`;e\\f\n-g é 😀";

        var done = await DeployAsync(
            lab, lab.Site with { ProcessName = Name, DeployCommand = $"printf %s {ShellScript.Quote(Text)} >said; pwd >where" });

        Assert.True(done.Verified, done.Output);
        Assert.Equal(Text, await File.ReadAllTextAsync(Path.Combine(folder, "said"), Cancellation));
        Assert.Equal(folder, (await File.ReadAllTextAsync(Path.Combine(folder, "where"), Cancellation)).TrimEnd('\n'));
        Assert.Empty(Directory.EnumerateFiles(lab.Backend.Folder, "pwned", SearchOption.AllDirectories));
    }

    private static async Task<LabInstance> StartAsync()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } nginx) Assert.Skip(nginx);
        if (await LabRequirement.Pm2MissingAsync(Cancellation) is { } pm2) Assert.Skip(pm2);
        return await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Healthy, Backend = LabBackendKind.Pm2 }, Cancellation);
    }

    private static BackendDeployer Deployer() => new(Host, TimeProvider.System) { StartTime = TimeSpan.FromSeconds(12) };

    private static Task<SiteEvidence> GatherAsync(SummitSite site) =>
        new SiteGatherer(TimeProvider.System).GatherAsync(Host, site, token: null, Cancellation);

    private static async Task<SummitDeployment> DeployAsync(LabInstance lab, SummitSite site, int seconds = 60)
    {
        Assert.NotEqual("", lab.Backend.Pm2Home);
        return await Deployer().DeployAsync(await GatherAsync(site), TimeSpan.FromSeconds(seconds), token: null, Cancellation);
    }

    private static Task<SummitWebSocketResult> ProbeAsync(LabInstance lab) =>
        new WebSocketProbe(TimeProvider.System).RunAsync(SiteProbes.Backend(lab.Site, token: null), Cancellation);
}
