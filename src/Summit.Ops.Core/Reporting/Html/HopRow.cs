namespace Summit.Ops.Reporting.Html;

/// <summary>The same handshake at each hop, from the backend outwards: the first that differs names the layer.</summary>
internal static class HopRow
{
    private static readonly string[] Usual = ["Backend", "NginxLoopback", "Public"];

    /// <summary>The row.</summary>
    public static Markup Of(SummitDiagnosis diagnosis, string id)
    {
        if (diagnosis.WebSocket.Count == 0) return Markup.None;
        return Markup.Of($"""
            <section aria-labelledby="{id}-hops"><h2 id="{id}-hops">The same handshake at each hop</h2>
            <p>{Sentence(diagnosis)}</p>
            <ol class="hops">{diagnosis.WebSocket.Select(
                (hop, at) => Hop(hop, breaks: at > 0 && diagnosis.WebSocket[at - 1].Success != hop.Success))}</ol>
            </section>

            """);
    }

    private static string Sentence(SummitDiagnosis diagnosis)
    {
        var hops = diagnosis.WebSocket;
        var missing = Usual.Where(name => !hops.Any(hop => hop.Hop == name)).Select(ReportWords.Hop).ToList();
        var rest = missing.Count == 0 ? "" : $" Not probed: {string.Join("; ", missing)}.";
        return Sentence(hops, all: missing.Count == 0) + rest;
    }

    private static string Sentence(IReadOnlyList<SummitWebSocketResult> hops, bool all)
    {
        if (!all && hops.All(hop => hop.Success)) return $"It opens at {string.Join(" and ", hops.Select(Name))}.";
        if (!all && hops.All(hop => !hop.Success)) return $"It fails at {string.Join(" and ", hops.Select(Name))}.";
        if (hops.All(hop => hop.Success)) return "It opens at every hop, from the backend outwards.";
        if (hops.All(hop => !hop.Success)) return $"It fails at every hop, and first at {Name(hops[0])}.";
        var first = hops.First(hop => !hop.Success);
        var before = hops.TakeWhile(hop => hop.Success).LastOrDefault();
        return before is null
            ? $"From the backend outwards it fails first at {Name(first)}."
            : $"It opens at {Name(before)} and fails from {Name(first)} on: the fault lies between the two.";
    }

    private static string Name(SummitWebSocketResult hop) => hop.Hop switch
    {
        "Backend" => "the backend itself",
        "NginxLoopback" => "nginx on the host",
        "PrivateAddress" => "the private address",
        "Public" => "the public name",
        _ => hop.Uri,
    };

    private static Markup Hop(SummitWebSocketResult hop, bool breaks) => Markup.Of($"""
        <li class="{(hop.Success ? "good" : "bad")}{(breaks ? " breaks" : "")}">
        {Badges.Badge(hop.Success ? "good" : "bad", hop.Success ? "✓" : "✕", hop.Success ? "Opens" : "Fails")}
        <strong>{ReportWords.Hop(hop.Hop)}</strong>
        <span class="answer">{ReportWords.Answer(hop)}</span>
        {(hop.Success ? Markup.None : Markup.Of($"""<span class="why">{hop.Cause}</span>"""))}
        <span class="quiet mono">{hop.Uri}</span>
        </li>
        """);
}
