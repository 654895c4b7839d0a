using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;

namespace Summit.Ops.Core.Tests.Diagnosis;

/// <summary>Two faults at once: both are named, and neither passes for a symptom of the other.</summary>
[Trait("Category", "Lab")]
public sealed class PairsOfFaultsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nginx-config-missing", "backend-error", SummitCause.NginxConfigNotDeployed, SummitCause.BackendError)]
    [InlineData("nginx-config-missing", "token-refused", SummitCause.NginxConfigNotDeployed, SummitCause.AuthenticationFailed)]
    [InlineData("upgrade-headers-missing", "backend-error", SummitCause.NginxUpgradeHeadersMissing, SummitCause.BackendError)]
    [InlineData("upstream-mismatch", "backend-gone", SummitCause.NginxUpstreamMismatch, SummitCause.BackendNotRunning)]
    [InlineData("location-missing", "backend-gone", SummitCause.NginxLocationMissing, SummitCause.BackendNotRunning)]
    [InlineData("location-redirect", "backend-no-websocket", SummitCause.NginxRedirect, SummitCause.BackendRejectsUpgrade)]
    [InlineData("location-shadowed", "backend-silent", SummitCause.NginxLocationShadowed, SummitCause.BackendTimeout)]
    [InlineData("nginx-down", "backend-gone", SummitCause.NginxNotRunning, SummitCause.BackendNotRunning)]
    [InlineData("nginx-down", "location-missing", SummitCause.NginxNotRunning, SummitCause.NginxLocationMissing)]
    [InlineData("certificate-expired", "location-missing", SummitCause.CertificateExpired, SummitCause.NginxLocationMissing)]
    [InlineData(
        "certificate-wrong-name", "upgrade-headers-missing", SummitCause.CertificateNameMismatch, SummitCause.NginxUpgradeHeadersMissing)]
    [InlineData("certificate-self-signed", "token-refused", SummitCause.CertificateUntrusted, SummitCause.AuthenticationFailed)]
    [InlineData("name-not-found", "http-version-missing", SummitCause.DnsNameNotFound, SummitCause.NginxHttpVersion)]
    [InlineData("rejects-everybody", "backend-fails", SummitCause.NginxRejectsHandshake, SummitCause.BackendError)]
    public async Task Both_are_named_the_outer_one_first(string first, string second, SummitCause root, SummitCause other)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        // the name is the lab's from its start; a site's file is written before what stops nginx or breaks its certificate
        var pair = new[] { ScenarioCatalogue.Find(second)!, ScenarioCatalogue.Find(first)! };
        var evidence = await GatheredScenarios.GatherAsync(pair[1].ServerName is null ? pair : [.. pair.Reverse()]);

        var verdict = Verdict.Over(evidence, TimeSpan.Zero);

        Assert.True(verdict.Causes.Select(cause => cause.Cause).SequenceEqual([root, other]), $"{string.Join(", ", verdict.Causes)}\n"
            + string.Join('\n', verdict.Checks.Where(check => check.Status == SummitCheckStatus.Fail)
                .Select(check => $"{check} {check.Severity} {check.Cause}: {check.Evidence}")));
    }

    [Fact]
    public async Task A_reload_that_failed_and_was_mended_is_no_cause()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        var before = DateTime.SpecifyKind(TimeProvider.System.GetLocalNow().DateTime.AddMinutes(-1), DateTimeKind.Unspecified);
        await File.AppendAllTextAsync(
            lab.ErrorLogPath, $"{before:yyyy/MM/dd HH:mm:ss} [emerg] 1#1: still could not bind()\nstack traceback:\n", Cancellation);
        await lab.Nginx.ReloadAsync(Cancellation);

        Assert.Equal(SummitCause.None, (await DiagnoseAsync(lab)).RootCause);
    }

    [Fact]
    public async Task A_complaint_behind_many_other_lines_is_found()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);
        var now = TimeProvider.System.GetLocalNow().DateTime;
        var lines = string.Concat(
            Enumerable.Repeat($"{now:yyyy/MM/dd HH:mm:ss} [error] 1#1: *1 open() \"/x\" failed (2: No such file or directory)\n", 300));
        await File.AppendAllTextAsync(
            lab.ErrorLogPath,
            $"{now:yyyy/MM/dd HH:mm:ss} [alert] {lab.Nginx.Workers[0]}#1: 768 worker_connections are not enough\n{lines}stack traceback:\n",
            Cancellation);

        Assert.Equal(SummitCause.NginxConnectionLimit, (await DiagnoseAsync(lab)).RootCause);
    }

    [Fact]
    public async Task A_command_that_is_no_nginx_says_nothing_of_the_syntax()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(new LabOptions { Backend = LabBackendKind.InProcess }, Cancellation);

        var verdict = Verdict.Over(
            await new SiteGatherer(TimeProvider.System).GatherAsync(
                new LocalHost(),
                lab.Site with { NginxCommand = "sh -c 'echo Error response from daemon >&2; exit 1'" },
                null, Cancellation), TimeSpan.Zero);

        Assert.Equal(SummitCheckStatus.Unknown, verdict.Checks.Single(check => check.Id == "Nginx.Syntax").Status);
        Assert.NotEqual(SummitCause.NginxSyntaxInvalid, verdict.RootCause);
    }

    private static async Task<SummitDiagnosis> DiagnoseAsync(LabInstance lab) =>
        Verdict.Over(await new SiteGatherer(TimeProvider.System).GatherAsync(new LocalHost(), lab.Site, null, Cancellation), TimeSpan.Zero);
}
