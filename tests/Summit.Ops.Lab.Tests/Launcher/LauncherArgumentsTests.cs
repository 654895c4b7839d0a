using Summit.Ops.Lab.Launcher;

namespace Summit.Ops.Lab.Tests.Launcher;

public sealed class LauncherArgumentsTests
{
    [Fact]
    public void Nothing_is_the_demo() => Assert.Equal(
        new LauncherArguments { Action = LauncherAction.Demo, ScriptArguments = [] }, Read() with { ScriptArguments = [] }, Same);

    [Fact]
    public void Names_are_case_insensitive_and_may_be_shortened()
    {
        var read = Read("-SCEN", "backend-down", "-comm", "1");
        Assert.Equal((LauncherAction.Command, "backend-down", "1"), (read.Action, read.Scenario, read.Script));
        Assert.Equal("backend-down", Read("-Scenario:backend-down").Scenario);
        Assert.Equal(LauncherAction.Interactive, Read("-i").Action);
    }

    [Fact]
    public void The_list_is_an_action_of_its_own() => Assert.Equal(LauncherAction.List, Read("-Scenario", "LIST").Action);

    [Fact]
    public void What_follows_a_file_is_the_files()
    {
        var read = Read("-File", "x.ps1", "-NoLab", "-Name", "a", "-NoLab", "-Command", "-");
        Assert.True(read.NoLab);
        Assert.Equal(["-Name", "a", "-NoLab", "-Command", "-"], read.ScriptArguments);
        Assert.Equal(["-NoLab"], Read("-File", "x.ps1", "--", "-NoLab").ScriptArguments);
        Assert.Equal("healthy", Read("-File", "x.ps1", "-Scenario", "healthy").Scenario);
    }

    [Theory]
    [InlineData("-Scenario")]
    [InlineData("-Scenario", "a", "-Scenario", "b")]
    [InlineData("-Scenario", "list", "-Command", "1")]
    [InlineData("-NoLab")]
    [InlineData("-NoLab", "-Scenario", "a", "-Command", "1")]
    [InlineData("-NoLab:maybe", "-Command", "1")]
    [InlineData("-Command", "1", "-Command", "2")]
    [InlineData("-")]
    public void What_makes_no_sense_is_said(params string[] arguments) =>
        Assert.NotEmpty(Assert.Throws<UsageException>(() => Read(arguments)).Message);

    [Theory]
    [InlineData("backnd-donw", "backend-down")]
    [InlineData("expired", "certificate-expired")]
    [InlineData("HEALTHY-BUFERING", "healthy-buffering")]
    public void An_unknown_scenario_names_the_close_ones(string name, string close) =>
        Assert.Contains(
            $"Close to it: {close}",
            Assert.Throws<ScenarioNotFoundException>(() => ScenarioNames.Find(name)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_close_to_nonsense() => Assert.Equal(
        "There is no scenario 'qqqqqq'.", Assert.Throws<ScenarioNotFoundException>(() => ScenarioNames.Find("qqqqqq")).Message);

    private static bool Same(LauncherArguments one, LauncherArguments other) =>
        (one.Action, one.Scenario, one.Script, one.NoLab) == (other.Action, other.Scenario, other.Script, other.NoLab);

    private static LauncherArguments Read(params string[] arguments) => LauncherArguments.Read(arguments);
}
