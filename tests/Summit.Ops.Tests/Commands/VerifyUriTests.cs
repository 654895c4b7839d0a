using System.Management.Automation;
using System.Security;
using Summit.Ops.Lab;
using Summit.Ops.Lab.Aws;
using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Commands;

/// <summary>-VerifyUri: a deployment that must let a WebSocket in from here, or is taken back.</summary>
[Trait("Category", "Lab")]
public sealed class VerifyUriTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhatIf_names_the_step_and_a_deployment_that_proves_itself_stays()
    {
        await using var lab = await StartAsync();
        using var session = Session(lab);

        var whatIf = await session.RenderAsync("Deploy-SummitNginxConfig -Site $site -VerifyUri $good -WhatIf", Stop);
        Assert.Contains($"open a WebSocket to {lab.Site.Uri} from this machine", Joined(whatIf.HostText));
        var done = await session.InvokeAsync("Deploy-SummitNginxConfig -Site $site -VerifyUri $good", Stop);

        Assert.Empty(done.Errors);
        Assert.True(Assert.Single(done.Of<SummitDeployment>()) is { Changed: true, Verified: true });
    }

    [Fact]
    public async Task What_does_not_prove_itself_is_taken_back_with_one_error_and_a_restore_too()
    {
        await using var lab = await StartAsync();
        using var session = Session(lab);
        var before = await File.ReadAllTextAsync(lab.ConfigPath, Stop);

        var result = await session.InvokeAsync("Deploy-SummitNginxConfig -Site $site -VerifyUri $bad -Token $token", Stop);
        AssertTakenBack(result);
        Assert.DoesNotContain("s3cret", result.Errors[0].ToString());
        Assert.Equal(before, await File.ReadAllTextAsync(lab.ConfigPath, Stop));

        Assert.Empty((await session.InvokeAsync("Deploy-SummitNginxConfig -Site $site", Stop)).Errors);
        var deployed = await File.ReadAllTextAsync(lab.ConfigPath, Stop);
        await File.AppendAllTextAsync(lab.ConfigPath, "# by hand\n", Stop);
        // the one before the deployment lets no WebSocket in, and the host itself would put that back: what is restored here does
        Assert.Empty((await session.InvokeAsync($"Deploy-SummitNginxConfig -Site $site -Path '{Copy(lab, deployed)}'", Stop)).Errors);
        AssertTakenBack(await session.InvokeAsync("Restore-SummitNginxConfig -Site $site -VerifyUri $bad", Stop));
        Assert.Equal(deployed, await File.ReadAllTextAsync(lab.ConfigPath, Stop));
    }

    [Fact]
    public async Task Where_nothing_changes_there_is_a_warning_and_no_error()
    {
        await using var lab = await StartAsync("healthy");
        using var session = Session(lab);

        var result = await session.InvokeAsync($"Deploy-SummitNginxConfig -Site $site -Path '{lab.ConfigPath}' -VerifyUri $bad", Stop);

        Assert.Empty(result.Errors);
        Assert.True(Assert.Single(result.Of<SummitDeployment>()) is { Changed: false, Verified: false });
        Assert.Single(result.Warnings);
    }

    [Fact]
    public async Task A_canary_that_does_not_prove_itself_is_taken_back_and_no_other_is_asked()
    {
        await using var lab = await StartAsync();
        using var session = Session(lab);
        var before = await File.ReadAllTextAsync(lab.ConfigPath, Stop);

        var result = await session.InvokeAsync(
            "Deploy-SummitNginxConfig -Site $site -InstanceId i-0aaaaaaaaaaaaaaa1, i-0aaaaaaaaaaaaaaa2 -Canary -VerifyUri $bad -Region "
                + "eu-west-1 -EndpointUrl $url -Credential $key",
            Stop);

        Assert.True(Assert.Single(
            result.Of<SummitDeployment>()) is { RolledBack: true, Verified: false, Target.InstanceId: "i-0aaaaaaaaaaaaaaa1" });
        Assert.Equal(["DeploymentRolledBack", "TargetLeftAlone"], result.Errors.Select(Id));
        Assert.Equal(["i-0aaaaaaaaaaaaaaa1"], Asked(lab));
        Assert.Equal(before, await File.ReadAllTextAsync(lab.ConfigPath, Stop));
    }

    [Fact]
    public async Task Each_host_of_a_fleet_proves_itself()
    {
        await using var lab = await StartAsync();
        using var session = Session(lab);
        var before = await File.ReadAllTextAsync(lab.ConfigPath, Stop);

        var result = await session.InvokeAsync(
            "Deploy-SummitNginxConfig -Site $site -InstanceId i-0aaaaaaaaaaaaaaa1, i-0aaaaaaaaaaaaaaa2 -MaxErrors 5 -VerifyUri $bad "
                + "-Region eu-west-1 -EndpointUrl $url -Credential $key",
            Stop);

        Assert.All(result.Of<SummitDeployment>(), done => Assert.True(done is { RolledBack: true, Changed: false }, done.Output));
        Assert.Equal(["DeploymentRolledBack", "DeploymentRolledBack"], result.Errors.Select(Id));
        Assert.Equal(before, await File.ReadAllTextAsync(lab.ConfigPath, Stop));
    }

    [Theory]
    [InlineData("-VerifyUri 'http://example.com/ws'", "UriSchemeInvalid")]
    [InlineData("-VerifyUri ''", "UriEmpty")]
    [InlineData("-VerifyUri 'wss://example.com/ws' -TimeoutSec 0", "TimeoutInvalid")]
    [InlineData("-VerifyUri 'wss://example.com/ws' -CertificateAuthority /nowhere.pem", "CertificateAuthorityNotFound")]
    [InlineData("-SkipCertificateCheck", "VerifyUriMissing")]
    [InlineData("-TimeoutSec 5", "VerifyUriMissing")]
    public async Task What_makes_no_sense_is_said_before_anything_is_done(string parameters, string id)
    {
        using var session = EngineSession.Create();

        foreach (var cmdlet in new[] { "Deploy-SummitNginxConfig", "Restore-SummitNginxConfig" })
        {
            var result = await session.InvokeAsync($"{cmdlet} {parameters}", Stop);
            var error = Assert.Single(result.Errors);
            Assert.Equal(id, Id(error));
            Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        }
    }

    private static void AssertTakenBack(EngineResult result)
    {
        var done = Assert.Single(result.Of<SummitDeployment>());
        Assert.True(done is { RolledBack: true, Verified: false, Changed: false }, done.Output);
        Assert.Contains("404", done.Output);
        Assert.Equal("DeploymentRolledBack", Id(Assert.Single(result.Errors)));
        Assert.Empty(result.Warnings);
    }

    private static async Task<LabInstance> StartAsync(string scenario = "location-missing")
    {
        if (await LabRequirement.NginxMissingAsync(Stop) is { } reason) Assert.Skip(reason);
        var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find(scenario), Backend = LabBackendKind.InProcess }, Stop);
        var machine = lab.Aws.Fleet.Machines.First();
        foreach (var id in new[] { "i-0aaaaaaaaaaaaaaa1", "i-0aaaaaaaaaaaaaaa2" }) lab.Aws.Fleet.Put(machine with { InstanceId = id });
        return lab;
    }

    private static EngineSession Session(LabInstance lab)
    {
        var session = EngineSession.Create();
        session.SetVariable("site", lab.Site);
        session.SetVariable("good", lab.Site.Uri);
        session.SetVariable("bad", $"wss://{lab.Site.ServerName}:{lab.Port}/nowhere");
        session.SetVariable("token", Secure("s3cret"));
        session.SetVariable("url", lab.AwsEndpoint);
        session.SetVariable("key", new PSCredential(lab.Aws.AccessKeyId, Secure(lab.Aws.SecretAccessKey)));
        return session;
    }

    private static SecureString Secure(string text)
    {
        var secret = new SecureString();
        foreach (var c in text) secret.AppendChar(c);
        return secret;
    }

    private static string Copy(LabInstance lab, string content)
    {
        var path = Path.Combine(lab.NginxPrefix, "copy.conf");
        File.WriteAllText(path, content);
        return path;
    }

    private static string Joined(string text) => string.Join(' ', text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));

    private static IEnumerable<string> Asked(LabInstance lab) => lab.Aws.Calls.Where(call => call.Action == "ssm:SendCommand")
        .Select(call => (string)call.Request.Json["InstanceIds"]![0]!).Distinct(StringComparer.Ordinal);

    private static string Id(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
