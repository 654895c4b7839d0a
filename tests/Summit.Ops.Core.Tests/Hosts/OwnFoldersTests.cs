using Summit.Ops.Hosts;

namespace Summit.Ops.Core.Tests.Hosts;

/// <summary>What an on-host script keeps for itself lies where no other account can put anything else in its place.</summary>
public sealed class OwnFoldersTests : IDisposable
{
    private const string Account = "nobody";
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-own-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("mkdir -p own/conf", "own/conf", true)]
    [InlineData("mkdir -p own/conf; chmod 777 own/conf", "own/conf", false)]
    [InlineData("mkdir -p own/conf; chmod 1777 own", "own/conf", true)]
    [InlineData("mkdir -p own/conf; chmod 777 own", "own/conf", false)]
    [InlineData("mkdir -p own/conf; chgrp 65534 own; chmod 770 own", "own/conf", false)]
    [InlineData("mkdir -p own/conf; chown nobody own", "own/conf", false)]
    [InlineData("mkdir -p own/conf; chown nobody own/conf", "own/conf", false)]
    [InlineData("mkdir -p own/conf other; ln -s ../own/conf other/conf", "other/conf", true)]
    [InlineData("mkdir -p own/conf other; chown nobody other; ln -s ../own/conf other/conf", "other/conf", false)]
    [InlineData("mkdir -p own/conf other; chmod 1777 other; ln -s ../own/conf other/conf; chown -h nobody other/conf", "other/conf", false)]
    [InlineData("mkdir -p evil/a/conf own; chown nobody evil; ln -s ../evil/a own/a", "own/a/conf", false)]
    public async Task A_folder_that_another_account_can_change_is_told_apart(string made, string folder, bool expected)
    {
        AsRoot();
        var said = await RunAsync($"cd {_folder}; {made}\nif only_ours {_folder}/{folder}; then echo yes; else echo \"no $shared\"; fi");
        Assert.Equal(expected ? "yes" : "no", said.Split(' ')[0].Trim());
    }

    [Theory]
    [InlineData("ln -s outside own", false)]
    [InlineData("mkdir own; chown nobody own", false)]
    [InlineData("ln -s nowhere own", false)]
    [InlineData(": >own", false)]
    [InlineData("mkdir own; chmod 755 own", true)]
    [InlineData(":", true)]
    public async Task Only_a_folder_of_its_own_is_taken(string before, bool expected)
    {
        AsRoot();
        var said = await RunAsync(
            $"cd {_folder}; mkdir outside; {before}\nif own_folder {_folder}/own; then ls -ld {_folder}/own | cut -c1-10; else echo no; "
                + "fi; ls -A outside; ls nowhere 2>/dev/null");
        Assert.Equal(expected ? "drwx------\n" : "no\n", said);
    }

    [Fact]
    public async Task A_rename_never_goes_into_a_folder_that_lies_in_the_way()
    {
        var said = await RunAsync($"cd {_folder}; mkdir place; : >file; put_at file place 2>/dev/null && echo moved; "
            + "link_at /nowhere place 2>/dev/null && echo linked; ls place");
        Assert.Equal("", said);
    }

    [Theory]
    [InlineData("root")]
    [InlineData(Account)]
    public async Task The_locks_lie_in_one_folder_that_only_this_account_can_change(string account)
    {
        AsRoot();
        var said = await RunAsync(
            "own_locks && stat -c '%a %U' \"$own_state\"; echo \"$own_state\"; rmdir \"$own_state\" 2>/dev/null", account);
        var lines = said.Split('\n');
        Assert.Equal($"700 {account}", lines[0]);
        Assert.DoesNotContain(account == "root" ? "tmp" : "/run/summit-ops", lines[1]);
    }

    private static void AsRoot()
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/runuser"))
        {
            Assert.Skip("only root can make what another account owns");
        }
    }

    private static async Task<string> RunAsync(string commands, string account = "root")
    {
        var script = ShellScript.Compose([], "prelude.sh", "own.sh")
            .Replace("}\nsummit_main", commands + "\n}\nsummit_main", StringComparison.Ordinal);
        if (account != "root") script = $"runuser -u {account} -- /bin/sh -c {ShellScript.Quote(script)}";
        var done = await new LocalHost().RunAsync(new HostScript("own", script, TimeSpan.FromSeconds(30), ReadOnly: false), Cancellation);
        Assert.True(done.Error.Length == 0, done.Error);
        return done.Output;
    }
}
