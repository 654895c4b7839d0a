using System.Management.Automation;
using System.Security;
using Summit.Ops.Lab.Aws;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Commands;

/// <summary>
/// Test-SummitFirewall in the real engine: on this machine as it is, and on an instance over the lab's endpoint. What
/// rules come to is tested in Core.
/// </summary>
public sealed class TestSummitFirewallTests : IDisposable
{
    private const string Id = "i-0123456789abcdef0";
    private readonly EngineSession _session = EngineSession.Create();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Both_families_are_judged_here_and_an_instance_the_same_over_Systems_Manager()
    {
        await using var aws = AwsEndpoint.Start();
        aws.Fleet.Put(new LabMachine { InstanceId = Id });
        _session.SetVariable("url", aws.Url);
        var secret = new SecureString();
        foreach (var c in aws.SecretAccessKey) secret.AppendChar(c);
        _session.SetVariable("key", new PSCredential(aws.AccessKeyId, secret));
        var here = await ChecksAsync("Test-SummitFirewall -Port 443");
        Assert.Equal(["IPv4", "IPv6"], here.Select(check => check.Target.Split(' ')[^1]));
        Assert.All(here, check => Assert.Equal("Network.HostFirewall", check.Id));
        Assert.All(here, check => Assert.NotEqual(SummitCheckStatus.Skipped, check.Status));
        var there = await ChecksAsync($"Test-SummitFirewall -InstanceId {Id} -Region eu-west-1 -EndpointUrl $url -Credential $key");
        Assert.Equal(here.Select(check => (check.Status, check.Evidence)), there.Select(check => (check.Status, check.Evidence)));
        Assert.All(there, check => Assert.StartsWith(Id, check.Target));
        Assert.Single(aws.Calls, call => call.Action == "ssm:SendCommand");
        Assert.Single(await ChecksAsync("Test-SummitFirewall -Source 203.0.113.0/24"));
    }

    [Theory]
    [InlineData("Test-SummitFirewall -Port 0", "PortInvalid")]
    [InlineData("Test-SummitFirewall -Source office", "SourceInvalid")]
    [InlineData("Test-SummitFirewall -InstanceId web1", "InstanceIdInvalid")]
    public async Task What_makes_no_sense_is_told_with_a_command(string script, string errorId)
    {
        var error = Assert.Single((await _session.InvokeAsync(script, Stop)).Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    private async Task<IReadOnlyList<SummitCheck>> ChecksAsync(string script)
    {
        var result = await _session.InvokeAsync(script, Stop);
        Assert.True(result.Errors.Count == 0, $"{script}\n{string.Join('\n', result.Errors)}");
        return [.. result.Output.Select(item => (SummitCheck)item.BaseObject)];
    }
}
