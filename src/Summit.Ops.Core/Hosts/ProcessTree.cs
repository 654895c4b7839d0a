using System.Globalization;

namespace Summit.Ops.Hosts;

/// <summary>The processes that a process has started, and theirs, where the system shows them.</summary>
internal static class ProcessTree
{
    /// <summary>Calls back for each of them, the process itself left out.</summary>
    public static void Signal(int process, Action<int> each)
    {
        foreach (var descendant in Below(process)) each(descendant);
    }

    private static List<int> Below(int process)
    {
        var children = new Dictionary<int, List<int>>();
        foreach (var (id, parent) in Processes())
        {
            if (!children.TryGetValue(parent, out var list)) children[parent] = list = [];
            list.Add(id);
        }

        List<int> below = [process];
        for (var i = 0; i < below.Count; i++) below.AddRange(children.GetValueOrDefault(below[i], []));
        return below[1..];
    }

    private static IEnumerable<(int Id, int Parent)> Processes()
    {
        if (!Directory.Exists("/proc/self")) yield break;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Parent(folder) is { } parent)
            {
                yield return (id, parent);
            }
        }
    }

    private static int? Parent(string folder)
    {
        try
        {
            // behind the name, which may hold anything: state and parent
            var stat = File.ReadAllText($"{folder}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > 1 && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var parent)
                ? parent
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
