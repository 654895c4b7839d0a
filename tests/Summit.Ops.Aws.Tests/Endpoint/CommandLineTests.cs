using System.Text.Json.Nodes;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests.Endpoint;

/// <summary>The lab's endpoint is as faithful as the real AWS CLI needs it.</summary>
[Trait("Category", "Lab")]
public sealed class CommandLineTests : IAsyncLifetime
{
    private const string Id = "i-0123456789abcdef0";
    private readonly AwsEndpoint _aws = AwsEndpoint.Start();

    public async ValueTask InitializeAsync()
    {
        if (await AwsCli.MissingAsync() is { } reason) Assert.Skip(reason);
        _aws.Fleet.Put(new LabMachine
        {
            InstanceId = Id,
            Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["Name"] = "web", ["Env"] = "test" },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _aws.DisposeAsync();
        Assert.Empty(_aws.Faults);
    }

    [Fact]
    public async Task A_command_is_sent_run_by_sh_and_read_back()
    {
        var (code, sent, error) = await AwsCli.RunAsync(
            _aws, "ssm", "send-command", "--instance-ids", Id, "--document-name", "AWS-RunShellScript", "--comment", "from the CLI",
            "--parameters", """{"commands":["echo out","echo err >&2","exit 3"],"executionTimeout":["20"]}""");
        Assert.True(code == 0, error);
        var command = (string)sent!["Command"]!["CommandId"]!;

        JsonNode? invocation = null;
        for (var i = 0; i < 10 && (string?)invocation?["Status"] is null or "Pending" or "InProgress"; i++)
        {
            (code, invocation, error) = await AwsCli.RunAsync(
                _aws, "ssm", "get-command-invocation", "--command-id", command, "--instance-id", Id);
            Assert.True(code == 0, error);
        }

        Assert.Equal(
            ("Failed", 3, "out\n"),
            ((string)invocation!["Status"]!, (int)invocation["ResponseCode"]!, (string)invocation["StandardOutputContent"]!));
        Assert.StartsWith("err\n", (string)invocation["StandardErrorContent"]!);

        var (_, listed, _) = await AwsCli.RunAsync(_aws, "ssm", "list-command-invocations", "--command-id", command, "--details");
        Assert.Contains("----------ERROR-------", (string)listed!["CommandInvocations"]![0]!["CommandPlugins"]![0]!["Output"]!);
        var (_, commands, _) = await AwsCli.RunAsync(_aws, "ssm", "list-commands", "--command-id", command);
        Assert.Equal(("from the CLI", 1, 1), (
            (string)commands!["Commands"]![0]!["Comment"]!,
            (int)commands["Commands"]![0]!["TargetCount"]!,
            (int)commands["Commands"]![0]!["ErrorCount"]!));
    }

    [Fact]
    public async Task A_command_is_cancelled()
    {
        var (_, sent, _) = await AwsCli.RunAsync(
            _aws, "ssm", "send-command", "--targets", "Key=tag:Env,Values=test", "--document-name",
            "AWS-RunShellScript", "--parameters", "commands=sleep 60");
        var command = (string)sent!["Command"]!["CommandId"]!;
        Assert.Equal(0, (await AwsCli.RunAsync(_aws, "ssm", "cancel-command", "--command-id", command)).Code);
        var (_, invocation, _) = await AwsCli.RunAsync(_aws, "ssm", "get-command-invocation", "--command-id", command, "--instance-id", Id);
        Assert.Equal("Cancelled", (string)invocation!["Status"]!);
    }

    [Fact]
    public async Task Instances_agents_and_the_caller_are_described()
    {
        var (code, instances, error) = await AwsCli.RunAsync(
            _aws, "ec2", "describe-instances", "--filters", "Name=tag:Name,Values=we*", "--query",
            "Reservations[].Instances[].[InstanceId,State.Name]");
        Assert.True(code == 0, error);
        Assert.Equal([Id, "running"], instances![0]!.AsArray().Select(value => (string)value!));
        var (_, agents, _) = await AwsCli.RunAsync(
            _aws, "ssm", "describe-instance-information", "--filters", $"Key=InstanceIds,Values={Id}");
        Assert.Equal("Online", (string)agents!["InstanceInformationList"]![0]!["PingStatus"]!);
        var (_, caller, _) = await AwsCli.RunAsync(_aws, "sts", "get-caller-identity");
        Assert.Equal(AwsEndpoint.Account, (string)caller!["Account"]!);
    }

    [Fact]
    public async Task Errors_are_those_of_the_real_service()
    {
        _aws.Knobs.Denied["ssm:ListCommands"] = true;
        _aws.Knobs.Denied["ec2:DescribeInstances"] = true;
        Assert.Contains("(InvalidInstanceId)", (await AwsCli.RunAsync(
            _aws, "ssm", "send-command", "--instance-ids", "i-0ffffffffffffffff", "--document-name",
            "AWS-RunShellScript", "--parameters", "commands=true")).Error);
        Assert.Contains("(InvocationDoesNotExist)", (await AwsCli.RunAsync(
            _aws, "ssm", "get-command-invocation", "--command-id", Guid.NewGuid().ToString(), "--instance-id", Id)).Error);
        Assert.Contains("(AccessDeniedException)", (await AwsCli.RunAsync(_aws, "ssm", "list-commands")).Error);
        Assert.Contains("(UnauthorizedOperation)", (await AwsCli.RunAsync(_aws, "ec2", "describe-instances")).Error);
    }
}
