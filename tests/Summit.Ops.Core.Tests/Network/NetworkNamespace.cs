using System.Diagnostics;

namespace Summit.Ops.Core.Tests.Network;

/// <summary>A script, run in a network namespace of its own, after rules were made there with the real tools.</summary>
internal static class NetworkNamespace
{
    /// <summary>
    /// Makes the ruleset and runs the script; the test is skipped where this machine allows no namespace or has no such tool.
    /// </summary>
    /// <param name="tool">The command that has to be there.</param>
    /// <param name="setup">Lines of sh that make the rules.</param>
    /// <param name="script">The script that is run then.</param>
    public static async Task<(int Code, string Output, string Error)> RunAsync(string tool, string setup, string script)
    {
        var folder = Directory.CreateTempSubdirectory("summit-firewall-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "gather.sh"), script, TestContext.Current.CancellationToken);
            var whole = $"PATH=$PATH:/usr/sbin:/sbin\nset -e\ncommand -v {tool} >/dev/null || exit 90\n"
                + $"command -v ip >/dev/null || exit 90\nip link set lo up 2>/dev/null || exit 91\n({setup}\n) >setup.out 2>&1 || exit 92\n"
                + "exec /bin/sh gather.sh\n";
            var (code, output, error) = await ShellAsync(folder, whole);
            if (code == 90) Assert.Skip($"{tool} or ip is not installed here");
            // a namespace of its own may be forbidden, and so may be tables in it
            if (code is 1 or 91 && output.Length == 0) Assert.Skip($"unshare gives no network namespace here: {error.Trim()}");
            var made = Path.Combine(folder, "setup.out");
            if (code == 92)
            {
                Assert.Skip($"{tool} makes no rules in a network namespace here: "
                    + $"{await File.ReadAllTextAsync(made, TestContext.Current.CancellationToken)}");
            }

            return (code, output, error);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int Code, string Output, string Error)> ShellAsync(string folder, string script)
    {
        var start = new ProcessStartInfo(
            "unshare", [.. Environment.UserName == "root" ? Array.Empty<string>() : ["-r"], "-n", "-m", "/bin/sh", "-s"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            UseShellExecute = false, WorkingDirectory = folder,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
