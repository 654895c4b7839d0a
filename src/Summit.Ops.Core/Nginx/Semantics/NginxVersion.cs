using System.Buffers;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>nginx's version numbers.</summary>
internal static class NginxVersion
{
    private static readonly SearchValues<char> VersionChars = SearchValues.Create("0123456789.");

    /// <summary>Whether a version (<c>1.22.1</c>, <c>nginx/1.25.1 (Ubuntu)</c>) is this one or later; false where it is not known.</summary>
    public static bool AtLeast(string? version, int major, int minor, int patch) => Read(version) is { } known && known >= new Version(major, minor, patch);

    public static Version? Read(string? version)
    {
        if (version is null) return null;
        var start = version.AsSpan().IndexOfAnyInRange('0', '9');
        if (start < 0) return null;
        var text = version.AsSpan(start);
        var end = text.IndexOfAnyExcept(VersionChars);
        return Version.TryParse((end < 0 ? text : text[..end]).TrimEnd('.'), out var parsed) ? new Version(parsed.Major, parsed.Minor, Math.Max(parsed.Build, 0)) : null;
    }
}
