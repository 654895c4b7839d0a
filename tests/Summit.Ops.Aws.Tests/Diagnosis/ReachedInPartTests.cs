using Summit.Ops.Evidence;
using Summit.Ops.Lab;

namespace Summit.Ops.Aws.Tests.Diagnosis;

/// <summary>What a diagnosis over Systems Manager keeps from the host, and what it says where the host cannot be asked.</summary>
[Trait("Category", "Lab")]
public sealed class ReachedInPartTests
{
    [Fact]
    public async Task A_token_never_travels_to_the_host()
    {
        if (await LabRequirement.NginxMissingAsync(Account.Stop) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Healthy, Backend = LabBackendKind.InProcess }, Account.Stop);
        await new SiteGatherer(TimeProvider.System).GatherAsync(LabHost.Of(lab), lab.Site, "tok-4711-secret", Account.Stop);
        Assert.All(lab.Aws.Calls, call => Assert.DoesNotContain("tok-4711", call.Request.Json.ToJsonString()));
    }

    [Fact]
    public async Task An_instance_that_cannot_be_asked_is_diagnosed_as_far_as_a_client_sees_it()
    {
        if (await LabRequirement.NginxMissingAsync(Account.Stop) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Healthy, Backend = LabBackendKind.InProcess }, Account.Stop);
        lab.Aws.Knobs.Denied["ssm:SendCommand"] = true;
        var verdict = await Judged.VerdictAsync(LabHost.Of(lab), lab.Site);
        var running = verdict.Checks.Single(check => check.Id == "Backend.Running");
        Assert.Equal(SummitCheckStatus.Unknown, running.Status);
        Assert.Contains("ssm:SendCommand", verdict.NotReached);
        Assert.Contains(verdict.Checks, check => check is { Id: "WebSocket.Public", Status: SummitCheckStatus.Pass });
    }
}
