using System.Management.Automation;
using System.Security;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Aws;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Commands;

/// <summary>A deployment to several instances of which one goes ahead: each is accounted for once, whatever becomes of it.</summary>
[Trait("Category", "Lab")]
public sealed class CanaryTests
{
    private const string Good = "i-0aaaaaaaaaaaaaaa1", Second = "i-0aaaaaaaaaaaaaaa2", Third = "i-0aaaaaaaaaaaaaaa3",
        Bad = "i-0bbbbbbbbbbbbbbb1", Worse = "i-0bbbbbbbbbbbbbbb2";

    private IReadOnlyList<string> _warnings = [];
    private string _text = "";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_the_first_fails_no_other_is_even_asked()
    {
        var (done, errors, asked) = await DeployAsync($"-InstanceId {Bad}, {Good}, {Second} -Canary -MaxConcurrency 3 -MaxErrors 9");
        Assert.Empty(done);
        Assert.Equal([Good, Second, Bad], errors.Select(error => error.Instance).Order(StringComparer.Ordinal));
        Assert.Equal(2, errors.Count(error => error.Id == "TargetLeftAlone"));
        Assert.Equal([Bad], asked);
    }

    [Fact]
    public async Task Where_it_goes_well_the_others_follow_until_too_many_have_failed()
    {
        var (done, errors, asked) = await DeployAsync($"-InstanceId {Good}, {Bad}, {Second}, {Worse}, {Third} -Canary -MaxErrors 1");
        Assert.Equal([Good, Second], done.Select(deployment => deployment.Target.InstanceId));
        Assert.Equal([true, false], done.Select(deployment => deployment.Changed));
        Assert.Equal([Third, Bad, Worse], errors.Select(error => error.Instance).Order(StringComparer.Ordinal));
        Assert.Equal("TargetLeftAlone", errors.Single(error => error.Instance == Third).Id);
        Assert.DoesNotContain(Third, asked);
    }

    [Fact]
    public async Task A_first_host_on_which_no_WebSocket_opens_afterwards_is_a_failure()
    {
        var (done, errors, _) = await DeployAsync($"-InstanceId {Good}, {Second} -Canary", backendIsDown: true);
        Assert.True(Assert.Single(done) is { Changed: true, Verified: false });
        Assert.Equal((Second, "TargetLeftAlone"), Assert.Single(errors));
    }

    [Fact]
    public async Task Where_the_first_is_declined_the_others_do_not_follow()
    {
        var (done, errors, asked) = await DeployAsync($"-InstanceId {Good}, {Second} -Canary -Confirm", answer: "No");
        Assert.Empty(done);
        Assert.Equal((Second, "TargetLeftAlone"), Assert.Single(errors));
        Assert.Equal([Good], asked);
    }

    [Fact]
    public async Task WhatIf_shows_the_change_of_each()
    {
        var (done, errors, asked) = await DeployAsync($"-InstanceId {Good}, {Second} -Canary -WhatIf");
        Assert.Empty(done);
        Assert.Empty(errors);
        Assert.Equal([Good, Second], asked);
    }

    [Fact]
    public async Task A_canary_that_fails_leaves_the_other_47_of_50_alone()
    {
        var rest = string.Join(", ", Enumerable.Range(0, 47).Select(i => $"i-0cccccccccccccc{i:x2}"));
        // the instances are one machine here: one after the other
        var (done, errors, asked) = await DeployAsync(
            $"-InstanceId {Good}, {Second}, {Bad}, {rest} -CanaryCount 3 -BatchSize 10 -MaxConcurrency 1 -MaxErrors 9");
        Assert.Equal([Good, Second], done.Select(deployment => deployment.Target.InstanceId).Order(StringComparer.Ordinal));
        Assert.All(done, deployment => Assert.True(deployment.Verified));
        Assert.Equal(47, errors.Count(error => error.Id == "TargetLeftAlone"));
        Assert.Equal([Good, Second, Bad], asked.Order(StringComparer.Ordinal));
        var told = Assert.Single(_warnings, warning => warning.StartsWith("Stopped at the canaries. ", StringComparison.Ordinal));
        Assert.Matches($"It went well on .*{Good}.*{Second}.*It failed on .*{Bad}.*Nothing was begun on 47 hosts: .* and 37 more", told);
    }

    [Fact]
    public async Task A_batch_begins_when_the_last_one_is_verified_and_WhatIf_names_the_steps()
    {
        const string Parameters = $"-InstanceId {Good}, {Second}, {Third}, {Bad}, {Worse} -CanaryCount 1 -BatchSize 2";
        var (done, errors, asked) = await DeployAsync(Parameters);
        Assert.Equal([Good, Second, Third], done.Select(deployment => deployment.Target.InstanceId).Order(StringComparer.Ordinal));
        Assert.Equal([Bad, Worse], errors.Select(error => error.Instance).Order(StringComparer.Ordinal));
        Assert.Equal([Good, Second, Third, Bad, Worse], asked.Order(StringComparer.Ordinal));

        var (none, problems, _) = await DeployAsync(
            $"-InstanceId {Good}, {Second}, {Third} -CanaryCount 1 -BatchSize 1 -Pause 600 -WhatIf");
        Assert.Empty(none);
        Assert.Empty(problems);
        Assert.Matches($"(?s)What if: canary: .*{Good}.*What if: batch 1: .*{Second}.*What if: batch 2: .*{Third}", _text);
    }

