namespace Summit.Ops.Aws.Calls;

/// <summary>Waits that do not all end at the same moment.</summary>
internal static class Jitter
{
    /// <summary>Anything up to the wait, which is at most the longest.</summary>
    public static TimeSpan Full(TimeSpan wait, TimeSpan longest) => (wait < longest ? wait : longest) * Random.Shared.NextDouble();

    /// <summary>The wait, a quarter more or less.</summary>
    public static TimeSpan Around(TimeSpan wait) => wait * (0.75 + (Random.Shared.NextDouble() / 2));
}
