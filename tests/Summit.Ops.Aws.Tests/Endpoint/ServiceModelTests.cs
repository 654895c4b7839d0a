using Summit.Ops.Hosts;
using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Aws.Tests.Endpoint;

/// <summary>
/// Our calls and the endpoint's answers against the models of the services. Every test of this project that has an account
/// does the same with its own calls.
/// </summary>
public sealed class ServiceModelTests
{
    [Fact]
    public async Task Every_call_and_every_answer_is_one_that_the_service_knows()
    {
        if (!ServiceModel.IsHere) Assert.Skip("botocore is not installed here");
        await using var account = new Account();
        account.Add(
            "i-0aaaaaaaaaaaaaaa1",
            machine => machine with { Agent = LabAgent.ConnectionLost, LastPing = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) });
        account.Aws.Knobs.LostAnswers["ssm:SendCommand"] = 1;
        Assert.Equal("ok\n", (await account.Host().RunAsync(Account.Script("echo ok"), Account.Stop)).Output);
        await Task.WhenAll(
            account.Host().RunAsync(Account.Script("echo 1"), Account.Stop),
            Assert.ThrowsAnyAsync<Exception>(() => account.Host("i-0aaaaaaaaaaaaaaa1").RunAsync(Account.Script("echo 1"), Account.Stop)));
        await foreach (var _ in account.Services.FindAsync(
            new TargetQuery { Tags = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["Name"] = ["we*"] } },
            account.Connection, Account.Stop))
        {
            // every page
        }

        await account.Services.TryActionsAsync(
        [
            "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups",
            "ec2:DescribeNetworkAcls", "ec2:DescribeRouteTables", "ec2:DescribeSubnets",
            "ec2:GetManagedPrefixListEntries", "ssm:DescribeInstanceInformation", "ssm:ListCommands",
            "ssm:ListCommandInvocations", "ssm:GetCommandInvocation",
        ], account.Connection, Account.Stop);

        var made = account.Aws.Calls.Select(call => call.Action).Distinct(StringComparer.Ordinal).ToList();
        Assert.All(
            [
                "ssm:SendCommand", "ssm:ListCommands", "ssm:ListCommandInvocations", "ssm:GetCommandInvocation", "ssm:CancelCommand",
                "ssm:DescribeInstanceInformation", "ec2:DescribeInstances",
            ], action => Assert.Contains(action, made));
        Assert.Empty(ServiceModel.FaultsOf(account.Aws.Calls));
    }

    [Fact]
    public async Task What_the_service_does_not_know_is_found()
    {
        if (!ServiceModel.IsHere) Assert.Skip("botocore is not installed here");
        await using var account = new Account();
        await account.Host().RunAsync(Account.Script("echo ok"), Account.Stop);
        var sent = account.Aws.Calls.First(call => call.Action == "ssm:SendCommand");
        Assert.Contains(
            ServiceModel.FaultsOf([sent with { Answer = """{"Command":{"Status":"Done","Colour":"red"}}""" }]),
            fault => fault.Contains("Colour", StringComparison.Ordinal));
        Assert.Contains(
            ServiceModel.FaultsOf([sent with { Answer = """{"Command":{"Status":"Done"}}""" }]),
            fault => fault.Contains("'Done'", StringComparison.Ordinal));
        var asked = (System.Text.Json.Nodes.JsonObject)sent.Request.Json.DeepClone();
        asked["Comment"] = new string('x', 101);
        Assert.Contains(
            ServiceModel.FaultsOf([sent with { Request = sent.Request with { Json = asked } }]),
            fault => fault.Contains("101 is more than 100", StringComparison.Ordinal));
    }
}
