using System.Collections;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Summit.Ops.Lab.Launcher;

/// <summary>Replaces this process by another program, as a shell's <c>exec</c> does.</summary>
/// <remarks>
/// The terminal, Ctrl+C, signals, standard input and output and the exit code are then the program's own: nothing stands in between that
/// would have to pass them on. Windows has no such call; there the program is a child.
/// </remarks>
internal static class ProcessImage
{
    /// <summary>Becomes the program; returns its exit code only on Windows.</summary>
    /// <param name="file">The program's path.</param>
    /// <param name="arguments">Its arguments.</param>
    public static int Become(string file, IReadOnlyList<string> arguments)
    {
        if (OperatingSystem.IsWindows()) return RunAsChild(file, arguments);
        string?[] environment =
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => $"{entry.Key}={entry.Value}"), null];
        if (Execute(file, [file, .. arguments, null], environment) == 0) return 0; // never: where it succeeds, this program is gone
        throw new InvalidOperationException($"{file} did not start: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    private static int RunAsChild(string file, IReadOnlyList<string> arguments)
    {
        // Ctrl+C goes to both; it is the child's to answer
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;
        using var child = Process.Start(new ProcessStartInfo(file, arguments) { UseShellExecute = false })!;
        child.WaitForExit();
        return child.ExitCode;
    }

    // LPStr is UTF-8 here
    [DllImport(
        "libc", EntryPoint = "execve", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Execute(string file, string?[] arguments, string?[] environment);
}
