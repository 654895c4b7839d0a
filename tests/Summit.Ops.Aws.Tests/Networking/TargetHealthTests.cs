using System.Text.Json.Nodes;
using Summit.Ops.Aws.Tests.Endpoint;
using Summit.Ops.Network;

namespace Summit.Ops.Aws.Tests.Networking;

/// <summary>The command that tells a target's health, by the real AWS CLI in sh against another hand's Elastic Load Balancing.</summary>
public sealed class TargetHealthTests
{
    [Theory]
    [InlineData("app", "application", "HTTP")]
    [InlineData("net", "network", "TCP")]
    public async Task The_command_tells_the_state_of_the_target(string kind, string type, string protocol)
    {
        if (await AwsCli.MissingAsync() is { } reason) Assert.Skip(reason);
        await using var moto = await MotoServer.StartAsync();
        var vpc = (string)(await AwsAsync("ec2 create-vpc --cidr-block 10.0.0.0/16"))["Vpc"]!["VpcId"]!;
        var subnets = new List<string>();
        foreach (var zone in "ab")
        {
            subnets.Add((string)(await AwsAsync(
                $"ec2 create-subnet --vpc-id {vpc} --cidr-block 10.0.{zone - 'a'}.0/24 --availability-zone {Account.Region}{zone}"))
                ["Subnet"]!["SubnetId"]!);
        }

        var balancer = (string)(await AwsAsync(
            $"elbv2 create-load-balancer --name front --type {type} --subnets {string.Join(' ', subnets)}"))
            ["LoadBalancers"]![0]!["LoadBalancerArn"]!;
        var group = (string)(await AwsAsync($"elbv2 create-target-group --name web --protocol {protocol} --port 80 --vpc-id {vpc}"))
            ["TargetGroups"]![0]!["TargetGroupArn"]!;
        await AwsAsync($"elbv2 create-listener --load-balancer-arn {balancer} --protocol {protocol} --port 80 "
            + $"--default-actions Type=forward,TargetGroupArn={group}");
        var instance = (string)(await AwsAsync($"ec2 run-instances --image-id ami-12345678 --subnet-id {subnets[0]}"))
            ["Instances"]![0]!["InstanceId"]!;
        await AwsAsync($"elbv2 register-targets --target-group-arn {group} --targets Id={instance}");

        var (code, output, error) = await AwsCli.RunCommandAsync(
            moto.Environment, "sh", ["-c", TargetHealth.Look($"{kind}/front", Account.Region)]);

        Assert.True(code == 0, error);
        var told = Assert.Single(JsonNode.Parse(output)!["TargetHealthDescriptions"]!.AsArray())!;
        Assert.Equal(instance, (string)told["Target"]!["Id"]!);
        Assert.NotEmpty((string)told["TargetHealth"]!["State"]!);

        async Task<JsonNode> AwsAsync(string arguments)
        {
            var answer = await AwsCli.RunAsync(moto.Environment, arguments.Split(' '));
            Assert.True(answer.Code == 0, $"{arguments}: {answer.Error}");
            return JsonNode.Parse(answer.Output.Trim().Length > 0 ? answer.Output : "{}")!;
        }
    }

    [Theory]
    [InlineData("front", "aws elb describe-instance-health --load-balancer-name front --region eu-west-1")]
    [InlineData("app/x;reboot", "aws elbv2 describe-target-groups --region eu-west-1")]
    public void A_name_that_is_none_becomes_no_part_of_a_command(string name, string command) =>
        Assert.Equal(command, TargetHealth.Look(name, Account.Region));
}
