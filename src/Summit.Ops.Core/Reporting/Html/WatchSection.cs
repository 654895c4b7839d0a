namespace Summit.Ops.Reporting.Html;

/// <summary>What a watch saw: availability, the outages on a line of time, and how long opening took over that time.</summary>
internal static class WatchSection
{
    private const double Left = 70, Width = 900, Right = 30, Top = 10, Height = 180, Axis = 26;
    private const int MostPoints = 450;

    /// <summary>The section.</summary>
    public static Markup Of(WatchHistory watch, string id) => Markup.Of($"""
        <section aria-labelledby="{id}-watch"><h2 id="{id}-watch">Availability</h2>
        <dl class="figures">
        {Figure("available", ReportWords.Part(watch.Availability), watch.OutageCount == 0 ? "good" : "warn")}
        {Figure("outages", $"{watch.OutageCount}", watch.OutageCount == 0 ? "good" : "bad")}
        {Figure("down in all", ReportWords.Length(watch.Downtime), "")}
        {Figure("longest outage", ReportWords.Length(watch.LongestOutage), "")}
        {Figure("held connections cut", $"{watch.Cuts}", watch.Cuts == 0 ? "" : "bad")}
        {Figure("probes", $"{watch.Probes}", "")}
        </dl>
        {Line(watch, id)}
        {Table(watch)}
        </section>
        {Latency(watch, id)}

        """);

    private static Markup Figure(string name, string value, string tone) =>
        Markup.Of($"""<div class="{tone}"><dt>{name}</dt><dd>{value}</dd></div>""");

    private static Markup Line(WatchHistory watch, string id)
    {
        var length = watch.Ended - watch.Began;
        if (watch.Stretches.Count == 0 || length <= TimeSpan.Zero) return Markup.None;
        double X(DateTimeOffset at) => Left + ((at - watch.Began) / length * Width);
        var words = string.Join("; ", Told(watch).Take(20).Select(
            stretch => $"{stretch.State} from {ReportWords.Moment(stretch.From)} for {ReportWords.Length(stretch.Length)}"));
        return Markup.Of($"""
            <figure><figcaption>State over time (UTC)</figcaption>
            <div class="scroll" tabindex="0" role="group" aria-label="State over time">
            <svg viewBox="0 0 {Left + Width + Right} {30 + Axis}" role="img" aria-labelledby="{id}-wt {id}-wd" class="chart">
            <title id="{id}-wt">State over time</title><desc id="{id}-wd">{(words.Length == 0 ? "Up all the time" : words)}.</desc>
            {watch.Stretches.Select(stretch => Markup.Of($"""<rect class="{Kind(stretch.State)}" x="{X(stretch.From)}" y="4" """
                + $"""width="{Math.Max(3, X(stretch.To) - X(stretch.From))}" height="24"/>"""))}
            {Moments(watch, 30)}
            </svg></div></figure>
            """);
    }

    private static Markup Table(WatchHistory watch)
    {
        var told = Told(watch).ToList();
        if (told.Count == 0) return Markup.None;
        return Markup.Of($"""
            <div class="scroll" tabindex="0" role="group" aria-label="What changed"><table class="stack changes">
            <caption class="hidden">What changed</caption>
            <thead><tr><th scope="col">Since</th><th scope="col">For</th><th scope="col">State</th><th scope="col">Why</th></tr></thead>
            <tbody>{told.Select(stretch => Markup.Of($"""<tr><th scope="row">{ReportWords.Moment(stretch.From)}</th>"""
                + $"""<td>{ReportWords.Length(stretch.Length)}</td><td>{stretch.State}</td>"""
                + $"""<td>{Cause(stretch.Began)}{stretch.Began.Explanation}</td></tr>"""))}</tbody>
            </table></div>
            """);
    }

    private static Markup Cause(SummitWebSocketTransition began) =>
        began.Cause == SummitCause.None ? Markup.None : Markup.Of($"<code>{began.Cause}</code> ");

    /// <summary>The median and the slowest of each sample; many samples are drawn as fewer, each with the worst of its own.</summary>
    private static Markup Latency(WatchHistory watch, string id)
    {
        var drawn = watch.Samples.Count(sample => sample.Median is not null);
        var last = watch.Summaries.Count > 0 ? watch.Summaries[^1].Latency : new SummitLatency();
        if (drawn == 0 && last.Count == 0) return Markup.None;
        return Markup.Of($"""
            <section aria-labelledby="{id}-open"><h2 id="{id}-open">Time to open</h2>
            {(drawn > 1 ? Curve(watch, id) : Markup.None)}
            {Histogram.Of(last, "Time to open, last watch", $"{id}-ho")}
            </section>
            """);
    }

