using Summit.Ops.Lab.Engine;
using Summit.Ops.Lab.Tests.Shell;

namespace Summit.Ops.Lab.Tests;

/// <summary>The scripts in examples/ do on a real nginx what they say.</summary>
public sealed class ExampleTests
{
    [Theory]
    [InlineData("nginx-config-missing", true, 0, "NginxConfigNotDeployed")]
    [InlineData("nginx-config-missing", false, 1, "What if: Deploy to ")]
    [InlineData("upstream-mismatch", true, 0, "NginxUpstreamMismatch")]
    [InlineData("backend-down", true, 0, "BackendNotRunning")]
    [InlineData("certificate-expired", true, 1, "This is not mended by a deployment or a restart. Run next: ")]
    public async Task What_a_cmdlet_mends_is_mended_and_the_rest_is_left_to_a_person(string scenario, bool deploy, int exitCode, string said)
    {
        if (await LabRequirement.NginxMissingAsync(TestContext.Current.CancellationToken) is { } reason) Assert.Skip(reason);
        if (scenario == "backend-down" && await LabRequirement.Pm2MissingAsync(TestContext.Current.CancellationToken) is { } pm2) Assert.Skip(pm2);
        var file = Path.GetTempFileName();
        try
        {
            var script = Path.Combine(BuiltModule.Root, "examples", "summit-api.ps1");
            var result = await LabProgram.RunAsync("-Scenario", scenario, "-Command", $"Export-SummitSite -Site $Lab.Site -Path '{file}'; & '{script}' -SiteFile '{file}' -Deploy:{(deploy ? "$true" : "$false")}; exit $LASTEXITCODE");
            Assert.Equal("", result.Error);
            Assert.Contains(said, result.Output, StringComparison.Ordinal);
            Assert.Equal(exitCode, result.ExitCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_guides_site_file_is_the_default_site()
    {
        using var session = EngineSession.Create();
        var result = await session.InvokeAsync($"Import-SummitSite -Path '{Path.Combine(BuiltModule.Root, "examples", "summit-api.site.json")}'");
        Assert.Empty(result.Errors);
        var site = Assert.Single(result.Of<SummitSite>());
        Assert.Equal(new SummitSite(), site with { Suppressions = new SummitSite().Suppressions });
    }
}
