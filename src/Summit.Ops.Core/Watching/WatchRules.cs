using System.Globalization;
using Summit.Ops.Errors;

namespace Summit.Ops.Watching;

/// <summary>How an endpoint is watched, and when a change is told.</summary>
public sealed record WatchRules
{
    /// <summary>How many changes between up and down within <see cref="FlapWindow"/> are flapping.</summary>
    internal const int FlapChanges = 6;

    /// <summary>How many probes in a row must show another cause before it is told of what is down already.</summary>
    internal const int OtherCauseProbes = 3;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>From the start of one probe to the start of the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to watch; zero for until it is stopped.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What ends the watch when it is reached; null for nothing.</summary>
    public SummitWatchGoal? Until { get; init; }

    /// <summary>Whether one connection is held open beside the probes.</summary>
    public bool HoldConnection { get; init; }

    /// <summary>A certificate with fewer days left than this is soon over.</summary>
    public int CertificateDays { get; init; } = 14;

    /// <summary>The time in which changes are counted: a minute, or twenty intervals where that is longer.</summary>
    internal TimeSpan FlapWindow => Max(TimeSpan.FromMinutes(1), 20 * Interval);

    /// <summary>How long nothing may change before flapping is over.</summary>
    internal TimeSpan SettleTime => FlapWindow / 2;

    /// <summary>
    /// From the end of one probe to the start of the next: what is longer is a gap, in which the endpoint was not watched.
    /// </summary>
    internal TimeSpan GapLimit => Max(3 * Interval, Interval + TimeSpan.FromSeconds(30));

    /// <summary>Checks them.</summary>
    /// <exception cref="SummitArgumentException">One makes no sense.</exception>
    public void Check()
    {
        if (Interval < Shortest || Interval > Longest)
        {
            throw Bad("IntervalInvalid", $"An interval of {Interval} makes no sense: it is 0.1 s to a day.", "-Interval 5");
        }

        if (Duration < TimeSpan.Zero || Duration > TimeSpan.FromDays(3650))
        {
            throw Bad(
                "DurationInvalid", $"A duration of {Duration} makes no sense: it is zero, for no end, to ten years.", "-Duration 3600");
        }

        if (CertificateDays is < 0 or > 3650)
        {
            throw Bad(
                "CertificateDaysInvalid",
                string.Create(CultureInfo.InvariantCulture, $"{CertificateDays} days make no sense: 0 to 3,650."),
                "-CertificateDays 14");
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static SummitArgumentException Bad(string id, string message, string example) =>
        new(id, message, null, $"Watch-SummitWebSocket -Uri 'wss://host.example.com/ws' {example}");
}
