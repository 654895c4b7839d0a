using System.Management.Automation;
using System.Security;
using Summit.Ops.Lab.Aws;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Commands;

/// <summary>
/// Test-SummitSecurityGroup in the real engine: saved groups without an account, and instances against the lab's endpoint.
/// </summary>
public sealed class TestSummitSecurityGroupTests : IAsyncLifetime
{
    private const string Id = "i-0123456789abcdef0";
    private const string Saved = """{"SecurityGroups":[{"GroupId":"sg-"""
        + """1","GroupName":"web","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"203.0.113.0/"""
        + """24"}]}]},{"GroupId":"sg-2","IpPermissions":[]}]}""";
    private readonly EngineSession _session = EngineSession.Create();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _session.SetVariable("saved", Saved);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Saved_groups_come_as_text_lines_path_file_or_object_and_need_no_account()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".json");
        await File.WriteAllTextAsync(file, Saved.Replace(",", ",\n", StringComparison.Ordinal), Stop);
        _session.SetVariable("file", file);
        try
        {
            foreach (var how in new[]
            {
                "$saved | Test-SummitSecurityGroup", "Test-SummitSecurityGroup -InputObject $saved",
                "[IO.File]::ReadAllLines($file) | Test-SummitSecurityGroup", "$file | Test-SummitSecurityGroup",
                "Test-SummitSecurityGroup -InputObject $file", "[IO.FileInfo]$file | Test-SummitSecurityGroup",
                "$one = [pscustomobject]@{ GroupId = 'sg-1'; IpPermissions = @([pscustomobject]@{ IpProtocol = 'tcp'; FromPort = 443; "
                    + "ToPort = 443; Ipv4Ranges = @([pscustomobject]@{ CidrIp = '203.0.113.0/24' }) }) }; "
                    + "$one, @{ GroupId = 'sg-2' } | Test-SummitSecurityGroup",
            })
            {
                Assert.Equal(["sg-1 over IPv4 Pass", "sg-2 over IPv4 Fail"], await LinesAsync($"{how} -Source 203.0.113.7"));
            }

            Assert.Equal(["sg-1 over IPv4 Pass", "sg-2 over IPv4 Fail"], await LinesAsync("$file | Test-SummitSecurityGroup "
                + "-Source ::ffff:203.0.113.7"));
            Assert.Equal(
                ["sg-1, sg-2 over IPv4 Pass"],
                await LinesAsync("$saved | Test-SummitSecurityGroup -GroupId sg-1, sg-2 -Source 203.0.113.7"));
            Assert.Equal(
                ["sg-1 over IPv4 Fail", "sg-1 over IPv6 Fail"], await LinesAsync("$saved | Test-SummitSecurityGroup -GroupId sg-1"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("Test-SummitSecurityGroup -InstanceId web1", "InstanceIdInvalid")]
    [InlineData("Test-SummitSecurityGroup -InstanceId mi-0123456789abcdef0 -Region eu-west-1", "TargetHasNoInstance")]
    [InlineData("Test-SummitSecurityGroup -InputObject $saved -Port 0", "PortInvalid")]
    [InlineData("Test-SummitSecurityGroup -InputObject $saved -TargetPort 70000", "PortInvalid")]
    [InlineData("Test-SummitSecurityGroup -InputObject $saved -Source office", "SourceInvalid")]
    [InlineData("Test-SummitSecurityGroup -InputObject $saved -GroupId sg-3", "SecurityGroupNotSaved")]
    [InlineData("Test-SummitSecurityGroup -InputObject '{'", "SecurityGroupsInvalid")]
    [InlineData("Test-SummitSecurityGroup -InputObject 7", "SecurityGroupsInvalid")]
    [InlineData("Test-SummitSecurityGroup -InputObject ./no-such-file.json", "SecurityGroupsFileNotFound")]
    public async Task What_makes_no_sense_is_told_with_a_command(string script, string errorId)
    {
        var error = Assert.Single((await _session.InvokeAsync(script, Stop)).Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public async Task Instances_come_by_id_and_as_targets()
    {
        await using var aws = AwsEndpoint.Start();
        aws.Fleet.Put(new LabMachine { InstanceId = Id, PublicAddress = "203.0.113.200" });
        _session.SetVariable("url", aws.Url);
        var secret = new SecureString();
        foreach (var c in aws.SecretAccessKey) secret.AppendChar(c);
        _session.SetVariable("key", new PSCredential(aws.AccessKeyId, secret));
        const string Account = "-Region eu-west-1 -EndpointUrl $url -Credential $key";
        string[] open = [.. new[] { "PublicAddress", "Route", "Acl", "SecurityGroup" }.Select(id => $"Network.{id} Pass")];
        const string Shown = "| ForEach-Object { \"$($_.Id) $($_.Status)\" }";
        Assert.Equal(open, await OutputAsync($"Test-SummitSecurityGroup {Id} -Source 8.8.8.8 {Account} {Shown}"));
        // a target takes its account along
        Assert.Equal(open, await OutputAsync($"Get-SummitTarget {Id} {Account} | Test-SummitSecurityGroup -Source 8.8.8.8 {Shown}"));
        Assert.Equal(
            ["Network.SecurityGroup Fail"],
            await OutputAsync($"Test-SummitSecurityGroup -GroupId sg-0123456789abcdef0 -Port 8080 -Source 8.8.8.8 {Account} {Shown}"));
        Assert.Equal(
            [
                "aws ec2 authorize-security-group-ingress --group-id sg-0123456789abcdef0 --protocol tcp --port 8080 --cidr "
                    + "8.8.8.8/32 --region eu-west-1",
            ],
            await OutputAsync($"Test-SummitSecurityGroup {Id} -Port 8080 -Source 8.8.8.8 {Account} | ForEach-Object {{ if ($_.Status -eq "
                + "'Fail') { $_.Fix } }"));
        Assert.StartsWith("TargetHasNoInstance,", Assert.Single((await _session.InvokeAsync(
            "[Summit.Ops.SummitTarget]::Local | Test-SummitSecurityGroup", Stop)).Errors).FullyQualifiedErrorId);
        Assert.Empty(aws.Faults);
    }

    private Task<IReadOnlyList<string>> LinesAsync(string script) =>
        OutputAsync(script + " | ForEach-Object { \"$($_.Target) $($_.Status)\" }");

    private async Task<IReadOnlyList<string>> OutputAsync(string script)
    {
        var result = await _session.InvokeAsync(script, Stop);
        Assert.True(result.Errors.Count == 0, $"{script}\n{string.Join('\n', result.Errors)}");
        return [.. result.Output.Select(item => item.ToString()!)];
    }
}
