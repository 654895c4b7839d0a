using System.Diagnostics;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab.Tests.Launcher;

/// <summary>The program with a lab behind it.</summary>
[Trait("Category", "Lab")]
public sealed class LabCommandTests
{
    [Fact]
    public async Task The_list_has_a_line_for_each_scenario_and_starts_nothing()
    {
        var result = await LabProgram.RunAsync(
            ["-Scenario", "list"], input: null, new Dictionary<string, string> { ["SUMMIT_LAB_NGINX"] = "none" });
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
        var result = await LabProgram.RunAsync(
            ["-Command", "1"], input: null, new Dictionary<string, string> { ["SUMMIT_LAB_NGINX"] = "none" });
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("nginx", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lab_variable_has_what_a_script_needs_and_the_lab_goes_away()
    {
        await RequireNginxAsync();
        const string Script =
            "$Lab.Uri; $Lab.Site.Uri; $Lab.Site.BackendPort -eq $Lab.BackendPort; $Lab.LocalTarget.Kind; "
                + "$Lab.Scenario; [IO.File]::Exists($Lab.CertificatePath); [IO.File]::Exists($Lab.ConfigPath); $Lab.NginxPrefix";
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
            "Get-SummitNginxConfig -Site $site -InstanceId $Lab.InstanceId | ForEach-Object { \"$($_.Target.InstanceId -eq "
            + "$Lab.InstanceId) $($_.Servers.Count -gt 0)\" }; "
            + "Get-SummitNginxConfig -Site $site -Tag @{ Name = 'summit-lab' } | ForEach-Object { $_.Target.Name }; "
            + "Test-SummitCertificate -Site $site -InstanceId $Lab.InstanceId -Region $Lab.Region | Where-Object Id -eq Tls.Loaded | "
            + "ForEach-Object { \"$($_.Status)\" }; "
            + "(Invoke-SummitDiagnostic -Site $site -InstanceId $Lab.InstanceId).Checks | Where-Object "
            + "Id -eq Network.Port443 | ForEach-Object { \"$($_.Status)\" }";
        var result = await LabProgram.RunAsync("-Scenario", "certificate-expired", "-Command", Script);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(["True True", "summit-lab", "Pass", "Pass"], result.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_drill_tells_nothing_until_it_is_stopped_and_then_what_it_was_and_whether_it_was_fixed()
    {
        await RequireNginxAsync();
        const string Script =
            """
            $lab = Start-SummitLab -Random -Cause NginxConfigNotDeployed -Backend InProcess -Verbose 4>&1 |
                ForEach-Object { if ($_ -is [Management.Automation.VerboseRecord]) { "$_" } else { $_ } } | Select-Object -Last 1
            "shown:$(($lab | Format-List * | Out-String) -match 'NotDeployed|nginx-config|deleted|missing')"
            "$($lab.Scenario) $($lab.Expected)"
            $left = Stop-SummitLab -Lab $lab
            "$($left.Cause) $($left.Fixed)"
            @(Stop-SummitLab -Lab $lab).Count
            $lab = Start-SummitLab -Random -Cause NginxConfigNotDeployed -Backend InProcess
            $null = Deploy-SummitNginxConfig -Site $lab.Site
            $mended = Stop-SummitLab -Lab $lab
            "$($mended.Cause) $($mended.Fixed)"
            try { Start-SummitLab -Random -Cause None } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            """;
        var result = await LabProgram.RunAsync("-NoLab", "-Command", Script);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(
            ["shown:False", "drill None", "NginxConfigNotDeployed False", "0", "NginxConfigNotDeployed True", "ScenarioNotFound"],
            result.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Control_C_takes_the_lab_away_too()
    {
        await RequireNginxAsync();
        Assert.SkipWhen(LabProgram.TerminalMissing() is not null, LabProgram.TerminalMissing() ?? "");
        var result = await LabProgram.RunOnTerminalAsync(
            [
                "-Scenario", "healthy", "-Command",
                "\"prefix:$($Lab.NginxPrefix):\"; while ($true) { 'it runs'; Start-Sleep -Milliseconds 500 }",
            ], [("it runs", "\x03")], again: true);
        var prefix = result.Text.Split("prefix:")[1].Split(':')[0];
        Assert.False(Directory.Exists(prefix), $"{prefix} was left behind");
    }

    [Theory]
    [InlineData("InProcess")]
    [InlineData("Pm2")]
    public async Task A_killed_PowerShell_leaves_nothing(string backend)
    {
        await RequireNginxAsync();
        if (backend == "Pm2" && await LabRequirement.Pm2MissingAsync() is { } reason) Assert.Skip(reason);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [LabProgram.Assembly, "-NoLab", "-Command",
            $"$Lab = Start-SummitLab healthy -Backend {backend}; $Lab.NginxPrefix; Start-Sleep 600"])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        try
        {
            var root = Path.GetDirectoryName((await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!)!;
            var started = ProcessTable.OfFolder(root);
            // nginx's master and its two workers; with pm2 its daemon and the backend too
            Assert.True(started.Count >= (backend == "Pm2" ? 5 : 3), $"{started.Count} processes of {root}");

            // kill -9: the program has become pwsh, so this is pwsh
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            var ended = await Task.WhenAll(started.Select(pid => ProcessTable.WaitForEndAsync(pid, TimeSpan.FromSeconds(60))));
            Assert.All(ended, Assert.True);
            for (var tries = 0; Directory.Exists(root) && tries < 600; tries++)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            Assert.False(Directory.Exists(root));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    [Fact]
    public async Task The_AWS_variables_are_the_labs_while_it_runs_and_what_they_were_afterwards()
    {
        await RequireNginxAsync();
        const string Script =
            """
            $path = $env:PATH
            $one = Start-SummitLab healthy -Backend InProcess
            $two = Start-SummitLab healthy -Backend InProcess
            "$env:AWS_PROFILE|$env:AWS_ENDPOINT_URL_SSM|$($env:AWS_ENDPOINT_URL -eq $two.AwsEndpoint)"
            Stop-SummitLab -Lab $two
            "$($env:AWS_ENDPOINT_URL -eq $one.AwsEndpoint)"
            Stop-SummitLab
            "$env:AWS_PROFILE|$env:AWS_ENDPOINT_URL_SSM|$env:AWS_ENDPOINT_URL|$($env:PATH -eq $path)"
            @($one, $two | ForEach-Object { Test-Path $_.NginxPrefix }) -join ' '
            """;
        var environment = new Dictionary<string, string>
        {
            ["AWS_PROFILE"] = "mine",
            ["AWS_ENDPOINT_URL_SSM"] = "https://real",
            ["AWS_ENDPOINT_URL"] = "",
        };
        var result = await LabProgram.RunAsync(["-NoLab", "-Command", Script], input: null, environment);
        Assert.Equal(("||True\nTrue\nmine|https://real||True\nFalse False\n", ""), (result.Output, result.Error));
    }

    [Theory]
    [InlineData("$null = Start-SummitLab healthy -Backend InProcess -OutVariable lab; $lab.NginxPrefix; exit 7", 7)]
    [InlineData(
        "$lab = Start-SummitLab healthy -Backend InProcess; $lab.NginxPrefix; Remove-Module Summit.Ops.Lab; "
            + "exit (Test-Path $lab.NginxPrefix)",
        0)]
    [InlineData(
        "$p = [powershell]::Create(); $r = [runspacefactory]::CreateRunspace(); $r.Open(); $p.Runspace = $r; "
            + "$m = (Get-Module Summit.Ops.Lab).Path; "
            + "$lab = $p.AddScript(\"Import-Module '$m'; Start-SummitLab healthy -Backend InProcess\").Invoke()[0]; $lab.NginxPrefix; "
            + "$r.Dispose(); exit (Test-Path $lab.NginxPrefix)", 0)]
    public async Task A_lab_ends_with_its_session_its_module_and_its_runspace(string script, int exitCode)
    {
        await RequireNginxAsync();
        var result = await LabProgram.RunAsync("-NoLab", "-Command", script);
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Error));
        Assert.False(Directory.Exists(result.Output.Trim()), result.Output);
    }

    [Fact]
    public async Task The_module_completes_scenarios_says_what_is_wrong_and_has_help()
    {
        const string Script =
            """
            (TabExpansion2 'Start-SummitLab -Scenario backend-d').CompletionMatches.CompletionText
            try { Start-SummitLab backend-dwon } catch { $_.FullyQualifiedErrorId; $_.ErrorDetails.RecommendedAction }
            foreach ($command in Get-Command -Module Summit.Ops.Lab) {
                $help = Get-Help $command -Full
                "$($command.Name) $($help.examples.example.Count) $("$($help.description.Text)".Length -gt 50)"
            }
            @(Get-SummitLabScenario).Count
            @(Get-SummitLabScenario backend-d* -Expected BackendNotRunning).Name
            Start-SummitLab healthy -WhatIf
            """;
        var result = await LabProgram.RunAsync("-NoLab", "-Command", Script);
        Assert.Equal(
            [
                "backend-down", "ScenarioNotFound,Summit.Ops.Lab.Commands.StartSummitLabCommand", "Get-SummitLabScenario",
                "Get-SummitLabScenario 3 True", "Start-SummitLab 4 True", "Stop-SummitLab 3 True",
                $"{ScenarioCatalogue.All.Count}", "backend-down",
                "What if: Performing the operation \"Start a lab on this machine\" on target \"healthy\".",
            ],
            result.Output.TrimEnd('\n').Split('\n'));
    }

    private static async Task RequireNginxAsync()
    {
        if (await LabRequirement.NginxMissingAsync() is { } reason) Assert.Skip(reason);
    }
}
