using Summit.Ops.Lab;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Commands;

/// <summary>Get-, Test- and Restart-SummitBackend on a real pm2.</summary>
[Trait("Category", "Lab")]
public sealed class BackendCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("backend-down", SummitCause.BackendNotRunning, "stopped", false)]
    [InlineData("backend-not-listening", SummitCause.BackendNotListening, "online", false)]
    [InlineData("healthy", SummitCause.None, "online", true)]
    public async Task What_is_wrong_is_told_apart_and_a_restart_mends_it(string scenario, SummitCause cause, string status, bool listening)
    {
        await using var lab = await StartAsync(scenario);
        using var session = Session(lab);

        var backend = Assert.Single(await Of<SummitBackend>(session, "Get-SummitBackend -Site $site"));
        Assert.Equal((SummitBackendManager.Pm2, status, listening), (backend.Manager, backend.Status, backend.Listening));
        var checks = await Of<SummitCheck>(session, "Test-SummitBackend -Site $site");
        Assert.Equal(["Backend.Running", "Backend.Upgrade", "Backend.WebSocketLog"], checks.Select(check => check.Id));
        Assert.Equal(cause, checks[0].Cause);

        var whatIf = await session.RenderAsync("Restart-SummitBackend -Site $site -WhatIf", Cancellation);
        Assert.Contains("Restart in pm2", whatIf.HostText);
        Assert.Equal(status, Assert.Single(await Of<SummitBackend>(session, "Get-SummitBackend -Site $site")).Status);

        var done = Assert.Single(await Of<SummitDeployment>(session, "Restart-SummitBackend -Site $site"));
        Assert.True(done is { Action: "Restart", Changed: true, Verified: true }, done.Output);
        Assert.Equal(SummitCause.None, Assert.Single(await Of<SummitDiagnosis>(session, "Invoke-SummitDiagnostic -Site $site")).RootCause);
    }

    [Fact]
    public async Task A_process_that_no_manager_knows_is_an_error_and_nothing_is_restarted()
    {
        await using var lab = await StartAsync("healthy");
        using var session = Session(lab);

        var result = await session.InvokeAsync(
            "Restart-SummitBackend -Site ($site | New-SummitSite -ProcessName nobody-knows-it)", Cancellation);

        Assert.Empty(result.Output);
        Assert.StartsWith("BackendNotManaged,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Since 00:10:00", true)]
    [InlineData("-Since ([datetime]::Now.AddMinutes(-10))", true)]
    [InlineData("-Since ([timespan]::FromMinutes(10)) -WebSocketOnly", false)]
    [InlineData("-Since '2100-01-01' -Tail 1000", false)]
    public async Task A_log_is_shown_since_a_moment_or_since_so_long_ago(string parameters, bool shown)
    {
        await using var lab = await StartAsync("healthy");
        using var session = Session(lab);

        var lines = await Of<SummitLogLine>(session, $"Get-SummitBackendLog -Site $site {parameters}");

        Assert.Equal(shown, lines.Any(line => line.Text.Contains("listening on 127.0.0.1:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_deployment_shows_its_steps_first_and_one_that_is_rolled_back_is_an_error()
    {
        await using var lab = await StartAsync("healthy");
        using var session = Session(lab);
        session.SetVariable("failing", lab.Site with { DeployCommand = "touch begun; exit 9", RollbackCommand = "touch undone" });

        var whatIf = await session.RenderAsync("Deploy-SummitBackend -Site $failing -WhatIf", Cancellation);
        Assert.Contains("1. run 'touch begun; exit 9' in " + lab.Backend.Folder, whatIf.HostText);
        Assert.False(File.Exists(Path.Combine(lab.Backend.Folder, "begun")));

        var failed = await session.InvokeAsync("Deploy-SummitBackend -Site $failing", Cancellation);
        Assert.True(Assert.Single(failed.Of<SummitDeployment>()) is { RolledBack: true, Stands: false });
        Assert.StartsWith("DeploymentRolledBack,", Assert.Single(failed.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

        Assert.True(
            Assert.Single(await Of<SummitDeployment>(session, "Deploy-SummitBackend -Site $site")) is { Verified: true, Stands: true });
    }

    private static async Task<LabInstance> StartAsync(string scenario)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } nginx) Assert.Skip(nginx);
        if (await LabRequirement.Pm2MissingAsync(Cancellation) is { } pm2) Assert.Skip(pm2);
        return await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find(scenario)!, Backend = LabBackendKind.Pm2 }, Cancellation);
    }

    private static EngineSession Session(LabInstance lab)
    {
        var session = EngineSession.Create();
        session.SetVariable("site", lab.Site);
        return session;
    }

    private static async Task<IReadOnlyList<T>> Of<T>(EngineSession session, string script)
    {
        var result = await session.InvokeAsync(script, Cancellation);
        Assert.True(result.Errors.Count == 0, string.Join('\n', result.Errors.Select(error => error.ToString())));
        return result.Of<T>();
    }
}
