using System.Buffers;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>nginx's version numbers.</summary>
internal static class NginxVersion
{
    private static readonly SearchValues<char> VersionChars = SearchValues.Create("0123456789.");

    /// <summary>As they name themselves in <c>nginx -v</c>.</summary>
    private static readonly string[] Relatives = ["nginx-plus", "openresty", "tengine", "angie", "freenginx"];

    private static readonly Version Http11 = new(1, 29, 7);

    /// <summary>
    /// Whether nginx speaks HTTP/1.1 to a backend and keeps connections to it unless told otherwise: from 1.29.7 on; false
    /// where the version is not known.
    /// </summary>
    public static bool SpeaksHttp11(string? version) => Read(version) is { } known && known >= Http11;

    /// <summary>Whose version it is where it is not nginx's own: NGINX Plus, or a fork; null for nginx.</summary>
    public static string? Relative(string? version) =>
        Array.Find(Relatives, relative => version?.Contains(relative, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>The number in <c>1.22.1</c> or <c>nginx/1.25.1 (Ubuntu)</c>; null where there is none.</summary>
    public static Version? Read(string? version)
    {
        if (version is null) return null;
        var start = version.AsSpan().IndexOfAnyInRange('0', '9');
        if (start < 0) return null;
        var text = version.AsSpan(start);
        var end = text.IndexOfAnyExcept(VersionChars);
        return Version.TryParse((end < 0 ? text : text[..end]).TrimEnd('.'), out var parsed)
            ? new Version(parsed.Major, parsed.Minor, Math.Max(parsed.Build, 0))
            : null;
    }
}
