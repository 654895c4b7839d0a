namespace Summit.Ops.Evidence;

/// <summary>Seconds since 1970 that a host says, or that stand in a file: any number may come.</summary>
/// <remarks>A file system with 64 bits for a time takes each time that an account gives a file of its own.</remarks>
internal static class UnixTime
{
    // a day away from the ends of what can be told, so that some seconds may be added
    private static readonly double First = DateTimeOffset.MinValue.AddDays(1).ToUnixTimeSeconds();
    private static readonly double Last = DateTimeOffset.MaxValue.AddDays(-1).ToUnixTimeSeconds();

    /// <summary>The moment; null where there is no such.</summary>
    public static DateTimeOffset? Of(double seconds) =>
        seconds >= First && seconds <= Last ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;

    /// <summary>The moment, or the nearest that can be told: a change in the far future is still one after now.</summary>
    public static DateTimeOffset Clamp(long seconds) => Of(Math.Clamp((double)seconds, First, Last))!.Value;
}
