using Summit.Ops.Checks;
using Summit.Ops.Hosts;

namespace Summit.Ops.Core.Tests.Checks;

public sealed class AimedCommandTests
{
    private const string At = " -InstanceId i-1 -Region eu-west-1 -ProfileName ops -EndpointUrl http://127.0.0.1:1";
    private const string Site = " -Site (New-SummitSite -ServerName api.example.com)";

    [Theory]
    [InlineData(
        "Resolve-SummitNginxLocation -Config (Get-SummitNginxConfig) -Uri 'wss://a/ws'",
        $"Get-SummitNginxConfig{Site}{At} | Resolve-SummitNginxLocation -Uri 'wss://a/ws'")]
    [InlineData(
        "Get-SummitNginxConfig -Path '/etc/nginx/it''s | here' | Resolve-SummitNginxLocation -Uri 'wss://a/ws'",
        $"Get-SummitNginxConfig{Site}{At} | Resolve-SummitNginxLocation -Uri 'wss://a/ws'")]
    [InlineData(
        "Test-SummitNginxConfig -Site (New-SummitSite -ServerName 'a')",
        $"Get-SummitNginxConfig{Site}{At} | Test-SummitNginxConfig -Site (New-SummitSite -ServerName 'a')")]
    [InlineData(
        "(Invoke-SummitDiagnostic -Site (New-SummitSite -Port 1)).Checks | Where-Object Id -like 'Backend.*'",
        $"(Invoke-SummitDiagnostic{At} -Site (New-SummitSite -Port 1)).Checks | Where-Object Id -like 'Backend.*'")]
    [InlineData("Restart-SummitNginx   # once it is raised", $"Restart-SummitNginx{Site}{At}   # once it is raised")]
    [InlineData($"Restart-SummitBackend{At}", $"Restart-SummitBackend{Site}{At}")]
    [InlineData("sudo ss -ltnp", "sudo ss -ltnp")]
    [InlineData("", "")]
    public void A_command_of_the_host_names_site_and_instance(string command, string aimed)
    {
        var target = new SummitTarget { Name = "web", Kind = SummitTargetKind.Ssm, InstanceId =
            "i-1", Region = "eu-west-1", Connection = new AwsConnection { ProfileName = "ops", EndpointUrl = "http://127.0.0.1:1" } };
        Assert.Equal(aimed, AimedCommand.At(command, new SummitSite { ServerName = "api.example.com" }, target));
    }

    [Fact]
    public void On_this_machine_a_file_is_read_where_it_lies() => Assert.Equal(
        "Get-SummitNginxConfig -Path /etc/nginx/nginx.conf | Resolve-SummitNginxLocation -Uri 'wss://a/ws'",
        AimedCommand.At(
            "Get-SummitNginxConfig -Path /etc/nginx/nginx.conf | Resolve-SummitNginxLocation -Uri 'wss://a/ws'",
            new SummitSite { ServerName = "a" }, SummitTarget.Local));
}
