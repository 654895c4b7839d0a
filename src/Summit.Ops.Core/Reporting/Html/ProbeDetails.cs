namespace Summit.Ops.Reporting.Html;

/// <summary>What each probe brought back, folded away: it is looked up, not read.</summary>
internal static class ProbeDetails
{
    /// <summary>The details of all probes.</summary>
    public static Markup Of(IReadOnlyList<SummitWebSocketResult> probes, string id) => probes.Count == 0 ? Markup.None : Markup.Of($"""
        <section aria-labelledby="{id}-probes"><h2 id="{id}-probes">What each probe brought back</h2>
        {probes.Select(Of)}
        </section>

        """);

    private static Markup Of(SummitWebSocketResult probe)
    {
        var certificate = probe.Certificate;
        return Markup.Of($"""
            <details><summary>{ReportWords.Hop(probe.Hop)}: {ReportWords.Answer(probe)}</summary>
            <p>{probe.Explanation}</p>
            <dl class="facts">
            {Fact("URI", probe.Uri)}
            {Fact("Address", probe.Address.Length > 0 ? $"{probe.Address} port {probe.RemotePort}" : "")}
            {Fact("Tried", string.Join("; ", probe.Attempts.Select(attempt => $"{attempt} after {ReportWords.Time(attempt.Elapsed)}")))}
            {Fact("TLS", probe.TlsProtocol.Length > 0 ? $"{probe.TlsProtocol}, {probe.TlsCipher}" : "")}
            {Fact("Certificate", certificate is null
                ? ""
                : $"{certificate.Subject} by {certificate.Issuer}, for {string.Join(", ", certificate.Names)}, "
                    + $"{certificate.NotBefore.UtcDateTime:yyyy-MM-dd} to {certificate.NotAfter.UtcDateTime:yyyy-MM-dd}")}
            {Fact("Problems", certificate is null ? "" : string.Join(" ", certificate.Problems.Select(problem => problem.Explanation)))}
            {Fact("Answer", probe.HttpStatus is { } status ? $"{status} {probe.HttpReason}".TrimEnd() : "")}
            {Fact("Answered by", probe.AnsweredBy)}
            {Fact("Subprotocol", probe.SubProtocol)}
            {Fact("First message", probe.FirstMessage ?? "")}
            {Fact("Round trip", probe.RoundTrip is { } trip ? ReportWords.Time(trip) : "")}
            {Fact("Closed", probe.CloseCode is { } code ? $"{code} {probe.CloseReason}".TrimEnd() + $", by {probe.ClosedBy}" : "")}
            </dl>
            {Block("Headers of the answer", string.Join('\n', probe.ResponseHeaders))}
            {Block("Body of the answer, its beginning", probe.ResponseBodyHead)}
            </details>
            """);
    }

    private static Markup Fact(string name, string value) =>
        value.Length == 0 ? Markup.None : Markup.Of($"""<div><dt>{name}</dt><dd>{value}</dd></div>""");

    private static Markup Block(string name, string text) => text.Length == 0 ? Markup.None : Markup.Of(
        $"""<p class="label">{name}</p><pre class="plain" tabindex="0" role="group" aria-label="{name}"><code>{text}</code></pre>""");
}
