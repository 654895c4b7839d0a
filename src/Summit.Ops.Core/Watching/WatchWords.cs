using System.Globalization;
using Summit.Ops.Text;

namespace Summit.Ops.Watching;

/// <summary>What a watch says.</summary>
internal static class WatchWords
{
    public static string Opens(SummitWatchState previous, TimeSpan? outage, long attempts) => previous switch
    {
        SummitWatchState.Down =>
            $"A WebSocket opens again after {Time(outage ?? TimeSpan.Zero)} and {Amount.Of(attempts, "failed probe")}.",
        SummitWatchState.Flapping =>
            $"It settled: a WebSocket opens and stays. It was down for {Time(outage ?? TimeSpan.Zero)} in all while it flapped.",
        SummitWatchState.Degraded => "It is as it should be again.",
        _ => "A WebSocket opens.",
    };

    public static string Settled(TimeSpan down, string explanation) =>
        $"It settled and stays down. It was down for {Time(down)} in all while it flapped. {explanation}";

    public static string Slow(TimeSpan now, TimeSpan normal) =>
        $"Opening a WebSocket takes {Milliseconds(now)} (the median of the last five probes); "
            + $"{Milliseconds(normal)} is normal for this endpoint.";

    public static string CertificateSoonOver(SummitCertificate certificate, DateTimeOffset at)
    {
        var days = (certificate.NotAfter - at).TotalDays;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The certificate is valid for {days:0.#} more days, to {certificate.NotAfter.UtcDateTime:yyyy-MM-dd HH:mm} UTC. "
                + $"Nothing is broken yet.");
    }

    public static string Flapping(int changes, TimeSpan within, TimeSpan down) =>
        $"It changed {changes.ToString(CultureInfo.InvariantCulture)} times between open and not open in {Time(within)}, "
            + $"and was down for {Time(down)} of it. Further changes are not told until it settles.";

    public static string Gap(TimeSpan gap) =>
        $"No probe ran for {Time(gap)}: this machine slept or was suspended, or its clock was set. "
            + "Whether the endpoint was up in that time is not known; it is not counted as an outage.";

    public static string NoNetwork { get; } =
        "This machine has no network, so the endpoint cannot be watched. The time is not counted as an outage.";

    public static string Cut(WatchCut cut) => $"The connection that was held for {Time(cut.Held)} was cut: {cut.How}.";

    public static string Time(TimeSpan time) => time.TotalSeconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
    };

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms");
}
