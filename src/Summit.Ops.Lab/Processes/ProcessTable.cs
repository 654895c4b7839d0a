using System.Globalization;
using System.Runtime.InteropServices;

namespace Summit.Ops.Lab.Processes;

/// <summary>The signals that the lab sends.</summary>
internal enum Signal
{
    /// <summary>Sends nothing; asks whether the process is there.</summary>
    None = 0,

    /// <summary>nginx: read the configuration again.</summary>
    Hangup = 1,

    /// <summary>Ends a process at once.</summary>
    Kill = 9,

    /// <summary>The backend under pm2: stop listening.</summary>
    User2 = 12,

    /// <summary>Asks a process to end.</summary>
    Terminate = 15,
}

/// <summary>
/// The machine's processes, as far as the lab has to find and end its own. Without <c>/proc</c> (macOS) only what pid files say is known.
/// </summary>
internal static class ProcessTable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    /// <summary>Sends a signal; false where there is no such process.</summary>
    public static bool Send(int pid, Signal signal) =>
        pid > 1 && Kill(pid, signal == Signal.User2 && OperatingSystem.IsMacOS() ? 31 : (int)signal) == 0;

    /// <summary>Sends a signal to every process of a group; false where there is none.</summary>
    public static bool SendToGroup(int group, Signal signal) => group > 1 && Kill(-group, (int)signal) == 0;

    /// <summary>Whether the process runs. A zombie, which nobody has waited for yet, does not.</summary>
    public static bool IsAlive(int pid) => Send(pid, Signal.None) && State(pid) is not 'Z';

    /// <summary>The title or command line of a process, words separated by blanks; empty where there is none.</summary>
    public static string CommandLine(int pid) => ReadAll($"/proc/{pid}/cmdline").Replace('\0', ' ').TrimEnd();

    /// <summary>The processes whose parent is this one.</summary>
    public static IReadOnlyList<int> Children(int parent) =>
        [.. All().Where(pid => Stat(pid) is [_, var ppid, ..] && int.Parse(ppid, CultureInfo.InvariantCulture) == parent)];

    /// <summary>The nginx, node and pm2 processes that have a file open in the folder or were started with its path.</summary>
    public static IReadOnlyList<int> OfFolder(string folder) =>
        [.. All().Where(pid => pid != Environment.ProcessId && IsOfFolder(pid, folder.TrimEnd('/') + "/"))];

    /// <summary>Waits for the end of the process; false where time is up.</summary>
    public static async Task<bool> WaitForEndAsync(int pid, TimeSpan timeout)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (IsAlive(pid))
        {
            if (TimeProvider.System.GetElapsedTime(started) > timeout) return false;
            await Task.Delay(Poll);
        }

        return true;
    }

    /// <summary>Asks the process to end, and ends it where it does not.</summary>
    public static async Task EndAsync(int pid, TimeSpan patience)
    {
        if (!Send(pid, Signal.Terminate) || await WaitForEndAsync(pid, patience)) return;
        Send(pid, Signal.Kill);
        await WaitForEndAsync(pid, patience);
    }

    /// <summary>The pid in a pid file; zero where there is none.</summary>
    public static int ReadPidFile(string path) =>
        int.TryParse(ReadAll(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0;

    private static bool IsOfFolder(int pid, string folder)
    {
        var command = CommandLine(pid);
        if (!command.StartsWith("nginx: ", StringComparison.Ordinal) && !command.StartsWith("PM2 ", StringComparison.Ordinal)
            && !command.StartsWith("node", StringComparison.Ordinal))
        {
            return false;
        }

        if (command.Contains(folder, StringComparison.Ordinal)) return true;
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd")
                .Any(fd => new FileInfo(fd).LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // ended meanwhile, or someone else's
        }
    }

    private static IEnumerable<int> All()
    {
        if (!Directory.Exists("/proc/self")) yield break;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) yield return pid;
        }
    }

    private static char? State(int pid) => Stat(pid) is [var state, ..] ? state[0] : null;

    // state, parent, …; the name before them is in parentheses and may hold anything
    private static string[] Stat(int pid)
    {
        var text = ReadAll($"/proc/{pid}/stat");
        var end = text.LastIndexOf(')');
        return end < 0 ? [] : text[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string ReadAll(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
