namespace Summit.Ops.Text;

/// <summary>Marks in a log of what was left out on the way: a check that finds nothing in such a log does not know.</summary>
internal static class UnreadText
{
    /// <summary>What stands for a line that could not be searched for secrets in time.</summary>
    public const string Unsearched = Secrets.Mask + " [summit: this line was not searched for secrets]";

    // as log-end.sh writes them
    private const string Before = "[summit: ";
    private const string Longer = " [summit: the line goes on]";

    /// <summary>Whether a log says that a part of it was left out.</summary>
    public static bool IsIn(string log)
    {
        foreach (var line in log.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(Before, StringComparison.Ordinal) || line.StartsWith(Unsearched, StringComparison.Ordinal)
                || line.EndsWith(Longer, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
