using Summit.Ops.Diagnosis.Proving;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Repair;

namespace Summit.Ops.Core.Tests.Repair;

/// <summary>Repairs that do not go straight: a fault behind a fault, a step that fails, somebody who says no.</summary>
[Trait("Category", "Lab")]
public sealed class RepairerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_to_light_behind_the_first_fault_is_repaired_as_well()
    {
        await using var lab = await StartAsync("syntax-invalid");
        // the file is broken and not even enabled: while nginx refuses it, nobody can tell
        lab.DisableSite();
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(lab.EnabledPath)!, "other"), "include " + lab.ConfigPath + ";\n");

        var repair = await RepairAsync(lab.Site);

        Assert.True(repair is { Outcome: SummitRepairOutcome.Repaired, After.Healthy: true }, repair.Reason);
    }

    [Fact]
    public async Task What_is_left_when_all_is_done_is_named_with_its_command()
    {
        await using var lab = await StartAsync("token-refused");
        await ScenarioCatalogue.Find("nginx-config-missing")!.InjectAsync(lab, Cancellation);

        var repair = await RepairAsync(lab.Site);

        Assert.Equal(
            [SummitCause.NginxConfigNotDeployed, SummitCause.AuthenticationFailed], repair.Before.Causes.Select(cause => cause.Cause));
        Assert.Equal((SummitRepairOutcome.NotRepairable, false), (repair.Outcome, repair.Healthy));
        Assert.Equal(SummitRepairStepStatus.Done, Assert.Single(repair.Plan).Status);
        Assert.Equal([SummitCause.AuthenticationFailed], repair.After!.Causes.Select(cause => cause.Cause));
        Assert.Contains("AuthenticationFailed cannot be repaired from here", repair.Reason);
        Assert.Contains("-Token", repair.NextCommand);
    }

    [Fact]
    public async Task A_step_that_fails_is_the_last_and_nothing_of_it_stays()
    {
        await using var lab = await StartAsync("nginx-config-missing");
        var site = lab.Site with { CertificatePath = lab.CertificatePath + ".missing" };

        var repair = await RepairAsync(site);

        Assert.Equal((SummitRepairOutcome.Failed, 0), (repair.Outcome, repair.Deployments.Count(done => !done.RolledBack)));
        Assert.Contains("cannot load certificate", repair.Reason);
        Assert.False(File.Exists(lab.ConfigPath));
        Assert.False(File.Exists(lab.EnabledPath));
        Assert.NotNull(repair.After);
        Assert.NotEmpty(repair.NextCommand);
    }

    [Fact]
    public async Task A_step_that_is_declined_is_not_done()
    {
        await using var lab = await StartAsync("nginx-config-missing");

        var repair = await RepairAsync(lab.Site, RepairConsent.No);

        Assert.Equal((SummitRepairOutcome.Declined, null), (repair.Outcome, repair.After));
        Assert.Equal(SummitRepairStepStatus.Declined, Assert.Single(repair.Plan).Status);
        Assert.False(File.Exists(lab.ConfigPath));
    }

    [Fact]
    public async Task A_step_that_is_declined_is_not_asked_about_again_after_the_others()
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        if (await LabRequirement.Pm2MissingAsync(Cancellation) is { } pm2) Assert.Skip(pm2);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find("nginx-config-missing")!, Backend = LabBackendKind.Pm2 }, Cancellation);
        await ScenarioCatalogue.Find("backend-down")!.InjectAsync(lab, Cancellation);
        var dialogue = new Answering(step => step.Action == SummitRepairAction.DeployConfig ? RepairConsent.No : RepairConsent.Yes);

        var repair = await RepairAsync(lab.Site, dialogue);

        Assert.Equal([SummitRepairAction.DeployConfig, SummitRepairAction.RestartBackend], dialogue.Asked);
        Assert.Equal([SummitRepairStepStatus.Declined, SummitRepairStepStatus.Done], repair.Plan.Select(step => step.Status));
        Assert.Equal(SummitRepairOutcome.Declined, repair.Outcome);
        Assert.False(File.Exists(lab.ConfigPath));
    }

    [Fact]
    public async Task Another_site_in_a_file_with_a_missing_brace_is_never_taken_away()
    {
        await using var lab = await StartAsync("healthy");
        var text = (await File.ReadAllTextAsync(lab.ConfigPath, Cancellation)).TrimEnd();
        Assert.EndsWith("}", text);
        var broken =
            $"{text[..^1]}\nserver {{\n    listen 127.0.0.1:{lab.HttpPort};\n    server_name other.example.com;\n    root /srv;\n}}\n";
        await File.WriteAllTextAsync(lab.ConfigPath, broken, Cancellation);

        var repair = await RepairAsync(lab.Site);

        Assert.True(repair is { Outcome: SummitRepairOutcome.NotRepairable, Deployments.Count: 0 }, repair.Reason);
        Assert.Contains("nginx -t says: ", repair.Reason);
        Assert.Contains("\"server\" directive is not allowed here", repair.Reason);
        Assert.Contains("server 'other.example.com'", repair.Reason);
        Assert.Matches("^Deploy-SummitNginxConfig .*-Replace -Force -WhatIf   # ", repair.NextCommand);
        Assert.Equal(broken, await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
    }

    [Fact]
    public async Task A_fault_that_stands_in_another_file_is_named_and_the_site_s_own_file_stays()
    {
        await using var lab = await StartAsync("healthy");
        var before = await File.ReadAllTextAsync(lab.ConfigPath, Cancellation);
        // a server of the same name that nginx reads first takes the site's requests
        await File.WriteAllTextAsync(
            Path.Combine(Path.GetDirectoryName(lab.EnabledPath)!, "0-other"),
            $"server {{\n    listen 127.0.0.1:{lab.Port} ssl;\n    server_name {lab.ServerName};\n"
                + $"    ssl_certificate {lab.CertificatePath};\n    ssl_certificate_key {lab.CertificateKeyPath};\n"
                + $"    location /ws {{ proxy_pass http://127.0.0.1:{lab.BackendPort}; }}\n}}\n",
            Cancellation);
        await lab.Nginx.ReloadAsync(Cancellation);

        var repair = await RepairAsync(lab.Site);

        Assert.Equal((SummitRepairOutcome.NotRepairable, 0), (repair.Outcome, repair.Deployments.Count));
        Assert.NotEmpty(repair.NextCommand);
        Assert.Equal(before, await File.ReadAllTextAsync(lab.ConfigPath, Cancellation));
    }

    private static async Task<LabInstance> StartAsync(string scenario)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } reason) Assert.Skip(reason);
        return await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find(scenario)!, Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static Task<SummitRepair> RepairAsync(SummitSite site, RepairConsent consent = RepairConsent.Yes) =>
        RepairAsync(site, new Answering(_ => consent));

    private static Task<SummitRepair> RepairAsync(SummitSite site, Answering dialogue)
    {
        var host = new LocalHost();
        return new Repairer(host, TimeProvider.System, async stop => await new Experiment(host, TimeProvider.System).RunAsync(
            await new SiteGatherer(TimeProvider.System).GatherAsync(host, site, token: null, stop),
            token: null,
            stop), dialogue).RepairAsync(token: null, Cancellation);
    }

    private sealed class Answering(Func<SummitRepairStep, RepairConsent> consent) : IRepairDialogue
    {
        public List<SummitRepairAction> Asked { get; } = [];

        public Task<RepairConsent> AskAsync(SummitRepairStep step, int number, int count, CancellationToken cancellation)
        {
            Asked.Add(step.Action);
            return Task.FromResult(consent(step));
        }

        public IDisposable Begin(SummitRepairStep step) => new MemoryStream();
    }
}
