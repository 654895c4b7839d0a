using System.Globalization;
using Summit.Ops.Probing.Explaining;

namespace Summit.Ops.Probing.Measuring;

/// <summary>What a measurement means, in plain words.</summary>
internal static class MeasurementWords
{
    public static string Explain(
        MeasureRequest asked, int opened, List<SummitProbeFailureCount> failures, List<SummitDrop> drops,
        TimeSpan? cutOff, long sent, long answered)
    {
        var text = $"{opened} of {asked.Connections} WebSockets opened";
        var dropped = drops.Sum(drop => drop.Count);
        text += dropped == 0
            ? $" and stayed open for {asked.Hold.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s."
            : $", and {dropped} ended before their time.";
        if (failures.Count > 0) text += $" {failures[0].Count} did not open: {failures[0].Explanation}";
        if (cutOff is { } idle)
        {
            text += $" Idle connections were cut after {idle.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} "
                + $"s{SessionFailures.KnownAs(idle)}.";
        }
        else if (drops.Count > 0)
        {
            text += $" Most: {drops.MaxBy(drop => drop.Count)!}.";
        }

        if (sent > answered) text += $" {sent - answered} of {sent} pings or messages were not answered by the end.";
        return text;
    }

    public static string Fix(SummitProbeFailureCount? failure, string failureFix, bool dropped, TimeSpan? cutOff, ProbePlan plan)
    {
        if (failure is not null) return failureFix;
        if (cutOff is not null) return $"Test-SummitNginxConfig{NextCommand.Site(plan.Uri)}";
        return dropped ? NextCommand.Backend(plan.Uri) : "";
    }
}
