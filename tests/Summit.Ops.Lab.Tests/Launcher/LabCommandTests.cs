namespace Summit.Ops.Lab.Tests.Launcher;

/// <summary>The program with a lab behind it.</summary>
public sealed class LabCommandTests
{
    [Fact]
    public async Task The_list_has_a_line_for_each_scenario_and_starts_nothing()
    {
        var result = await LabProgram.RunAsync(["-Scenario", "list"], input: null, new Dictionary<string, string> { ["SUMMIT_LAB_NGINX"] = "none" });
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(ScenarioCatalogue.All.Select(scenario => scenario.Name), lines.Select(line => line.Split('\t')[0]));
        Assert.All(lines, line =>
        {
            var fields = line.Split('\t');
            Assert.Equal(3, fields.Length);
            Assert.True(Enum.TryParse<SummitCause>(fields[1], out _), line);
            Assert.NotEmpty(fields[2]);
        });
    }

    [Fact]
    public async Task An_unknown_scenario_is_said_with_close_names()
    {
        var result = await LabProgram.RunAsync("-Scenario", "backend-dwon", "-Command", "1");
        Assert.Equal((64, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("There is no scenario 'backend-dwon'. Close to it: backend-down, ", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("See them all with -Scenario list.\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nginx_cannot_be_had_the_exit_code_is_2()
    {
        var result = await LabProgram.RunAsync(["-Command", "1"], input: null, new Dictionary<string, string> { ["SUMMIT_LAB_NGINX"] = "none" });
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("nginx", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lab_variable_has_what_a_script_needs_and_the_lab_goes_away()
    {
        await RequireNginxAsync();
        const string Script =
            "$Lab.Uri; $Lab.Site.Uri; $Lab.Site.BackendPort -eq $Lab.BackendPort; $Lab.LocalTarget.Kind; $Lab.Scenario; [IO.File]::Exists($Lab.CertificatePath); [IO.File]::Exists($Lab.ConfigPath); $Lab.NginxPrefix";
        var result = await LabProgram.RunAsync("-Scenario", "healthy", "-Command", Script);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.Matches("^wss://localhost:[0-9]+/ws$", lines[0]);
        Assert.Equal([lines[0], "True", "Local", "healthy", "True", "True"], lines[1..7]);
        Assert.False(Directory.Exists(lines[7]), $"{lines[7]} was left behind");
    }

    [Fact]
    public async Task The_account_of_the_lab_is_found_in_the_environment_by_cmdlets_that_read_on_an_instance()
    {
        await RequireNginxAsync();
        const string Script =
            "Get-SummitNginxConfig -Site $site -InstanceId $Lab.InstanceId | ForEach-Object { \"$($_.Target.InstanceId -eq $Lab.InstanceId) $($_.Servers.Count -gt 0)\" }; "
            + "Get-SummitNginxConfig -Site $site -Tag @{ Name = 'summit-lab' } | ForEach-Object { $_.Target.Name }; "
            + "Test-SummitCertificate -Site $site -InstanceId $Lab.InstanceId -Region $Lab.Region | Where-Object Id -eq Tls.Loaded | ForEach-Object { \"$($_.Status)\" }; "
            + "(Invoke-SummitDiagnostic -Site $site -InstanceId $Lab.InstanceId).Checks | Where-Object Id -eq Network.Port443 | ForEach-Object { \"$($_.Status)\" }";
        var result = await LabProgram.RunAsync("-Scenario", "certificate-expired", "-Command", Script);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["True True", "summit-lab", "Pass", "Pass"], result.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Control_C_takes_the_lab_away_too()
    {
        await RequireNginxAsync();
        Assert.SkipWhen(LabProgram.TerminalMissing() is not null, LabProgram.TerminalMissing() ?? "");
        var result = await LabProgram.RunOnTerminalAsync(
            ["-Scenario", "healthy", "-Command", "\"prefix:$($Lab.NginxPrefix):\"; while ($true) { }"], [("/nginx:", "\x03")]);
        var prefix = result.Text.Split("prefix:")[1].Split(':')[0];
        Assert.False(Directory.Exists(prefix), $"{prefix} was left behind");
    }

    private static async Task RequireNginxAsync()
    {
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
    }
}
