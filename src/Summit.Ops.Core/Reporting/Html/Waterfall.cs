namespace Summit.Ops.Reporting.Html;

/// <summary>How long each layer of each probe took, one after the other: a drawing, and the same as a table.</summary>
internal static class Waterfall
{
    private const double Left = 150, Width = 760, Right = 90, Row = 22, Heading = 30, Axis = 26;

    /// <summary>The section.</summary>
    public static Markup Of(IReadOnlyList<SummitWebSocketResult> probes, string id)
    {
        List<(SummitWebSocketResult Probe, List<(string Layer, TimeSpan Time)> Layers)> timed =
        [
            .. probes.Select(probe => (probe, ReportWords.Layers(probe.Timings).ToList())).Where(pair => pair.Item2.Count > 0),
        ];
        if (timed.Count == 0) return Markup.None;
        return Markup.Of($"""
            <section aria-labelledby="{id}-time"><h2 id="{id}-time">Time in each layer</h2>
            <div class="scroll" tabindex="0" role="group" aria-label="Waterfall of the layers">{Drawing(timed, id)}</div>
            {Table(timed)}
            </section>

            """);
    }

    private static Markup Drawing(List<(SummitWebSocketResult Probe, List<(string Layer, TimeSpan Time)> Layers)> timed, string id)
    {
        var longest = timed.Max(pair => pair.Layers.Sum(layer => layer.Time.TotalMilliseconds));
        var scale = Scale.For(longest);
        var height = timed.Sum(pair => Heading + (pair.Layers.Count * Row)) + Axis;
        var rows = new List<Markup>();
        var y = 0.0;
        foreach (var (probe, layers) in timed)
        {
            rows.Add(Markup.Of($"""<text class="probe" x="0" y="{y + 20}">{ReportWords.Hop(probe.Hop)}</text>"""));
            y += Heading;
            var at = 0.0;
            foreach (var (layer, time) in layers)
            {
                var length = Math.Max(1.5, time.TotalMilliseconds / scale.End * Width);
                var x = Left + (at / scale.End * Width);
                rows.Add(Markup.Of($"""
                    <text class="layer" x="{Left - 10}" y="{y + 15}" text-anchor="end">{layer}</text>
                    <rect class="bar {Kind(layer)}" x="{x}" y="{y + 3}" width="{length}" height="{Row - 7}" rx="2"/>
                    <text class="time" x="{x + length + 6}" y="{y + 15}">{ReportWords.Time(time)}</text>
                    """));
                at += time.TotalMilliseconds;
                y += Row;
            }
        }

        return Markup.Of($"""
            <svg viewBox="0 0 {Left + Width + Right} {height}" role="img" aria-labelledby="{id}-wt {id}-wd" class="chart">
            <title id="{id}-wt">Waterfall of the layers</title><desc id="{id}-wd">{Words(timed)}</desc>
            {scale.Ticks.Select(tick => Markup.Of($"""<line class="grid" x1="{Left + (tick / scale.End * Width)}" y1="0" """
                + $"""x2="{Left + (tick / scale.End * Width)}" y2="{y + 4}"/><text class="tick" x="{Left + (tick / scale.End * Width)}" """
                + $"""y="{y + 20}" text-anchor="middle">{ReportWords.Time(TimeSpan.FromMilliseconds(tick))}</text>"""))}
            {rows}
            </svg>
            """);
    }

    private static string Words(List<(SummitWebSocketResult Probe, List<(string Layer, TimeSpan Time)> Layers)> timed) =>
        string.Join(' ', timed.Select(pair =>
            $"{ReportWords.Hop(pair.Probe.Hop)}: "
                + $"{string.Join(", ", pair.Layers.Select(layer => $"{layer.Layer} {ReportWords.Time(layer.Time)}"))}."));

    private static string Kind(string layer) => layer switch
    {
        "DNS" => "dns", "TCP" => "tcp", "TLS" => "tls", "Upgrade" => "upgrade", "Proxy" => "proxy", "Close" => "close", _ => "message",
    };

    private static Markup Table(List<(SummitWebSocketResult Probe, List<(string Layer, TimeSpan Time)> Layers)> timed)
    {
        List<string> layers =
        [
            .. ReportWords.LayerNames.Where(name => timed.Exists(pair => pair.Layers.Exists(layer => layer.Layer == name))),
        ];
        return Markup.Of($"""
            <details class="aside"><summary>The same as a table</summary>
            <div class="scroll" tabindex="0" role="group" aria-label="Times as a table"><table class="numbers">
            <caption class="hidden">Time in each layer</caption>
            <thead><tr><th scope="col">Hop</th>{layers.Select(layer => Markup.Of($"""<th scope="col">{layer}</th>"""))}
            <th scope="col">Total</th></tr></thead>
            <tbody>{timed.Select(pair => Markup.Of($"""
                <tr><th scope="row">{ReportWords.Hop(pair.Probe.Hop)}</th>
                {layers.Select(layer => Markup.Of($"""<td>{Time(pair.Layers, layer)}</td>"""))}
                <td>{ReportWords.Time(pair.Probe.Timings.Total)}</td></tr>
                """))}</tbody>
            </table></div></details>
            """);
    }

    private static string Time(List<(string Layer, TimeSpan Time)> layers, string name) =>
        layers.FindIndex(layer => layer.Layer == name) is >= 0 and var at ? ReportWords.Time(layers[at].Time) : "–";
}
