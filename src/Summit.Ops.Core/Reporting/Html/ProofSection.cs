namespace Summit.Ops.Reporting.Html;

/// <summary>The proof: both requests and both answers side by side, what differs marked.</summary>
internal static class ProofSection
{
    /// <summary>The section.</summary>
    public static Markup Of(SummitProof proof, string id) => Markup.Of($"""
        <section aria-labelledby="{id}-proof"><h2 id="{id}-proof">The proof</h2>
        <p>{Outcome(proof)} {proof.Summary}{(proof.Missing.Length > 0 ? " " + proof.Missing : "")}</p>
        <div class="proof">
        {(proof.AsSent is { } sent ? Side("As nginx sends it", sent, proof.AfterChange) : Markup.None)}
        {(proof.AfterChange is { } after ? Side(ReportWords.Of(after.Form), after, proof.AsSent) : Markup.None)}
        </div>
        {(proof.Variations.Count > 0 ? Variations(proof.Variations) : Markup.None)}
        </section>

        """);

    private static Markup Outcome(SummitProof proof) => proof.Outcome switch
    {
        SummitProofOutcome.Proven => Badges.Badge("good", "✓", "proven"),
        SummitProofOutcome.BackendRefuses => Badges.Badge("bad", "✕", "the backend refuses"),
        SummitProofOutcome.NotHelped => Badges.Badge("bad", "✕", "the change does not help"),
        SummitProofOutcome.Unknown => Badges.Badge("unknown", "?", "not proven"),
        _ => Badges.Badge("unknown", "–", "seen directly"),
    };

    private static Markup Side(string title, SummitReplay replay, SummitReplay? other)
    {
        var lines = replay.Request.Select(line => other is null || other.Request.Count == 0 || other.Request.Contains(line)
            ? Markup.Of($"{line}\n")
            : Markup.Of($"<mark>{line}</mark>\n"));
        var upstream = other is { Upstream.Length: > 0 } && other.Upstream != replay.Upstream
            ? Markup.Of($"<mark>{replay.Upstream}</mark>")
            : Markup.Of($"{replay.Upstream}");
        return Markup.Of($"""
            <div><h3>{title}</h3>
            {(replay.Request.Count > 0
                ? Markup.Of($"""<p class="quiet">to <code>{upstream}</code></p><pre tabindex="0">{lines}</pre>""")
                : Markup.None)}
            <p>{(replay.Tried
                ? replay.Opens ? Badges.Badge("good", "✓", replay.Answered) : Badges.Badge("bad", "✕", replay.Answered)
                : Badges.Badge("unknown", "?", "not tried"))} {(replay.Tried ? Body(replay) : replay.NotTried)}</p>
            </div>
            """);
    }

    private static string Body(SummitReplay replay) => replay.Opens
        ? ""
        : replay.Answer!.ResponseBodyHead.Trim() is { Length: > 200 } text ? text[..200] + "..." : replay.Answer!.ResponseBodyHead.Trim();

    private static Markup Variations(IReadOnlyList<SummitReplay> variations) => Markup.Of($"""
        <details class="aside"><summary>{variations.Count} more requests were tried</summary>
        <table class="stack">
        <caption class="hidden">Variations of the request and the backend’s answers</caption>
        <thead><tr><th scope="col">Request</th><th scope="col">To</th><th scope="col">Answer</th></tr></thead>
        <tbody>{variations.Select(replay => Markup.Of($"""<tr><th scope="row">{ReportWords.Of(replay.Form)}</th><td class="mono """
            + $"""quiet">{replay.Upstream}</td><td>{replay.Answered}</td></tr>"""))}</tbody>
        </table></details>
        """);
}
