namespace Summit.Ops.Nginx.Semantics;

/// <summary>
/// Host names with wildcards as <c>ngx_hash_find_combined</c> has them: exact, longest leading wildcard, longest trailing wildcard.
/// </summary>
internal sealed class WildcardNames<T>
    where T : class
{
    private readonly Dictionary<string, T> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T> _below = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T> _atAndBelow = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T> _behind = new(StringComparer.Ordinal);

    // nginx's own three sets of what is taken (ngx_hash_add_key); a name can be taken and yet answer nothing
    private readonly Dictionary<string, T> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T> _leading = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T> _trailing = new(StringComparer.Ordinal);

    /// <summary>Adds a name in lower case; where it is taken, nothing is added and the holder is returned.</summary>
    public T? Add(string name, T value, bool wildcards = true)
    {
        T? holder = null;
        if (!wildcards)
        {
            return Claim(_exact, name, value, ref holder) ? null : holder;
        }

        _ = name switch
        {
            ['*', '.', .. var rest] when rest.Length > 0 => Claim(_leading, rest, value, ref holder) && _below.TryAdd(rest, value),
            // ".a.b" claims "a.b" first and goes as a whole where somebody has it
            ['.', .. var rest] when rest.Length > 0 =>
                Claim(_names, rest, value, ref holder) && Claim(_leading, rest, value, ref holder) && _atAndBelow.TryAdd(rest, value),
            [.. var start, '.', '*'] when start.Length > 0 => Claim(_trailing, start, value, ref holder) && _behind.TryAdd(start, value),
            _ => Claim(_names, name, value, ref holder) && _exact.TryAdd(name, value),
        };
        return holder;
    }

    /// <summary>The value for a host in lower case, and the form of the name that took it (<c>*.rest</c>).</summary>
    public T? Find(string host, out string by)
    {
        if (_exact.TryGetValue(host, out var value))
        {
            by = host;
            return value;
        }

        if (_below.Count > 0 || _atAndBelow.Count > 0)
        {
            if (_atAndBelow.TryGetValue(host, out value))
            {
                by = "." + host;
                return value;
            }

            for (var dot = host.IndexOf('.', StringComparison.Ordinal); dot >= 0 && dot + 1 < host.Length; dot = host.IndexOf('.', dot + 1))
            {
                var rest = host[(dot + 1)..];
                if (!_below.TryGetValue(rest, out value) && !_atAndBelow.TryGetValue(rest, out value)) continue;
                by = (_below.ContainsKey(rest) ? "*." : ".") + rest;
                return value;
            }
        }

        for (var dot = _behind.Count > 0 ? host.LastIndexOf('.') : -1; dot > 0; dot = host.LastIndexOf('.', dot - 1))
        {
            if (!_behind.TryGetValue(host[..dot], out value)) continue;
            by = host[..dot] + ".*";
            return value;
        }

        by = "";
        return null;
    }

    private static bool Claim(Dictionary<string, T> names, string key, T value, ref T? holder)
    {
        if (names.TryAdd(key, value)) return true;
        holder = names[key];
        return false;
    }
}
