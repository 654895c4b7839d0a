namespace Summit.Ops.Lab.Tests.Launcher;

/// <summary>
/// -Command, -File and -Interactive as a real process with redirected streams: the real pwsh, with nothing of the program's own in between.
/// </summary>
[Trait("Category", "Lab")]
public sealed class CommandTests
{
    [Fact]
    public async Task The_pinned_PowerShell_runs_with_both_modules()
    {
        var result = await LabProgram.RunAsync(
            "-NoLab", "-Command", "$PSVersionTable.PSVersion.ToString(); (Get-Module Summit.Ops*).Name; exit 3");
        Assert.Equal(
            (3, $"{Lab.Launcher.PowerShellTool.Version}\nSummit.Ops\nSummit.Ops.Lab\n", ""),
            (result.ExitCode, result.Output, result.Error));
        Assert.Equal("7.6.9", Lab.Launcher.PowerShellTool.Version);
    }

    [Theory]
    [InlineData("'a'; exit 300", 300 & 0xFF)]
    [InlineData("throw 'bad'", 1)]
    [InlineData("Get-NoSuchThing", 1)]
    [InlineData("Get-NoSuchThing; 'but then'", 0)]
    [InlineData("if (1) {", 1)]
    [InlineData("using namespace System.IO\n[Path]::DirectorySeparatorChar; exit 5", 5)]
    public async Task The_exit_code_of_a_command_is_pwshs(string command, int expected) =>
        Assert.Equal(expected, (await LabProgram.RunAsync("-NoLab", "-Command", command)).ExitCode);

    [Fact]
    public async Task An_error_goes_to_standard_error_with_the_position_in_the_command()
    {
        var result = await LabProgram.RunAsync(
            ["-NoLab", "-Command", "'before'\nthrow 'bad'"], input: null, new Dictionary<string, string> { ["NO_COLOR"] = "1" });
        Assert.Equal("before\n", result.Output);
        Assert.Matches("(?m)^ +2 \\| +throw 'bad'", result.Error);
    }

    [Fact]
    public async Task A_dash_reads_the_command_from_standard_input()
    {
        var result = await LabProgram.RunAsync(["-nolab", "-c", "-"], "1 + 10\n1 + 20\nexit 3\n");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("11\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("21\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_the_input_of_a_command_that_asks_for_it()
    {
        var result = await LabProgram.RunAsync(["-NoLab", "-Command", "$input | ForEach-Object { \"<$_>\" }"], "one\ntwo\n");
        Assert.Equal(("<one>\n<two>\n", 0), (result.Output, result.ExitCode));
    }

    [Fact]
    public async Task It_runs_in_the_folder_of_its_caller()
    {
        var folder = Directory.CreateTempSubdirectory("summit-").FullName;
        var result = await LabProgram.RunAsync(
            ["-NoLab", "-Command", "$PWD.Path; [Environment]::CurrentDirectory"], input: null, folder: folder);
        Assert.Equal($"{folder}\n{folder}\n", result.Output);
        Directory.Delete(folder);
    }

    [Fact]
    public async Task What_it_passes_on_is_not_changed()
    {
        const string Odd = "'é\"s `$x \t|'";
        var result = await LabProgram.RunAsync(
            ["-NoLab", "-Command", Odd + "; $env:SUMMIT_ODD; $env:SUMMIT_LAB_SCENARIO"],
            input: null,
            new Dictionary<string, string> { ["SUMMIT_ODD"] = Odd });
        Assert.Equal($"{Odd.Trim('\'')}\n{Odd}\n", result.Output);
    }

    [Fact]
    public async Task A_file_gets_its_arguments_and_gives_its_exit_code()
    {
        using var script = new TemporaryScript(
            """
            param([string] $Name, [switch] $Loud, [Parameter(ValueFromRemainingArguments)] [object[]] $Rest)
            "$Name|$Loud|$Rest|$PSScriptRoot|$PSCommandPath"
            if ($Loud) { exit 5 }
            """);
        var folder = Path.GetDirectoryName(script.Path);
        var loud = await LabProgram.RunAsync("-File", script.Path, "-NoLab", "-Loud", "-Name", "joe", "a b", "c");
        Assert.Equal(($"joe|True|a b c|{folder}|{script.Path}\n", "", 5), (loud.Output, loud.Error, loud.ExitCode));
        var quiet = await LabProgram.RunAsync("-NoLab", "-File", script.Path, "-Loud:$false", "x");
        Assert.Equal(($"x|False||{folder}|{script.Path}\n", "", 0), (quiet.Output, quiet.Error, quiet.ExitCode));
    }

    [Theory]
    [InlineData("'-Bogus' is not a parameter of this program.", "-Bogus")]
    [InlineData("'word' is not an argument of this program.", "word")]
    [InlineData("-Command needs a value", "-Command")]
    [InlineData("-Command and -Interactive do not go together.", "-C", "1", "-I")]
    [InlineData("The argument '/no/such.ps1' is not recognized as the name of a script file", "-File", "/no/such.ps1")]
    public async Task Bad_arguments_are_said_and_end_with_64(string message, params string[] arguments)
    {
        var result = await LabProgram.RunAsync(arguments);
        Assert.Equal(64, result.ExitCode);
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
        var result = await LabProgram.RunAsync(["-NoLab", "-Interactive"], "'a' + 'b'\nexit 9\n'never'\n");
        Assert.Equal(9, result.ExitCode);
        Assert.Contains("ab\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\nnever", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_runs_where_HOME_cannot_be_written_to()
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES");
        if (string.IsNullOrEmpty(packages))
        {
            packages = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        }

        var environment = new Dictionary<string, string>
        {
            ["HOME"] = "/proc/nowhere", ["XDG_CACHE_HOME"] = "", ["XDG_DATA_HOME"] = "", ["NUGET_PACKAGES"] = packages,
        };
        var result = await LabProgram.RunAsync(["-NoLab", "-Command", "'runs'"], input: null, environment);
        Assert.Equal(("runs\n", "", 0), (result.Output, result.Error, result.ExitCode));
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
