using Summit.Ops.Nginx.Semantics;
using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx;

/// <summary>Which files the http block takes in.</summary>
internal static class NginxIncludes
{
    /// <summary>The patterns of the main file's http block, in order.</summary>
    public static IEnumerable<IncludePattern> OfHttp(SummitNginxConfig config)
    {
        if (config.Model.IsFragment) yield break;
        var (main, http) = (config.Model.Files.Main, config.Model.Http.Origin);
        if (http.Document != main) yield break;
        var prefix = main.Path[..(main.Path.LastIndexOf('/') + 1)];
        for (var node = http.Index + 1; node < http.Node.Next; node = main.Node(node).Next)
        {
            if (main.Node(node).Name != DirectiveName.Include || main.ArgumentCount(node) != 1) continue;
            var pattern = NginxText.Utf8(main.Argument(node, 0));
            if (GlobPattern.IsGlob(pattern))
            {
                yield return new IncludePattern(pattern.StartsWith('/') ? pattern : prefix + pattern, main.Path, main.Node(node).Line);
            }
        }
    }

    /// <summary>Whether nginx reads the one file before the other: both by the same pattern, in byte order.</summary>
    public static bool IsBefore(string path, string other) =>
        path[..(path.LastIndexOf('/') + 1)] == other[..(other.LastIndexOf('/') + 1)] && string.CompareOrdinal(path, other) < 0;
}

/// <summary>A pattern that takes files in.</summary>
/// <param name="Pattern">The absolute pattern.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Line">Where it stands.</param>
internal sealed record IncludePattern(string Pattern, string File, int Line)
{
    private readonly int _slash = Pattern.LastIndexOf('/');

    /// <summary>The folder that it takes files of by a name with one star; null for any other pattern.</summary>
    public string? Folder =>
        _slash > 0 && !GlobPattern.IsGlob(Pattern[.._slash]) && Last.Count(c => c == '*') == 1 && !Last.AsSpan().ContainsAny('?', '[')
            ? Pattern[.._slash]
            : null;

    private string Last => Pattern[(_slash + 1)..];

    /// <summary>The name of a file that it takes in.</summary>
    public string Name(string name) => Last.Replace("*", name, StringComparison.Ordinal);

    /// <summary>The path of such a file.</summary>
    public string Path(string name) => $"{Folder}/{Name(name)}";

    /// <summary>The include with its place.</summary>
    public override string ToString() => $"include {Pattern} ({File}:{Line})";
}