    /// <summary>A moment of the curve; one that begins a line is not joined to the one before it.</summary>
    private sealed record Point(double X, double Median, double Slowest, bool Begins);

    private static List<Point> Points(WatchHistory watch)
    {
        var length = watch.Ended - watch.Began;
        var points = new List<Point>();
        var begins = true;
        foreach (var (part, afterGap) in Parts(watch.Samples))
        {
            var opened = part.Where(sample => sample.Median is not null).ToList();
            if (opened.Count > 0)
            {
                points.Add(new Point(
                    Left + ((part[0].From - watch.Began) / length * Width),
                    opened.Max(sample => sample.Median!.Value.TotalMilliseconds),
                    opened.Max(sample => sample.Slowest!.Value.TotalMilliseconds),
                    begins || afterGap));
            }

            begins = opened.Count == 0;
        }

        return points;
    }

    /// <summary>The samples in so many parts as are drawn; no part has a time in it that was not watched.</summary>
    private static IEnumerable<(List<SummitWatchSample> Part, bool AfterGap)> Parts(IReadOnlyList<SummitWatchSample> samples)
    {
        var most = (samples.Count + MostPoints - 1) / MostPoints;
        var (part, afterGap) = (new List<SummitWatchSample>(), false);
        foreach (var sample in samples)
        {
            var gap = part.Count > 0 && sample.From - part[^1].To > (3 * (part[^1].To - part[^1].From)) + TimeSpan.FromMinutes(2);
            if (gap || part.Count == most)
            {
                yield return (part, afterGap);
                (part, afterGap) = ([], gap);
            }

            part.Add(sample);
        }

        if (part.Count > 0) yield return (part, afterGap);
    }

    private static Markup Curve(WatchHistory watch, string id)
    {
        var points = Points(watch);
        var scale = Scale.For(points.Max(point => point.Slowest));
        double Y(double milliseconds) => Top + Height - (milliseconds / scale.End * Height);
        Markup Path(string kind, Func<Point, double> value) => Markup.Of(
            $"""<path class="{kind}" d="{points.Select(
                point => Markup.Of($"{(point.Begins ? "M" : "L")}{point.X},{Y(value(point))} "))}"/>""");
        var words = $"The median is {ReportWords.Time(TimeSpan.FromMilliseconds(points.Min(point => point.Median)))} to "
            + $"{ReportWords.Time(TimeSpan.FromMilliseconds(points.Max(point => point.Median)))}, the slowest "
            + $"{ReportWords.Time(TimeSpan.FromMilliseconds(points.Max(point => point.Slowest)))}.";
        return Markup.Of($"""
            <figure><figcaption>Median and slowest (dashed) over time</figcaption>
            <div class="scroll" tabindex="0" role="group" aria-label="Time to open over time">
            <svg viewBox="0 0 {Left + Width + Right} {Top + Height + Axis}" role="img" aria-labelledby="{id}-lt {id}-ld" class="chart">
            <title id="{id}-lt">Time to open over time</title><desc id="{id}-ld">{words}</desc>
            {scale.Ticks.Select(tick => Markup.Of($"""<line class="grid" x1="{Left}" y1="{Y(tick)}" x2="{Left + Width}" """
                + $"""y2="{Y(tick)}"/><text class="tick" x="{Left - 8}" y="{Y(tick) + 4}" text-anchor="end">"""
                + $"""{ReportWords.Time(TimeSpan.FromMilliseconds(tick))}</text>"""))}
            {Path("line slowest", point => point.Slowest)}{Path("line", point => point.Median)}
            {Moments(watch, Top + Height)}
            </svg></div></figure>
            """);
    }

    /// <summary>Five moments on the axis.</summary>
    private static IEnumerable<Markup> Moments(WatchHistory watch, double y)
    {
        var length = watch.Ended - watch.Began;
        var format = length > TimeSpan.FromDays(2) ? "MM-dd HH:mm" : length > TimeSpan.FromMinutes(10) ? "HH:mm" : "HH:mm:ss";
        for (var i = 0; i < 5; i++)
        {
            var at = (watch.Began + (length * i / 4)).UtcDateTime.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
            var anchor = i == 0 ? "start" : i == 4 ? "end" : "middle";
            yield return Markup.Of($"""<text class="tick" x="{Left + (Width * i / 4)}" y="{y + 20}" text-anchor="{anchor}">{at}</text>""");
        }
    }

    private static IEnumerable<WatchStretch> Told(WatchHistory watch) =>
        watch.Stretches.Where(stretch => stretch.State != SummitWatchState.Up);

    private static string Kind(SummitWatchState state) => state switch
    {
        SummitWatchState.Up => "up",
        SummitWatchState.Down => "down",
        SummitWatchState.Unknown => "unseen",
        _ => "degraded",
    };
}
