namespace Summit.Ops.Reporting;

/// <summary>Holds the failures of now against those of an earlier report.</summary>
public static class BaselineComparison
{
    /// <summary>
    /// Compares. A failure is the same where subject, check, target and file are the same (the file tells the sites of one host apart); its
    /// cause and its line may have become others.
    /// </summary>
    /// <param name="then">The earlier report.</param>
    /// <param name="path">Its file.</param>
    /// <param name="now">What is there now.</param>
    public static SummitBaseline Over(Report then, string path, IReadOnlyList<ReportSubject> now)
    {
        ArgumentNullException.ThrowIfNull(then);
        ArgumentNullException.ThrowIfNull(now);
        var before = Failed(then.Subjects);
        var after = Failed(now);
        var looked = now.SelectMany(subject => subject.Checks
            .Where(check => check.Status is SummitCheckStatus.Pass or SummitCheckStatus.Fail or SummitCheckStatus.Skipped)
            .Select(check => PlaceOf(subject, check))).ToHashSet();
        var changes = after.Select(pair => new SummitBaselineChange(
            before.ContainsKey(pair.Key) ? SummitBaselineState.StillThere : SummitBaselineState.New, pair.Key.Subject, pair.Value))
            .Concat(before.Where(pair => !after.ContainsKey(pair.Key)).Select(pair =>
                new SummitBaselineChange(
                    WasLookedAt(looked, pair.Key) ? SummitBaselineState.Fixed : SummitBaselineState.NotLookedAt,
                    pair.Key.Subject, pair.Value)));
        return new SummitBaseline { Path = path, Made = then.Made, Changes = [.. changes.OrderBy(change => change.State)] };
    }

    /// <summary>How one failure stands; null where there is no baseline, or it does not fail.</summary>
    internal static SummitBaselineState? StateOf(SummitBaseline? baseline, ReportSubject subject, SummitCheck check) =>
        check.Status != SummitCheckStatus.Fail
            ? null
            : baseline?.Changes.FirstOrDefault(change => change.State is SummitBaselineState.New or SummitBaselineState.StillThere
                && change.Subject == subject.Name && change.Check.Id == check.Id && change.Check.Target == check.Target
                && change.Check.File == check.File)?.State;

    /// <summary>What passes may show another file than what failed, or none: where a check is there once, it is that one.</summary>
    private static bool WasLookedAt(HashSet<Place> looked, Place failed) =>
        looked.Contains(failed) || looked.Contains(failed with { File = "" })
            || looked.Count(place => place with { File = failed.File } == failed) == 1;

    private static Dictionary<Place, SummitCheck> Failed(IReadOnlyList<ReportSubject> subjects)
    {
        var failed = new Dictionary<Place, SummitCheck>();
        foreach (var subject in subjects)
        {
            foreach (var check in subject.Checks.Where(check => check.Status == SummitCheckStatus.Fail))
            {
                failed.TryAdd(PlaceOf(subject, check), check);
            }
        }

        return failed;
    }

    private static Place PlaceOf(ReportSubject subject, SummitCheck check) =>
        new(Clean(subject.Name), check.Id, Clean(check.Target), Clean(check.File ?? ""));

    // the earlier report is redacted, and what is there now may not be yet
    private static string Clean(string text) => Text.TextRedaction.Of(text);

    private sealed record Place(string Subject, string Id, string Target, string File);
}
