namespace Summit.Ops.Lab.Tests.Shell;

/// <summary>The console under a pseudo-terminal.</summary>
public sealed class TerminalTests
{
    // an empty line behind the prompt, and the cursor on its way there
    private const string Prompt = "> \r";

    private const string Progress =
        "function Work { [CmdletBinding()] param() 1..2 | ForEach-Object { $PSCmdlet.WriteProgress([System.Management.Automation.ProgressRecord]::new(1, 'Working', \"step $_\")); \"out $_\" } }; Work";

    public TerminalTests() => Assert.SkipWhen(LabProgram.TerminalMissing() is not null, LabProgram.TerminalMissing() ?? "");

    [Fact]
    public async Task Output_and_errors_have_colours()
    {
        var result = await LabProgram.RunOnTerminalAsync(["-NoLab", "-Command", "[pscustomobject]@{ Name = 'x' }; Get-NoSuchThing"], []);
        Assert.Contains("\e[32;1mName", result.Screen, StringComparison.Ordinal);
        Assert.Contains("\e[31;1mGet-NoSuchThing:", result.Screen, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData("NO_COLOR", "1")]
    [InlineData("TERM", "dumb")]
    public async Task No_colours_where_they_are_not_wanted(string variable, string value)
    {
        var result = await LabProgram.RunOnTerminalAsync(["-NoLab", "-Command", "[pscustomobject]@{ Name = 'x' }; \"`e[31mred`e[0m\"; Get-NoSuchThing"], [], new Dictionary<string, string> { [variable] = value });
        Assert.DoesNotMatch("\e\\[[0-9;]*m", result.Screen);
        Assert.Contains("red", result.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_is_one_line_and_taken_away()
    {
        var result = await LabProgram.RunOnTerminalAsync(["-NoLab", "-Command", Progress], []);
        Assert.Contains("\r\e[33;1mWorking: step 1\e[0m\e[K\r\e[Kout 1\r\n\r\e[33;1mWorking: step 2\e[0m\e[K\r\e[Kout 2\r\n", result.Screen, StringComparison.Ordinal);
        Assert.EndsWith("out 2\r\n", result.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_that_is_not_completed_is_taken_away_at_the_end()
    {
        var result = await LabProgram.RunOnTerminalAsync(
            ["-NoLab", "-Command", "function Work { [CmdletBinding()] param() $PSCmdlet.WriteProgress([System.Management.Automation.ProgressRecord]::new(1, 'Working', 'on it')) }; Work"], []);
        Assert.EndsWith("Working: on it\e[0m\e[K\r\e[K", result.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_C_stops_the_command_and_the_program()
    {
        var result = await LabProgram.RunOnTerminalAsync(["-NoLab", "-Command", "'started'; try { while ($true) { } } finally { 'cleaned up' }"], [("started", "\x03")]);
        Assert.Equal(130, result.ExitCode);
        Assert.DoesNotContain("Exception", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_prompt_runs_inputs_and_exits_with_their_code()
    {
        var result = await LabProgram.RunOnTerminalAsync(["-NoLab", "-Interactive"], [(Prompt, "21 * 2\r"), ("\n42", ""), (Prompt, "exit 6\r")]);
        Assert.Equal(6, result.ExitCode);
        Assert.Contains("PS /", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_prompt_goes_on_over_lines_until_the_input_is_complete()
    {
        var result = await LabProgram.RunOnTerminalAsync(["-NoLab", "-Interactive"], [(Prompt, "if ($true) {\r"), (">> ", "6 * 9\r"), (">> ", "}\r"), ("\n54", ""), (Prompt, "exit\r")]);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task The_prompt_edits_and_remembers()
    {
        // 10 + 5, changed to 110 + 5 from the start of the line, then recalled and changed at its end
        var result = await LabProgram.RunOnTerminalAsync(
            ["-NoLab", "-Interactive"],
            [(Prompt, "10 + 5\e[H1\r"), ("\n115", ""), (Prompt, "\e[A5\r"), ("\n165", ""), (Prompt, "99 99\e[D\e[D\e[D\b\b\e[3~'a' +'b'\e[F\x7f\x7f\x15'gone'\x01\x0b'kept'\r"), ("\nkept", ""), (Prompt, "\x04")]);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Tab_completes_a_command_and_lists_choices()
    {
        var result = await LabProgram.RunOnTerminalAsync(
            ["-NoLab", "-Interactive"],
            [(Prompt, "New-SummitSi\t"), ("New-SummitSite", " -Verb\t"), ("-Verbose", " | % GetType | % Name\r"), ("\nSummitSite", ""), (Prompt, "$ErrorVi\t"), ("$ErrorView", "\x03"), (Prompt, "exit\r")]);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Control_C_at_the_prompt_drops_the_input_and_while_running_stops_only_the_pipeline()
    {
        var result = await LabProgram.RunOnTerminalAsync(
            ["-NoLab", "-Interactive"],
            [(Prompt, "garbage\x03"), ("^C", ""), (Prompt, "'go'; while ($true) { }\r"), ("\ngo", "\x03"), (Prompt, "'still ' + 'here'\r"), ("\nstill here", ""), (Prompt, "exit 3\r")]);
        Assert.Equal(3, result.ExitCode);
    }

    [Fact]
    public async Task Prompts_are_real_in_a_prompt()
    {
        const string Ask = "function Ask { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param([Parameter(Mandatory)] [int] $Number, [Parameter(Mandatory)] [securestring] $Word) if ($PSCmdlet.ShouldProcess('it')) { \"$($Number + 1) $($Word.Length)\" } }";
        var result = await LabProgram.RunOnTerminalAsync(
            ["-NoLab", "-Interactive"],
            [(Prompt, Ask + "\r"), (Prompt, "Ask\r"), ("Number: ", "41\r"), ("Word: ", "hidden\r"), ("(default is \"Y\"): ", "?\r"), ("(default is \"Y\"): ", "y\r"), ("\n42 6", ""), (Prompt, "Ask 1\r"), ("Word: ", "\x03"), (Prompt, "exit\r")]);
        Assert.DoesNotContain("hidden", result.Screen, StringComparison.Ordinal);
        Assert.Contains("******", result.Screen, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Suspend_opens_a_prompt_inside_the_running_command()
    {
        const string Ask = "function Ask { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param() if ($PSCmdlet.ShouldProcess('it')) { 'did ' + 'it' } }";
        var result = await LabProgram.RunOnTerminalAsync(
            ["-NoLab", "-Interactive"],
            [(Prompt, Ask + "\r"), (Prompt, "Ask\r"), ("(default is \"Y\"): ", "s\r"), (">> \r", "20 + 3\r"), ("\n23", ""), (">> \r", "throw 'inside'\r"), ("inside", ""), (">> \r", "exit\r"), ("(default is \"Y\"): ", "y\r"), ("\ndid it", ""), (Prompt, "exit 2\r")]);
        Assert.Equal(2, result.ExitCode);
    }
}
