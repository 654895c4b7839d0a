using Summit.Ops.Nginx.Semantics;

namespace Summit.Ops.Nginx;

/// <summary>Configuration files on this machine's disk.</summary>
public sealed class LocalConfigFiles : IConfigFiles
{
    /// <inheritdoc/>
    public byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (DirectoryNotFoundException error)
        {
            throw new FileNotFoundException(error.Message, path, error);
        }
    }

    /// <summary>Where a link leads in the end; null where the path is no link.</summary>
    internal static string? LinkTarget(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Glob(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var parts = pattern.Split('/');
        var found = new List<string> { parts[0] };
        for (var i = 1; i < parts.Length && found.Count > 0; i++)
        {
            var part = parts[i];
            var last = i == parts.Length - 1;
            found = GlobPattern.IsGlob(part)
                ? [.. found.SelectMany(
                    folder => Names(folder, last).Where(name => GlobPattern.MatchesName(part, name)).Select(name => $"{folder}/{name}"))]
                : [.. found.Select(folder => $"{folder}/{part}").Where(path => !last || Exists(path))];
        }

        found.Sort(string.CompareOrdinal);
        return found;
    }

    // a broken link is there for glob(3) as it is for readdir(3): nginx then fails to open it, and so do we
    private static IEnumerable<string> Names(string folder, bool last)
    {
        try
        {
            var all = new DirectoryInfo(folder.Length == 0 ? "/" : folder).EnumerateFileSystemInfos(
                "*", new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true });
            return [.. all.Where(entry => last || entry is DirectoryInfo || entry.LinkTarget is not null).Select(entry => entry.Name)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path) || new FileInfo(path).LinkTarget is not null;
}
