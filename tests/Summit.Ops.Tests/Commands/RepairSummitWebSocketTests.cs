using System.Text.Json;
using Summit.Ops.Lab;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Commands;

/// <summary>Repair-SummitWebSocket in the engine.</summary>
[Trait("Category", "Lab")]
public sealed class RepairSummitWebSocketTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatIf_shows_the_whole_plan_with_its_diff_and_the_repair_does_it()
    {
        await using var lab = await StartAsync("nginx-config-missing");
        using var session = Session(lab);

        var whatIf = await session.RenderAsync("$plan = Repair-SummitWebSocket -Site $site -WhatIf", Cancellation);
        Assert.Empty(whatIf.Errors);
        Assert.Contains("What if: Step 1 of 1 on ", whatIf.HostText);
        Assert.Contains("for NginxConfigNotDeployed:", whatIf.HostText);
        Assert.Contains("\n+    location /ws {", whatIf.HostText);
        // words are not broken: a path may be longer than a line, and nothing stands beside it then
        Assert.All(
            whatIf.HostText.Split('\n').Where(line => line.Length > 80 && !line.StartsWith("+++", StringComparison.Ordinal)),
            line => Assert.InRange(line.Trim().Split(' ').Length, 1, 2));
        Assert.False(File.Exists(lab.ConfigPath));

        var result = await session.InvokeAsync("Repair-SummitWebSocket -Site $site -Confirm:$false", Cancellation);
        Assert.Empty(result.Errors);
        var repair = Assert.Single(result.Of<SummitRepair>());
        Assert.True(repair is { Outcome: SummitRepairOutcome.Repaired, After.Healthy: true }, repair.Reason);
        var shown = Assert.Single(result.Information, record => record.Tags.Contains("SummitPlan"));
        Assert.Contains("Step 1 of 1 on ", shown.MessageData.ToString());
        var json = JsonSerializer.SerializeToElement(repair);
        Assert.True(json.GetProperty("Repaired").GetBoolean());
        Assert.Equal(1, json.GetProperty("Plan").GetArrayLength());

        var again = Assert.Single((await session.InvokeAsync("Repair-SummitWebSocket -Site $site", Cancellation)).Of<SummitRepair>());
        Assert.Equal(SummitRepairOutcome.Healthy, again.Outcome);
    }

    [Fact]
    public async Task What_cannot_be_repaired_is_a_result_and_one_error_with_the_command()
    {
        await using var lab = await StartAsync("certificate-expired");
        using var session = Session(lab);

        var result = await session.InvokeAsync("Repair-SummitWebSocket -Site $site", Cancellation);

        var repair = Assert.Single(result.Of<SummitRepair>());
        Assert.Equal(SummitRepairOutcome.NotRepairable, repair.Outcome);
        Assert.Empty(result.Warnings);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("RepairNotPossible,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("CertificateExpired cannot be repaired from here", error.ToString());
        Assert.Equal(repair.NextCommand, error.ErrorDetails.RecommendedAction);

        var stopped = await session.InvokeAsync("Repair-SummitWebSocket -Site $site -ErrorAction Stop; 'went on'", Cancellation);
        Assert.NotNull(stopped.Terminating);
        Assert.DoesNotContain("went on", stopped.Of<string>());
    }

    [Fact]
    public async Task A_step_that_fails_is_an_error_beside_the_result()
    {
        await using var lab = await StartAsync("nginx-config-missing");
        using var session = Session(lab);

        var result = await session.InvokeAsync(
            "Repair-SummitWebSocket -Site ($site | New-SummitSite -CertificatePath /nowhere/fullchain.pem)", Cancellation);

        Assert.Equal(SummitRepairOutcome.Failed, Assert.Single(result.Of<SummitRepair>()).Outcome);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith("RepairFailed,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.False(File.Exists(lab.ConfigPath));
    }

    private static async Task<LabInstance> StartAsync(string scenario)
    {
        if (await LabRequirement.NginxMissingAsync(Cancellation) is { } nginx) Assert.Skip(nginx);
        return await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find(scenario)!, Backend = LabBackendKind.InProcess }, Cancellation);
    }

    private static EngineSession Session(LabInstance lab)
    {
        var session = EngineSession.Create();
        session.SetVariable("site", lab.Site);
        return session;
    }
}
