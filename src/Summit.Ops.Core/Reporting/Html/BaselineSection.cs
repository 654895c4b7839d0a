namespace Summit.Ops.Reporting.Html;

/// <summary>What is new, still there and fixed since an earlier report.</summary>
internal static class BaselineSection
{
    /// <summary>The section.</summary>
    public static Markup Of(SummitBaseline baseline) => Markup.Of($"""
        <section class="wide" aria-labelledby="baseline"><h2 id="baseline">Since {ReportWords.Moment(baseline.Made)}</h2>
        <p>{baseline.ToString()}. The baseline is <code>{baseline.Path}</code>.</p>
        {(baseline.Changes.Count == 0 ? Markup.None : Table(baseline))}
        </section>

        """);

    private static Markup Table(SummitBaseline baseline) => Markup.Of($"""
        <table class="checks">
        <caption class="hidden">What changed since the baseline</caption>
        <thead><tr><th scope="col">State</th><th scope="col">Check</th><th scope="col">What was seen</th></tr></thead>
        <tbody>{baseline.Changes.Select(change => Markup.Of(
            $"""<tr><td>{Badges.Of(change.State)}</td><th scope="row">{change.Check.Id}<span """
                + $"""class="quiet">{change.Subject}</span></th><td><p>{change.Check.Evidence}</p></td></tr>"""))}</tbody>
        </table>
        """);
}
