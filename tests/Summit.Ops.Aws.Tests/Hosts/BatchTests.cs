using Summit.Ops.Errors;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests.Hosts;

/// <summary>Many instances at once, and what goes wrong with some of them.</summary>
public sealed class BatchTests : IAsyncLifetime
{
    private readonly Account _account = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _account.DisposeAsync();

    [Fact]
    public async Task The_same_script_for_120_instances_is_three_commands_or_one_more()
    {
        var ids = Enumerable.Range(0, 120).Select(i => $"i-0{i:x16}").ToList();
        foreach (var id in ids)
        {
            _account.Add(id, machine => machine with { Simulation = _ => Simulated.Answer(0, $"{machine.InstanceId}\n") });
        }

        var results = await Task.WhenAll(
            ids.Select(async id => (id, result: await _account.Host(id).RunAsync(Account.Script("hostname"), Account.Stop))));
        Assert.All(results, pair => Assert.Equal($"{pair.id}\n", pair.result.Output));
        // one more where this machine was busy while they were asked for
        Assert.InRange(_account.Count("ssm:SendCommand"), 3, 4);
        Assert.Equal(0, _account.Count("ssm:GetCommandInvocation"));
    }

    [Fact]
    public async Task What_a_list_shows_in_part_is_fetched_for_each()
    {
        string[] ids = ["i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2"];
        foreach (var id in ids) _account.Add(id);
        var results = await Task.WhenAll(ids.Select(id => _account.Host(id)
            .RunAsync(Account.Script("echo $AWS_SSM_INSTANCE_ID; head -c 6000 /dev/urandom | od -An -tx1; echo end"), Account.Stop)));
        Assert.All(results.Zip(ids), pair => Assert.True(pair.First.Output.StartsWith(pair.Second + "\n", StringComparison.Ordinal)
            && pair.First.Output.EndsWith("end\n", StringComparison.Ordinal)));
        Assert.Equal(2, _account.Count("ssm:GetCommandInvocation"));
    }

    [Fact]
    public async Task Each_instance_that_takes_no_command_is_told_why_and_the_others_run()
    {
        _account.Add("i-0aaaaaaaaaaaaaaa1", machine => machine with { State = "stopped" });
        _account.Add("i-0aaaaaaaaaaaaaaa2", machine => machine with { Agent = LabAgent.NotRegistered });
        string[] ids = [Account.Id, "i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2", "i-0aaaaaaaaaaaaaaa4"];
        var outcomes = await Task.WhenAll(ids.Select(async id =>
        {
            try
            {
                return (await _account.Host(id).RunAsync(Account.Script("echo ok"), Account.Stop)).Output.Trim();
            }
            catch (SummitAwsException error)
            {
                Assert.NotEmpty(error.RecommendedAction);
                return error.ErrorId;
            }
        }));
        Assert.Equal(["ok", "InstanceNotRunning", "InstanceNotRegistered", "InstanceNotFound"], outcomes);
    }

