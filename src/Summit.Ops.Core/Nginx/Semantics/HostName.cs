namespace Summit.Ops.Nginx.Semantics;

/// <summary>The Host header as nginx takes it (<c>ngx_http_validate_host</c>).</summary>
internal static class HostName
{
    /// <summary>The name in lower case, without port and last dot; null where nginx answers 400.</summary>
    public static string? Read(string host)
    {
        var end = host.Length;
        var lastDot = -2;
        var literal = host.StartsWith('[');
        var rest = false;
        for (var i = 0; i < host.Length; i++)
        {
            switch (host[i])
            {
                case '.' when lastDot == i - 1:
                    return null;
                case '.':
                    lastDot = i;
                    break;
                case ':' when !literal && !rest:
                    end = i;
                    rest = true;
                    break;
                case ']' when literal && !rest:
                    end = i + 1;
                    rest = true;
                    break;
                case '/' or <= ' ' or '\x7f':
                    return null;
            }
        }

        if (lastDot == end - 1 && lastDot >= 0) end--;
        return end == 0 ? null : ServerNameTable.Lower(host[..end]);
    }
}
