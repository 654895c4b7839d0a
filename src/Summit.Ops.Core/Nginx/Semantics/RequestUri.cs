using System.Text;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>A request's URI as nginx takes it apart: <c>ngx_http_parse_complex_uri</c> and what goes before it.</summary>
/// <param name="Unparsed">The URI as the client sent it, without a fragment's <c>#</c> being special.</param>
/// <param name="Path">Decoded and normalised, one char a byte.</param>
/// <param name="Args">What stands behind the <c>?</c>.</param>
/// <param name="Quoted">Whether something in the path was percent-encoded: then it is escaped again on its way to a backend.</param>
internal sealed record RequestUri(string Unparsed, string Path, string Args, bool Quoted)
{
    /// <summary>Whether captures are escaped where nginx quotes them: for a path that came encoded or with a plus sign.</summary>
    public bool EscapesCaptures =>
        Quoted || Unparsed.AsSpan(0, Unparsed.AsSpan().IndexOfAny('?', '#') is var end && end < 0 ? Unparsed.Length : end).Contains('+');

    /// <summary>Reads a URI; null where nginx answers 400.</summary>
    /// <param name="uri">As sent, one char a byte.</param>
    /// <param name="mergeSlashes">The server's <c>merge_slashes</c>.</param>
    public static RequestUri? Read(string uri, bool mergeSlashes)
    {
        if (uri.Length == 0 || uri[0] != '/') return null;
        foreach (var c in uri)
        {
            if (c is <= ' ' or '\x7f') return null;
        }

        if (IsPlain(uri, out var question))
        {
            return question < 0
                ? new RequestUri(uri, uri, "", Quoted: false)
                : new RequestUri(uri, uri[..question], uri[(question + 1)..], Quoted: false);
        }

        return Normalize(uri, mergeSlashes);
    }

    /// <summary>
    /// Whether nothing has to be decoded: no percent sign, no double slash, no dot that begins a segment, no fragment before the arguments.
    /// </summary>
    private static bool IsPlain(string uri, out int question)
    {
        question = -1;
        for (var i = 0; i < uri.Length; i++)
        {
            switch (uri[i])
            {
                case '?':
                    question = i;
                    return !uri.AsSpan(i).Contains('#');
                case '%' or '#':
                case '/' when i + 1 < uri.Length && uri[i + 1] is '/' or '.':
                    return false;
            }
        }

        return true;
    }

    private static RequestUri? Normalize(string uri, bool mergeSlashes)
    {
        var path = new StringBuilder(uri.Length);
        var quoted = false;
        var i = 0;
        for (; i < uri.Length && uri[i] is not ('?' or '#'); i++)
        {
            var c = uri[i];
            // only a decoded "%", "#" or "?" is no longer special; a decoded slash or dot is what it looks like
            var plain = false;
            if (c == '%')
            {
                quoted = true;
                if (i + 2 >= uri.Length || !char.IsAsciiHexDigit(uri[i + 1]) || !char.IsAsciiHexDigit(uri[i + 2])) return null;
                c = (char)Convert.ToInt32(uri.Substring(i + 1, 2), 16);
                if (c == '\0') return null;
                plain = c is '%' or '#' or '?';
                i += 2;
            }

            if (c == '/' && !plain)
            {
                var ended = EndSegment(path);
                if (ended == Segment.AboveRoot) return null;
                // the slash before the dots is the slash behind them
                if (ended == Segment.Dots || (mergeSlashes && path.Length > 0 && path[^1] == '/')) continue;
            }

            path.Append(c);
        }

        if (EndSegment(path) == Segment.AboveRoot) return null;
        var args = "";
        if (i < uri.Length && uri[i] == '?')
        {
            var fragment = uri.IndexOf('#', i);
            args = fragment < 0 ? uri[(i + 1)..] : uri[(i + 1)..fragment];
        }

        return new RequestUri(uri, path.ToString(), args, quoted);
    }

    private enum Segment
    {
        Name,
        Dots,
        AboveRoot,
    }

    /// <summary>Takes a "." or ".." away that the path ends with.</summary>
    private static Segment EndSegment(StringBuilder path)
    {
        if (EndsWith(path, "/."))
        {
            path.Length--;
            return Segment.Dots;
        }

        if (!EndsWith(path, "/..")) return Segment.Name;
        path.Length -= 3;
        while (path.Length > 0 && path[^1] != '/') path.Length--;
        return path.Length > 0 ? Segment.Dots : Segment.AboveRoot;
    }

    private static bool EndsWith(StringBuilder path, string end)
    {
        if (path.Length < end.Length) return false;
        for (var i = 0; i < end.Length; i++)
        {
            if (path[path.Length - end.Length + i] != end[i]) return false;
        }

        return true;
    }
}