    [Fact]
    public async Task A_hybrid_node_is_reached_and_told_apart_like_an_instance()
    {
        _account.Add("mi-0aaaaaaaaaaaaaaa1");
        _account.Add(
            "mi-0aaaaaaaaaaaaaaa2",
            machine => machine with { Agent = LabAgent.ConnectionLost, LastPing = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) });
        Assert.Equal("ok\n", (await _account.Host("mi-0aaaaaaaaaaaaaaa1").RunAsync(Account.Script("echo ok"), Account.Stop)).Output);
        var unknown = await Assert.ThrowsAsync<SummitAwsException>(
            () => _account.Host("mi-0aaaaaaaaaaaaaaa3").RunAsync(Account.Script("true"), Account.Stop));
        Assert.Equal("InstanceNotRegistered", unknown.ErrorId);
        Assert.Contains("no hybrid node mi-0aaaaaaaaaaaaaaa3", unknown.Message);
        var offline = await Assert.ThrowsAsync<SummitAwsException>(
            () => _account.Host("mi-0aaaaaaaaaaaaaaa2").RunAsync(Account.Script("true"), Account.Stop));
        Assert.Equal("AgentOffline", offline.ErrorId);
        Assert.DoesNotContain("ec2", offline.RecommendedAction);
    }

    [Fact]
    public async Task Hybrid_nodes_are_found_by_tag_beside_instances_and_EC2_is_not_asked_for_them()
    {
        _account.Add("mi-0aaaaaaaaaaaaaaa1");
        _account.Add(
            "mi-0aaaaaaaaaaaaaaa2",
            machine => machine with { Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["Role"] = "database" } });
        Assert.Equal([Account.Id, "mi-0aaaaaaaaaaaaaaa1"], await FindAsync("proxy"));
        Assert.Equal([Account.Id], await FindAsync("prox*"));
        var asked = _account.Count("ssm:DescribeInstanceInformation");
        Assert.Empty(await FindAsync(""));
        Assert.Equal(asked, _account.Count("ssm:DescribeInstanceInformation"));
        _account.Aws.Knobs.Denied["ssm:DescribeInstanceInformation"] = true;
        Assert.Equal([Account.Id], await FindAsync("proxy"));

        async Task<List<string>> FindAsync(string role)
        {
            var tags = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["Role"] = [role] };
            var found = new List<string>();
            await foreach (var target in _account.Services.FindAsync(new() { Tags = tags }, _account.Connection, Account.Stop))
            {
                found.Add(target.InstanceId);
            }

            return found;
        }
    }

    [Fact]
    public async Task What_cannot_be_delivered_is_told_so()
    {
        _account.Add("i-0aaaaaaaaaaaaaaa3", machine => machine with { Agent = LabAgent.Undeliverable });
        var error = await Assert.ThrowsAsync<SummitAwsException>(
            () => _account.Host("i-0aaaaaaaaaaaaaaa3").RunAsync(Account.Script("true"), Account.Stop));
        Assert.Equal("Undeliverable", error.ErrorId);
    }

    [Fact]
    public async Task Without_the_right_to_look_the_triage_names_the_action()
    {
        _account.Aws.Knobs.Denied["ec2:DescribeInstances"] = true;
        var error = await Assert.ThrowsAsync<SummitAwsException>(
            () => _account.Host("i-0aaaaaaaaaaaaaaa4").RunAsync(Account.Script("true"), Account.Stop));
        Assert.Equal("InstanceUnknown", error.ErrorId);
        Assert.Contains("ec2:DescribeInstances", error.RecommendedAction);
    }

    [Fact]
    public async Task A_denied_action_is_named()
    {
        _account.Aws.Knobs.Denied["ssm:SendCommand"] = true;
        var error = await Assert.ThrowsAsync<SummitAwsException>(() => _account.Host().RunAsync(Account.Script("true"), Account.Stop));
        Assert.Equal(("AwsAccessDenied", SummitErrorKind.PermissionDenied), (error.ErrorId, error.Kind));
        Assert.Contains("ssm:SendCommand", error.Message);
    }

    [Fact]
    public async Task Throttling_resets_and_errors_of_the_server_lose_nothing_and_double_nothing()
    {
        _account.Aws.Knobs.Seed = 11;
        (_account.Aws.Knobs.Throttles, _account.Aws.Knobs.ServerErrors, _account.Aws.Knobs.Resets) = (0.2, 0.1, 0.2);
        var file = Path.Combine(Path.GetTempPath(), $"summit-test-{Guid.NewGuid():N}");
        for (var i = 0; i < 6; i++)
        {
            // another script each time, so that none is put together with another
            var result = await _account.Host().RunAsync(Account.Script($"echo {i} >>'{file}'; echo {i}", readOnly: false), Account.Stop);
            Assert.Equal($"{i}\n", result.Output);
        }

        var told = string.Join(
            '\n', _account.Aws.Calls.Select(call => $"{call.Action} {call.Outcome} {(string?)call.Request.Json["Comment"]}"));
        Assert.True(Enumerable.Range(0, 6).Select(i => $"{i}").SequenceEqual(await File.ReadAllLinesAsync(file, Account.Stop)), told);
        Assert.Contains(_account.Aws.Calls, call => call.Outcome == "Reset");
        File.Delete(file);
    }
}
