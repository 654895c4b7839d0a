using Summit.Ops.Nginx.Syntax;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>The directives that answer a request, and how they are inherited.</summary>
internal static class ContentHandlers
{
    /// <summary>Whether a location that has it redirects <c>/x</c> to <c>/x/</c>.</summary>
    public static bool RedirectsToSlash(DirectiveName name) =>
        name is DirectiveName.ProxyPass or DirectiveName.FastcgiPass or DirectiveName.UwsgiPass or DirectiveName.ScgiPass
            or DirectiveName.GrpcPass or DirectiveName.MemcachedPass;

    /// <summary>Whether it takes the request in the content phase, in place of files.</summary>
    public static bool Handles(DirectiveName name) => RedirectsToSlash(name)
        || name is DirectiveName.EmptyGif or DirectiveName.StubStatus or DirectiveName.Flv or DirectiveName.Mp4 or DirectiveName.Perl
            or DirectiveName.JsContent
            or DirectiveName.ContentByLua or DirectiveName.ContentByLuaBlock or DirectiveName.ContentByLuaFile;

    /// <summary>Whether the answer of it is written in a language that is not read here.</summary>
    public static bool IsCode(DirectiveName name) =>
        name is DirectiveName.Perl or DirectiveName.JsContent or DirectiveName.ContentByLua or DirectiveName.ContentByLuaBlock
            or DirectiveName.ContentByLuaFile;

    /// <summary>
    /// Handlers that hold for one level alone. Into <c>if</c> and <c>limit_except</c> of the level the <c>*_pass</c> ones still go.
    /// </summary>
    public static bool StaysOnItsLevel(DirectiveName name) => Handles(name)
        || name is DirectiveName.Return or DirectiveName.Rewrite or DirectiveName.Set or DirectiveName.Break or DirectiveName.If
            or DirectiveName.TryFiles
            or DirectiveName.Alias or DirectiveName.LimitExcept or DirectiveName.Listen or DirectiveName.ServerName;
}
