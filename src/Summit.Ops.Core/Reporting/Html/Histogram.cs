namespace Summit.Ops.Reporting.Html;

/// <summary>A distribution in steps that double, drawn as bars; each bar has its step and its count in words.</summary>
internal static class Histogram
{
    private const double Left = 150, Width = 760, Right = 90, Row = 24;

    /// <summary>The drawing; nothing where there are no values.</summary>
    public static Markup Of(SummitLatency latency, string name, string id)
    {
        if (latency.Steps.Count == 0) return Markup.None;
        var most = latency.Steps.Max(step => step.Count);
        var (width, height) = (Left + Width + Right, (latency.Steps.Count * Row) + 4);
        var steps = string.Join(", ", latency.Steps.Where(step => step.Count > 0).Select(step => $"{Range(step)}: {step.Count}"));
        return Markup.Of($"""
            <figure><figcaption>{name}: {latency.Count} values</figcaption>
            <div class="scroll" tabindex="0" role="group" aria-label="Histogram: {name}">
            <svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-t {id}-d" class="chart">
            <title id="{id}-t">Histogram: {name}</title><desc id="{id}-d">{steps}.</desc>
            {latency.Steps.Select((step, at) => Bar(step, at, most))}
            </svg></div></figure>
            """);
    }

    private static Markup Bar(SummitLatencyStep step, int at, long most)
    {
        var length = step.Count == 0 ? 0 : Math.Max(2, (double)step.Count / most * Width);
        var y = at * Row;
        return Markup.Of($"""
            <text class="layer" x="{Left - 10}" y="{y + 16}" text-anchor="end">{Range(step)}</text>
            <rect class="bar upgrade" x="{Left}" y="{y + 3}" width="{length}" height="{Row - 7}" rx="2"/>
            <text class="time" x="{Left + length + 6}" y="{y + 16}">{step.Count}</text>
            """);
    }

    private static string Range(SummitLatencyStep step)
    {
        var to = ReportWords.Time(step.To);
        return step.From == TimeSpan.Zero ? $"under {to}" : $"{ReportWords.Time(step.From)} – {to}";
    }
}
