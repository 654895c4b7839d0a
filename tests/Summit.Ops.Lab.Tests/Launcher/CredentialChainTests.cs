using Summit.Ops.Lab.Aws;

namespace Summit.Ops.Lab.Tests.Launcher;

/// <summary>Credentials that no parameter gives, found in a process of its own as every AWS tool finds them.</summary>
[Trait("Category", "Lab")]
public sealed class CredentialChainTests
{
    private const string Id = "i-0123456789abcdef0";
    private const string Script =
        $"Get-SummitTarget {Id} -Verbose 4>&1 | ForEach-Object {{ \"$($_.InstanceId) $($_.Region) $($_.PingStatus)\" }}";

    [Fact]
    public async Task A_web_identity_is_changed_for_the_key_of_a_role()
    {
        await using var aws = Endpoint();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, aws.WebIdentityToken, TestContext.Current.CancellationToken);
        var environment = Environment(aws);
        (
            environment["AWS_WEB_IDENTITY_TOKEN_FILE"], environment["AWS_ROLE_ARN"],
            environment["AWS_ROLE_SESSION_NAME"],
            environment["AWS_REGION"]) = (file, $"arn:aws:iam::{AwsEndpoint.Account}:role/runbook", "lab", "eu-west-1");

        var result = await LabProgram.RunAsync(["-NoLab", "-Command", Script], input: null, environment);
        Assert.Equal((0, $"{Id} eu-west-1 Online\n", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Equal(("sts:AssumeRoleWithWebIdentity", "OK"), aws.Calls.Select(call => (call.Action, call.Outcome)).First());
        Assert.All(aws.Calls.Skip(1), call => Assert.StartsWith("ASIA", call.Request.AccessKeyId));

        await File.WriteAllTextAsync(file, "another", TestContext.Current.CancellationToken);
        result = await LabProgram.RunAsync(["-NoLab", "-Command", Script + "; exit 3"], input: null, environment);
        Assert.Equal("", result.Output);
        Assert.Contains("There are no AWS credentials", result.Error, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task An_instance_has_credentials_and_region_from_its_metadata()
    {
        await using var aws = Endpoint();
        await using var metadata = InstanceMetadata.Start(aws.Temporary, "eu-west-1");
        var environment = Environment(aws);
        environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata.Url;

        var result = await LabProgram.RunAsync(["-NoLab", "-Command", Script], input: null, environment);
        Assert.Equal((0, $"{Id} eu-west-1 Online\n", ""), (result.ExitCode, result.Output, result.Error));
        Assert.All(aws.Calls, call => Assert.StartsWith("ASIA", call.Request.AccessKeyId));
        Assert.Contains(metadata.Asked, path => path.Contains("security-credentials", StringComparison.Ordinal));
    }

    private static AwsEndpoint Endpoint()
    {
        var aws = AwsEndpoint.Start();
        aws.Fleet.Put(new LabMachine { InstanceId = Id });
        return aws;
    }

    // nothing of the account that runs the tests
    private static Dictionary<string, string> Environment(AwsEndpoint aws)
    {
        var nowhere = Path.Combine(Path.GetTempPath(), "summit-test-no-such-file");
        return new(StringComparer.Ordinal)
        {
            ["AWS_ENDPOINT_URL"] = aws.Url, ["AWS_SHARED_CREDENTIALS_FILE"] = nowhere, ["AWS_CONFIG_FILE"] = nowhere,
            ["AWS_PROFILE"] = "", ["AWS_REGION"] = "", ["AWS_DEFAULT_REGION"] = "",
            ["AWS_ACCESS_KEY_ID"] = "", ["AWS_SECRET_ACCESS_KEY"] = "", ["AWS_SESSION_TOKEN"] = "",
            ["AWS_EC2_METADATA_DISABLED"] = "false",
            ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:1",
        };
    }
}
