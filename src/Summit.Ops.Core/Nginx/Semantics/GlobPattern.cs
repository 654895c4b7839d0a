namespace Summit.Ops.Nginx.Semantics;

/// <summary>
/// One path against one pattern, as <c>glob(3)</c> matches with no flags: no wildcard takes a slash, none takes a leading dot.
/// </summary>
internal static class GlobPattern
{
    /// <summary>Whether nginx would hand the pattern to glob(3) at all.</summary>
    public static bool IsGlob(string pattern) => pattern.AsSpan().ContainsAny('*', '?', '[');

    /// <summary>Whether the whole path matches, part by part.</summary>
    public static bool MatchesPath(string pattern, string path)
    {
        var patterns = pattern.Split('/');
        var parts = path.Split('/');
        if (patterns.Length != parts.Length) return false;
        for (var i = 0; i < parts.Length; i++)
        {
            if (!MatchesName(patterns[i], parts[i])) return false;
        }

        return true;
    }

    /// <summary>Whether one part of a path matches one part of the pattern.</summary>
    public static bool MatchesName(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (name.StartsWith(".") && !pattern.StartsWith(".") && !pattern.StartsWith("\\.")) return false;
        return Matches(pattern, name);
    }

    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        // one star to come back to is enough: a later star makes an earlier one's choice final
        var (p, n, star, mark) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            var step = p < pattern.Length && pattern[p] != '*' ? MatchOne(pattern[p..], name[n]) : 0;
            if (step > 0)
            {
                p += step;
                n++;
            }
            else if (p < pattern.Length && pattern[p] == '*')
            {
                star = ++p;
                mark = n;
            }
            else if (star >= 0)
            {
                p = star;
                n = ++mark;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }

    /// <summary>How many pattern characters match this one character; 0 for no match.</summary>
    private static int MatchOne(ReadOnlySpan<char> pattern, char c)
    {
        switch (pattern[0])
        {
            case '?':
                return 1;
            case '[':
                return MatchSet(pattern, c);
            case '\\' when pattern.Length > 1:
                return pattern[1] == c ? 2 : 0;
            default:
                return pattern[0] == c ? 1 : 0;
        }
    }

    private static int MatchSet(ReadOnlySpan<char> pattern, char c)
    {
        var i = 1;
        var negated = i < pattern.Length && pattern[i] is '!' or '^';
        if (negated) i++;
        var hit = false;
        for (var first = true; i < pattern.Length && (first || pattern[i] != ']'); first = false)
        {
            var low = pattern[i] == '\\' && i + 1 < pattern.Length ? pattern[++i] : pattern[i];
            var high = low;
            if (i + 2 < pattern.Length && pattern[i + 1] == '-' && pattern[i + 2] != ']')
            {
                high = pattern[i + 2];
                i += 2;
            }

            hit |= c >= low && c <= high;
            i++;
        }

        // a bracket that nothing closes is just a bracket
        if (i >= pattern.Length) return pattern[0] == c ? 1 : 0;
        return hit != negated ? i + 1 : 0;
    }
}
