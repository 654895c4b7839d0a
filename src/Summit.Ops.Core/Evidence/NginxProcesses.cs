using System.Globalization;

namespace Summit.Ops.Evidence;

/// <summary>One nginx process.</summary>
/// <param name="Id">Its process id.</param>
/// <param name="ParentId">Its parent's.</param>
/// <param name="Started">When it started, to a second or so; null where the host does not say.</param>
/// <param name="Title">What it calls itself, for example <c>nginx: worker process</c>.</param>
public sealed record NginxProcess(int Id, int ParentId, DateTimeOffset? Started, string Title)
{
    /// <summary>Whether it is a master.</summary>
    public bool IsMaster => Title.StartsWith("nginx: master process", StringComparison.Ordinal);

    /// <summary>Whether it is a worker that takes new connections.</summary>
    public bool IsWorker => Title.StartsWith("nginx: worker process", StringComparison.Ordinal) && !IsOld;

    /// <summary>Whether it is a worker that takes no new connections, and ends with the last that it has.</summary>
    public bool IsOld => Title.StartsWith("nginx: worker process is shutting down", StringComparison.Ordinal);
}

/// <summary>Reads the nginx processes of a host.</summary>
internal static class NginxProcesses
{
    /// <summary>
    /// Reads lines of <c>/proc/N/stat</c>, a tab, and the command line (proc(5): the fields after the name begin with the state; the 20th
    /// of them is the start in ticks since boot).
    /// </summary>
    public static IReadOnlyList<NginxProcess> FromProc(string text, DateTimeOffset? booted, int ticksPerSecond)
    {
        var processes = new List<NginxProcess>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            var stat = tab < 0 ? line : line[..tab];
            var open = stat.IndexOf('(', StringComparison.Ordinal);
            var close = stat.LastIndexOf(')');
            if (open < 0 || close < open || !int.TryParse(stat.AsSpan(0, open).Trim(), out var id)) continue;
            var fields = stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 20 || !int.TryParse(fields[1], out var parent)) continue;
            var started = booted is { } boot && ulong.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
                ? UnixTime.Of(boot.ToUnixTimeMilliseconds() / 1000d + ((double)ticks / ticksPerSecond))
                : null;
            processes.Add(new NginxProcess(id, parent, started, tab < 0 ? "" : line[(tab + 1)..].TrimEnd()));
        }

        return processes;
    }

    /// <summary>Reads <c>ps -axo pid=,ppid=,user=,args=</c>, for hosts without <c>/proc</c>.</summary>
    public static IReadOnlyList<NginxProcess> FromPs(string text)
    {
        var processes = new List<NginxProcess>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 4 && int.TryParse(fields[0], out var id) && int.TryParse(fields[1], out var parent))
            {
                processes.Add(new NginxProcess(id, parent, Started: null, fields[3].TrimEnd()));
            }
        }

        return processes;
    }
}
