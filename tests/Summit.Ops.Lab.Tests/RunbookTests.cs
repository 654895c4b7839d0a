using Summit.Ops.Lab.Tests.Launcher;

namespace Summit.Ops.Lab.Tests;

/// <summary>The runbook for Azure Automation does, unattended, what it says: on a real nginx, over Systems Manager.</summary>
[Trait("Category", "Lab")]
public sealed class RunbookTests
{
    // what Azure Automation has and a console has not; the functions answer as its own cmdlets do
    private const string Automation = """
        function Get-AutomationPSCredential {
            param($Name)
            if ($Name -ne 'SummitAws') { throw "no asset $Name" }
            $secret = [securestring]::new()
            $env:AWS_SECRET_ACCESS_KEY.ToCharArray().ForEach({ $secret.AppendChar($_) })
            [pscredential]::new($env:AWS_ACCESS_KEY_ID, $secret)
        }
        function Get-AutomationVariable {
            param($Name)
            switch ($Name) {
                'SummitInstanceId' { $Lab.InstanceId }
                'SummitRegion' { $Lab.Region }
                default { throw "no variable $Name" }
            }
        }
        function Import-Module { }
        """;

    [Theory]
    [InlineData("healthy", false, 0, ": healthy")]
    [InlineData("nginx-config-missing", false, 1, "NginxConfigNotDeployed")]
    [InlineData("nginx-config-missing", true, 0, "Repaired")]
    public async Task It_fails_where_it_is_not_healthy_in_the_end(string scenario, bool repair, int exitCode, string said)
    {
        if (await LabRequirement.NginxMissingAsync(TestContext.Current.CancellationToken) is { } reason) Assert.Skip(reason);
        var folder = Directory.CreateTempSubdirectory("summit-azure-");
        try
        {
            var call = $"$made = Export-SummitRunbook -Kind AzureRunbook -Path '{folder.FullName}' -Site $Lab.Site; "
                + $"& $made.FullName -Repair ${(repair ? "true" : "false")}";
            var result = await LabProgram.RunAsync("-Scenario", scenario, "-Command", $"{Automation}\n{call}");
            Assert.Contains(said, result.Output + result.Error, StringComparison.Ordinal);
            Assert.True(result.ExitCode == exitCode, result.Output + result.Error);
            if (exitCode == 1) Assert.Contains("Not healthy: ", result.Error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
