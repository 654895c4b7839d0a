namespace Summit.Ops.Reporting.Html;

/// <summary>What many connections showed: counts, percentiles, the distribution, and what ended too early.</summary>
internal static class MeasurementSection
{
    /// <summary>The section.</summary>
    public static Markup Of(SummitWebSocketMeasurement measurement, string id) => Markup.Of($"""
        <section aria-labelledby="{id}-counts"><h2 id="{id}-counts">Connections</h2>
        <dl class="figures">
        {Figure("asked for", measurement.Connections, "")}
        {Figure("opened", measurement.Opened, "good")}
        {Figure("failed", measurement.Failed, measurement.Failed > 0 ? "bad" : "")}
        {Figure("dropped", measurement.Dropped, measurement.Dropped > 0 ? "bad" : "")}
        {(measurement.NotTried > 0 ? Figure("not tried", measurement.NotTried, "unknown") : Markup.None)}
        </dl>
        {(measurement.IdleCutOff is { } idle
            ? Markup.Of($"<p>Idle connections were cut after <strong>{ReportWords.Time(idle)}</strong>.</p>")
            : Markup.None)}
        {List(
            "Why connections did not open",
            measurement.Failures.Select(failure => $"{failure.Count} × {failure.Stage}, {failure.Cause}: {failure.Explanation}"))}
        {List("When and why connections ended", measurement.Drops.Select(drop => drop.ToString()))}
        {List("What this machine itself could not do", measurement.Limits)}
        </section>
        <section aria-labelledby="{id}-latency"><h2 id="{id}-latency">Latency</h2>
        <div class="scroll" tabindex="0" role="group" aria-label="Percentiles"><table class="numbers">
        <caption class="hidden">Percentiles</caption>
        <thead><tr><th scope="col">Time to</th><th scope="col">count</th><th scope="col">min</th><th scope="col">p50</th>
        <th scope="col">p90</th><th scope="col">p99</th><th scope="col">p99.9</th><th scope="col">max</th></tr></thead>
        <tbody>{Row("open", measurement.Open)}{Row("round trip", measurement.RoundTrip)}</tbody>
        </table></div>
        {Histogram.Of(measurement.Open, "Time to open", $"{id}-ho")}
        {Histogram.Of(measurement.RoundTrip, "Round trip", $"{id}-hr")}
        </section>

        """);

    private static Markup Figure(string name, int count, string tone) =>
        Markup.Of($"""<div class="{tone}"><dt>{name}</dt><dd>{count}</dd></div>""");

    private static Markup List(string heading, IEnumerable<string> lines)
    {
        Markup[] items = [.. lines.Select(line => Markup.Of($"<li>{line}</li>"))];
        return items.Length == 0 ? Markup.None : Markup.Of($"<h3>{heading}</h3><ul>{items}</ul>");
    }

    private static Markup Row(string name, SummitLatency latency) => latency.Count == 0
        ? Markup.Of($"""<tr><th scope="row">{name}</th><td>0</td><td>–</td><td>–</td><td>–</td><td>–</td><td>–</td><td>–</td></tr>""")
        : Markup.Of($"""<tr><th scope="row">{name}</th><td>{latency.Count}</td><td>{ReportWords.Time(latency.Min)}</td>"""
            + $"""<td>{ReportWords.Time(latency.P50)}</td><td>{ReportWords.Time(latency.P90)}</td>"""
            + $"""<td>{ReportWords.Time(latency.P99)}</td><td>{ReportWords.Time(latency.P999)}</td>"""
            + $"""<td>{ReportWords.Time(latency.Max)}</td></tr>""");
}
