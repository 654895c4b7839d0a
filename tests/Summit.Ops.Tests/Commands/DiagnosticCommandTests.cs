using Summit.Ops.Lab;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Commands;

/// <summary>Invoke-SummitDiagnostic, Deploy-SummitNginxConfig and Restart-SummitNginx in the real engine, on a real nginx.</summary>
[Trait("Category", "Lab")]
public sealed class DiagnosticCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("summit-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_main_job_diagnose_see_the_change_deploy_verify()
    {
        await using var lab = await StartAsync("nginx-config-missing");
        using var session = Session(lab);

        var baseline = Path.Combine(_folder.FullName, "before.json");
        var diagnosis = await One<SummitDiagnosis>(
            session, $"Invoke-SummitDiagnostic -Site $site | Export-SummitReport '{baseline}' -PassThru");
        Assert.Equal(SummitCause.NginxConfigNotDeployed, diagnosis.RootCause);
        Assert.Matches(@"nginx\.conf:\d+", diagnosis.Causes[0].Evidence);
        Assert.Equal("Deploy-SummitNginxConfig -Site $site", diagnosis.Causes[0].Fix);

        var whatIf = await session.RenderAsync("Deploy-SummitNginxConfig -Site $site -WhatIf", Cancellation);
        Assert.Contains("+    location /ws {", whatIf.HostText);
        Assert.False(File.Exists(lab.ConfigPath));
        Assert.False(Directory.Exists(Path.Combine(Path.GetDirectoryName(lab.ConfigPath)!, ".summit-ops")));

        // the fix that the diagnosis names, as it stands
        var done = await One<SummitDeployment>(session, diagnosis.Causes[0].Fix);
        Assert.True(done is { Changed: true, Verified: true }, done.Output);
        Assert.Equal(done.Diff, diagnosis.ProposedFix!.Diff);

        var after = await One<SummitDiagnosis>(session, $"Invoke-SummitDiagnostic -Site $site -Baseline '{baseline}'");
        Assert.True(after.Healthy, after.RootCause.ToString());
        Assert.Null(after.ProposedFix);
        Assert.True(after.Route!.Upgrades);
        Assert.Empty(after.Baseline!.New);
        Assert.Equal(
            diagnosis.Checks.Where(check => check.Status == SummitCheckStatus.Fail).Select(check => check.Id).Order(),
            after.Baseline.Fixed.Select(change => change.Check.Id).Order());
    }

    [Fact]
    public async Task Saved_evidence_gives_the_same_verdict_and_holds_no_secret()
    {
        await using var lab = await StartAsync("upgrade-headers-missing");
        using var session = Session(lab);
        var text = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        await File.WriteAllTextAsync(lab.ConfigPath, text.Replace(
            "location /api {",
            "location /api {\n proxy_set_header Authorization \"Basic c2VjcmV0LXZhbHVl\";",
            StringComparison.Ordinal), Cancellation);
        var path = Path.Combine(_folder.FullName, "evidence.json");

        var live = await One<SummitDiagnosis>(
            session,
            "$token = [securestring]::new(); 'tok-4711-secret'.ToCharArray() | ForEach-Object { $token.AppendChar($_) }; "
                + $"Invoke-SummitDiagnostic -Site $site -Token $token -SaveEvidence '{path}'");
        var later = await One<SummitDiagnosis>(session, $"Invoke-SummitDiagnostic -Evidence '{path}'");

        Assert.Equal(live.RootCause, later.RootCause);
        Assert.Equal(live.Checks.Select(check => check.ToString()), later.Checks.Select(check => check.ToString()));
        var saved = await File.ReadAllTextAsync(path, Cancellation);
        Assert.DoesNotContain("c2VjcmV0LXZhbHVl", saved);
        Assert.DoesNotContain("tok-4711-secret", saved);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("Invoke-SummitDiagnostic -Evidence /nowhere.json", "EvidenceNotFound")]
    [InlineData("Invoke-SummitDiagnostic -Site ([Summit.Ops.SummitSite]@{ Port = 70000 })", "PortOutOfRange")]
    [InlineData("Deploy-SummitNginxConfig -Site $site -Path /nowhere.conf", "NginxConfigNotFound")]
    public async Task Bad_input_is_one_clear_error(string script, string errorId)
    {
        using var session = EngineSession.Create();
        session.SetVariable("site", new SummitSite());

        var result = await session.InvokeAsync(script, Cancellation);

        Assert.Empty(result.Output);
        Assert.StartsWith(errorId + ",", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_shows_its_plan_and_does_it()
    {
        await using var lab = await StartAsync("not-reloaded");
        using var session = Session(lab);

        var whatIf = await session.RenderAsync("Restart-SummitNginx -Site $site -WhatIf", Cancellation);
        Assert.Contains("What if:", whatIf.HostText);
        Assert.Equal(SummitCause.NginxNotReloaded, (await One<SummitDiagnosis>(session, "Invoke-SummitDiagnostic -Site $site")).RootCause);

        var done = await One<SummitDeployment>(session, "Restart-SummitNginx -Site $site");
        Assert.True(done is { Reloaded: true, Verified: true }, done.Output);
    }

    [Fact]
    public async Task A_deployment_is_undone_by_its_backup_and_the_undoing_too()
    {
        await using var lab = await StartAsync("location-missing");
        using var session = Session(lab);
        var first = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        await One<SummitDeployment>(session, "Deploy-SummitNginxConfig -Site $site");
        var second = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);

        var backup = await One<SummitNginxBackup>(session, "Get-SummitNginxBackup -Site $site");
        Assert.Equal((lab.ConfigPath, first.Length, false), (backup.Original, (int)backup.Size, backup.IsCurrent));
        var whatIf = await session.RenderAsync("Restore-SummitNginxConfig -Site $site -WhatIf", Cancellation);
        Assert.Contains("-    location /ws {", whatIf.HostText);
        Assert.Equal(second, await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));

        // the old file served no WebSocket, and the new one does: restoring it is worse, and is put back
        var worse = await session.InvokeAsync("Restore-SummitNginxConfig -Site $site", Cancellation);
        Assert.True(Assert.Single(worse.Of<SummitDeployment>()) is { Action: "Restore", RolledBack: true });
        Assert.StartsWith("DeploymentRolledBack,", Assert.Single(worse.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);

        await File.WriteAllTextAsync(lab.ConfigPath, second + "# a change by hand\n", Cancellation);
        await One<SummitDeployment>(session, $"Deploy-SummitNginxConfig -Site $site -Path '{await CopyAsync(second + "# another\n")}'");
        var restored = await One<SummitDeployment>(session, "Restore-SummitNginxConfig -Site $site -Keep 1");
        Assert.True(restored is { Action: "Restore", Changed: true, Verified: true }, restored.Output);
        Assert.EndsWith("# a change by hand\n", await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
        await One<SummitNginxBackup>(session, "Get-SummitNginxBackup -Site $site");

        var none = await session.InvokeAsync("Restore-SummitNginxConfig -Site $site -BackupPath /nowhere", Cancellation);
        Assert.StartsWith("BackupNotFound,", Assert.Single(none.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_after_which_no_WebSocket_opens_is_warned_of()
    {
        await using var lab = await StartAsync("location-missing");
        await lab.Backend.StopAsync(Cancellation);
        using var session = Session(lab);

        var result = await session.InvokeAsync("Deploy-SummitNginxConfig -Site $site", Cancellation);

        Assert.Empty(result.Errors);
        Assert.True(Assert.Single(result.Of<SummitDeployment>()) is { Changed: true, Verified: false, RolledBack: false });
        Assert.Contains(
            "no WebSocket opens after it (BackendNotListening)",
            Assert.Single(result.Warnings.Concat(result.HostWarnings).Distinct(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_reload_without_nginx_says_so()
    {
        using var session = EngineSession.Create();
        session.SetVariable("site", new SummitSite { NginxCommand = "/nowhere/nginx" });

        var error = Assert.Single((await session.InvokeAsync("Restart-SummitNginx -Site $site", Cancellation)).Errors);

        Assert.Contains("The nginx command was not found on the host", error.Exception.Message);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> CopyAsync(string text)
    {
        var path = Path.Combine(_folder.FullName, "site.conf");
        await File.WriteAllTextAsync(path, text, Cancellation);
        return path;
    }

    private static async Task<LabInstance> StartAsync(string scenario)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find(scenario)!, Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static EngineSession Session(LabInstance lab)
    {
        var session = EngineSession.Create();
        session.SetVariable("site", lab.Site);
        return session;
    }

    private static async Task<T> One<T>(EngineSession session, string script)
    {
        var result = await session.InvokeAsync(script, Cancellation);
        Assert.True(result.Errors.Count == 0, string.Join('\n', result.Errors.Select(error => error.ToString())));
        return Assert.IsType<T>(Assert.Single(result.Output).BaseObject);
    }
}
