using Summit.Ops.Lab.Tests.Launcher;

namespace Summit.Ops.Lab.Tests;

/// <summary>The scripts in examples/ do on a real nginx what they say.</summary>
[Trait("Category", "Lab")]
public sealed class ExampleTests
{
    [Theory]
    [InlineData("nginx-config-missing", true, 0, "NginxConfigNotDeployed")]
    [InlineData("nginx-config-missing", false, 1, "What if: Deploy to ")]
    [InlineData("upstream-mismatch", true, 0, "NginxUpstreamMismatch")]
    [InlineData("backend-down", true, 0, "BackendNotRunning")]
    [InlineData("certificate-expired", true, 1, "This is not mended by a deployment or a restart. Run next: ")]
    public async Task What_a_cmdlet_mends_is_mended_and_the_rest_is_left_to_a_person(
        string scenario, bool deploy, int exitCode, string said)
    {
        if (await LabRequirement.NginxMissingAsync(TestContext.Current.CancellationToken) is { } reason) Assert.Skip(reason);
        if (scenario == "backend-down" && await LabRequirement.Pm2MissingAsync(TestContext.Current.CancellationToken) is { } pm2)
        {
            Assert.Skip(pm2);
        }

        var file = Path.GetTempFileName();
        try
        {
            var script = Path.Combine(Checkout.Root, "examples", "summit-api.ps1");
            var result = await LabProgram.RunAsync(
                "-Scenario", scenario, "-Command",
                $"Export-SummitSite -Site $Lab.Site -Path '{file}' -Force; "
                    + $"& '{script}' -SiteFile '{file}' -Deploy:{(deploy ? "$true" : "$false")}; exit $LASTEXITCODE");
            Assert.Equal("", result.Error);
            Assert.Contains(said, result.Output, StringComparison.Ordinal);
            Assert.Equal(exitCode, result.ExitCode);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("healthy", "", 0, "pass summit-api on ")]
    [InlineData("upgrade-headers-missing", "", 1, "Nginx.UpgradeHeaders: ")]
    [InlineData("upgrade-headers-missing", "2099-12-31", 0, "pass summit-api on ")]
    [InlineData(
        "upgrade-headers-missing", "2001-01-01", 1,
        "Site.Suppressions: Nginx.UpgradeHeaders was accepted until 2001-01-01; ops answers for it (known).")]
    public async Task The_gate_stops_what_counts_and_lets_through_what_was_accepted_and_still_is(
        string scenario, string accepted, int exitCode, string said)
    {
        if (await LabRequirement.NginxMissingAsync(TestContext.Current.CancellationToken) is { } reason) Assert.Skip(reason);
        var folder = Directory.CreateTempSubdirectory("summit-gate-").FullName;
        try
        {
            var gate = Path.Combine(Checkout.Root, "examples", "gate.ps1");
            var suppression = accepted.Length == 0
                ? ""
                : $" -Suppressions @{{ Id = 'Nginx.UpgradeHeaders'; Owner = 'ops'; Reason = 'known'; Expires = '{accepted}' }}";
            var result = await LabProgram.RunAsync(
                "-Scenario", scenario, "-Command",
                $"$Lab.Site | New-SummitSite{suppression} | Export-SummitSite -Path '{folder}/a.site.json'; "
                    + $"& '{gate}' -SiteFile '{folder}/a.site.json' -ReportFolder '{folder}'; exit $LASTEXITCODE");
            Assert.Equal("", result.Error);
            Assert.Contains(said, result.Output, StringComparison.Ordinal);
            Assert.Equal(exitCode, result.ExitCode);
            var suites = System.Xml.Linq.XDocument.Load(Path.Combine(folder, "websocket.xml")).Root!;
            Assert.Equal(exitCode == 0, suites.Attribute("failures")!.Value == "0");
            Assert.True(File.Exists(Path.Combine(folder, "websocket.html")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_gate_does_not_take_an_empty_instance_for_this_machine()
    {
        var (gate, site) = (
            Path.Combine(Checkout.Root, "examples", "gate.ps1"), Path.Combine(Checkout.Root, "examples", "summit-api.site.json"));
        var result = await LabProgram.RunAsync(
            "-NoLab", "-Command", $"& '{gate}' -SiteFile '{site}' -InstanceId $env:SUMMIT_NOT_SET; exit $LASTEXITCODE");
        Assert.Contains("could not find out: -InstanceId", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, result.ExitCode);
    }

    [Fact]
    public async Task The_gate_lets_no_host_through_that_nobody_could_look_at()
    {
        if (await LabRequirement.NginxMissingAsync(TestContext.Current.CancellationToken) is { } reason) Assert.Skip(reason);
        var folder = Directory.CreateTempSubdirectory("summit-gate-").FullName;
        try
        {
            var gate = Path.Combine(Checkout.Root, "examples", "gate.ps1");
            // the evidence of a host that did not answer, while the public name did
            var blind = $"$null = Invoke-SummitDiagnostic -Site $Lab.Site -SaveEvidence '{folder}/e.json'; "
                + $"$e = [Text.Json.Nodes.JsonNode]::Parse([IO.File]::ReadAllText('{folder}/e.json')); $e['Host'] = $null; "
                + "$e['HostMissing'] = 'AWS did not answer.'; foreach ($hop in 1, 0) { $e['Hops'].RemoveAt($hop) }; "
                + $"[IO.File]::WriteAllText('{folder}/e.json', $e.ToJsonString())";
            var judged = $"function Invoke-SummitDiagnostic {{ Summit.Ops\\Invoke-SummitDiagnostic -Evidence '{folder}/e.json' }}";
            var result = await LabProgram.RunAsync(
                "-Scenario", "healthy", "-Command",
                $"{blind}; {judged}; $Lab.Site | Export-SummitSite -Path '{folder}/a.site.json'; "
                    + $"& '{gate}' -SiteFile '{folder}/a.site.json' -ReportFolder '{folder}'; exit $LASTEXITCODE");
            Assert.Equal("", result.Error);
            Assert.Contains("could not find out: summit-api on ", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("pass ", result.Output, StringComparison.Ordinal);
            Assert.Equal(2, result.ExitCode);
            var suites = System.Xml.Linq.XDocument.Load(Path.Combine(folder, "websocket.xml")).Root!;
            Assert.Equal(("1", "0"), (suites.Attribute("errors")!.Value, suites.Attribute("failures")!.Value));
            var page = await File.ReadAllTextAsync(Path.Combine(folder, "websocket.html"), TestContext.Current.CancellationToken);
            Assert.Contains("could not be looked at", page, StringComparison.Ordinal);
            Assert.DoesNotContain("at every hop", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<title>Healthy", page, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_guides_site_file_is_the_default_site()
    {
        var site = Sites.SiteFile.Read(Path.Combine(Checkout.Root, "examples", "summit-api.site.json"));
        Assert.Equal(new SummitSite(), site with { Suppressions = new SummitSite().Suppressions });
    }
}
