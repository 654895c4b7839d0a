namespace Summit.Ops.Nginx.Semantics;

/// <summary>nginx's notation of time: <c>60</c>, <c>60s</c>, <c>1h30m</c>, <c>500ms</c>.</summary>
internal static class NginxTime
{
    /// <summary>The time, or null where it is none.</summary>
    public static TimeSpan? Read(string text)
    {
        if (text.Length == 0) return null;
        var total = TimeSpan.Zero;
        var i = 0;
        while (i < text.Length)
        {
            if (text[i] == ' ')
            {
                i++;
                continue;
            }

            var start = i;
            while (i < text.Length && char.IsAsciiDigit(text[i])) i++;
            if (i == start || i - start > 9) return null;
            var number = long.Parse(text.AsSpan(start, i - start));
            var unit = Unit(text.AsSpan(i), out var length);
            if (unit is null) return null;
            total += number * unit.Value;
            i += length;
        }

        return total;
    }

    private static TimeSpan? Unit(ReadOnlySpan<char> text, out int length)
    {
        length = text.StartsWith("ms") ? 2 : text.IsEmpty || text[0] == ' ' ? 0 : 1;
        if (length == 2) return TimeSpan.FromMilliseconds(1);
        if (length == 0) return TimeSpan.FromSeconds(1);
        return text[0] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            'w' => TimeSpan.FromDays(7),
            'M' => TimeSpan.FromDays(30),
            'y' => TimeSpan.FromDays(365),
            _ => null,
        };
    }
}
