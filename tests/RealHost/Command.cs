using System.Diagnostics;

namespace Summit.Ops.RealHost.Tests;

/// <summary>What a command said and how it ended.</summary>
internal sealed record Command(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a program with nothing on its standard input; it is killed when its time is over.</summary>
    public static async Task<Command> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancellation)
    {
        using var process = Start(program, arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new Command(-1, $"not ended after {limit.TotalSeconds:0} s", "");
        }

        return new Command(process.ExitCode, await output, await error);
    }

    /// <summary>Runs a shell line that must succeed.</summary>
    public static async Task MustAsync(string line, CancellationToken cancellation)
    {
        var done = await RunAsync("/bin/sh", ["-c", line], TimeSpan.FromMinutes(10), cancellation);
        if (done.ExitCode != 0) throw new InvalidOperationException($"{line}: exit code {done.ExitCode}\n{done.Output}\n{done.Error}");
    }

    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }
}
