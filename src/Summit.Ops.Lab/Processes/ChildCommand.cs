using System.ComponentModel;
using System.Diagnostics;

namespace Summit.Ops.Lab.Processes;

/// <summary>What a command said.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>The last line of standard error, else of standard output: what usually says why.</summary>
    public string LastLine => Last(Error) ?? Last(Output) ?? $"exit code {ExitCode}";

    private static string? Last(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
}

/// <summary>Runs a short command to its end.</summary>
internal static class ChildCommand
{
    /// <summary>Runs it; a command that does not exist has exit code 127, one that takes too long 124, as in a shell.</summary>
    /// <param name="file">The command.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="timeout">After that it is killed.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="environment">Its whole environment; null for this process's.</param>
    public static async Task<CommandResult> RunAsync(
        string file, IEnumerable<string> arguments, TimeSpan timeout, CancellationToken cancellation,
        string? folder = null,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder ?? "/",
        };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment) start.Environment[name] = value;
        }

        cancellation.ThrowIfCancellationRequested();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            return new(127, "", $"{file}: {e.Message}");
        }

        using (process)
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            try
            {
                await Task.WhenAll(output, error, process.WaitForExitAsync(limit.Token));
                return new(process.ExitCode, await output, await error);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancellation.ThrowIfCancellationRequested();
                return new(124, "", $"{file} did not end within {timeout.TotalSeconds:0} s");
            }
        }
    }
}
