using Summit.Ops.Lab;
using Summit.Ops.Lab.Engine;

namespace Summit.Ops.Tests.Commands;

/// <summary>Invoke-SummitDiagnostic, Deploy-SummitNginxConfig and Restart-SummitNginx in the real engine, on a real nginx.</summary>
public sealed class DiagnosticCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("summit-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_main_job_diagnose_see_the_change_deploy_verify()
    {
        await using var lab = await StartAsync("nginx-config-missing");
        using var session = Session(lab);

        var diagnosis = await One<SummitDiagnosis>(session, "Invoke-SummitDiagnostic -Site $site");
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

        var after = await One<SummitDiagnosis>(session, "Invoke-SummitDiagnostic -Site $site");
        Assert.True(after.Healthy, after.RootCause.ToString());
    }

    [Fact]
    public async Task Saved_evidence_gives_the_same_verdict_and_holds_no_secret()
    {
        await using var lab = await StartAsync("upgrade-headers-missing");
        using var session = Session(lab);
        var text = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        await File.WriteAllTextAsync(lab.ConfigPath, text.Replace("location /api {", "location /api {\n proxy_set_header Authorization \"Basic c2VjcmV0LXZhbHVl\";", StringComparison.Ordinal), Cancellation);
        var path = Path.Combine(_folder.FullName, "evidence.json");

        var live = await One<SummitDiagnosis>(session, $"$token = [securestring]::new(); 'tok-4711-secret'.ToCharArray() | ForEach-Object {{ $token.AppendChar($_) }}; Invoke-SummitDiagnostic -Site $site -Token $token -SaveEvidence '{path}'");
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

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<LabInstance> StartAsync(string scenario)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(new LabOptions { Scenario = ScenarioCatalogue.Find(scenario)!, Backend = LabBackendKind.InProcess }, Cancellation);
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
