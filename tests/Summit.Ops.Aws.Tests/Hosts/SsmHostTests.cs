using System.Security.Cryptography;
using System.Text;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Aws.Tests.Hosts;

/// <summary>Scripts over Run Command, against the endpoint, run by the real sh.</summary>
public sealed class SsmHostTests : IAsyncLifetime
{
    private readonly Account _account = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _account.DisposeAsync();

    [Fact]
    public async Task A_script_gives_output_error_and_exit_code_with_one_command()
    {
        var result = await _account.Host().RunAsync(Account.Script("printf 'grüße\\n'; echo wrong >&2; exit 3"), Account.Stop);
        Assert.Equal((3, "grüße\n", "wrong\n"), (result.ExitCode, result.Output, result.Error));
        Assert.Equal(1, _account.Count("ssm:SendCommand"));
        var sent = _account.Aws.Calls.First(call => call.Action == "ssm:SendCommand").Request.Json;
        Assert.Matches("^Summit.Ops Invoke-SummitDiagnostic run=[0-9a-f]{12} test$", (string?)sent["Comment"]);
        // the answer is Run Command's own: no bucket is needed, and none that somebody else reads
        Assert.DoesNotContain(sent, member => member.Key.StartsWith("OutputS3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cut_in_the_middle_of_a_character_loses_none()
    {
        // three bytes a character, in an order that does not compress: any page may end within one
        var random = new Random(5);
        var text = string.Concat(Enumerable.Range(0, 30_000).Select(_ => (char)random.Next(0x0e01, 0xd7ff)));
        _account.Aws.Knobs.OutputLimit = 23_999;
        var result = await _account.Host().RunAsync(Account.Script($"cat <<'END'\n{text}\nEND"), Account.Stop);
        Assert.Equal(text + "\n", result.Output);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_script_that_was_killed_is_not_said_to_have_run_out_of_time(int hosts)
    {
        // the agent calls it ExecutionTimedOut, as it does what it killed itself
        string[] ids = [Account.Id, "i-0aaaaaaaaaaaaaaa4"];
        _account.Add(ids[1]);
        var errors = await Task.WhenAll(ids.Take(hosts).Select(id => Assert.ThrowsAsync<SummitHostException>(
            () => _account.Host(id).RunAsync(Account.Script("kill -9 $PPID"), Account.Stop))));
        Assert.All(errors, error =>
        {
            Assert.Equal(("ScriptKilled", SummitErrorKind.OperationFailed), (error.ErrorId, error.Kind));
            Assert.Contains("exit code 137", error.Message);
            Assert.Contains("no memory left", error.Message);
        });
    }

    [Fact]
    public async Task An_agent_that_updates_itself_is_waited_for()
    {
        await using var account = new Account(new FastTime(10));
        account.Add("i-0aaaaaaaaaaaaaaa5", machine => machine with { Agent = Lab.Aws.LabAgent.Updating });
        Assert.Equal("ok\n", (await account.Host("i-0aaaaaaaaaaaaaaa5").RunAsync(Account.Script("echo ok"), Account.Stop)).Output);
        Assert.Equal(1, account.Count("ssm:SendCommand"));
        Assert.Equal(1, account.Count("ssm:DescribeInstanceInformation"));
    }

    [Fact]
    public async Task A_script_runs_as_the_agent_runs_it_without_HOME()
    {
        var result = await _account.Host().RunAsync(Account.Script("echo \"${HOME-none}\""), Account.Stop);
        Assert.Equal("none\n", result.Output);
    }

    [Fact]
    public async Task An_exit_code_that_an_agent_takes_for_a_timeout_comes_with_its_answer()
    {
        var result = await _account.Host().RunAsync(Account.Script("echo so far; kill -9 $$"), Account.Stop);
        Assert.Equal((137, "so far\n"), (result.ExitCode, result.Output));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_larger_than_Run_Command_keeps_comes_whole_in_pages_and_is_removed_from_the_host(bool marked)
    {
        _account.Aws.Knobs.MarksCuts = marked;
        // what does not compress: half of it stays
        var result = await _account.Host()
            .RunAsync(Account.Script("echo \"$0\"; head -c 60000 /dev/urandom | od -An -tx1; echo @last"), Account.Stop);
        Assert.EndsWith("@last\n", result.Output);
        Assert.True(result.Output.Length > 100_000);
        Assert.InRange(_account.Count("ssm:SendCommand"), 3, 8);
        Assert.False(Directory.Exists(Path.GetDirectoryName(result.Output.Split('\n')[0])));
    }

    [Fact]
    public async Task Ten_megabytes_of_configuration_come_whole()
    {
        var result = await _account.Host().RunAsync(
            Account.Script(
                "awk 'BEGIN { for (i = 0; i < 200000; i++) printf \"server_%d { listen 80; location /%d { proxy_pass; } }\\n\", i, i }'"),
            Account.Stop);
        Assert.Equal(200_000, result.Output.AsSpan().Count('\n'));
        Assert.EndsWith("server_199999 { listen 80; location /199999 { proxy_pass; } }\n", result.Output);
        Assert.True(result.Output.Length > 10_000_000);
    }

    [Fact]
    public async Task A_cut_below_what_is_promised_is_seen_and_asked_again_in_smaller_pieces()
    {
        _account.Aws.Knobs.OutputLimit = 1_200;
        _account.Aws.Knobs.MarksCuts = false;
        var result = await _account.Host().RunAsync(
            Account.Script("i=0; while [ $i -lt 400 ]; do echo \"$i $((i * i * 7919 % 10007))\"; i=$((i + 1)); done"), Account.Stop);
        Assert.Equal(400, result.Output.AsSpan().Count('\n'));
    }

    [Fact]
    public async Task A_changing_script_whose_answer_was_cut_is_not_run_again()
    {
        _account.Aws.Knobs.OutputLimit = 400;
        var error = await Assert.ThrowsAsync<SummitHostException>(
            () => _account.Host().RunAsync(Account.Script("head -c 3000 /dev/urandom | od -An -tx1", readOnly: false), Account.Stop));
        Assert.Equal("HostAnswerCut", error.ErrorId);
        Assert.Equal(1, _account.Count("ssm:SendCommand"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_script_larger_than_a_parameter_arrives_byte_for_byte(bool readOnly)
    {
        var random = new Random(7);
        var text = string.Concat(Enumerable.Range(0, 120_000).Select(_ => (char)random.Next('!', '~')));
        var script = $"cat <<'MARK' | sha256sum\n{text}\nMARK\n";
        var result = await _account.Host().RunAsync(Account.Script(script, readOnly), Account.Stop);
        Assert.StartsWith(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text + "\n"))), result.Output);
        Assert.True(_account.Count("ssm:SendCommand") > 2);
    }

    [Fact]
    public async Task A_reference_to_Parameter_Store_in_a_script_is_not_interpolated()
    {
        var result = await _account.Host().RunAsync(Account.Script("echo '{{ssm:/secret/of/another}}'"), Account.Stop);
        Assert.Equal("{{ssm:/secret/of/another}}\n", result.Output);
    }

    [Fact]
    public async Task An_exit_code_that_would_restart_the_machine_stays_with_us()
    {
        Assert.Equal(194, (await _account.Host().RunAsync(Account.Script("exit 194"), Account.Stop)).ExitCode);
        Assert.Equal(1, Assert.Single(await SentCommands.ListAsync(_account.Aws, Account.Region)).CommandPlugins[0].ResponseCode);
    }

    [Fact]
    public async Task What_is_not_known_yet_is_asked_again()
    {
        _account.Aws.Knobs.ConsistencyDelay = TimeSpan.FromMilliseconds(700);
        Assert.Equal("ok\n", (await _account.Host().RunAsync(Account.Script("echo ok"), Account.Stop)).Output);
        Assert.Contains(_account.Aws.Calls, call => call.Outcome == "InvocationDoesNotExist");
        Assert.Equal(1, _account.Count("ssm:SendCommand"));
    }

    [Fact]
    public async Task States_are_reported_as_they_are()
    {
        _account.Aws.Knobs.AgentDelay = TimeSpan.FromSeconds(3);
        var mark = Path.Combine(Path.GetTempPath(), $"summit-test-{Guid.NewGuid():N}");
        var states = new List<string>();
        var recorder = new Recorder(state =>
        {
            states.Add(state);
            if (state == "InProgress") File.WriteAllText(mark, ""); // only then may the script end
        });
        await _account.Host(progress: recorder).RunAsync(Account.Script($"while [ ! -e '{mark}' ]; do sleep 0.1; done"), Account.Stop);
        File.Delete(mark);
        Assert.Equal(["Pending", "InProgress", "Success"], states);
    }

    [Fact]
    public async Task Time_for_execution_and_time_for_delivery_are_told_apart()
    {
        var late = await Assert.ThrowsAsync<SummitHostException>(
            () => _account.Host().RunAsync(Account.Script("sleep 60", seconds: 5), Account.Stop));
        Assert.Equal(("ScriptTimedOut", SummitErrorKind.Timeout), (late.ErrorId, late.Kind));

        _account.Add("i-0aaaaaaaaaaaaaaa1", machine => machine with { Agent = Lab.Aws.LabAgent.ConnectionLost });
        _account.Aws.Knobs.DeliveryTimeout = TimeSpan.FromSeconds(1);
        var undelivered = await Assert.ThrowsAsync<SummitAwsException>(
            () => _account.Host("i-0aaaaaaaaaaaaaaa1").RunAsync(Account.Script("true"), Account.Stop));
        Assert.Equal("DeliveryTimedOut", undelivered.ErrorId);
        Assert.Contains("Nothing ran there", undelivered.Message);
    }

    [Fact]
    public async Task An_agent_that_is_known_to_be_offline_is_not_waited_for()
    {
        _account.Add("i-0aaaaaaaaaaaaaaa2", machine =>
            machine with { Agent = Lab.Aws.LabAgent.ConnectionLost, LastPing = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) });
        var error = await Assert.ThrowsAsync<SummitAwsException>(
            () => _account.Host("i-0aaaaaaaaaaaaaaa2").RunAsync(Account.Script("true"), Account.Stop));
        Assert.Equal("AgentOffline", error.ErrorId);
        Assert.Contains("since 2026-01-02 03:04:05 UTC", error.Message);
        Assert.Equal(1, _account.Count("ssm:CancelCommand"));
    }

    [Fact]
    public async Task Cancelling_ends_the_script_on_the_host_and_says_so()
    {
        var mark = Path.Combine(Path.GetTempPath(), $"summit-test-{Guid.NewGuid():N}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Account.Stop);
        var running = _account.Host().RunAsync(Account.Script($"echo \"$$ $0\" >'{mark}'; sleep 60"), stop.Token);
        var (pid, box) = (await ReadAsync(mark)).Split(' ', 2) is [var first, var script]
            ? (first, Path.GetDirectoryName(script))
            : ("", null);
        Assert.True(Directory.Exists(box));
        await stop.CancelAsync();
        var cancelled = await Assert.ThrowsAsync<HostRunCancelledException>(() => running);
        Assert.Matches("Command [0-9a-f-]{36} \\(test\\) was cancelled", cancelled.Message);
        await EventuallyAsync(() => !File.Exists($"/proc/{pid}/stat"));
        // what it had gathered does not stay on the host
        await EventuallyAsync(() => !Directory.Exists(box));
        File.Delete(mark);
    }

    [Fact]
    public async Task A_changing_script_that_is_cancelled_puts_back_what_it_changed()
    {
        var mark = Path.Combine(Path.GetTempPath(), $"summit-test-{Guid.NewGuid():N}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Account.Stop);
        var script = $"trap 'echo undone >>\"{mark}\"; exit 143' TERM\necho $$ >'{mark}'\nwhile :; do sleep 0.1; done";
        var running = _account.Host().RunAsync(Account.Script(script, readOnly: false), stop.Token);
        await ReadAsync(mark);
        await stop.CancelAsync();
        Assert.Contains("puts back", (await Assert.ThrowsAsync<HostRunCancelledException>(() => running)).Message);
        await EventuallyAsync(() => File.ReadAllText(mark).EndsWith("undone\n", StringComparison.Ordinal));
        File.Delete(mark);
    }

    private static async Task<string> ReadAsync(string path)
    {
        await EventuallyAsync(() => File.Exists(path) && File.ReadAllText(path).EndsWith('\n'));
        return (await File.ReadAllTextAsync(path)).Trim();
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        for (var i = 0; i < 200 && !condition(); i++) await Task.Delay(100, Account.Stop);
        Assert.True(condition());
    }

    private sealed class Recorder(Action<string> told) : IProgress<string>
    {
        public void Report(string value) => told(value);
    }
}
