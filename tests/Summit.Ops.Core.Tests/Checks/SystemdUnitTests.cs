using Summit.Ops.Evidence;

namespace Summit.Ops.Core.Tests.Checks;

public sealed class SystemdUnitTests
{
    [Theory]
    [InlineData("masked", "sudo systemctl unmask nginx && sudo systemctl start nginx")]
    [InlineData("masked-runtime", "sudo systemctl unmask --runtime nginx && sudo systemctl start nginx")]
    public void A_mask_is_taken_away_where_it_lies(string state, string command)
    {
        var unit = SystemdUnit.Read($"Id=nginx.service\nLoadState=masked\nUnitFileState={state}\nActiveState=inactive\n")!;
        Assert.True(unit.IsMasked);
        Assert.Equal(command, unit.Unmask);
    }

    [Fact]
    public void A_file_that_systemd_refuses_is_named()
    {
        var unit = SystemdUnit.Read(
            "Id=summit.service\nLoadState=bad-setting\nActiveState=inactive\nFragmentPath=/etc/systemd/system/summit.service\n")!;
        Assert.Contains("/etc/systemd/system/summit.service (bad-setting)", unit.StartFault);
    }

    [Theory]
    [InlineData("Result=resources\nExecMainStatus=0", "EnvironmentFile")]
    [InlineData("Result=exit-code\nExecMainStatus=200", "WorkingDirectory /srv/gone")]
    [InlineData("Result=exit-code\nExecMainStatus=203", "ExecStart")]
    [InlineData("Result=exit-code\nExecMainStatus=209", "StandardOutput")]
    [InlineData("Result=exit-code\nExecMainStatus=217", "User nosuch")]
    [InlineData("Result=exit-code\nExecMainStatus=226", "ReadWritePaths")]
    [InlineData("Result=exit-code\nExecMainStatus=238", "folder")]
    [InlineData("Result=exit-code\nExecMainStatus=1", "")]
    public void What_systemd_could_not_do_is_named(string lines, string named)
    {
        var unit = SystemdUnit.Read(
            $"Id=summit.service\nLoadState=loaded\nActiveState=failed\nUser=nosuch\nWorkingDirectory=/srv/gone\n{lines}\n")!;
        if (named.Length == 0) Assert.Empty(unit.StartFault);
        else Assert.Contains(named, unit.StartFault);
    }
}
