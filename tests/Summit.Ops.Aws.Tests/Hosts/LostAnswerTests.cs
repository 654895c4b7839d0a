using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Summit.Ops.Errors;
using Summit.Ops.Hosts;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests.Hosts;

/// <summary>A SendCommand that got no answer, and a command that is stopped: what is true of them is found out, and said.</summary>
public sealed class LostAnswerTests : IAsyncLifetime
{
    private readonly Account _account = new();
    private readonly AwsServices _services = new(new FastTime(20));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _account.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_never_arrives_is_sent_a_bounded_number_of_times_and_looked_for_before_each(bool readOnly)
    {
        _account.Aws.Knobs.Errors["ssm:SendCommand"] = new AwsErrorException(
            "InternalServerError", "An error occurred on the server side.", 500);
        var error = await Assert.ThrowsAsync<SummitAwsException>(() => Host().RunAsync(Account.Script("true", readOnly), Account.Stop));
        Assert.Equal("AwsCommandNotSent", error.ErrorId);
        Assert.Contains("Nothing ran", error.Message);
        var calls = _account.Aws.Calls.ToList();
        Assert.Equal(6, calls.Count(call => call.Action == "ssm:SendCommand"));
        for (var i = 1; i < calls.Count; i++)
        {
            Assert.False(
                calls[i].Action == "ssm:SendCommand" && calls[i - 1].Action == "ssm:SendCommand", "it was sent again without a look");
        }

        Names(error);
    }

    [Fact]
    public async Task What_arrived_is_followed_and_not_sent_again()
    {
        _account.Aws.Knobs.LostAnswers["ssm:SendCommand"] = 1;
        Assert.Equal("ok\n", (await Host().RunAsync(Account.Script("echo ok", readOnly: false), Account.Stop)).Output);
        Assert.Equal(1, _account.Count("ssm:SendCommand"));
    }

    [Theory]
    [InlineData(false, "AccessDeniedException", 400, "is not allowed")]
    [InlineData(false, "InternalServerError", 500, "failed")]
    [InlineData(true, "InternalServerError", 500, "failed")]
    public async Task What_may_have_arrived_is_said_to_be_uncertain_and_not_sent_again(bool readOnly, string code, int status, string why)
    {
        _account.Aws.Knobs.LostAnswers["ssm:SendCommand"] = 1;
        _account.Aws.Knobs.Errors["ssm:ListCommands"] = new AwsErrorException(code, "No.", status);
        var error = await Assert.ThrowsAsync<SummitAwsException>(() => Host().RunAsync(Account.Script("true", readOnly), Account.Stop));
        Assert.Equal("AwsCommandUncertain", error.ErrorId);
        Assert.Contains(why, error.Message);
        Assert.Equal(1, _account.Count("ssm:SendCommand"));
        Names(error);
    }

    [Fact]
    public async Task Silence_has_an_end()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var error = await Assert.ThrowsAsync<SummitAwsException>(() => Host(
            _account.Connection with { EndpointUrl = $"http://{silent.LocalEndpoint}" }).RunAsync(Account.Script("true"), Account.Stop));
        Assert.Equal("AwsCommandUncertain", error.ErrorId);
        Assert.Contains("not answered within 120 s", error.Message);
    }

    [Fact]
    public async Task A_command_that_had_finished_before_the_cancel_is_not_called_cancelled()
    {
        // the answer is there and cannot be had, so that the command is still waited for when it is stopped
        _account.Aws.Knobs.Errors["ssm:GetCommandInvocation"] = new AwsErrorException("ThrottlingException", "Rate exceeded");
        var told = await StopAsync("true", async () => (await SentCommands.ListAsync(_account.Aws, Account.Region)).Any(
            invocation => invocation.Status == Amazon.SimpleSystemsManagement.CommandInvocationStatus.Success));
        Assert.Contains("had finished before the cancel reached it", told.Message);
    }

    [Fact]
    public async Task A_cancel_whose_end_cannot_be_read_is_not_called_done()
    {
        _account.Aws.Knobs.Denied["ssm:ListCommandInvocations"] = true;
        var told = await StopAsync("sleep 60", () => Task.FromResult(_account.Count("ssm:GetCommandInvocation") > 0));
        Assert.Contains("whether it did is not known", told.Message);
        Assert.Contains("aws ssm list-command-invocations", told.Message);
    }

    private async Task<HostRunCancelledException> StopAsync(string script, Func<Task<bool>> until)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Account.Stop);
        var running = _account.Host().RunAsync(Account.Script(script, readOnly: false), stop.Token);
        while (!running.IsCompleted && !await until()) await Task.Delay(50, Account.Stop);
        await stop.CancelAsync();
        return await Assert.ThrowsAsync<HostRunCancelledException>(() => running);
    }

    // the run that the error names is the one in the comment, and the command that shows it is given
    private void Names(SummitAwsException error)
    {
        var comment = (string)_account.Aws.Calls.First(call => call.Action == "ssm:SendCommand").Request.Json["Comment"]!;
        var run = Regex.Match(comment, "run=[0-9a-f]{12}").Value;
        Assert.NotEmpty(run);
        Assert.Contains(run, error.Message);
        Assert.Equal($"aws ssm list-commands --query 'Commands[?contains(Comment, `{run}`)]'", error.RecommendedAction);
    }

    private IHost Host(AwsConnection? connection = null) =>
        _services.Host(
            new SummitTarget { Name = "web", Kind = SummitTargetKind.Ssm, InstanceId = Account.Id, Region = Account.Region },
            connection ?? _account.Connection, null);
}
