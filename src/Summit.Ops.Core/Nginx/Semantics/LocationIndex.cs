namespace Summit.Ops.Nginx.Semantics;

/// <summary>What nginx's walk through the static locations ended in.</summary>
internal enum StaticMatch
{
    None,

    /// <summary>A prefix location: nested locations and regexes are still to be asked.</summary>
    Prefix,

    /// <summary>An exact location: the search is over.</summary>
    Exact,

    /// <summary>Only the slash at the end is missing: nginx answers 301.</summary>
    MissingSlash,
}

/// <summary>
/// The locations of one level, ready for <c>ngx_http_core_find_static_location</c>'s question: one binary search and a
/// walk up through shorter prefixes.
/// </summary>
internal sealed class LocationIndex
{
    private readonly string[] _paths;
    private readonly int[] _shorter;
    private readonly LocationScope?[] _prefix;
    private readonly LocationScope?[] _exact;

    public LocationIndex(IReadOnlyList<LocationScope> locations)
    {
        var ordered = locations.Where(location => location.MatchKind <= LocationKind.PrefixNoRegex)
            .GroupBy(location => location.Path, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        _paths = new string[ordered.Length];
        _shorter = new int[ordered.Length];
        _prefix = new LocationScope?[ordered.Length];
        _exact = new LocationScope?[ordered.Length];
        var open = new Stack<int>();
        for (var i = 0; i < ordered.Length; i++)
        {
            _paths[i] = ordered[i].Key;
            // nginx refuses two of a kind; the first is kept
            _exact[i] = ordered[i].FirstOrDefault(location => location.MatchKind == LocationKind.Exact);
            _prefix[i] = ordered[i].FirstOrDefault(location => location.MatchKind != LocationKind.Exact);
            while (open.Count > 0 && !_paths[i].StartsWith(_paths[open.Peek()], StringComparison.Ordinal)) open.Pop();
            _shorter[i] = open.Count > 0 ? open.Peek() : -1;
            open.Push(i);
        }

        Regexes = [.. locations.Where(location => location.IsRegex)];
    }

    /// <summary>The regex locations in file order.</summary>
    public IReadOnlyList<LocationScope> Regexes { get; }

    public StaticMatch Find(string uri, out LocationScope? location)
    {
        location = null;
        var low = 0;
        var high = _paths.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (string.CompareOrdinal(_paths[middle], uri) <= 0) low = middle + 1;
            else high = middle;
        }

        var at = low - 1;
        if (at >= 0 && _paths[at].Length == uri.Length && string.Equals(_paths[at], uri, StringComparison.Ordinal))
        {
            location = _exact[at] ?? _prefix[at];
            return _exact[at] is not null ? StaticMatch.Exact : StaticMatch.Prefix;
        }

        // "/ws/" sorts directly behind "/ws" and everything between them that begins with "/ws" and a byte below the slash
        if (FindSlash(uri, low) is { } redirect)
        {
            location = redirect;
            return StaticMatch.MissingSlash;
        }

        for (; at >= 0; at = _shorter[at])
        {
            if (_prefix[at] is null || !uri.StartsWith(_paths[at], StringComparison.Ordinal)) continue;
            location = _prefix[at];
            return StaticMatch.Prefix;
        }

        return StaticMatch.None;
    }

    private LocationScope? FindSlash(string uri, int from)
    {
        var low = from;
        var high = _paths.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (CompareToSlash(_paths[middle], uri) < 0) low = middle + 1;
            else high = middle;
        }

        if (low == _paths.Length || CompareToSlash(_paths[low], uri) != 0) return null;
        var redirects = (_exact[low] is { } exact && RedirectsToSlash(exact)) || (_prefix[low] is { } prefix && RedirectsToSlash(prefix));
        return redirects ? _exact[low] ?? _prefix[low] : null;
    }

    private static int CompareToSlash(string path, string uri)
    {
        var order = string.CompareOrdinal(path, 0, uri, 0, uri.Length);
        if (order != 0) return order;
        if (path.Length == uri.Length) return -1;
        return path[uri.Length] != '/' ? path[uri.Length] - '/' : path.Length - uri.Length - 1;
    }

    /// <summary>Only a location with a <c>*_pass</c> of its own redirects.</summary>
    private static bool RedirectsToSlash(LocationScope location) =>
        location.Directives.Any(directive => ContentHandlers.RedirectsToSlash(directive.Id));
}