    [Fact]
    public async Task What_stands_is_taken_back_where_a_later_host_fails()
    {
        var (done, errors, _) = await DeployAsync($"-InstanceId {Good}, {Bad}, {Second} -CanaryCount 1 -BatchSize 1 -RollbackOnStop");
        Assert.Equal([Good, Good], done.Select(deployment => deployment.Target.InstanceId));
        Assert.True(done[0] is { Changed: true, Verified: true, RolledBack: false });
        // the old state had no location for the WebSocket, and a probe says so
        Assert.True(done[1] is { Changed: false, Verified: false, RolledBack: true }, done[1].Output);
        Assert.Equal(done[0].PreviousSha256, done[1].Sha256);
        Assert.Contains(Bad, done[1].Output);
        Assert.Equal(SummitCause.NginxLocationMissing, done[1].WebSocket!.Cause);
        Assert.Equal([Second, Bad], errors.Select(error => error.Instance).Order(StringComparer.Ordinal));
        Assert.Contains(_warnings, warning => warning.Contains("is taken back there now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_on_which_no_WebSocket_opens_is_put_back_as_well()
    {
        var (done, errors, _) = await DeployAsync($"-InstanceId {Good}, {Second} -Canary -RollbackOnStop", backendIsDown: true);
        Assert.Equal([false, true], done.Select(deployment => deployment.RolledBack));
        Assert.Equal((Second, "TargetLeftAlone"), Assert.Single(errors));
    }

    [Fact]
    public async Task Nothing_is_taken_back_where_all_went_well_and_it_is_for_steps_alone()
    {
        var (done, errors, _) = await DeployAsync($"-InstanceId {Good}, {Second} -Canary -RollbackOnStop");
        Assert.Empty(errors);
        Assert.All(done, deployment => Assert.True(deployment is { Verified: true, RolledBack: false }));
        using var session = EngineSession.Create();
        var result = await session.InvokeAsync("Deploy-SummitNginxConfig -RollbackOnStop", Stop);
        Assert.Equal("StepsMissing", Assert.Single(result.Errors).FullyQualifiedErrorId.Split(',')[0]);
    }

    [Theory]
    [InlineData("Restart-SummitNginx")]
    [InlineData("Restart-SummitNginx", "No")]
    public async Task A_reload_after_which_no_WebSocket_opens_is_followed_by_none(string cmdlet, string? answer = null)
    {
        var (done, errors, _) = await DeployAsync(
            $"-InstanceId {Good}, {Second}, {Third} -CanaryCount 1 -BatchSize 2{(answer is null ? "" : " -Confirm")}", answer: answer,
            cmdlet: cmdlet);
        Assert.Equal(answer is null ? [Good] : [], done.Select(deployment => deployment.Target.InstanceId));
        Assert.Equal([(Second, "TargetLeftAlone"), (Third, "TargetLeftAlone")], errors.Order());
    }

    [Fact]
    public async Task A_pause_that_makes_no_sense_is_refused()
    {
        using var session = EngineSession.Create();
        var result = await session.InvokeAsync("Restart-SummitNginx -BatchSize 2 -Pause 864000", Stop);
        Assert.Equal("PauseInvalid", Assert.Single(result.Errors).FullyQualifiedErrorId.Split(',')[0]);
    }

    private async Task<(IReadOnlyList<SummitDeployment> Done, List<(string Instance, string Id)> Errors,
        List<string> Asked)> DeployAsync(
        string parameters, bool backendIsDown = false, string? answer = null, string cmdlet = "Deploy-SummitNginxConfig")
    {
        if (await LabRequirement.NginxMissingAsync(Stop) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find("location-missing"), Backend = LabBackendKind.InProcess }, Stop);
        if (backendIsDown) await lab.Backend.StopAsync(Stop);
        var machine = lab.Aws.Fleet.Machines.First();
        var others = Enumerable.Range(0, 47).Select(i => $"i-0cccccccccccccc{i:x2}");
        foreach (var id in new[] { Good, Second, Third }.Concat(others)) lab.Aws.Fleet.Put(machine with { InstanceId = id });
        foreach (var id in new[] { Bad, Worse })
        {
            lab.Aws.Fleet.Put(machine with { InstanceId = id, Simulation = _ => new ScriptOutcome(1, "", "no shell here\n") });
        }

        using var session = EngineSession.Create();
        if (answer is not null) session.Answer(labels => labels.ToList().IndexOf(answer));
        session.SetVariable("site", lab.Site);
        session.SetVariable("url", lab.AwsEndpoint);
        session.SetVariable("key", Key(lab.Aws));

        var result = await session.InvokeAsync(
            $"{cmdlet} -Site $site {parameters} -Region eu-west-1 -EndpointUrl $url -Credential $key", Stop);

        (_warnings, _text) = (result.Warnings, result.HostText);
        var errors = result.Errors
            .Select(error => (((SummitTarget)error.TargetObject).InstanceId, error.FullyQualifiedErrorId.Split(',')[0])).ToList();
        var asked = lab.Aws.Calls.Where(call => call.Action == "ssm:SendCommand")
            .SelectMany(call => call.Request.Json["InstanceIds"]!.AsArray().Select(id => (string)id!))
            .Distinct(StringComparer.Ordinal).ToList();
        return (result.Of<SummitDeployment>(), errors, asked);
    }

    private static PSCredential Key(AwsEndpoint aws)
    {
        var secret = new SecureString();
        foreach (var c in aws.SecretAccessKey) secret.AppendChar(c);
        return new PSCredential(aws.AccessKeyId, secret);
    }
}
