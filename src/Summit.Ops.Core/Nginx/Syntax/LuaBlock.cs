namespace Summit.Ops.Nginx.Syntax;

/// <summary>Finds where a <c>*_by_lua_block</c> ends: braces count, and those in strings, long brackets and comments do not.</summary>
internal static class LuaBlock
{
    /// <summary>The offset after the closing brace, or the end of the bytes where there is none.</summary>
    public static int FindEnd(ReadOnlySpan<byte> bytes, int bodyStart)
    {
        var depth = 1;
        var i = bodyStart;
        while (i < bytes.Length)
        {
            var b = bytes[i];
            switch (b)
            {
                case (byte)'{':
                    depth++;
                    i++;
                    break;
                case (byte)'}':
                    i++;
                    if (--depth == 0) return i;
                    break;
                case (byte)'"' or (byte)'\'':
                    i = SkipString(bytes, i);
                    break;
                case (byte)'-' when i + 1 < bytes.Length && bytes[i + 1] == '-':
                    i = SkipComment(bytes, i + 2);
                    break;
                case (byte)'[' when LongBracket(bytes, i) is var level && level >= 0:
                    i = SkipLong(bytes, i, level);
                    break;
                default:
                    i++;
                    break;
            }
        }

        return bytes.Length;
    }

    private static int SkipString(ReadOnlySpan<byte> bytes, int open)
    {
        for (var i = open + 1; i < bytes.Length; i++)
        {
            if (bytes[i] == '\\') i++;
            else if (bytes[i] == bytes[open] || bytes[i] == '\n') return i + 1;
        }

        return bytes.Length;
    }

    private static int SkipComment(ReadOnlySpan<byte> bytes, int start)
    {
        if (start < bytes.Length && bytes[start] == '[' && LongBracket(bytes, start) is var level && level >= 0)
        {
            return SkipLong(bytes, start, level);
        }

        var end = bytes[start..].IndexOf((byte)'\n');
        return end < 0 ? bytes.Length : start + end + 1;
    }

    /// <summary>The level of a long bracket that opens here (<c>[==[</c> has two), or -1.</summary>
    private static int LongBracket(ReadOnlySpan<byte> bytes, int open)
    {
        var i = open + 1;
        while (i < bytes.Length && bytes[i] == '=') i++;
        return i < bytes.Length && bytes[i] == '[' ? i - open - 1 : -1;
    }

    private static int SkipLong(ReadOnlySpan<byte> bytes, int open, int level)
    {
        for (var i = open + level + 2; i < bytes.Length; i++)
        {
            if (bytes[i] != ']' || i + level + 1 >= bytes.Length || bytes[i + level + 1] != ']') continue;
            if (bytes.Slice(i + 1, level).IndexOfAnyExcept((byte)'=') < 0) return i + level + 2;
        }

        return bytes.Length;
    }
}
