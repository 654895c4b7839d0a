using System.Diagnostics;
using Summit.Ops.Hosts;

namespace Summit.Ops.Core.Tests.Hosts;

/// <summary>A program of the backend's account, run by root from a terminal: it gets nothing of root's.</summary>
public sealed class AccountProgramTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("summit-program-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("nobody", "65534")]
    // a number that no account has is a process's all the same
    [InlineData("42424", "42424")]
    public async Task It_has_no_terminal_no_environment_and_no_open_file_of_root(string account, string who)
    {
        var said = await FromTerminalAsync(
            account, "id -u; pwd; env; ls -l /proc/self/fd; (: </dev/tty) 2>&1 && echo TERMINAL; [ -t 2 ] && echo TERMINAL");

        Assert.StartsWith($"{who}\n/\n", said);
        Assert.DoesNotContain("topsecret", said);
        Assert.DoesNotContain("TERMINAL", said);
        Assert.DoesNotContain("private", said);
        Assert.DoesNotContain("/dev/pts", said);
    }

    [Fact]
    public async Task It_can_push_no_line_back_into_the_terminal_of_root()
    {
        if (!File.Exists("/usr/bin/python3")) Assert.Skip("there is no python3 to ask the terminal with");
        const string push = """
            import fcntl, os, termios
            pushed = 0
            for place in ("/dev/tty", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"):
                try:
                    for letter in "id\n": fcntl.ioctl(os.open(place, os.O_RDWR), termios.TIOCSTI, letter.encode())
                    pushed += 1
                except OSError: pass
            print(pushed)
            """;
        Assert.Equal("0\n", await FromTerminalAsync("nobody", $"/usr/bin/python3 -c {ShellScript.Quote(push)}"));
    }

    [Fact]
    public async Task What_goes_in_and_its_exit_code_pass_through()
    {
        Assert.Equal("given\n7\n", await FromTerminalAsync("nobody", "cat; exit 7", "echo given |", "; echo $?"));
    }

    /// <summary>Runs it as an operator does who has a shell in a terminal, a secret in the environment and a file open.</summary>
    private async Task<string> FromTerminalAsync(string account, string program, string before = "", string after = "")
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/sbin/runuser"))
        {
            Assert.Skip("only root can run a program as another account");
        }

        if (!File.Exists("/usr/bin/script")) Assert.Skip("there is no script(1) to make a terminal with");
        var (file, output, secret) = (Path.Combine(_folder, "script"), Path.Combine(_folder, "output"), Path.Combine(_folder, "private"));
        await File.WriteAllTextAsync(secret, "private", Cancellation);
        var commands = $"exec 3<{secret} 7<{secret}\nbackend_account={account}\n"
            + $"{{ {before} backend_run sh -c {ShellScript.Quote(program)} {after}; }} >{output}";
        await File.WriteAllTextAsync(
            file, ShellScript.Compose([new("BACKEND_USER", account), new("PROCESS_NAME", "p"), new("PM2_DIR", "")], "prelude.sh", "pm2.sh")
                .Replace("}\nsummit_main", commands + "\n}\nsummit_main", StringComparison.Ordinal), Cancellation);
        var start = new ProcessStartInfo(
            "/usr/bin/script",
            [
                "-qec", $"/bin/sh {file}", "/dev/null",
            ]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "topsecret";
        start.WorkingDirectory = _folder;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var terminal = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.True(File.Exists(output), terminal);
        return await File.ReadAllTextAsync(output, Cancellation);
    }
}
