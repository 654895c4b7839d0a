namespace Summit.Ops.Text;

/// <summary>The known name that somebody who mistyped one probably meant.</summary>
internal static class Nearest
{
    /// <summary>The nearest of the known names; null where none is near.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var (best, distance) = ((string?)null, int.MaxValue);
        foreach (var each in known)
        {
            var found = Distance(name.ToUpperInvariant(), each.ToUpperInvariant());
            if (found < distance) (best, distance) = (each, found);
        }

        return distance <= Math.Max(2, name.Length / 3) ? best : null;
    }

    /// <summary>The same as the end of a sentence: <c>; NAME is meant?</c>, or nothing.</summary>
    public static string Suggestion(string name, IEnumerable<string> known) => Of(name, known) is { } near ? $"; did you mean {near}?" : "";

    // how many letters must be added, taken away, changed or swapped with their neighbour
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
