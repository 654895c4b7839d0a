using System.Diagnostics;
using System.Text;

namespace Summit.Ops.Lab.Tests.Launcher;

/// <summary>The program as a real child process.</summary>
internal static class LabProgram
{
    private const string WhereIsTheCursor = "\e[6n";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>The built program.</summary>
    public static string Assembly { get; } = Path.Combine(Checkout.Root, "bin", "Summit.Ops.Lab.dll");

    /// <summary>Runs it with redirected streams.</summary>
    public static Task<ProgramResult> RunAsync(params string[] arguments) => RunAsync(arguments, input: null);

    /// <summary>Runs it with redirected streams and this standard input.</summary>
    public static async Task<ProgramResult> RunAsync(
        string[] arguments, string? input, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Checkout.Root,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            if (input is not null) await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new ProgramResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException error)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"Still running after {Limit}: {string.Join(' ', arguments)}", error);
        }
    }

    /// <summary>Why there is no pseudo-terminal to test under; null where there is one.</summary>
    public static string? TerminalMissing() =>
        File.Exists("/usr/bin/script") ? null : "script(1), which gives a pseudo-terminal, is not installed.";

    /// <summary>Runs it under a pseudo-terminal of 80 columns, typing each answer when what it waits for has appeared;
    /// the last one again as often as that appears, as somebody does whose key went unheard.</summary>
    public static async Task<TerminalResult> RunOnTerminalAsync(
        string[] arguments, (string Await, string Type)[] steps,
        IReadOnlyDictionary<string, string>? environment = null,
        bool again = false)
    {
        var command = new StringBuilder("stty cols 80 rows 24; exec dotnet");
        foreach (var word in arguments.Prepend(Assembly))
        {
            command.Append(" '").Append(word.Replace("'", "'\\''", StringComparison.Ordinal)).Append('\'');
        }

        // who runs the tests in the background has Control-C ignored, and everything below would
        var start = new ProcessStartInfo("env", ["--default-signal=INT,QUIT", "script", "-qec", command.ToString(), "/dev/null"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = Checkout.Root,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove("NO_COLOR");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var seen = new StringBuilder();
        var from = 0;
        var asked = 0;
        var next = 0;
        var buffer = new char[4096];
        (string Await, string Type)? Step() => next < steps.Length ? steps[next] : again ? steps[^1] : null;
        try
        {
            while (await process.StandardOutput.ReadAsync(buffer, limit.Token) is > 0 and var count)
            {
                seen.Append(buffer, 0, count);
                // PSReadLine asks where the cursor is, and waits for the answer
                for (; seen.ToString().IndexOf(WhereIsTheCursor, asked, StringComparison.Ordinal) is >= 0
                    and var question; asked = question + 1)
                {
                    await process.StandardInput.WriteAsync("\e[1;1R");
                }

                await process.StandardInput.FlushAsync(limit.Token);
                while (Step() is { } step && seen.ToString().IndexOf(step.Await, from, StringComparison.Ordinal) is >= 0 and var at)
                {
                    from = at + step.Await.Length;
                    next = Math.Min(next + 1, steps.Length);
                    await process.StandardInput.WriteAsync(step.Type);
                    await process.StandardInput.FlushAsync(limit.Token);
                }
            }

            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException error)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"Still running after {Limit}, at step {next}; the screen: {seen}", error);
        }

        Assert.True(next == steps.Length, $"Ended before step {next}; the screen: {seen}");
        return new TerminalResult(process.ExitCode, seen.ToString());
    }
}

internal sealed record ProgramResult(int ExitCode, string Output, string Error);

internal sealed record TerminalResult(int ExitCode, string Screen)
{
    /// <summary>The screen's text without control sequences, new lines as \n.</summary>
    public string Text =>
        System.Text.RegularExpressions.Regex.Replace(Screen, "\e(\\[[0-9;?]*[A-Za-z]|=|>|\\][^\a]*\a)", "").ReplaceLineEndings("\n");
}
