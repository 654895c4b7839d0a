namespace Summit.Ops.Lab.Tests.Launcher;

/// <summary>The program under a pseudo-terminal: colours, Ctrl+C and the prompt are pwsh's own.</summary>
[Trait("Category", "Lab")]
public sealed class TerminalTests
{
    public TerminalTests() => Assert.SkipWhen(LabProgram.TerminalMissing() is not null, LabProgram.TerminalMissing() ?? "");

    [Fact]
    public async Task Output_and_errors_have_colours()
    {
        var result = await LabProgram.RunOnTerminalAsync(["-NoLab", "-Command", "[pscustomobject]@{ Name = 'x' }; Get-NoSuchThing"], []);
        Assert.Contains("\e[32;1mName", result.Screen, StringComparison.Ordinal);
        Assert.Contains("\e[31;1mGet-NoSuchThing:", result.Screen, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task No_colours_where_they_are_not_wanted()
    {
        var result = await LabProgram.RunOnTerminalAsync(
            ["-NoLab", "-Command", "[pscustomobject]@{ Name = 'x' }; Get-NoSuchThing"], [],
            new Dictionary<string, string> { ["NO_COLOR"] = "1" });
        Assert.DoesNotMatch("\e\\[[0-9;]*m", result.Screen);
        Assert.Contains("Name", result.Screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_C_stops_the_command_and_the_program()
    {
        var result = await LabProgram.RunOnTerminalAsync(
            [
                "-NoLab", "-Command",
                "'sta' + 'rted'; try { while ($true) { } } finally { [Console]::WriteLine('clea' + 'ned') }; 'nev' + 'er'",
            ], [("started", "\x03")]);
        Assert.Contains("cleaned", result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("never", result.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_prompt_runs_inputs_and_exits_with_their_code()
    {
        var result = await LabProgram.RunOnTerminalAsync(["-NoLab", "-Interactive"], [("PS /", "21 * 2\r"), ("42", ""),
            ("PS /", "(Get-Module PSReadLine).Name + '!'\r"), ("PSReadLine!", ""), ("PS /", "exit 6\r")]);
        Assert.Equal(6, result.ExitCode);
    }
}
