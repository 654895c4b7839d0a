namespace Summit.Ops.Lab.Tests.Launcher;

/// <summary>The demo of the main job, as a stranger runs it.</summary>
[Trait("Category", "Lab")]
public sealed class DemoTests
{
    private const string Proof = "\n101 Switching Protocols\n{\"type\":\"connected\",";

    [Fact]
    public async Task The_default_scenario_is_shown_broken_diagnosed_changed_deployed_and_verified()
    {
        var result = await RunAsync();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        AssertInOrder(
            result.Output,
            "== 1. What the client sees ==", "PS> Test-SummitWebSocket", "False", "404",
            "== 2. Diagnosed", "PS> Invoke-SummitDiagnostic", "NginxConfigNotDeployed",
            "/nginx/sites-available/summit-api", "/nginx/nginx.conf:", "Deploy-SummitNginxConfig",
            "== 3. The change", "PS> Deploy-SummitNginxConfig -Site $site -WhatIf", "+++ ", "+    location /ws {",
            "+        proxy_set_header Upgrade $http_upgrade;",
            "== 4. Deployed", "PS> Deploy-SummitNginxConfig -Site $site\n", "True    True     False",
            "== 5. Verified", "PS> Test-SummitWebSocket", "True", "101", Proof);
        Assert.Equal(
            Proof, string.Concat("\n", string.Join('\n', result.Output.TrimEnd('\n').Split('\n')[^2..]).AsSpan(0, Proof.Length - 1)));
        Assert.DoesNotContain("\e", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_demo_itself_says_fits_80_columns()
    {
        var result = await RunAsync("-Scenario", "not-reloaded");
        // WhatIf text and the diff are the engine's and the file's own lines
        Assert.All(
            result.Output.Split('\n').Where(line => !line.StartsWith("What if:", StringComparison.Ordinal)),
            line => Assert.InRange(line.Length, 0, 80));
    }

    [Theory]
    [InlineData("upgrade-headers-missing", "NginxUpgradeHeadersMissing", "Deploy-SummitNginxConfig")]
    [InlineData("config-not-enabled", "NginxConfigNotEnabled", "Deploy-SummitNginxConfig")]
    [InlineData("not-reloaded", "NginxNotReloaded", "Restart-SummitNginx")]
    [InlineData("nginx-down", "NginxNotRunning", "Restart-SummitNginx")]
    public async Task Another_fault_gets_the_repair_that_fits(string scenario, string cause, string repair)
    {
        var result = await RunAsync("-Scenario", scenario);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        AssertInOrder(
            result.Output, "== 2.", cause, "== 3.", $"PS> {repair} -Site $site", "-WhatIf", "== 4.",
            $"PS> {repair} -Site $site", "== 5.", Proof);
    }

    [Theory]
    [InlineData("backend-down", "BackendNotRunning")]
    [InlineData("backend-not-listening", "BackendNotListening")]
    public async Task A_dead_backend_is_restarted(string scenario, string cause)
    {
        if (await LabRequirement.Pm2MissingAsync() is { } reason) Assert.Skip(reason);
        await Another_fault_gets_the_repair_that_fits(scenario, cause, "Restart-SummitBackend");
    }

    [Theory]
    [InlineData("certificate-expired")]
    [InlineData("group-without-port")]
    [InlineData("token-refused")]
    public async Task What_no_cmdlet_repairs_ends_with_the_next_command_and_0(string name)
    {
        var scenario = ScenarioCatalogue.Find(name)!;
        if (scenario.Backend == LabBackendKind.Pm2 && await LabRequirement.Pm2MissingAsync() is { } reason) Assert.Skip(reason);
        var result = await RunAsync("-Scenario", name);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches($"\n{scenario.Expected}: no cmdlet repairs this by itself\\.\nRun next:\n  \\S.*\n$", result.Output);
        Assert.DoesNotContain("== 3.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_others_wrote_gets_the_location_and_loses_no_line()
    {
        // certbot's file has a server for port 80 that the expected one has not
        var result = await RunAsync("-Scenario", "location-missing");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        AssertInOrder(
            result.Output, "== 2. Diagnosed", "NginxLocationMissing", "== 3. The change", "+    location /ws {",
            "== 4. Deployed", "== 5. Verified", Proof);
        Assert.DoesNotMatch("\n-(?!--)", result.Output);
    }

    [Fact]
    public async Task A_healthy_lab_is_left_alone()
    {
        var result = await RunAsync("-Scenario", "healthy");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        AssertInOrder(result.Output, "== 1.", "== 2.", "healthy", "Nothing is broken, so nothing is changed.", Proof);
        Assert.DoesNotContain("== 3.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demo_has_colours_on_a_terminal()
    {
        Assert.SkipWhen(LabProgram.TerminalMissing() is not null, LabProgram.TerminalMissing() ?? "");
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
        var result = await LabProgram.RunOnTerminalAsync(["-Scenario", "healthy"], []);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("\e[1m== 1. What the client sees", result.Screen, StringComparison.Ordinal);
        Assert.Contains("\e[32m101 Switching Protocols", result.Screen, StringComparison.Ordinal);
    }

    private static async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
        return await LabProgram.RunAsync(arguments);
    }

    private static void AssertInOrder(string text, params string[] parts)
    {
        var at = 0;
        foreach (var part in parts)
        {
            var found = text.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{part}' is missing behind:\n{text[..at]}\n--- in:\n{text[at..]}");
            at = found + part.Length;
        }
    }
}
