using Summit.Ops.Hosts;

namespace Summit.Ops.Aws.Tests.Failures;

/// <summary>Endpoints, regions and retries as the environment and a profile name them: they hold as with the AWS CLI.</summary>
[Collection(nameof(OwnEnvironment))]
public sealed class SettingsTests
{
    [Theory]
    [InlineData("eu-central-1")]
    [InlineData("cn-north-1")]
    [InlineData("us-gov-west-1")]
    [InlineData("us-isob-east-1")]
    [InlineData("eusc-de-east-1")]
    [InlineData("mars-olympus-mons-west-12")]
    public async Task The_region_that_is_named_signs_whatever_the_environment_says_of_endpoint_and_region(string region)
    {
        await using var bench = Bench();
        bench.Set("AWS_ENDPOINT_URL", bench.Account.Aws.Url);
        bench.Set("AWS_REGION", "us-east-1");
        await FindAsync(bench, new AwsConnection { Region = region });
        Assert.Equal([(region, "ec2:DescribeInstances")], bench.Account.Aws.Calls.Select(call => (call.Request.Region, call.Action)));
    }

    [Fact]
    public async Task A_profile_names_the_endpoint_of_all_services_or_of_each()
    {
        await using var bench = Bench();
        await using var other = new Account();
        bench.Set("AWS_ACCESS_KEY_ID", null);
        bench.Write($"[profile all]\n{bench.Key}region = eu-west-1\nendpoint_url = {bench.Account.Aws.Url}\n[profile each]\n"
            + $"{bench.Key}region = eu-west-1\nendpoint_url = {ErrorBench.Closed()}\nservices = local\n"
            + $"[services local]\nssm =\n  endpoint_url = {ErrorBench.Closed()}\nec2 =\n  endpoint_url = {bench.Account.Aws.Url}\n");
        foreach (var name in new[] { "all", "each" })
        {
            var before = bench.Account.Aws.Calls.Count;
            await FindAsync(bench, new AwsConnection { ProfileName = name, ProfileLocation = bench.Config });
            Assert.Equal(
                ("ec2:DescribeInstances", "eu-west-1"),
                bench.Account.Aws.Calls.Skip(before).Select(call => (call.Action, call.Request.Region)).Single());
        }
    }

    [Fact]
    public async Task The_environment_goes_before_the_profile_and_a_service_before_all()
    {
        await using var bench = Bench();
        bench.Write($"[default]\nendpoint_url = {ErrorBench.Closed()}\n");
        bench.Set("AWS_ENDPOINT_URL", ErrorBench.Closed());
        bench.Set("AWS_ENDPOINT_URL_EC2", bench.Account.Aws.Url);
        await FindAsync(bench, new AwsConnection { Region = "eu-west-1" });
        Assert.Equal(1, bench.Account.Count("ec2:DescribeInstances"));
    }

    [Fact]
    public async Task Named_endpoints_are_left_alone_where_they_are_to_be_ignored()
    {
        await using var bench = Bench();
        bench.Set("AWS_ENDPOINT_URL", bench.Account.Aws.Url);
        bench.Set("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
        var settings = AwsSettings.Of(new AwsConnection());
        Assert.Null(settings.Endpoint("ssm"));
        // what a parameter names is no configuration
        Assert.Equal("http://127.0.0.1:1", AwsSettings.Of(new AwsConnection { EndpointUrl = "http://127.0.0.1:1" }).Endpoint("ssm"));
    }

    [Fact]
    public async Task Fips_dualstack_authorities_and_attempts_are_taken_from_the_profile_that_is_named()
    {
        await using var bench = Bench();
        var file = bench.Certificate().File;
        bench.Write($"[profile ops]\n{bench.Key}use_fips_endpoint = true\nuse_dualstack_endpoint = true\nca_bundle = {file}\n"
            + $"max_attempts = 3\nretry_mode = adaptive\n");
        var settings = AwsSettings.Of(new AwsConnection { ProfileName = "ops", ProfileLocation = bench.Config });
        Assert.Equal((true, true, file, 3), (settings.UseFips, settings.UseDualstack, settings.Authorities, settings.MaxAttempts));
        using var clients = await AwsClients.CreateAsync(
            new AwsConnection { ProfileName = "ops", ProfileLocation = bench.Config, Region = "us-gov-west-1" });
        Assert.Equal(
            "https://ssm-fips.us-gov-west-1.api.aws/",
            clients.Ssm.DetermineServiceOperationEndpoint(new Amazon.SimpleSystemsManagement.Model.SendCommandRequest()).URL.TrimEnd('/')
                + "/");
    }

    [Fact]
    public async Task The_attempts_that_are_named_are_all_that_are_made()
    {
        await using var bench = Bench();
        bench.Set("AWS_MAX_ATTEMPTS", "3");
        bench.Says("ThrottlingException", "Rate exceeded");
        await Assert.ThrowsAnyAsync<Exception>(() => bench.Account.Host().RunAsync(Account.Script("true"), Account.Stop));
        Assert.Equal(3, bench.Account.Count("ssm:SendCommand"));
    }

    private static ErrorBench Bench()
    {
        var bench = new ErrorBench();
        bench.Set("AWS_ACCESS_KEY_ID", bench.Account.Aws.AccessKeyId);
        bench.Set("AWS_SECRET_ACCESS_KEY", bench.Account.Aws.SecretAccessKey);
        return bench;
    }

    // by a pattern, which EC2 alone is asked for
    private static async Task FindAsync(ErrorBench bench, AwsConnection connection)
    {
        await foreach (var _ in bench.Account.Services.FindAsync(
            new TargetQuery { Tags = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["Name"] = ["nobody*"] } },
            connection, Account.Stop))
        {
            // there is none
        }
    }
}
