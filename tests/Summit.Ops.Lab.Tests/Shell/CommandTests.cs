namespace Summit.Ops.Lab.Tests.Shell;

/// <summary>-Command and -File as a real process with redirected streams.</summary>
public sealed class CommandTests
{
    private const string Talker =
        """
        function Talk {
            [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param([Parameter(Mandatory)] [string] $Name)
            $PSCmdlet.WriteInformation('shown', @()); $PSCmdlet.WriteWarning('careful'); $PSCmdlet.WriteVerbose('wordy'); $PSCmdlet.WriteDebug('deep')
            $PSCmdlet.WriteProgress([System.Management.Automation.ProgressRecord]::new(1, 'Working', 'half'))
            'shown'
            if ($PSCmdlet.ShouldProcess($Name)) { 'done' }
        }
        """;

    [Fact]
    public async Task Output_is_formatted_and_alone_on_standard_output()
    {
        var result = await LabProgram.RunAsync("-NoLab", "-Command", "New-SummitSite; 'text'");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        Assert.Contains("text\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_other_stream_goes_to_standard_error()
    {
        var result = await LabProgram.RunAsync("-NoLab", "-Command", Talker + "; Talk x -InformationAction Continue -WarningAction Continue -Verbose -Confirm:$false; $DebugPreference = 'Continue'; Talk y -Confirm:$false");
        Assert.Equal("shown\ndone\nshown\ndone\n", result.Output);
        Assert.Contains("shown\nWARNING: careful\nVERBOSE: wordy\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("DEBUG: deep\n", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Working", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("'a'; exit 300", 300 & 0xFF)]
    [InlineData("throw 'bad'", 1)]
    [InlineData("Get-NoSuchThing", 1)]
    [InlineData("Get-NoSuchThing; 'but then'", 0)]
    [InlineData("'if (1) {'; if (1) {", 1)]
    [InlineData("/bin/sh -c 'exit 5'", 1)]
    [InlineData("/bin/sh -c 'exit 0'", 0)]
    public async Task The_exit_code_of_a_command_is_pwshs(string command, int expected) => Assert.Equal(expected, (await LabProgram.RunAsync("-NoLab", "-Command", command)).ExitCode);

    [Fact]
    public async Task An_error_is_shown_as_pwsh_shows_it()
    {
        var result = await LabProgram.RunAsync("-NoLab", "-Command", "'before'; if (1) {");
        Assert.Equal("", result.Output);
        Assert.Equal("ParserError: \nLine |\n   1 |  'before'; if (1) {\n     |                   ~\n     | Missing closing '}' in statement block or type definition.\n\n", result.Error);
    }

    [Fact]
    public async Task An_error_shows_its_recommended_action()
    {
        const string Script =
            "function Fail { [CmdletBinding()] param() $e = [System.Management.Automation.ErrorRecord]::new([Exception]::new('it broke'), 'Broken', 'InvalidOperation', $null); "
            + "$e.ErrorDetails = [System.Management.Automation.ErrorDetails]::new('it broke'); $e.ErrorDetails.RecommendedAction = 'Run Restart-It'; $PSCmdlet.WriteError($e) }; Fail";
        var result = await LabProgram.RunAsync("-NoLab", "-Command", Script);
        Assert.Equal("", result.Output);
        Assert.Contains("Fail: it broke\n  Recommendation: Run Restart-It\n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Talk x; exit 1", "it cannot ask for a choice")]
    [InlineData("Talk", "missing mandatory parameters: Name")]
    [InlineData("$Host.UI.ReadLine()", "it cannot read a line")]
    [InlineData("$Host.UI.PromptForCredential('c', 'm', 'u', 't')", "it cannot ask for a credential")]
    [InlineData("$Host.UI.RawUI.ReadKey()", "it cannot read a key")]
    [InlineData("$Host.EnterNestedPrompt()", "it cannot open a nested prompt")]
    public async Task A_prompt_is_an_error_and_no_hang(string command, string message)
    {
        var result = await LabProgram.RunAsync("-NoLab", "-Command", Talker + "; " + command);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cmdlet_of_PowerShells_own_modules_is_missing_with_the_reason()
    {
        var result = await LabProgram.RunAsync("-NoLab", "-Command", "1 | select-object; 2 | Select-Object; Get-NoSuchThing");
        Assert.Contains("Microsoft.PowerShell.Utility, which comes with PowerShell 7 itself", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, result.Error.Split("WARNING: ").Length);
    }

    [Fact]
    public async Task A_dash_reads_the_command_from_standard_input()
    {
        var result = await LabProgram.RunAsync(["-nolab", "-c", "-"], "foreach ($i in 1..2) {\n  $i * 10\n}\nexit 3\n");
        Assert.Equal(("10\n20\n", 3), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task Standard_input_is_the_input_of_a_command_that_asks_for_it()
    {
        var result = await LabProgram.RunAsync(["-NoLab", "-Command", "$input | ForEach-Object { \"<$_>\" }"], "one\ntwo\n");
        Assert.Equal(("<one>\n<two>\n", 0), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task It_runs_where_HOME_cannot_be_written_to()
    {
        var environment = new Dictionary<string, string> { ["HOME"] = "/proc/nowhere", ["XDG_CACHE_HOME"] = "", ["XDG_DATA_HOME"] = "" };
        var result = await LabProgram.RunAsync(["-NoLab", "-Command", "'runs'"], input: null, environment);
        Assert.Equal(("runs\n", "", 0), (result.Output, result.Error, result.ExitCode));
    }

    [Fact]
    public async Task A_termination_signal_stops_the_command_and_ends_in_order()
    {
        const string Script = "'started'; try { while ($true) { } } finally { [Console]::Error.WriteLine('cleaned') }";
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("dotnet", [LabProgram.Assembly, "-NoLab", "-Command", Script])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            Assert.Equal("started", await process.StandardOutput.ReadLineAsync(limit.Token));
            using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", process.Id.ToString()])) await kill.WaitForExitAsync(limit.Token);
            Assert.Equal("cleaned\n", await process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            Assert.Equal(143, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task Tables_use_the_columns_that_are_said()
    {
        const string Script = "[pscustomobject]@{ A = 'x' * 100; B = 'end' }";
        var narrow = await LabProgram.RunAsync(["-NoLab", "-Command", Script], input: null, new Dictionary<string, string> { ["COLUMNS"] = "60" });
        Assert.All(narrow.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 60));
        var wide = await LabProgram.RunAsync("-NoLab", "-Command", Script);
        Assert.Contains(new string('x', 100), wide.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_gets_its_arguments_and_gives_its_exit_code()
    {
        using var script = new TemporaryScript(
            """
            param([string] $Name, [switch] $Loud, [Parameter(ValueFromRemainingArguments)] [object[]] $Rest)
            "$Name|$Loud|$Rest|$PSScriptRoot|$(Split-Path)"
            """.Replace("$(Split-Path)", "$PSCommandPath", StringComparison.Ordinal) + "\nif ($Loud) { exit 5 }\n");
        var folder = Path.GetDirectoryName(script.Path);
        var loud = await LabProgram.RunAsync("-File", script.Path, "-NoLab", "-Loud", "-Name", "joe", "a b", "c");
        Assert.Equal(($"joe|True|a b c|{folder}|{script.Path}\n", "", 5), (loud.Output, loud.Error, loud.ExitCode));
        var quiet = await LabProgram.RunAsync("-NoLab", "-File", script.Path, "-Loud:$false", "x");
        Assert.Equal(($"x|False||{folder}|{script.Path}\n", "", 0), (quiet.Output, quiet.Error, quiet.ExitCode));
    }

    [Fact]
    public async Task An_error_in_a_file_names_the_line()
    {
        using var script = new TemporaryScript("'one'\nthrow 'two'\n");
        var result = await LabProgram.RunAsync("-NoLab", "-File", script.Path);
        Assert.Equal(("one\n", 1), (result.Output, result.ExitCode));
        Assert.StartsWith($"Exception: {script.Path}:2\nLine |\n   2 |  throw 'two'\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_does_not_parse_names_the_line()
    {
        using var script = new TemporaryScript("'one'\nif (1) {\n");
        var result = await LabProgram.RunAsync("-NoLab", "-File", script.Path);
        Assert.Equal(("", 1), (result.Output, result.ExitCode));
        Assert.StartsWith($"ParserError: {script.Path}:2\n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'-Bogus' is not a parameter of this program.", "-Bogus")]
    [InlineData("'word' is not an argument of this program.", "word")]
    [InlineData("-Command needs a value", "-Command")]
    [InlineData("-Command and -Interactive do not go together.", "-C", "1", "-I")]
    [InlineData("There is no script '/no/such.ps1'", "-NoLab", "-File", "/no/such.ps1")]
    public async Task Bad_arguments_are_said_and_end_with_64(string message, params string[] arguments)
    {
        var result = await LabProgram.RunAsync(arguments);
        Assert.Equal((64, ""), (result.ExitCode, result.Output));
        Assert.StartsWith(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_output()
    {
        var result = await LabProgram.RunAsync("-?");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("Usage:", result.Output, StringComparison.Ordinal);
        Assert.All(result.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 120));
    }

    [Fact]
    public async Task Interactive_without_a_terminal_reads_lines()
    {
        var result = await LabProgram.RunAsync(["-NoLab", "-Interactive"], "1 + 1\nif ($true) {\n  'in'\n}\nfunction Ask { param([Parameter(Mandatory)] $X) \"got $X\" }\nAsk\nanswer\nexit 9\n'never'\n");
        Assert.Equal(9, result.ExitCode);
        Assert.Equal("2\nin\ngot answer\n", result.Output);
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_program()
    {
        var result = await ShellAsync($"dotnet '{LabProgram.Assembly}' -NoLab -Command 'while ($true) {{ 1 }}' | head -n 2");
        Assert.Equal("1\n1\n", result);
    }

    private static async Task<string> ShellAsync(string command)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", command]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return output;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private sealed class TemporaryScript : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("summit-");

        public TemporaryScript(string text)
        {
            Path = System.IO.Path.Combine(_folder.FullName, "script.ps1");
            File.WriteAllText(Path, text);
        }

        public string Path { get; }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
