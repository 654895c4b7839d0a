using System.Diagnostics;
using Summit.Ops.Lab.Processes;

namespace Summit.Ops.Lab.Aws.Ssm;

/// <summary>
/// Runs a command's script as the agent does: from a file, with <c>sh</c>, in a process group of its own that is killed whole.
/// </summary>
internal static class ScriptRunner
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    /// <summary>Runs it; a cancelled token kills it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="machine">The instance it believes to be on.</param>
    /// <param name="folder">The agent's folder, also for what the script puts into TMPDIR.</param>
    /// <param name="workingDirectory">Where it runs; empty for the agent's folder.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="OperationCanceledException">It was killed.</exception>
    public static async Task<ScriptOutcome> RunAsync(
        string script, LabMachine machine, string folder, string workingDirectory, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.sh");
        await File.WriteAllTextAsync(file, script + "\n", cancellation);
        return await RunFileAsync(file, folder, machine, workingDirectory.Length > 0 ? workingDirectory : folder, cancellation);
    }

    private static async Task<ScriptOutcome> RunFileAsync(
        string file, string temporary, LabMachine machine, string folder, CancellationToken cancellation)
    {
        // a session of its own has a process group of its own
        var session = File.Exists("/usr/bin/setsid");
        var start = new ProcessStartInfo(session ? "/usr/bin/setsid" : "/bin/sh", session ? ["/bin/sh", file] : [file])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        // the agent has none of the caller's credentials
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        // and, as a unit of systemd that runs as root, no HOME
        start.Environment.Remove("HOME");
        start.Environment["TMPDIR"] = temporary;
        start.Environment["AWS_SSM_INSTANCE_ID"] = machine.InstanceId;
        start.Environment["AWS_SSM_REGION_NAME"] = machine.Region;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var reading = new CancellationTokenSource();
        var output = ReadAsync(process.StandardOutput, reading.Token);
        var error = ReadAsync(process.StandardError, reading.Token);
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            if (!session || !ProcessTable.SendToGroup(process.Id, Signal.Kill)) process.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            // whatever the script left running may hold the pipes for ever
            reading.CancelAfter(LastWords);
            await Task.WhenAll(output, error);
        }

        return new ScriptOutcome(process.ExitCode, await output, await error);
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellation)
    {
        var text = new System.Text.StringBuilder();
        var buffer = new char[8192];
        try
        {
            for (int count; (count = await reader.ReadAsync(buffer, cancellation)) > 0;) text.Append(buffer, 0, count);
        }
        catch (OperationCanceledException)
        {
            // so far and no further
        }

        return text.ToString();
    }
}
