using Summit.Ops.Tests.Engine;

namespace Summit.Ops.Tests.Commands;

/// <summary>That no call means this machine, or the guide's site, because a variable was empty.</summary>
public sealed class NamedHostTests : IDisposable
{
    private readonly EngineSession _session = EngineSession.Create();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Restart-SummitNginx -InstanceId $undefined -WhatIf")]
    [InlineData("Deploy-SummitNginxConfig -InstanceId $null -WhatIf")]
    [InlineData("Repair-SummitWebSocket -InstanceId '' -WhatIf")]
    [InlineData("Invoke-SummitDiagnostic -InstanceId @()")]
    [InlineData("Invoke-SummitDiagnostic -InstanceId @($null)")]
    [InlineData("Restart-SummitBackend -InstanceId 'i-0123456789abcdef0', '' -WhatIf")]
    [InlineData("Get-SummitNginxConfig -InstanceId $undefined")]
    [InlineData("[pscustomobject]@{ InstanceId = $null } | Restart-SummitNginx -WhatIf")]
    [InlineData("[pscustomobject]@{ InstanceId = '' } | Invoke-SummitDiagnostic")]
    [InlineData("[Summit.Ops.SummitTarget]::Local, [pscustomobject]@{ InstanceId = '' } | Restart-SummitNginx -WhatIf")]
    [InlineData("[pscustomobject]@{ InstanceId = '' } | Get-SummitNginxConfig")]
    public async Task An_empty_instance_id_is_an_error(string script)
    {
        var error = Assert.Single((await _session.RenderAsync(script, Stop)).Errors);

        Assert.StartsWith("InstanceIdEmpty,", error.FullyQualifiedErrorId);
        Assert.Contains("-InstanceId i-", error.ErrorDetails.RecommendedAction);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ InstanceId = 'web1' } | Restart-SummitNginx -WhatIf")]
    [InlineData("[Summit.Ops.SummitTarget]::Local, [pscustomobject]@{ InstanceId = 'web1' } | Restart-SummitNginx -WhatIf")]
    [InlineData("[pscustomobject]@{ InstanceId = 'web1' } | Get-SummitNginxConfig")]
    public async Task An_object_with_an_instance_id_is_that_instance_and_not_this_machine(string script)
    {
        // not an instance's id: the error shows that it was taken for one, and nothing is asked of AWS
        Assert.StartsWith("InstanceIdInvalid,", (await _session.RenderAsync(script, Stop)).Errors[^1].FullyQualifiedErrorId);
    }

    [Fact]
    public async Task Only_a_target_is_a_target()
    {
        Assert.StartsWith("CannotConvertArgumentNoMessage,", Assert.Single(
            (await _session.InvokeAsync("Restart-SummitNginx -Target @{ Name = 'web' } -WhatIf", Stop)).Errors).FullyQualifiedErrorId);
        var saved = await _session.RenderAsync(
            "$t = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize([Summit."
                + "Ops.SummitTarget]::Local)); $t | Restart-SummitNginx -WhatIf",
            Stop);
        Assert.Empty(saved.Errors);
        Assert.Contains("nginx on ", saved.HostText);
    }

    [Theory]
    [InlineData("Restart-SummitNginx -Region eu-west-1 -WhatIf", "-Region is")]
    [InlineData("Invoke-SummitDiagnostic -Region eu-west-1 -ProfileName prod", "-Region and -ProfileName are")]
    [InlineData("Repair-SummitWebSocket -DocumentName Mine -WhatIf", "-DocumentName is")]
    [InlineData("Deploy-SummitNginxConfig -EndpointUrl https://ssm.example.com -WhatIf", "-EndpointUrl is")]
    [InlineData("Get-SummitNginxConfig -ProfileLocation ./credentials", "-ProfileLocation is")]
    [InlineData("Get-SummitNginxConfig -Path /etc/hosts -Region eu-west-1", "-Region is")]
    [InlineData("Test-SummitCertificate -Uri wss://127.0.0.1:1/ws -Region eu-west-1", "-Region is")]
    [InlineData("$PSDefaultParameterValues['*-Summit*:Region'] = 'us-east-1'; Restart-SummitNginx -Region eu-west-1 -WhatIf", "-Region is")]
    public async Task An_account_without_a_host_is_an_error(string script, string says)
    {
        var error = Assert.Single((await _session.RenderAsync(script, Stop)).Errors);

        Assert.StartsWith("HostNotNamed,", error.FullyQualifiedErrorId);
        Assert.Contains(says, error.ToString());
        Assert.Contains("-InstanceId", error.ErrorDetails.RecommendedAction);
    }

    [Theory]
    [InlineData("$PSDefaultParameterValues['*-Summit*:Region'] = 'eu-west-1'; Restart-SummitNginx -WhatIf")]
    [InlineData("$PSDefaultParameterValues['Restart-SummitNginx:Region'] = { 'eu-west-1' }; Restart-SummitNginx -WhatIf")]
    [InlineData("[Summit.Ops.SummitTarget]::Local | Restart-SummitNginx -Region eu-west-1 -WhatIf")]
    [InlineData("Restart-SummitNginx -WhatIf")]
    public async Task A_region_by_default_leaves_this_machine_what_it_is(string script)
    {
        var result = await _session.RenderAsync(script, Stop);

        Assert.Empty(result.Errors);
        Assert.Contains($"nginx on {SummitTarget.Local}", result.HostText);
    }

    [Theory]
    [InlineData("Test-SummitWebSocket -Uri $undefined")]
    [InlineData("Test-SummitWebSocket -Uri @()")]
    [InlineData("Test-SummitWebSocket -Uri ''")]
    [InlineData("$null | Test-SummitWebSocket")]
    [InlineData("Test-SummitCertificate -Uri $null")]
    [InlineData("Measure-SummitWebSocket -Uri $null")]
    public async Task An_empty_URI_is_an_error(string script)
    {
        var result = await _session.InvokeAsync(script, Stop);

        Assert.StartsWith("UriEmpty,", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("Restart-SummitNginx -WhatIf", true)]
    [InlineData("Restart-SummitNginx -Site (New-SummitSite) -WhatIf", false)]
    [InlineData("$PSDefaultParameterValues['*-Summit*:Site'] = New-SummitSite; Restart-SummitNginx -WhatIf", false)]
    public async Task What_acts_on_the_guide_s_site_because_none_was_given_says_so(string script, bool warns)
    {
        var warnings = (await _session.InvokeAsync(script, Stop)).Warnings;

        if (warns) Assert.Contains("summit-api.codingeverest.com", Assert.Single(warnings));
        else Assert.Empty(warnings);
    }

    public void Dispose() => _session.Dispose();
}
