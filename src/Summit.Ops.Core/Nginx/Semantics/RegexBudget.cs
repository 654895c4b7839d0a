using System.Globalization;
using System.Text.RegularExpressions;

namespace Summit.Ops.Nginx.Semantics;

/// <summary>The time that all patterns of one configuration may take together beyond what a pattern usually needs.</summary>
internal sealed partial class RegexBudget
{
    /// <summary>How long one match may take in the engine that goes back and tries again; nearly all take microseconds.</summary>
    public static readonly TimeSpan Each = TimeSpan.FromMilliseconds(250);

    // the linear engine needs milliseconds for the longest URI, and seconds for a pattern that is made to cost
    private static readonly TimeSpan EachLinear = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AllLinear = TimeSpan.FromSeconds(6);

    private const int Matches = 8;

    // the engine without going back holds a state for each repetition that is counted
    private const int LongestPattern = 4096;
    private const double MostRepetitions = 5000;

    private int _spent;
    private long _linear;

    /// <summary>Whether no more may be spent.</summary>
    public bool IsSpent => Volatile.Read(ref _spent) >= Matches;

    /// <summary>Whether the engine that never goes back has had its time as well: what is not decided yet stays so.</summary>
    public bool IsLinearSpent => Volatile.Read(ref _linear) >= AllLinear.Ticks;

    /// <summary>What began at this time was a match, or the making, of a pattern in the linear engine.</summary>
    public void SpendLinear(long started) => Interlocked.Add(ref _linear, TimeProvider.System.GetElapsedTime(started).Ticks);

    /// <summary>One match took as long as it may.</summary>
    public void Spend() => Interlocked.Increment(ref _spent);

    /// <summary>
    /// The same pattern in an engine that never goes back; null where it cannot be had: a look around, a back reference, large counts.
    /// </summary>
    public static Regex? Linear(Regex regex)
    {
        var pattern = regex.ToString();
        if (pattern.Length > LongestPattern
            || Counts().Matches(pattern).Aggregate(1.0, (all, count) => all * Math.Max(1, Number(count))) > MostRepetitions)
        {
            return null;
        }

        try
        {
            return new Regex(pattern, regex.Options | RegexOptions.NonBacktracking, EachLinear);
        }
        catch (Exception error) when (error is NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    private static double Number(Match count) =>
        double.Parse(count.Groups["most"].Success ? count.Groups["most"].Value : count.Groups["least"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"\{(?<least>\d{1,9})(?:,(?<most>\d{1,9})?)?\}",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Counts();
}
