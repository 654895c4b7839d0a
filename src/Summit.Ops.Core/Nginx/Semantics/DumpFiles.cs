using System.Text;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>The files inside the text of <c>nginx -T</c>.</summary>
/// <remarks>
/// nginx writes <c># configuration file PATH:</c>, a line feed, the file's bytes, and a line feed. A file may hold such a line itself (a
/// dump that somebody saved as a snippet), so a marker counts only for a file that something before it includes.
/// </remarks>
internal sealed class DumpFiles : IConfigFiles
{
    private const string Marker = "# configuration file ";
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private DumpFiles(string mainPath) => MainPath = mainPath;

    public string MainPath { get; }

    /// <summary>The files, or null where the text has no marker.</summary>
    public static DumpFiles? Open(string dump)
    {
        var markers = FindMarkers(dump);
        if (markers.Count == 0) return null;
        var files = new DumpFiles(markers[0].Path);
        var prefix = files.MainPath[..(files.MainPath.LastIndexOf('/') + 1)];
        var (paths, patterns) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        for (var i = 0; i < markers.Count;)
        {
            // a marker that nothing includes is a line of the file it stands in
            var end = i + 1;
            Note(Body(dump, markers, i, end));
            while (end < markers.Count && !Expected(markers[end].Path)) Note(Body(dump, markers, end, ++end));
            files._files.TryAdd(markers[i].Path, Encoding.UTF8.GetBytes(Body(dump, markers, i, end)));
            i = end;
        }

        return files;

        // each part once: a file with many such lines is not read again for each of them
        void Note(string part)
        {
            foreach (var pattern in Includes(part, prefix)) (GlobPattern.IsGlob(pattern) ? patterns : paths).Add(pattern);
        }

        bool Expected(string path) => paths.Contains(path) || patterns.Any(pattern => GlobPattern.MatchesPath(pattern, path));
    }

    public byte[] Read(string path) =>
        _files.TryGetValue(path, out var bytes) ? bytes : throw new FileNotFoundException($"{path} is not in the dump.", path);

    public IReadOnlyList<string> Glob(string pattern) =>
        [.. _files.Keys.Where(path => GlobPattern.MatchesPath(pattern, path)).Order(StringComparer.Ordinal)];

    private static List<string> Includes(string text, string prefix)
    {
        var document = Syntax.NginxParser.Parse("", Encoding.UTF8.GetBytes(text));
        var found = new List<string>();
        for (var i = 0; i < document.NodeCount; i++)
        {
            if (document.Node(i).Name != Syntax.DirectiveName.Include || document.ArgumentCount(i) != 1) continue;
            var pattern = Syntax.NginxText.Utf8(document.Argument(i, 0));
            found.Add(pattern.StartsWith('/') ? pattern : prefix + pattern);
        }

        return found;
    }

    private static string Body(string dump, List<(int Start, int Body, string Path)> markers, int first, int end)
    {
        var stop = end < markers.Count ? markers[end].Start : dump.Length;
        var body = dump.AsSpan(markers[first].Body, stop - markers[first].Body);
        // nginx adds one line feed behind each file
        return (body.EndsWith("\n") ? body[..^1] : body).ToString();
    }

    private static List<(int Start, int Body, string Path)> FindMarkers(string dump)
    {
        var found = new List<(int, int, string)>();
        for (var at = 0; (at = dump.IndexOf(Marker, at, StringComparison.Ordinal)) >= 0; at += Marker.Length)
        {
            if (at > 0 && dump[at - 1] != '\n') continue;
            var end = dump.IndexOf('\n', at);
            if (end < 0) end = dump.Length;
            var line = dump.AsSpan(at + Marker.Length, end - at - Marker.Length).TrimEnd('\r');
            if (line.Length < 2 || line[^1] != ':') continue;
            found.Add((at, Math.Min(end + 1, dump.Length), line[..^1].ToString()));
        }

        return found;
    }
}
