using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;
using System.Security;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Aws;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Commands;

/// <summary>The AWS parameters of the cmdlets in the real engine, against the lab's endpoint.</summary>
[Trait("Category", "Lab")]
public sealed class AwsCommandTests : IAsyncLifetime
{
    private const string Id = "i-0123456789abcdef0";
    private const string Account = "-Region eu-west-1 -EndpointUrl $url -Credential $key";
    private readonly AwsEndpoint _aws = AwsEndpoint.Start();
    private readonly EngineSession _session = EngineSession.Create();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Add(Id, "web");
        _session.SetVariable("url", _aws.Url);
        _session.SetVariable("key", Key(_aws.SecretAccessKey));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _aws.DisposeAsync();
        Assert.Empty(_aws.Faults);
    }

    [Fact]
    public async Task Targets_come_by_id_and_by_tag_with_what_Systems_Manager_knows()
    {
        Add("i-0aaaaaaaaaaaaaaa1", "api", machine => machine with { State = "stopped", Agent = LabAgent.ConnectionLost });
        Add("i-0aaaaaaaaaaaaaaa2", "api", machine => machine with { Agent = LabAgent.NotRegistered });
        Assert.Equal(["api stopped ConnectionLost", "api running NotRegistered"], await LinesAsync(
            $"Get-SummitTarget -Tag @{{ Name = 'ap*' }} {Account} | ForEach-Object {{ \"$($_.Name) $($_.State) $($_.PingStatus)\" }}"));
        Assert.Equal(
            ["web running Online"],
            await LinesAsync($"'{Id}' | Get-SummitTarget {Account} | ForEach-Object {{ \"$($_.Name) $($_.State) $($_.PingStatus)\" }}"));
        Assert.Equal(3, (await LinesAsync($"Get-SummitTarget {Account}")).Count);
        Assert.Equal("InstanceNotFound", await ErrorAsync($"Get-SummitTarget i-0ffffffffffffffff {Account}"));
    }

    [Theory]
    [InlineData("Get-SummitTarget i-xyz", "InstanceIdInvalid")]
    [InlineData("Get-SummitTarget -Tag @{}", "TagEmpty")]
    [InlineData("Get-SummitTarget -Region Ireland -EndpointUrl $url -Credential $key", "AwsRegionInvalid")]
    [InlineData("Get-SummitTarget -ProfileName nobody-has-this", "AwsProfileNotFound")]
    [InlineData("Get-SummitTarget -EndpointUrl ssm.eu-west-1", "EndpointUrlInvalid")]
    [InlineData("Get-SummitTarget -SessionToken x", "SessionTokenAlone")]
    [InlineData("Invoke-SummitDiagnostic -InstanceId i-0123456789abcdef0 -Tag @{ a = 'b' }", "TargetAmbiguous")]
    [InlineData("Restart-SummitNginx -InstanceId web1 -Confirm:$false", "InstanceIdInvalid")]
    [InlineData("Get-SummitNginxConfig -InstanceId web1", "InstanceIdInvalid")]
    [InlineData("Get-SummitNginxConfig -InstanceId i-0123456789abcdef0 -Tag @{ a = 'b' }", "TargetAmbiguous")]
    [InlineData("Test-SummitCertificate -Path /etc/hosts -InstanceId web1", "InstanceIdInvalid")]
    [InlineData(
        "Test-SummitCertificate -Path /etc/hosts -InstanceId i-0123456789abcdef0 -Target ([Summit.Ops.SummitTarget]::Local)",
        "TargetAmbiguous")]
    public async Task What_makes_no_sense_ends_at_once_with_a_command(string script, string errorId)
    {
        var result = await _session.InvokeAsync(script, Stop);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith(errorId + ",", error.FullyQualifiedErrorId);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.Empty(_aws.Calls);
    }

    [Fact]
    public async Task A_denied_action_and_a_refused_key_are_told_and_no_secret_is()
    {
        _aws.Knobs.Denied["ec2:DescribeInstances"] = true;
        var denied = Assert.Single((await _session.InvokeAsync($"Get-SummitTarget {Account}", Stop)).Errors);
        Assert.StartsWith("AwsAccessDenied,", denied.FullyQualifiedErrorId);
        Assert.Contains("ec2:DescribeInstances", denied.ErrorDetails.RecommendedAction);

        _session.SetVariable("key", Key("s3cr3t-s3cr3t"));
        var refused = await _session.RenderAsync($"Get-SummitTarget {Account} -Verbose -Debug", Stop);
        Assert.StartsWith("AwsCredentialsRefused,", Assert.Single(refused.Errors).FullyQualifiedErrorId);
        Assert.DoesNotContain("s3cr3t", refused.HostText + refused.Errors[0].Exception);
    }

    [Fact]
    public async Task Beside_another_AWSSDK_both_work()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "other-awssdk", "AWSSDK.Core.dll");
        var other = Assembly.LoadFrom(path);
        var credentials = Activator.CreateInstance(
            other.GetType("Amazon.Runtime.BasicAWSCredentials", throwOnError: true)!, "AKIA", "secret")!;
        Assert.Single(await LinesAsync($"Get-SummitTarget {Id} {Account}"));

        var loaded = AssemblyLoadContext.All.SelectMany(context => context.Assemblies)
            .Where(assembly => assembly.GetName().Name == "AWSSDK.Core").ToList();
        Assert.Equal(2, loaded.Count);
        Assert.NotEqual(loaded[0].GetName().Version, loaded[1].GetName().Version);
        Assert.Same(other, credentials.GetType().Assembly);
        Assert.Same(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(other));
    }

    [Fact]
    public async Task A_site_is_deployed_and_reloaded_over_Systems_Manager()
    {
        if (await LabRequirement.NginxMissingAsync(Stop) is { } reason) Assert.Skip(reason);
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find("nginx-config-missing"), Backend = LabBackendKind.InProcess }, Stop);
        Use(lab);

        var whatIf = await _session.RenderAsync(
            $"Deploy-SummitNginxConfig -Site $site -InstanceId {lab.InstanceId} {Account} -WhatIf", Stop);
        Assert.Contains("+    location /ws {", whatIf.HostText);
        Assert.False(File.Exists(lab.ConfigPath));

        var deployed = Assert.IsType<SummitDeployment>(Assert.Single(
            await OutputAsync($"Get-SummitTarget -Tag @{{ Name = 'summit-lab' }} {Account} | Deploy-SummitNginxConfig -Site $site")));
        Assert.True(deployed is { Changed: true, Verified: true, Target.Kind: SummitTargetKind.Ssm }, deployed.Output);
        Assert.True(File.Exists(lab.ConfigPath));
        var again = Assert.IsType<SummitDeployment>(
            Assert.Single(await OutputAsync($"Deploy-SummitNginxConfig -Site $site -Tag @{{ Name = 'summit-lab' }} {Account}")));
        Assert.False(again.Changed);
        var reloaded = Assert.IsType<SummitDeployment>(
            Assert.Single(await OutputAsync($"Restart-SummitNginx -Site $site -InstanceId {lab.InstanceId} {Account}")));
        Assert.True(reloaded is { Reloaded: true, Verified: true });
        Assert.All(lab.Aws.Calls.Where(call => call.Action == "ssm:SendCommand"), call => Assert.Matches(
            "^Summit.Ops (Deploy-SummitNginxConfig|Restart-SummitNginx) run=", (string?)call.Request.Json["Comment"]));
    }

    [Fact]
    public async Task After_the_first_failed_change_the_other_hosts_are_left_alone()
    {
        Add("i-0aaaaaaaaaaaaaaa1", "web", machine => machine with { Simulation = _ => new ScriptOutcome(1, "", "no") });
        Add("i-0aaaaaaaaaaaaaaa2", "web", machine => machine with { Simulation = _ => new ScriptOutcome(1, "", "no") });
        var errors = (await _session.InvokeAsync(
            $"Restart-SummitNginx -InstanceId i-0aaaaaaaaaaaaaaa1, i-0aaaaaaaaaaaaaaa2 {Account} -Confirm:$false", Stop)).Errors;
        Assert.Equal(["HostAnswerUnreadable", "TargetLeftAlone"], errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Single(_aws.Calls, call => call.Action == "ssm:SendCommand");
    }

    private static PSCredential Key(string secret, string id = "AKIASUMMITOPSLAB0001")
    {
        var secure = new SecureString();
        foreach (var c in secret) secure.AppendChar(c);
        return new PSCredential(id, secure);
    }

    private void Use(LabInstance lab)
    {
        _session.SetVariable("site", lab.Site);
        _session.SetVariable("url", lab.AwsEndpoint);
        _session.SetVariable("key", Key(lab.Aws.SecretAccessKey));
    }

    private void Add(string id, string name, Func<LabMachine, LabMachine>? change = null)
    {
        var machine = new LabMachine { InstanceId = id, Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["Name"] = name } };
        _aws.Fleet.Put(change?.Invoke(machine) ?? machine);
    }

    private async Task<string> ErrorAsync(string script) =>
        Assert.Single((await _session.InvokeAsync(script, Stop)).Errors).FullyQualifiedErrorId.Split(',')[0];

    private async Task<IReadOnlyList<string>> LinesAsync(string script) =>
        [.. (await OutputAsync(script)).Select(item => item.ToString()!)];

    private async Task<IReadOnlyList<object>> OutputAsync(string script)
    {
        var result = await _session.InvokeAsync(script, Stop);
        Assert.True(result.Errors.Count == 0, string.Join(
            '\n', result.Errors.Select(error => $"{error.FullyQualifiedErrorId} {error} {error.ErrorDetails?.RecommendedAction}")));
        return [.. result.Output.Select(item => item.BaseObject)];
    }
}
