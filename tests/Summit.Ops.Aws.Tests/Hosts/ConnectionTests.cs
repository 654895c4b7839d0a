using Summit.Ops.Errors;
using Summit.Ops.Hosts;

namespace Summit.Ops.Aws.Tests.Hosts;

/// <summary>Credentials, region and endpoint: what is wrong with them is said at once and with the next command.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private readonly Account _account = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _account.DisposeAsync();

    [Fact]
    public async Task An_unknown_key_and_a_wrong_secret_are_refused()
    {
        Assert.Equal(
            "AwsCredentialsRefused",
            await ErrorAsync(_account.Connection with { Key = new AwsKey("AKIAXXXXXXXXXXXXXXXX", "wrong", null) }));
        Assert.Equal(
            "AwsCredentialsRefused",
            await ErrorAsync(_account.Connection with { Key = new AwsKey(_account.Aws.AccessKeyId, "wrong", null) }));
    }

    [Fact]
    public async Task A_profile_gives_credentials_and_region()
    {
        var file = await ProfileAsync($"[lab]\naws_access_key_id = {_account.Aws.AccessKeyId}\n"
            + $"aws_secret_access_key = {_account.Aws.SecretAccessKey}\nregion = {Account.Region}\n");
        var connection = new AwsConnection { ProfileName = "lab", ProfileLocation = file, EndpointUrl = _account.Aws.Url };
        Assert.Equal("ok\n", (await Host(connection).RunAsync(Account.Script("echo ok"), Account.Stop)).Output);
        Assert.Equal("AwsProfileNotFound", await ErrorAsync(connection with { ProfileName = "other" }));
        File.Delete(file);
    }

    [Fact]
    public async Task An_SSO_profile_without_a_login_says_how_to_log_in()
    {
        var file = await ProfileAsync("[sso]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n"
            + $"sso_account_id = 123456789012\nsso_role_name = {Guid.NewGuid():N}\nregion = eu-west-1\n");
        var error = await Assert.ThrowsAsync<SummitAwsException>(
            () => Host(new AwsConnection { ProfileName = "sso", ProfileLocation = file, EndpointUrl = _account.Aws.Url }).RunAsync(
                Account.Script("true"), Account.Stop));
        Assert.Equal(("AwsSsoTokenMissing", "aws sso login --profile sso"), (error.ErrorId, error.RecommendedAction));
        File.Delete(file);
    }

    [Fact]
    public async Task What_cannot_be_a_region_and_an_endpoint_that_is_not_there_are_told()
    {
        Assert.Equal("AwsRegionInvalid", await ErrorAsync(_account.Connection with { Region = "Ireland" }));
        await using var gone = new Account();
        await gone.Aws.DisposeAsync();
        var there = _account.Connection with { EndpointUrl = gone.Aws.Url };
        var error = await Assert.ThrowsAsync<SummitAwsException>(() => Host(there).RunAsync(Account.Script("true"), Account.Stop));
        Assert.Equal(("AwsUnreachable", $"curl -sI {gone.Aws.Url.TrimEnd('/')}/"), (error.ErrorId, error.RecommendedAction));
        Assert.Contains($"ssm:SendCommand got no answer from {gone.Aws.Url.TrimEnd('/')}/", error.Message);
        // nothing was sent, so there is nothing to find out: a fraction of a second, once the client's code has been loaded
        var started = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<SummitAwsException>(() => Host(there).RunAsync(Account.Script("true"), Account.Stop));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task An_endpoint_that_takes_calls_and_says_nothing_does_not_hold_who_stops()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var there = _account.Connection with { EndpointUrl = $"http://{silent.LocalEndpoint}" };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Account.Stop);
        var running = Host(there).RunAsync(Account.Script("true"), stop.Token);
        using var accepted = await silent.AcceptSocketAsync(Account.Stop);
        await stop.CancelAsync();
        var told = await Assert.ThrowsAsync<HostRunCancelledException>(() => running.WaitAsync(TimeSpan.FromSeconds(60), Account.Stop));
        Assert.Contains("not known whether the command was sent", told.Message);
    }

    [Fact]
    public void A_secret_is_in_no_text() =>
        Assert.DoesNotContain(
            "s3cr3t",
            $"{new AwsConnection { Key = new AwsKey("AKIA", "s3cr3t", "s3cr3t") }} "
                + $"{System.Text.Json.JsonSerializer.Serialize(new AwsConnection { Key = new AwsKey("AKIA", "s3cr3t", "s3cr3t") })}");

    private IHost Host(AwsConnection connection) =>
        _account.Services.Host(new SummitTarget { Name = "web", Kind = SummitTargetKind.Ssm, InstanceId = Account.Id }, connection, null);

    private async Task<string> ErrorAsync(AwsConnection connection, int seconds = 30) =>
        (await Assert.ThrowsAnyAsync<SummitException>(
            () => Host(connection).RunAsync(Account.Script("true", seconds: seconds), Account.Stop))).ErrorId;

    private static async Task<string> ProfileAsync(string text)
    {
        var file = Path.Combine(Path.GetTempPath(), $"summit-test-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(file, text, Account.Stop);
        return file;
    }
}
