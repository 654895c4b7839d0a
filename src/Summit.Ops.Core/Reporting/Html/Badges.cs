namespace Summit.Ops.Reporting.Html;

/// <summary>The small marks for what came out: a word, a sign and a colour, so that none of them alone must be read.</summary>
internal static class Badges
{
    /// <summary>A verdict.</summary>
    public static Markup Of(ReportOutcome outcome) => Badge(Tone(outcome), Sign(Tone(outcome)), ReportWords.Of(outcome));

    /// <summary>A check.</summary>
    public static Markup Of(SummitCheck check)
    {
        var tone = check switch
        {
            { Status: SummitCheckStatus.Pass } => "good",
            { Status: SummitCheckStatus.Unknown } => "unknown",
            { Status: SummitCheckStatus.Skipped } => "quiet",
            { IsFailure: true, Severity: SummitSeverity.Error } => "bad",
            { IsFailure: true } => "warn",
            _ => "quiet",
        };
        return Badge(tone, check.Status == SummitCheckStatus.Fail && tone == "quiet" ? "•" : Sign(tone), ReportWords.Of(check));
    }

    /// <summary>How a failure stands against the baseline.</summary>
    public static Markup Of(SummitBaselineState state) => Badge(
        state switch
        {
            SummitBaselineState.New => "bad",
            SummitBaselineState.Fixed => "good",
            SummitBaselineState.NotLookedAt => "unknown",
            _ => "warn",
        },
        state switch { SummitBaselineState.New => "+", SummitBaselineState.Fixed => "✓", SummitBaselineState.NotLookedAt => "?", _ => "=" },
        ReportWords.Of(state));

    /// <summary>The colour of a verdict.</summary>
    public static string Tone(ReportOutcome outcome) => outcome switch
    {
        ReportOutcome.Healthy => "good",
        ReportOutcome.Broken => "bad",
        ReportOutcome.NeedsAttention => "warn",
        ReportOutcome.Accepted => "quiet",
        _ => "unknown",
    };

    /// <summary>A mark of one's own.</summary>
    public static Markup Badge(string tone, string sign, string word) =>
        Markup.Of($"""<span class="badge {tone}"><span class="sign" aria-hidden="true">{sign}</span>{word}</span>""");

    private static string Sign(string tone) => tone switch { "good" => "✓", "bad" => "✕", "warn" => "!", "unknown" => "?", _ => "–" };
}
